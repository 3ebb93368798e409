import type { PhaseOutcome } from "../phases/outcome.ts";
import { answerOpen } from "./asks.ts";
import type { Decision, Effect, Rules } from "./event.ts";
import type { BlockReason, Core, Investigation, Stage, StageState } from "./investigation.ts";
import type { PhaseRecord } from "../phases/phase-result.ts";
import { outcomeSentence } from "../phases/outcome.ts";
import { inOrder, runnable } from "./plan.ts";

export type Decided = Decision<Investigation>;

export function unchanged(investigation: Investigation): Decided {
  return { investigation, effects: [] };
}

/** What GitHub shows is to follow. */
export function shown(investigation: Investigation, ...effects: readonly Effect[]): Decided {
  return { investigation, effects: [...effects, { kind: "sync" }] };
}

/** The investigation in a stage without a run: fields of the stage that it leaves go, and no phase is running. */
export function enter(investigation: Core, state: StageState<RestingStage>): Investigation {
  return { ...coreOf(investigation), ...state };
}

type RestingStage = Exclude<Stage, "queued" | "running">;

function coreOf(investigation: Core): Core {
  const {
    stage: _s,
    run: _run,
    reason: _r,
    endedBy: _e,
    pausedBy: _p,
    ...core
  } = investigation as Investigation;
  return {
    ...core,
    phases: core.phases.map((record) =>
      record.status === "running" ? { ...record, status: "waiting" } : record,
    ),
  };
}

/** What keeps new work from starting now, in one sentence; undefined when nothing does. The strongest first. */
export function blockReasonOf({
  conditions: { unreachable, held, closed, configuration, confidential },
  isPublic,
}: Pick<Core, "conditions" | "isPublic">): { readonly by: BlockReason; readonly reason: string } | undefined {
  if (unreachable !== undefined) return { by: "reach", reason: unreachable };
  if (held) return { by: "hold", reason: "The label `casebook:hold` is on the issue." };
  if (closed) return { by: "closed", reason: "The issue is closed." };
  if (configuration !== undefined) return { by: "configuration", reason: configuration };
  if (confidential !== undefined && isPublic !== true) return { by: "confidential", reason: confidential };
  return undefined;
}

/**
 * Whatever comes next for the phases that are still wanted: a run, a wait for approval or for better conditions, or the
 * end. A run of before must be stopped by the caller. `evenClosed`: a closed issue does not hold it up.
 */
export function proceed(
  investigation: Core,
  rules: Pick<Rules, "gates" | "perPhase">,
  { evenClosed = false }: { readonly evenClosed?: boolean } = {},
): Decided {
  const [next] = investigation.wanted;
  if (next === undefined) return shown(ended(investigation));
  if (runnable(investigation, rules).length === 0) {
    const asks = answerOpen(investigation.asks, "finished");
    const reason = `\`${next}\` waits for a person to approve it.`;
    return shown(enter({ ...investigation, asks }, { stage: "awaiting-approval", reason }));
  }
  const still = blockReasonOf(investigation);
  if (still !== undefined && !(evenClosed && still.by === "closed"))
    return shown(enter(investigation, { stage: "paused", reason: still.reason, pausedBy: still.by }));
  const runs = investigation.runs + 1;
  const id = `${investigation.repository}-${investigation.issue}-${runs}`;
  return shown(
    { ...coreOf(investigation), stage: "queued", run: { id }, runs },
    { kind: "start-run", run: id },
  );
}

/** Every wanted phase ended. A phase with an outcome is no failure, whatever its checks say. */
export function ended(investigation: Core): Investigation {
  const failed = investigation.phases.filter(
    ({ status, outcome }) => status === "failed" && outcome === undefined,
  );
  const next = { ...investigation, asks: answerOpen(investigation.asks, "finished") };
  if (failed.length === 0) return enter(next, { stage: "done" });
  const reason = isCauseOpenAgain(investigation)
    ? `The fix did not work, so the cause is open again: \`/casebook retry ${CAUSE}\` looks for it anew.`
    : `A check does not hold in ${failed.map(({ type }) => `\`${type}\``).join(", ")}.`;
  return enter(next, { stage: "failed", reason });
}

/**
 * The outcome of a phase ends the research or makes it wait for people; the remaining phases are kept. `byMerge`: the
 * merge of the phase's own pull request lets it continue.
 */
export function endedByOutcome(
  investigation: Core,
  phase: string,
  outcome: PhaseOutcome,
  { known, byMerge }: Pick<Rules, "known"> & { readonly byMerge: boolean },
): Investigation {
  const next = { ...investigation, asks: answerOpen(investigation.asks, "finished") };
  const why = { reason: outcomeSentence(outcome), endedBy: phase };
  switch (outcome.kind) {
    case "needs-info":
      return enter(
        { ...next, wanted: inOrder([phase, ...next.wanted], { known }) },
        { stage: "needs-info", ...why },
      );
    case "several-causes":
      if (next.wanted.length === 0) return enter(next, { stage: "done", ...why });
      return enter(next, { stage: byMerge ? "awaiting-merge" : "awaiting-choice", ...why });
    case "not-a-bug":
    case "duplicate":
    case "wont-fix":
    case "cannot-reproduce":
      return enter(next, { stage: "done", ...why });
  }
}

const CAUSE = "root-cause";
const FIX = "fix";

/**
 * A fix that did not work shows that the recommendation was wrong: the cause has no result any more, and approvals
 * based on it are void. Nothing starts by itself; a person decides whether to look for the cause again.
 */
export function withCauseOpen<I extends Core>(investigation: I, rules: Pick<Rules, "known">): I {
  const cause = investigation.phases.find(({ type }) => type === CAUSE);
  const isUsed = cause?.status === "completed" || cause?.status === "needs_attention";
  if (cause === undefined || !isUsed) return investigation;
  const { outcome: _outcome, ...rest } = cause;
  const reason = "The fix that it recommends did not work.";
  return withPhase(
    { ...investigation, approvals: investigation.approvals.filter(({ phase }) => phase !== FIX) },
    { ...rest, status: "waiting", reason },
    rules,
  );
}

/** True for a fix that was tried and did not work, and says why. */
export function isFailedFix({
  type,
  status,
  reason,
}: Pick<PhaseRecord, "type" | "status" | "reason">): boolean {
  return type === FIX && status === "failed" && reason !== undefined;
}

function isCauseOpenAgain({ phases }: Pick<Core, "phases">): boolean {
  return (
    phases.some(isFailedFix) && phases.some(({ type, status }) => type === CAUSE && status === "waiting")
  );
}

/** Each phase has its own pull request, and the next phase starts when this one is merged. */
export function awaitingMerge(investigation: Core): Investigation {
  const [next] = investigation.wanted;
  const asks = answerOpen(investigation.asks, "finished");
  const reason = `\`${next}\` starts when the pull request is merged.`;
  return enter({ ...investigation, asks }, { stage: "awaiting-merge", reason });
}

/** Stops the worker of the run that the investigation leaves. */
export function stopRun({ run }: Investigation): readonly Effect[] {
  return run === undefined ? [] : [{ kind: "stop-run", run: run.id }];
}

export function withPhase<I extends Core>(
  investigation: I,
  record: PhaseRecord,
  rules: Pick<Rules, "known">,
): I {
  const records = new Map(investigation.phases.map((known) => [known.type, known]));
  records.set(record.type, record);
  const phases = inOrder([...records.keys()], rules).flatMap((type) => records.get(type) ?? []);
  return { ...investigation, phases };
}

/** What becomes of the present pull request changes nothing any more. */
export function putPullBehind({ pull, ...rest }: Investigation): Investigation {
  return pull === undefined ? rest : { ...rest, pullsOver: Math.max(rest.pullsOver ?? 0, pull.number) };
}
