/** What a model read and what it replied, in order. It only grows: what is stored is what the model saw. */
export type Entry =
  /** How to work; our words alone. */
  | { readonly kind: "instructions"; readonly text: string }
  /** What to do now. Words of the issue or the repository appear in it only as marked quotations. */
  | { readonly kind: "request"; readonly text: string }
  | Reply
  /** What a tool gave for a call of the reply before it. */
  | { readonly kind: "answer"; readonly call: string; readonly tool: string; readonly text: string };

export interface Reply {
  readonly kind: "reply";
  readonly text: string;
  readonly calls: readonly ToolCall[];
  readonly usage: Usage;
  /** Name of the model that answered, as the operator calls it. */
  readonly model: string;
}

export interface ToolCall {
  /** Unique within a transcript. */
  readonly id: string;
  readonly name: string;
  /** JSON as the model wrote it: it may be wrong. */
  readonly arguments: string;
}

/** Tokens of one call, as the endpoint counted them; `estimated` when it did not say. */
export interface Usage {
  readonly input: number;
  /** Of the input, those that the endpoint had read before. */
  readonly cached: number;
  readonly output: number;
  readonly estimated: boolean;
}

/** A tool as it is described to a model. */
export interface ToolSpec {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, an object. */
  readonly parameters: Readonly<Record<string, unknown>>;
}
