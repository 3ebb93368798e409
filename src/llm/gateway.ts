import type { PhaseCost } from "../phases/outcome.ts";
import type { Entry, Reply, ToolSpec } from "./transcript.ts";

/**
 * The way to a model for who reads hostile text: it holds no key, knows no price and cannot spend more than it is given.
 * The other side stores each entry, reserves the money, calls, and stores the reply.
 */
export interface ModelGateway {
  /** A conversation of this run as far as it is stored; empty when it has not begun. */
  open(conversation: string): Promise<readonly Entry[]>;
  /** Stores the entries as those from index `at` on and asks for the next reply. Throws only for the signal and for bugs. */
  next(question: Question, signal: AbortSignal): Promise<NextReply>;
  /** What a conversation and those below it cost so far. */
  cost(conversation: string): Promise<PhaseCost>;
}

export interface Question {
  /** `root-cause`, or `root-cause/judge`. */
  readonly conversation: string;
  readonly at: number;
  readonly entries: readonly Entry[];
  readonly tools: readonly ToolSpec[];
  readonly schema?: { readonly name: string; readonly schema: Readonly<Record<string, unknown>> };
}

export type NextReply =
  | { readonly kind: "reply"; readonly reply: Reply }
  /** A cap of money is reached; one sentence for people. */
  | { readonly kind: "over"; readonly why: string }
  /** No model can be asked; one sentence for people. `mayPass`: by itself. `retryAt`: milliseconds since 1970. */
  | {
      readonly kind: "unavailable";
      readonly why: string;
      readonly mayPass: boolean;
      readonly retryAt?: number;
    };

/**
 * Limits of one conversation; looked at before each call, so the last call and its tools may go beyond them. Steps and tokens
 * continue where the run continues.
 */
export interface AgentLimits {
  /** Replies. */
  readonly steps: number;
  /** Tokens in and out, over all calls; those that the endpoint had read before count like others (money has caps of its own). */
  readonly tokens: number;
  /** Of one try: a run that continues gets them again, since nothing ran in between. */
  readonly milliseconds: number;
}
