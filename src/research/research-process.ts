import { fork } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { ModelGateway } from "../llm/gateway.ts";
import { FAILURES, RunFailure } from "../failure.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type { CheckedDocument, Research, ResearchHooks, ResearchRequest } from "../service/research.ts";
import { belongsTo } from "../phases/names.ts";
import type { Publisher } from "../repository/repository.ts";
import { repositoryMirrors } from "./repository-mirrors.ts";
import type { ServiceCall, FromResearcher, ToResearcher } from "./protocol.ts";

export interface ResearchOptions {
  /** Folder of mirrors, index and scratch files. */
  readonly data: string;
  readonly workers?: number | undefined;
  readonly cacheBytes: number;
  /** Bytes that one fetch may bring. */
  readonly fetchBytes?: number | undefined;
}

/** Milliseconds that a process has to end by itself after a stop signal. */
const GRACE = 2_000;

/** Research in processes of their own, one for each task, started with an empty environment. */
export function researchInProcesses(options: ResearchOptions): Research {
  const mirrors = repositoryMirrors(options.data, options.fetchBytes);
  return {
    openMirror: (repository, token, signal) => mirrors.open(repository, token, signal),
    discardMirror: (repository) => mirrors.discard(repository),
    async investigate(request, hooks, signal) {
      const publisher = confined(hooks.publisher, request);
      const end = await runTask({ kind: "investigate", request, place: publisher.place }, options, signal, {
        ...hooks,
        publisher,
      });
      if (end.kind !== "investigated") throw new Error(`research ended with ${end.kind}`);
      return end.result satisfies InvestigateResult;
    },
    async check(request, signal) {
      const end = await runTask({ kind: "check", request }, options, signal);
      if (end.kind !== "checked") throw new Error(`the check ended with ${end.kind}`);
      return end.documents satisfies readonly CheckedDocument[];
    },
    async test(request, signal) {
      const end = await runTask({ kind: "test", request }, options, signal);
      if (end.kind !== "tested") throw new Error(`the test ended with ${end.kind}`);
      return end.verdict;
    },
  };
}

/**
 * Publishes specs and documents of this issue alone, and for a fix, files outside of what steers the
 * repository's services: who reads hostile text is not believed when it says what to write.
 */
export function confined(publisher: Publisher, { issue, phases }: ResearchRequest): Publisher {
  const isAllowed = (path: unknown): boolean =>
    typeof path === "string" &&
    (belongsTo(issue.key, path) || (phases.includes("fix") && isOutsideOfServices(path)));
  return {
    ...publisher,
    async publish(change) {
      for (const [path, text] of change.files)
        if (!isAllowed(path) || typeof text !== "string")
          throw new Error(`the researcher wanted to write ${JSON.stringify(path)}`);
      return publisher.publish(change);
    },
  };
}

function isOutsideOfServices(path: string): boolean {
  const parts = path.split("/");
  return (
    !["", ".git", ".github", ".chant", ".gitlab", ".circleci"].includes(parts[0]!.toLowerCase()) &&
    parts.every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git")
  );
}

type Task = Extract<ToResearcher, { kind: "investigate" | "check" | "test" }>;
type End = Extract<FromResearcher, { kind: "investigated" | "checked" | "tested" }>;

function runTask(
  task: Task,
  options: ResearchOptions,
  signal: AbortSignal,
  hooks?: ResearchHooks,
): Promise<End> {
  signal.throwIfAborted();
  const source = join(import.meta.dirname, "main.ts");
  const child = fork(existsSync(source) ? source : join(import.meta.dirname, "main.js"), [], {
    // Only what it needs to find programs and its folder: a secret that is not there cannot be read from it.
    env: environmentOf(options),
    execArgv: [],
    serialization: "advanced",
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let stderr = "";
  child.stderr?.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
  return new Promise<End>((resolve, reject) => {
    let failure: Error | undefined;
    let end: End | undefined;
    let killer: ReturnType<typeof setTimeout> | undefined;
    const stop = (): void => {
      child.kill("SIGTERM");
      killer = setTimeout(() => child.kill("SIGKILL"), GRACE);
    };
    const say = (message: ToResearcher): void => {
      if (child.connected) child.send(message, () => undefined);
    };
    signal.addEventListener("abort", stop, { once: true });
    child.on("message", (message: FromResearcher) => {
      switch (message.kind) {
        case "call":
          if (hooks === undefined) return;
          answer(message.ask, hooks, signal).then(
            (value) => say({ kind: "answer", call: message.call, value }),
            (error: unknown) => {
              // The researcher cannot continue without what the service refused; the reason stays on this side.
              failure ??= error instanceof Error ? error : new Error(String(error));
              say({ kind: "refusal", call: message.call, message: "refused" });
              stop();
            },
          );
          return;
        case "step":
          hooks?.onStep(message.step);
          return;
        case "failed":
          failure ??=
            message.code !== undefined && message.code in FAILURES
              ? new RunFailure(message.code, message.message)
              : new Error(`the researcher failed: ${message.message}`);
          return;
        case "investigated":
        case "checked":
        case "tested":
          end = message;
      }
    });
    child.on("error", (error) => (failure ??= error));
    child.on("close", (code, by) => {
      clearTimeout(killer);
      signal.removeEventListener("abort", stop);
      if (signal.aborted) reject(signal.reason as Error);
      else if (failure !== undefined) reject(failure);
      else if (end !== undefined) resolve(end);
      else reject(new Error(`the researcher ended with ${by ?? code}: ${stderr.trim().slice(-500)}`));
    });
    say(task);
  });
}

/** The service's side of what a researcher asks. */
export async function answer(ask: ServiceCall, hooks: ResearchHooks, signal: AbortSignal): Promise<unknown> {
  switch (ask.kind) {
    case "current":
      return hooks.publisher.current();
    case "publish":
      return hooks.publisher.publish({ files: ask.files, message: ask.message });
    case "phase":
      await hooks.onPhase(ask.event);
      return undefined;
    case "model-open":
      return gatewayOf(hooks).open(ask.conversation);
    case "model-next":
      return gatewayOf(hooks).next(ask.question, signal);
    case "model-cost":
      return gatewayOf(hooks).cost(ask.conversation);
  }
}

function gatewayOf({ gateway }: ResearchHooks): ModelGateway {
  if (gateway === undefined) throw new Error("the researcher asks for a model, and none was offered to it");
  return gateway;
}

function environmentOf({ data, workers, cacheBytes }: ResearchOptions): Record<string, string> {
  const { PATH = "", NODE_COMPILE_CACHE } = process.env;
  return {
    PATH,
    ...(NODE_COMPILE_CACHE === undefined ? {} : { NODE_COMPILE_CACHE }),
    CASEBOOK_DATA: data,
    CASEBOOK_CACHE_MB: String(Math.max(10, Math.floor(cacheBytes / 1_000_000))),
    ...(workers === undefined ? {} : { CASEBOOK_WORKERS: String(workers) }),
  };
}
