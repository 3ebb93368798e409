import { answerOpen } from "./asks.ts";
import type { Decision, Effect, Rules } from "./event.ts";
import type { Investigation, PhaseRecord, Stage } from "./investigation.ts";
import { inOrder, runnable } from "./plan.ts";
import { standstillOf } from "./standstill.ts";

export type Decided = Decision<Investigation>;

export function same(investigation: Investigation): Decided {
  return { investigation, effects: [] };
}

/** What GitHub shows is to follow. */
export function shown(investigation: Investigation, ...effects: readonly Effect[]): Decided {
  return { investigation, effects: [...effects, { kind: "sync" }] };
}

/** In a stage in which nothing runs; a reason and a pause belong to the stage and go with it. */
export function resting(
  investigation: Investigation,
  stage: Exclude<Stage, "queued" | "running">,
  why: Pick<Investigation, "reason" | "pausedBy"> = {},
): Investigation {
  const { reason: _reason, pausedBy: _pausedBy, ...rest } = withoutRun(investigation);
  return { ...rest, stage, ...why };
}

/**
 * Whatever comes next for what is wanted: a run, a wait for approval or for better circumstances, or the end. Nothing
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
  const still = standstillOf(investigation);
  if (still !== undefined && !(evenClosed && still.by === "closed"))
    return shown(resting(investigation, "paused", { reason: still.reason, pausedBy: still.by }));
  const { reason: _reason, pausedBy: _pausedBy, ...rest } = investigation;
  const runs = investigation.runs + 1;
  const id = `${investigation.repository}-${investigation.issue}-${runs}`;
  return shown({ ...rest, stage: "queued", run: { id }, runs }, { kind: "start-run", run: id });
}

/** Everything that was wanted is worked. */
export function ended(investigation: Investigation): Investigation {
  const failed = investigation.phases.filter(({ status }) => status === "failed");
  const next = { ...investigation, asks: answerOpen(investigation.asks, "finished") };
  if (failed.length === 0) return resting(next, "done");
  const reason = `A check does not hold in ${failed.map(({ type }) => `\`${type}\``).join(", ")}.`;
  return resting(next, "failed", { reason });
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
