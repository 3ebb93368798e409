import { RunFailure } from "../failure.ts";
import type { ModelGateway } from "../llm/gateway.ts";
import type { Block } from "../documents/finding.ts";
import type { SandboxAt } from "../agent/code-runner.ts";
import type { ReportedRuns } from "../agent/reported-runs.ts";
import type { Ran, ResearchContext } from "../phases/builtin/research-context.ts";
import type { CheckSource } from "../documents/check-document.ts";
import type { Researcher } from "../phases/builtin/researcher.ts";
import { once } from "../claims/open-evidence.ts";
import type { SandboxSettings } from "../sandbox/sandbox-settings.ts";
import type { Sandbox, SandboxState } from "../sandbox/sandbox.ts";
import type { Repository } from "../repository/repository.ts";
import type { Subject } from "../agent/show-since.ts";
import type { ModelResearch } from "../service/research.ts";
import type { ServiceLink } from "./protocol.ts";
import type { SandboxDoor } from "./sandbox-door.ts";

interface ModelOptions {
  readonly source: CheckSource;
  readonly doubtful: "show" | "drop" | undefined;
  readonly link: ServiceLink;
  readonly sandboxAt: SandboxAt;
  readonly signal: AbortSignal;
  readonly onStep: (step: string) => void;
}

/** The researcher of a request: a model with its way to the endpoint, or the built-in one. */
export async function openResearcher(
  model: { readonly research: ModelResearch; readonly options: ModelOptions } | undefined,
  { sandbox, reported }: { readonly sandbox: () => Promise<SandboxState>; readonly reported: ReportedRuns },
): Promise<Researcher> {
  if (model === undefined) {
    const { runningResearcher } = await import("../agent/reported-code.ts");
    return runningResearcher(reported);
  }
  // Loaded when a model works: a process without one starts without its 120 modules.
  const { modelResearcher } = await import("../agent/model-researcher.ts");
  const { link, ...options } = model.options;
  return modelResearcher({
    ...options,
    gateway: gatewayOver(link),
    sandbox: await sandbox(),
    limits: model.research.limits,
    run: model.research.run,
    now: () => performance.now(),
  });
}

/** Where older commits are found, and what they are run in. */
interface OlderOptions {
  /** Undefined, as `settings`: no code is run. */
  readonly sandboxes: SandboxDoor | undefined;
  readonly data: string;
  readonly settings: SandboxSettings | undefined;
}

/** What the runs of an investigation give to its context, each made once and when it is asked for. */
export interface Runs {
  readonly reported: ReportedRuns;
  /** See `ContextOptions`. */
  readonly ran: () => Promise<Ran>;
  readonly shown: NonNullable<ResearchContext["shown"]>;
}

/**
 * Runs of the investigation's failing test and of the report's own programs. `runsReport`: a person with the right asked for the run, so
 * that code of the report may run. `older`: to look for the commit since which they fail.
 */
export async function openRuns(
  context: () => ResearchContext,
  sandbox: () => Promise<SandboxState>,
  runsReport: boolean,
  older: OlderOptions,
): Promise<Runs> {
  const { causeShownBy, reportedRuns, researchOf } = await import("../agent/reported-runs.ts");
  const reported = reportedRuns(context, runsReport ? sandbox : async () => UNASKED);
  const known = new Map<string, Promise<readonly Block[]>>();
  const ofTest = async (test: {
    readonly path: string;
    readonly text: string;
  }): Promise<readonly Block[]> => {
    const state = await sandbox();
    if (state.kind === "none") return [];
    const { signal = new AbortController().signal, onStep } = context();
    onStep?.("running the failing test with a tracer");
    const { showCause } = await import("../agent/show-cause.ts");
    const blocks = await showCause(state.sandbox, test, context(), signal);
    const { testSubject } = await import("../agent/show-since.ts");
    const subject = await testSubject(state.sandbox, test, context(), signal);
    return [...blocks, ...(await sinceOf(subject, blocks, state.sandbox, [test.path, test.text]))];
  };
  const sinceOf = async (
    subject: Subject | undefined,
    blocks: readonly Block[],
    tree: Sandbox,
    about: readonly string[],
  ): Promise<readonly Block[]> => {
    const { settings, sandboxes, data } = older;
    const minutes = settings?.sinceMinutes ?? 0;
    if (subject === undefined || sandboxes === undefined || minutes === 0) return [];
    const { signal = new AbortController().signal, onStep, baseCommit } = context();
    onStep?.("running it on older commits");
    const { openOlderTrees } = await import("./older-trees.ts");
    const { showSince } = await import("../agent/show-since.ts");
    using trees = openOlderTrees({
      sandboxes,
      data,
      about: [baseCommit, ...about, JSON.stringify(settings)],
      minutes,
      signal,
    });
    const shown = await showSince(subject, blocks, tree, trees, context(), signal);
    trees.finish();
    return shown;
  };
  const ofProgram = once(async (): Promise<readonly Block[]> => {
    const ran = await reported.ran();
    const blocks = causeShownBy(ran);
    const state = blocks.length === 0 ? undefined : await sandbox();
    if (state?.kind !== "ready") return blocks;
    const { programSubject } = await import("../agent/show-since.ts");
    const { signal = new AbortController().signal } = context();
    const [subject] = ran.flatMap((one) => programSubject(one, context(), signal) ?? []);
    const about = [...(subject?.changed ?? []), context().issue.text];
    return [...blocks, ...(await sinceOf(subject, blocks, state.sandbox, about))];
  });
  return {
    reported,
    ran: async () => researchOf(await reported.ran()),
    async shown(files) {
      // Loaded when it is asked for: most runs have no failing test.
      const { failingTestOf } = await import("../agent/failing-test.ts");
      const test = failingTestOf(context().issue.key, files);
      const key = JSON.stringify([test?.path, test?.text]);
      let running = known.get(key);
      if (running === undefined)
        known.set(key, (running = test === undefined ? Promise.resolve([]) : ofTest(test)));
      // One answer to "since when" is enough: that of the test.
      return [
        ...(await running),
        ...(test === undefined ? await ofProgram() : causeShownBy(await reported.ran())),
      ];
    },
  };
}

/** Code of a stranger runs where somebody with the right asked for it, also in the sandbox. */
const UNASKED: SandboxState = {
  kind: "none",
  why: "code of a report runs only after a command or a label of a person with the right to start a run",
};

/** Keys, prices and the journal are on the other side. */
/** The way to the models over a link to the process that holds their keys. */
export function gatewayOver(link: ServiceLink): ModelGateway {
  return {
    open: (conversation) => link.ask({ kind: "model-open", conversation }),
    next: (question) => link.ask({ kind: "model-next", question }),
    cost: (conversation) => link.ask({ kind: "model-cost", conversation }),
  };
}

/** Other commits whose files one task writes to the disk. */
const MAX_OTHERS = 4;

/** Sandboxes over commits that the base commit reaches, each opened once. Dispose it: it holds their files. */
export function sandboxesBefore({
  sandboxes,
  repository: { history },
  base,
  signal,
}: {
  readonly sandboxes: SandboxDoor | undefined;
  readonly repository: Pick<Repository, "history">;
  readonly base: string;
  readonly signal: AbortSignal;
}): AsyncDisposable & { readonly at: SandboxAt } {
  const stack = new AsyncDisposableStack();
  const opened = new Map<string, () => Promise<SandboxState>>();
  return {
    async at(named) {
      const commit = await history.findCommit(named);
      if (commit === undefined) return "no commit, or more than one, begins with these digits";
      if (commit === base) return "that is the commit under research; leave `commit` out";
      if ((await history.commit(base, commit)) === undefined)
        return "the commit under research does not reach it";
      let open = opened.get(commit);
      if (open === undefined) {
        if (opened.size === MAX_OTHERS) return `code ran on ${MAX_OTHERS} other commits already`;
        open = stack.use(sandboxOver({ sandboxes, commit, signal })).open;
        opened.set(commit, open);
      }
      const state = await open();
      return state.kind === "none" ? state.why : { commit, sandbox: state.sandbox };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** A sandbox over the files of a commit, opened when code is to be run, and once. Dispose it: it holds these files. */
export function sandboxOver({
  sandboxes,
  commit,
  signal,
}: {
  /** Undefined: no code is run. */
  readonly sandboxes: SandboxDoor | undefined;
  readonly commit: string;
  readonly signal: AbortSignal;
}): AsyncDisposable & { readonly open: () => Promise<SandboxState> } {
  const stack = new AsyncDisposableStack();
  return {
    open: once(async (): Promise<SandboxState> => {
      if (sandboxes === undefined)
        return { kind: "none", why: "running code is switched off by the operator or the repository" };
      try {
        const opened = await sandboxes.open({ commit }, signal);
        stack.defer(opened.close);
        return opened.state;
      } catch (error) {
        if (error instanceof RunFailure) return { kind: "none", why: error.message };
        throw error;
      }
    }),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
