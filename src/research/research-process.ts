import { RunFailure } from "../failure.ts";
import type { InvestigateResult } from "../phases/investigate.ts";
import type {
  CheckedDocument,
  LocateRequest,
  Research,
  ResearchHooks,
  ResearchRequest,
} from "../service/research.ts";
import { isForeign } from "../phases/foreign-file.ts";
import { mayFixTouch } from "../phases/fix-paths.ts";
import { belongsTo } from "../phases/names.ts";
import { MAX_FILE_BYTES } from "../repository/io/read-chant-files.ts";
import type { Publisher } from "../repository/repository.ts";
import { repositoryMirrors } from "./repository-mirrors.ts";
import type { AskRequest, Told } from "./asks.ts";
import type { Located } from "./protocol.ts";
import { PUBLISHES_NOTHING, runTask } from "./run-task.ts";
import type { ReaderOptions } from "./start-reader.ts";

/** Research in processes of their own, one for each task, each in a jail where this host has one. */
export function researchInProcesses(options: ReaderOptions): Research {
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
      // What this side knows, it does not take from the other one.
      return {
        ...end.result,
        issue: request.issue.key,
        baseCommit: request.base,
        place: publisher.place,
      } satisfies InvestigateResult;
    },
    async check(request, signal) {
      const end = await runTask({ kind: "check", request }, options, signal);
      if (end.kind !== "checked") throw new Error(`the check ended with ${end.kind}`);
      return end.documents satisfies readonly CheckedDocument[];
    },
    async compareFix(request, signal) {
      const end = await runTask({ kind: "compare-fix", request }, options, signal);
      if (end.kind !== "compared") throw new Error(`the comparison ended with ${end.kind}`);
      return end.phases;
    },
    async test(request, signal) {
      const end = await runTask({ kind: "test", request }, options, signal);
      if (end.kind !== "tested") throw new Error(`the test ended with ${end.kind}`);
      return end.verdict;
    },
  };
}

/** Ranks files and lets a model order the best, in a process without its key. Throws RunFailure, and for the signal. */
export async function locateInProcess(
  request: LocateRequest,
  options: ReaderOptions,
  hooks: Required<Pick<ResearchHooks, "gateway" | "onStep">>,
  signal: AbortSignal,
): Promise<Located> {
  const end = await runTask({ kind: "locate", request }, options, signal, {
    ...hooks,
    publisher: PUBLISHES_NOTHING,
    onPhase: async () => undefined,
  });
  if (end.kind !== "located") throw new Error(`locating ended with ${end.kind}`);
  return end.located;
}

/** Answers one question about a commit in a process of its own. Throws for the signal and for bugs; a failure is an answer. */
export async function askInProcess(
  request: AskRequest,
  options: ReaderOptions,
  signal: AbortSignal,
  onStep: (step: string) => void = () => undefined,
): Promise<Told> {
  const end = await runTask({ kind: "ask", request }, options, signal, {
    onStep,
    publisher: PUBLISHES_NOTHING,
    onPhase: async () => undefined,
  });
  if (end.kind !== "told") throw new Error(`the question ended with ${end.kind}`);
  return end.told;
}

/**
 * Publishes specs and documents of this issue alone, over no file of a person (RunFailure `branch-changed`), and for a fix, program text that runs when a person runs it: who reads hostile
 * text is not believed when it says what to write.
 */
export function confined(publisher: Publisher, { issue, phases }: ResearchRequest): Publisher {
  const isAllowed = (path: string): boolean =>
    (belongsTo(issue.key, path) && path.split("/").length === 3) ||
    (phases.includes("fix") && mayFixTouch(path));
  return {
    ...publisher,
    async publish(change) {
      for (const [path, text] of change.files)
        // What is larger could not be read back.
        if (!isAllowed(path) || Buffer.byteLength(text) > MAX_FILE_BYTES)
          throw new Error(`the researcher wanted to write ${JSON.stringify(path.slice(0, 200))}`);
      const current = await publisher.current();
      for (const [path, text] of change.files)
        if (current.get(path) !== text && isForeign(path, current))
          throw new RunFailure("branch-changed", `${path} is there already, and Casebook did not write it`);
      return publisher.publish(change);
    },
  };
}
