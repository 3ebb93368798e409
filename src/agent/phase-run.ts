import type { Phase } from "../phases/phase.ts";
import type { CheckSource } from "../documents/check-document.ts";
import type { AgentLimits, ModelGateway } from "../llm/gateway.ts";
import type { AgentEnd } from "./run-agent.ts";
import type { Tool } from "./tool.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import type { Earlier } from "../phases/builtin/researcher.ts";
import type { SandboxState } from "../sandbox/sandbox.ts";
import type { ClaimSource } from "./submission/state-claim.ts";
import type { CodeRunner, SandboxAt } from "./code-runner.ts";
import type { PhaseNeeds } from "./phase-needs.ts";
import type { Submissions } from "./submission/submissions.ts";

export interface ModelResearchOptions {
  readonly gateway: ModelGateway;
  readonly source: CheckSource;
  readonly sandbox: SandboxState;
  /** Opens other commits for runs of a model; undefined: it runs code on the base commit alone. */
  readonly sandboxAt?: SandboxAt | undefined;
  readonly limits: ResearchLimits;
  /** What becomes of words of a model that do not follow from their claims. Default: they are shown as doubtful. */
  readonly doubtful?: "show" | "drop" | undefined;
  /** Names the run: the marks around foreign text are made from it. */
  readonly run: string;
  readonly signal: AbortSignal;
  /** Milliseconds, any origin. */
  readonly now: () => number;
  readonly onStep?: ((step: string) => void) | undefined;
}

export interface ResearchLimits extends AgentLimits {
  /** Times that findings which failed go back to the model, in one phase. */
  readonly rounds: number;
  /** Of the evidence in the first message. 0: none, to measure what it saves. */
  readonly packTokens: number;
}

/** What the phases with a way of their own share with the others. */
export interface PhaseRun extends ModelResearchOptions {
  readonly phase: Phase;
  readonly needs: PhaseNeeds;
  readonly context: ResearchContext;
  readonly earlier: Earlier;
  readonly from: ClaimSource;
  readonly nonce: string;
  readonly runner: CodeRunner;
  /** The conversation with these further tools, until `isDone`. */
  converse(more: {
    readonly submissions: Submissions;
    readonly tools?: readonly Tool[];
    readonly request?: string;
  }): Promise<Conversation>;
}

interface Conversation {
  readonly end: AgentEnd;
  /** What ended it before the model was done. */
  readonly partial: string | undefined;
}
