import type { PhaseCost } from "../phases/outcome.ts";
import type { Entry } from "../llm/transcript.ts";
import type { NextReply, Question } from "../llm/gateway.ts";
import type { FailureCode } from "../failure.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type {
  CheckedDocument,
  CheckRequest,
  PhaseEvent,
  ResearchRequest,
  TestRequest,
} from "../service/research.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { Published } from "../repository/repository.ts";

/** What the service says to the process that researches. Maps pass as they are (structured clone). */
export type ToResearcher =
  | { readonly kind: "investigate"; readonly request: ResearchRequest; readonly place: string }
  | { readonly kind: "check"; readonly request: CheckRequest }
  | { readonly kind: "test"; readonly request: TestRequest }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | { readonly kind: "refusal"; readonly call: number; readonly message: string };

/** What it says back. Nothing of it is believed beyond its shape: it read a stranger's repository. */
export type FromResearcher =
  | { readonly kind: "call"; readonly call: number; readonly ask: ServiceCall }
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "investigated"; readonly result: InvestigateResult }
  | { readonly kind: "checked"; readonly documents: readonly CheckedDocument[] }
  | { readonly kind: "tested"; readonly verdict: ChangeVerdict }
  | { readonly kind: "failed"; readonly code: FailureCode | undefined; readonly message: string };

export type ServiceCall =
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

type ResultOf<K extends ServiceCall["kind"]> = {
  current: ReadonlyMap<string, string>;
  publish: Published;
  phase: undefined;
  "model-open": readonly Entry[];
  "model-next": NextReply;
  "model-cost": PhaseCost;
}[K];

/** Questions to the service that started this process, each answered once. */
export interface ServiceLink {
  ask<K extends ServiceCall["kind"]>(ask: Extract<ServiceCall, { kind: K }>): Promise<ResultOf<K>>;
  settle(message: Extract<ToResearcher, { kind: "answer" | "refusal" }>): void;
  /** Fails every question that has no answer yet: a stopped task does not wait for GitHub or a model. */
  abandon(reason: Error): void;
}

export function serviceLink(say: (message: FromResearcher) => void): ServiceLink {
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let calls = 0;
  return {
    ask(ask) {
      const call = ++calls;
      return new Promise((resolve, reject) => {
        open.set(call, { resolve, reject });
        say({ kind: "call", call, ask });
      });
    },
    settle(message) {
      const waiting = open.get(message.call);
      open.delete(message.call);
      if (message.kind === "answer") waiting?.resolve(message.value as never);
      else waiting?.reject(new Error(message.message));
    },
    abandon(reason) {
      for (const { reject } of open.values()) reject(reason);
      open.clear();
    },
  };
}
