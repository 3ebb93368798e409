import { answerOpen } from "./asks.ts";
import {
  awaitingMerge,
  type Decided,
  endedByOutcome,
  enter,
  proceed,
  isFailedFix,
  putPullBehind,
  shown,
  stopRun,
  unchanged,
  withCauseOpen,
  withPhase,
} from "./change.ts";
import type { EventOf, Rules } from "./event.ts";
import type { Investigation } from "./investigation.ts";
import { boundResult, type PhaseRecord } from "../phases/phase-result.ts";
import { effectOf } from "../phases/outcome.ts";
import { runnable } from "./plan.ts";

type Active = Investigation<"queued" | "running">;

export function decideRun(
  investigation: Active,
  event: EventOf<
    "text-edited" | "run-started" | "phase-started" | "phase-finished" | "run-finished" | "run-failed"
  >,
  rules: Rules,
): Decided {
  switch (event.kind) {
    case "text-edited":
      return textEdited(investigation, event, rules);
    case "run-started":
      return shown({
        ...investigation,
        stage: "running",
        base: event.base,
        ...(event.readUpTo === undefined ? {} : { readUpTo: event.readUpTo }),
        ...(event.text === undefined ? {} : { text: { ...investigation.text, read: event.text } }),
      });
    case "phase-started":
      return shown(
        withPhase(
          { ...investigation, stage: "running" },
          { type: event.phase, status: "running", startedAt: event.at },
          rules,
        ),
      );
    case "phase-finished":
      return phaseFinished(investigation, event, rules);
    case "run-finished":
      return runFinished(investigation, event, rules);
    case "run-failed": {
      const asks = answerOpen(investigation.asks, "confused", event.message);
      return shown(enter({ ...investigation, asks }, { stage: "failed", reason: event.message }));
    }
  }
}

/**
 * What a person approved was not this text. The gates that they opened on another one are shut again, and what comes before them
 * is done.
 */
function textEdited(investigation: Active, { text }: EventOf<"text-edited">, rules: Rules): Decided {
  const isStale = ({ text: seen }: Investigation["approvals"][number]): boolean =>
    seen !== undefined && seen !== text.digest;
  const stale = investigation.approvals.find(isStale);
  if (stale === undefined) return unchanged(investigation);
  const decided = proceed(
    {
      ...investigation,
      approvals: investigation.approvals.filter((approval) => !isStale(approval)),
      text: { ...investigation.text, reported: text.digest },
    },
    rules,
  );
  const { stage } = decided.investigation;
  const reason = `The issue was edited after \`${stale.phase}\` was approved; \`/casebook approve\` approves it for the text as it is now.`;
  return {
    investigation:
      stage === "awaiting-approval" ? { ...decided.investigation, reason } : decided.investigation,
    effects: [...stopRun(investigation), ...decided.effects],
  };
}

/** A person judged an answer that this phase changes, or that comes after what they judged. */
function isAnotherAnswer({ verdict, phases }: Active, { type, lead }: PhaseRecord): boolean {
  if (verdict === undefined || lead === undefined) return false;
  if (type !== verdict.phase) return type === "root-cause";
  return phases.find((known) => known.type === type)?.lead !== lead;
}

function withoutVerdict({ verdict: _verdict, ...rest }: Active): Active {
  return rest;
}

function phaseFinished(investigation: Active, event: EventOf<"phase-finished">, rules: Rules): Decided {
  const result = boundResult(event.result);
  const { type, outcome, cost } = result;
  const startedAt = investigation.phases.find((record) => record.type === type)?.startedAt;
  const record: PhaseRecord = {
    ...result,
    ...(startedAt === undefined ? {} : { startedAt }),
    endedAt: event.at,
  };
  const endsRun = outcome !== undefined && effectOf(outcome.kind) !== "continues";
  const next: Investigation<"running"> = {
    ...(isAnotherAnswer(investigation, record) ? withoutVerdict(investigation) : investigation),
    stage: "running",
    wanted: investigation.wanted.filter((wanted) => wanted !== type),
    run: { ...investigation.run, worked: true, ...(endsRun ? { endedBy: type } : {}) },
    ...(cost === undefined ? {} : { spent: (investigation.spent ?? 0) + cost.micros }),
  };
  const worked = withPhase(next, record, rules);
  return shown(isFailedFix(record) ? withCauseOpen(worked, rules) : worked);
}

function runFinished(investigation: Active, { head }: EventOf<"run-finished">, rules: Rules): Decided {
  const { run, pull: known } = investigation;
  const next: Active = { ...investigation, ...(head === undefined ? {} : { head }) };
  const isProposed = rules.perPhase && (head !== undefined || known?.state === "open");
  // Somebody was quick and merged it before the run had ended.
  const isMerged = rules.perPhase && known?.state === "merged";
  const last = isMerged ? putPullBehind(next) : next;
  const by = run.endedBy;
  const outcome = next.phases.find(({ type }) => type === by)?.outcome;
  // What is still wanted is left on purpose.
  if (by !== undefined && outcome !== undefined)
    return shown(endedByOutcome(last, by, outcome, { known: rules.known, byMerge: isProposed && !isMerged }));
  const left = runnable(next, rules);
  // The next run would end like this one, and so on without end.
  if (left.length > 0 && run.worked !== true) {
    const reason = `The run ended before \`${left[0]}\` ran; \`/casebook retry\` starts it again.`;
    const asks = answerOpen(next.asks, "confused", reason);
    return shown(enter({ ...next, asks }, { stage: "failed", reason }));
  }
  if (isProposed && next.wanted.length > 0)
    return isMerged ? proceed(last, rules) : shown(awaitingMerge(next));
  return proceed(next, rules);
}
