import type { ModelOrder } from "../agent/order-files.ts";
import type { Ranking } from "../evidence/ranking/locate.ts";
import type { PhaseCost } from "../phases/outcome.ts";
import type { Entry } from "../llm/transcript.ts";
import type { NextReply, Question } from "../llm/gateway.ts";
import { type FailureCode, RunFailure } from "../failure.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { SandboxEnvironment, SandboxRequest, SandboxResult } from "../sandbox/sandbox.ts";
import type { Shortlist, Sought } from "../issue/parse-tracker.ts";
import type { AskRequest, Told } from "./asks.ts";
import type { CommandRequest, Ran } from "./command-request.ts";
import type { CommitFiles } from "./sandbox-door.ts";
import type { PhaseComparison } from "../phases/fix-comparison.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import type {
  CheckedDocument,
  CheckRequest,
  CompareRequest,
  LocateRequest,
  PhaseEvent,
  ResearchRequest,
  TestRequest,
} from "../service/research.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { Published } from "../repository/repository.ts";

/** What the service says to the process that researches. */
export type ToResearcher =
  | { readonly kind: "investigate"; readonly request: ResearchRequest; readonly place: string }
  | { readonly kind: "check"; readonly request: CheckRequest }
  | { readonly kind: "compare-fix"; readonly request: CompareRequest }
  | { readonly kind: "test"; readonly request: TestRequest }
  | { readonly kind: "locate"; readonly request: LocateRequest }
  | { readonly kind: "ask"; readonly request: AskRequest }
  | { readonly kind: "command"; readonly request: CommandRequest }
  | { readonly kind: "answer"; readonly call: number; readonly value: unknown }
  | Refusal
  /** The task is not wanted any more. */
  | { readonly kind: "stop" };

interface Refusal {
  readonly kind: "refusal";
  readonly call: number;
  /** A failure that the one who asked may handle; undefined: it cannot continue. */
  readonly code?: FailureCode;
  readonly message: string;
}

/** Where the process that researches says it is, before it is given anything to read. */
export interface Whereabouts {
  readonly kind: "started";
  /** Names of its namespaces, as `/proc/self/ns` has them; empty where there is none. */
  readonly namespaces: readonly string[];
  readonly hasGit: boolean;
}

/** What it says back. Nothing of it is believed beyond its shape, which `readFromResearcher` checks: it read a stranger's repository. */
export type FromResearcher =
  | Whereabouts
  | { readonly kind: "call"; readonly call: number; readonly ask: ServiceCall }
  | { readonly kind: "step"; readonly step: string }
  | { readonly kind: "note"; readonly note: string }
  | { readonly kind: "investigated"; readonly result: InvestigateResult }
  | { readonly kind: "checked"; readonly documents: readonly CheckedDocument[] }
  | { readonly kind: "compared"; readonly phases: readonly PhaseComparison[] }
  | { readonly kind: "tested"; readonly verdict: ChangeVerdict }
  | { readonly kind: "located"; readonly located: Located }
  | { readonly kind: "told"; readonly told: Told }
  | { readonly kind: "ran"; readonly ran: Ran }
  | { readonly kind: "failed"; readonly code: FailureCode | undefined; readonly message: string };

/** A ranking and what a model made of it. */
export interface Located {
  readonly ranking: Ranking;
  readonly order: ModelOrder;
}

export type ServiceCall =
  | { readonly kind: "current" }
  | {
      readonly kind: "publish";
      readonly files: ReadonlyMap<string, string>;
      readonly message: string;
    }
  | { readonly kind: "phase"; readonly event: PhaseEvent }
  | { readonly kind: "tracker"; readonly sought: Sought }
  | { readonly kind: "model-open"; readonly conversation: string }
  | { readonly kind: "model-next"; readonly question: Question }
  | { readonly kind: "model-cost"; readonly conversation: string }
  | SandboxCall;

/** Code of the repository runs in a sandbox that another process starts (`sandbox-keeper.ts`). */
export type SandboxCall =
  | ({ readonly kind: "sandbox-open" } & CommitFiles)
  | { readonly kind: "sandbox-run"; readonly sandbox: number; readonly request: SandboxRequest }
  | { readonly kind: "sandbox-close"; readonly sandbox: number };

interface RemoteSandbox {
  readonly sandbox: number;
  readonly changed: readonly string[];
  readonly state:
    | { readonly kind: "ready"; readonly environment: SandboxEnvironment }
    | { readonly kind: "none"; readonly why: string };
}

/** What the keeper of sandboxes is told: first what it keeps, then calls. */
export type KeeperAsk =
  | {
      readonly kind: "keep";
      readonly gitDir: string;
      readonly data: string;
      readonly settings: SandboxSettings;
    }
  | { readonly kind: "call"; readonly call: number; readonly ask: SandboxCall };
export type KeeperAnswer = Extract<ToResearcher, { kind: "answer" | "refusal" }>;

type ResultOf<K extends ServiceCall["kind"]> = {
  current: ReadonlyMap<string, string>;
  publish: Published;
  phase: undefined;
  tracker: Shortlist | undefined;
  "model-open": readonly Entry[];
  "model-next": NextReply;
  "model-cost": PhaseCost;
  "sandbox-open": RemoteSandbox;
  "sandbox-run": SandboxResult;
  "sandbox-close": undefined;
}[K];

/** Questions to the service that started this process, each answered once. */
export interface ServiceLink {
  ask<K extends ServiceCall["kind"]>(ask: Extract<ServiceCall, { kind: K }>): Promise<ResultOf<K>>;
  settle(message: Extract<ToResearcher, { kind: "answer" | "refusal" }>): void;
  /** Fails every question that has no answer yet: a stopped task does not wait for GitHub or a model. */
  abandon(reason: Error): void;
  /** Resolves when every question is answered. A process that ends earlier may lose its last message: the late answer breaks the pipe. */
  idle(): Promise<void>;
}

/** `say`: sends a question to the other side. */
export function serviceLink(
  say: (message: { readonly kind: "call"; readonly call: number; readonly ask: ServiceCall }) => void,
): ServiceLink {
  const open = new Map<number, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  const waiting: (() => void)[] = [];
  let calls = 0;
  const settled = (call?: number): void => {
    if (call === undefined) open.clear();
    else open.delete(call);
    if (open.size === 0) for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    ask(ask) {
      const call = ++calls;
      return new Promise((resolve, reject) => {
        open.set(call, { resolve, reject });
        say({ kind: "call", call, ask });
      });
    },
    settle(message) {
      const question = open.get(message.call);
      settled(message.call);
      if (message.kind === "answer") question?.resolve(message.value as never);
      else
        question?.reject(
          message.code === undefined
            ? new Error(message.message)
            : new RunFailure(message.code, message.message),
        );
    },
    abandon(reason) {
      for (const { reject } of open.values()) reject(reason);
      settled();
    },
    idle: () =>
      open.size === 0 ? Promise.resolve() : new Promise<void>((resolve) => void waiting.push(resolve)),
  };
}
