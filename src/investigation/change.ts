import type { PhaseOutcome } from "../phases/outcome.ts";
import { answerOpen } from "./asks.ts";
import type { Decision, Effect, Rules } from "./event.ts";
import type { Investigation, Stage } from "./investigation.ts";
import type { PhaseRecord } from "../phases/phase-record.ts";
import { outcomeSentence } from "../phases/bound-outcome.ts";
import { inOrder, runnable } from "./plan.ts";
import { blockReasonOf } from "./block-reason.ts";

export type Decided = Decision<Investigation>;

export function same(investigation: Investigation): Decided {
  return { investigation, effects: [] };
}

/** What GitHub shows is to follow. */
export function shown(investigation: Investigation, ...effects: readonly Effect[]): Decided {
  return { investigation, effects: [...effects, { kind: "sync" }] };
}

/** In a stage in which nothing runs; a reason, an outcome and a pause belong to the stage and go with it. */
export function resting(
  investigation: Investigation,
  stage: Exclude<Stage, "queued" | "running">,
  why: Pick<Investigation, "reason" | "pausedBy" | "endedBy"> = {},
): Investigation {
  const { reason: _reason, pausedBy: _pausedBy, endedBy: _endedBy, ...rest } = withoutRun(investigation);
  return { ...rest, stage, ...why };
}

/**
 * Whatever comes next for what is wanted: a run, a wait for approval or for better conditions, or the end. Nothing
 * may be running. `evenClosed`: a closed issue does not hold it up.
 */
export function goOn(
  investigation: Investigation,
  rules: Pick<Rules, "gates" | "perPhase">,
  { evenClosed = false }: { readonly evenClosed?: boolean } = {},
): Decided {
  const [next] = investigation.wanted;
  if (next === undefined) return shown(ended(investigation));
  if (runnable(investigation, rules).length === 0) {
    const asks = answerOpen(investigation.asks, "finished");
    const reason = `\`${next}\` waits for a person to approve it.`;
    return shown(resting({ ...investigation, asks }, "awaiting-approval", { reason }));
  }
  const still = blockReasonOf(investigation);
  if (still !== undefined && !(evenClosed && still.by === "closed"))
    return shown(resting(investigation, "paused", { reason: still.reason, pausedBy: still.by }));
  const { reason: _reason, pausedBy: _pausedBy, endedBy: _endedBy, ...rest } = investigation;
  const runs = investigation.runs + 1;
  const id = `${investigation.repository}-${investigation.issue}-${runs}`;
  return shown({ ...rest, stage: "queued", run: { id }, runs }, { kind: "start-run", run: id });
}

/** Everything that was wanted is worked. What ended with an outcome is no failure, whatever its checks say. */
export function ended(investigation: Investigation): Investigation {
  const failed = investigation.phases.filter(
    ({ status, outcome }) => status === "failed" && outcome === undefined,
  );
  const next = { ...investigation, asks: answerOpen(investigation.asks, "finished") };
  if (failed.length === 0) return resting(next, "done");
  const reason = isCauseOpenAgain(investigation)
    ? `The fix did not work, so the cause is open again: \`/casebook retry ${CAUSE}\` looks for it anew.`
    : `A check does not hold in ${failed.map(({ type }) => `\`${type}\``).join(", ")}.`;
  return resting(next, "failed", { reason });
}

/**
 * The work ends with the outcome of a phase, or waits for people because of it; what was left is kept. `byMerge`: a person
 * says with the merge of the phase's own pull request that it goes on.
 */
export function endedByOutcome(
  investigation: Investigation,
  phase: string,
  outcome: PhaseOutcome,
  { known, byMerge }: Pick<Rules, "known"> & { readonly byMerge: boolean },
): Investigation {
  const next = { ...investigation, asks: answerOpen(investigation.asks, "finished") };
  const why = { reason: outcomeSentence(outcome), endedBy: phase };
  switch (outcome.kind) {
    case "needs-info":
      return resting({ ...next, wanted: inOrder([phase, ...next.wanted], { known }) }, "needs-info", why);
    case "several-causes":
      if (next.wanted.length === 0) return resting(next, "done", why);
      return resting(next, byMerge ? "awaiting-merge" : "awaiting-choice", why);
    case "not-a-bug":
    case "duplicate":
    case "wont-fix":
    case "cannot-reproduce":
      return resting(next, "done", why);
  }
}

const CAUSE = "root-cause";
const FIX = "fix";

/**
 * A fix that did not work says that the recommendation was wrong: the cause has no result any more, and what was approved
 * on it is void. Nothing starts by it; a person says whether it is looked for again.
 */
export function withCauseOpen(investigation: Investigation, rules: Pick<Rules, "known">): Investigation {
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

function isCauseOpenAgain({ phases }: Pick<Investigation, "phases">): boolean {
  return (
    phases.some(isFailedFix) && phases.some(({ type, status }) => type === CAUSE && status === "waiting")
  );
}

/** Each phase has its own pull request, and the next one begins when this one is merged. */
export function awaitingMerge(investigation: Investigation): Investigation {
  const [next] = investigation.wanted;
  const asks = answerOpen(investigation.asks, "finished");
  const reason = `\`${next}\` begins when the pull request is merged.`;
  return resting({ ...investigation, asks }, "awaiting-merge", { reason });
}

/** The same without its run; whoever works it is told to stop. */
export function stopRun(investigation: Investigation): {
  readonly investigation: Investigation;
  readonly effects: readonly Effect[];
} {
  const { run } = investigation;
  return {
    investigation: withoutRun(investigation),
    effects: run === undefined ? [] : [{ kind: "stop-run", run: run.id }],
  };
}

export function withPhase(
  investigation: Investigation,
  record: PhaseRecord,
  rules: Pick<Rules, "known">,
): Investigation {
  const records = new Map(investigation.phases.map((known) => [known.type, known]));
  records.set(record.type, record);
  const phases = inOrder([...records.keys()], rules).flatMap((type) => records.get(type) ?? []);
  return { ...investigation, phases };
}

function withoutRun({ run: _run, ...rest }: Investigation): Investigation {
  return {
    ...rest,
    phases: rest.phases.map((record) =>
      record.status === "running" ? { ...record, status: "waiting" } : record,
    ),
  };
}
