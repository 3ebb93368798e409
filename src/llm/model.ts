import type { Entry, Reply, ToolSpec } from "./transcript.ts";
import type { Price } from "./money.ts";

/** A model behind an endpoint. One call, one reply; it keeps nothing between calls. */
export interface Model {
  /** As the operator calls it. */
  readonly name: string;
  /** Tokens that fit, input and output together. */
  readonly contextTokens: number;
  /** Tokens that one reply may have. */
  readonly outputTokens: number;
  readonly price: Price;
  /** Throws ModelFailure, or the signal's reason. */
  reply(request: ModelRequest, signal: AbortSignal): Promise<Reply>;
}

export interface ModelRequest {
  readonly transcript: readonly Entry[];
  /** Empty: it can only write. */
  readonly tools: readonly ToolSpec[];
  /** The reply is JSON of this schema; only without tools. */
  readonly schema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
  readonly maxOutputTokens: number;
  /** Gets the text while the reply comes, for people who watch. */
  readonly onText?: ((text: string) => void) | undefined;
  /** Told when the call ends without a reply after something was sent, before the failure is thrown. */
  readonly onBroken?: ((broken: BrokenCall) => void) | undefined;
}

/** What a call that brought no reply did at the endpoint. */
export interface BrokenCall {
  /** Requests that the endpoint may have worked on: two where a reply of a schema was asked for again. */
  readonly requests: number;
  /** The most tokens that what it wrote can have, over all of them. */
  readonly outputTokens: number;
}

/**
 * How a call can end badly. `later`: may pass by itself. `other-model`: this model cannot, another may. `never`: the
 * operator must do something. `compact`: the transcript is too long.
 */
export const MODEL_FAILURES = {
  /** The endpoint cannot be reached, is overloaded, cut the answer, or said nothing for too long. */
  unavailable: { retry: "later" },
  /** It asks to wait longer than a call may take (`retryAt`). */
  "rate-limited": { retry: "later" },
  /** No money is left at the endpoint. */
  quota: { retry: "other-model" },
  /** The key is wrong, or has no right to this model. */
  refused: { retry: "never" },
  /** It does not know the model, or not the request. */
  "bad-request": { retry: "other-model" },
  /** The transcript does not fit. */
  "context-exceeded": { retry: "compact" },
  /** It answered what nobody can read, again and again. */
  garbage: { retry: "other-model" },
} as const satisfies Record<string, { retry: "later" | "other-model" | "never" | "compact" }>;
export type ModelFailureCode = keyof typeof MODEL_FAILURES;

export class ModelFailure extends Error {
  readonly code: ModelFailureCode;
  /** Milliseconds since 1970. */
  readonly retryAt: number | undefined;
  /** The endpoint worked before it failed, so it may ask for money. */
  readonly mayCost: boolean;

  constructor(
    code: ModelFailureCode,
    message: string,
    more: { readonly retryAt?: number; readonly mayCost?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = "ModelFailure";
    this.code = code;
    this.retryAt = more.retryAt;
    this.mayCost = more.mayCost ?? false;
  }
}
