import type { PhaseCost } from "../phases/outcome.ts";
import type { Entry } from "../llm/transcript.ts";
import type { NextReply, Question } from "../llm/gateway.ts";
import type { FailureCode } from "../failure.ts";
import type { CheckedDocument, CheckRequest, PhaseEvent, ResearchRequest } from "../service/research.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { Published } from "../repository/repository.ts";

/** What the service says to the process that researches. Maps pass as they are (structured clone). */
export type ToResearcher =
  | { readonly kind: "investigate"; readonly request: ResearchRequest; readonly place: string }
  | { readonly kind: "check"; readonly request: CheckRequest }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly call: number; readonly message: string };

/** What it says back. Nothing of it is believed beyond its shape: it read a stranger's repository. */
export type FromResearcher =
  | { readonly kind: "call"; readonly call: number; readonly ask: Ask }
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "investigated"; readonly result: InvestigateResult }
  | { readonly kind: "checked"; readonly documents: readonly CheckedDocument[] }
  | { readonly kind: "failed"; readonly code: FailureCode | undefined; readonly message: string };

export type Ask =
  | { readonly kind: "current" }
  | {
      readonly kind: "publish";
      readonly files: ReadonlyMap<string, string>;
      readonly message: string;
    }
  | { readonly kind: "phase"; readonly event: PhaseEvent }
  | { readonly kind: "model-open"; readonly conversation: string }
  | { readonly kind: "model-next"; readonly question: Question }
  | { readonly kind: "model-cost"; readonly conversation: string };

export type AnswerTo<K extends Ask["kind"]> = {
  current: ReadonlyMap<string, string>;
  publish: Published;
  phase: undefined;
  "model-open": readonly Entry[];
  "model-next": NextReply;
  "model-cost": PhaseCost;
}[K];
