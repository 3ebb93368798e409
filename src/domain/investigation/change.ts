import type { Decision, Effect, Rules } from "./event.ts";
import type { Ask, Investigation, PhaseRecord } from "./investigation.ts";
import { MAX_ASKS } from "./investigation.ts";
import { runnable } from "./plan.ts";

export type Decided = Decision<Investigation>;

export function same(investigation: Investigation): Decided {
  return { investigation, effects: [] };
}

export function shown(investigation: Investigation, ...effects: readonly Effect[]): Decided {
  return { investigation, effects: [...effects, { kind: "sync" }] };
}

/** Whatever comes next for what is wanted: a run, a wait for approval, or the end. Nothing may be running. */
export function goOn(investigation: Investigation, rules: Rules): Decided {
  const { reason: _reason, pausedBy: _pausedBy, run: _run, ...rest } = investigation;
  if (investigation.wanted.length === 0) {
    const failed = investigation.phases.filter(({ status }) => status === "failed");
    const asks = answerOpen(investigation.asks, "finished");
    return shown(
      failed.length > 0
        ? {
            ...rest,
            asks,
            stage: "failed",
            reason: `A check does not hold in ${failed.map(({ type }) => type).join(", ")}.`,
          }
        : { ...rest, asks, stage: "done" },
    );
  }
  if (runnable(investigation, rules).length === 0)
    return shown({
      ...rest,
      stage: "awaiting-approval",
      reason: `${investigation.wanted[0]} waits for a person to approve it.`,
      asks: answerOpen(investigation.asks, "finished"),
    });
  const id = `${investigation.issue}-${investigation.runs + 1}`;
  return shown(
    { ...rest, stage: "queued", run: { id }, runs: investigation.runs + 1 },
    { kind: "start-run", run: id },
  );
}

/** The same without its run; whoever works it is told to stop. */
export function stopRun(investigation: Investigation): {
  investigation: Investigation;
  effects: readonly Effect[];
} {
  const { run, ...rest } = investigation;
  return {
    investigation: { ...rest, phases: rest.phases.map(unstarted) },
    effects: run === undefined ? [] : [{ kind: "stop-run", run: run.id }],
  };
}

export function withAsk(investigation: Investigation, ask: Ask): Investigation {
  return { ...investigation, asks: [...investigation.asks, ask].slice(-MAX_ASKS) };
}

/** Every request that still waits gets its answer. */
export function answerOpen(asks: readonly Ask[], answer: Ask["answer"], note?: string): readonly Ask[] {
  return asks.map((ask) =>
    ask.answer === "accepted" ? { ...ask, answer, ...(note === undefined ? {} : { note }) } : ask,
  );
}

export function withPhase(
  investigation: Investigation,
  record: PhaseRecord,
  rules: Pick<Rules, "known">,
): Investigation {
  const others = investigation.phases.filter(({ type }) => type !== record.type);
  const order = new Map(rules.known.map(({ type }, i) => [type, i]));
  const phases = [...others, record].sort((a, b) => (order.get(a.type) ?? 1e6) - (order.get(b.type) ?? 1e6));
  return { ...investigation, phases };
}

function unstarted(record: PhaseRecord): PhaseRecord {
  return record.status === "running" ? { ...record, status: "waiting" } : record;
}
