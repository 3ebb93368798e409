/** A request as a scripted model sees it. */
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

/** A deterministic model in code. */
export type Script = (request: ScriptRequest) => ScriptReply;
