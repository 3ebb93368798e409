/** What a scripted model sees of a request. */
export interface ScriptRequest {
  /** The system message. */
  readonly instructions: string;
  /** The first message after it. */
  readonly task: string;
  /** Replies so far in this conversation. */
  readonly step: number;
  /** What tools answered to the last reply, in order. */
  readonly answers: readonly string[];
}

export interface ScriptReply {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: object | string }[];
}

/** A model made of code: it says the same to the same request. */
export type Script = (request: ScriptRequest) => ScriptReply;
