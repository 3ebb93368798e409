import { hasAtLeast } from "./commands/rights.ts";
import { inlineCode } from "../text/inline-code.ts";
import { answerOpen, isAnswered, withAsk } from "./asks.ts";
import {
  awaitingMerge,
  type Decided,
  ended,
  blockReasonOf,
  endedByOutcome,
  enter,
  goOn,
  isFailedFix,
  putPullBehind,
  same,
  shown,
  stopRun,
  withCauseOpen,
  withPhase,
} from "./change.ts";
import { decideCommand, decideRequestLabel } from "./decide-command.ts";
import type { InvestigationEvent, Rules } from "./event.ts";
import { type Conditions, HELD_BY_OUTCOME, type Investigation, MAX_ANSWERS } from "./investigation.ts";
import { boundResult, type PhaseRecord, type PhaseStatus } from "../phases/phase-result.ts";
import { turnOf } from "../phases/outcome.ts";
import { runnable } from "./plan.ts";

/**
 * What happens next. Pure and total: every event in every state has an answer, most often "nothing". An event of a run
 * that is not the present one changes nothing, so a worker that was given up can say what it likes.
 */
export function decide(investigation: Investigation, event: InvestigationEvent, rules: Rules): Decided {
  if (investigation.stage === "gone") return same(investigation);
  switch (event.kind) {
    case "command":
      return decideCommand(investigation, event, rules);
    case "request-label":
      return decideRequestLabel(investigation, event, rules);
    case "not-understood":
      return told(investigation, event, "confused");
    case "declined":
      return told(investigation, event, "refused");
    case "answered":
      return answered(investigation, event, rules);
    case "seen":
      return conditions(
        investigation,
        { closed: event.closed, locked: event.locked, held: event.held },
        rules,
      );
    case "reach":
      return conditions(investigation, { unreachable: event.unreachable }, rules);
    case "configuration":
      return conditions(investigation, { configuration: event.problem }, rules);
    case "labels-removed":
      return labelsRemoved(investigation, event);
    case "run-started":
    case "phase-started":
    case "phase-finished":
    case "run-finished":
    case "run-failed":
      return investigation.run !== undefined && investigation.run.id === event.run
        ? runEvent(investigation, event, rules)
        : same(investigation);
    case "person-committed":
      return personCommitted(investigation, event);
    case "pull":
      return pull(investigation, event, rules);
    case "gone":
      return gone(investigation);
  }
}

type Of<K extends InvestigationEvent["kind"]> = Extract<InvestigationEvent, { kind: K }>;

/** A request that is answered without being done. */
function told(
  investigation: Investigation,
  { place, actor, note }: Of<"not-understood" | "declined">,
  answer: "confused" | "refused",
): Decided {
  return isAnswered(investigation, place)
    ? same(investigation)
    : shown(withAsk(investigation, { ...place, by: { id: actor.id, login: actor.login }, answer, note }));
}

/**
 * What a phase asked is answered, and it is worked again without anybody's command: a person with the right to started the
 * investigation, and a run asks for that right again. The words count for nothing else, so whoever opened the issue needs
 * no right. A few times only: two who misunderstand each other must not go on for ever.
 */
function answered(
  investigation: Investigation,
  { comment, actor, permission, isReporter }: Of<"answered">,
  rules: Rules,
): Decided {
  const { stage, startedBy, readUpTo = 0, answers = { taken: 0, last: 0 } } = investigation;
  if (stage !== "needs-info" || comment <= Math.max(readUpTo, answers.last)) return same(investigation);
  if (!isReporter && !hasAtLeast(permission, "triage")) return same(investigation);
  // Read back from its branch, an investigation was started by nobody who could be asked for the right.
  const starter = startedBy ?? (hasAtLeast(permission, rules.start) ? actor : undefined);
  if (starter === undefined || answers.taken >= MAX_ANSWERS) return same(investigation);
  const { closed, configuration } = investigation.conditions;
  // As for commands: both are somebody's answer and do not pass by themselves.
  if (closed || configuration !== undefined) return same(investigation);
  return goOn(
    {
      ...investigation,
      startedBy: { id: starter.id, login: starter.login },
      answers: { taken: answers.taken + 1, last: comment },
    },
    rules,
  );
}

/**
 * What surrounds the work changed. What only waits to begin does not begin while something forbids it, what runs ends in
 * its own time, unless nothing can be read or written any more; and what waited for this goes on by itself.
 */
function conditions(
  investigation: Investigation,
  now: { readonly [K in keyof Conditions]?: Conditions[K] | undefined },
  rules: Rules,
): Decided {
  const before = investigation.conditions;
  const { unreachable, configuration, closed, locked, held } = { ...before, ...now };
  const after: Conditions = {
    closed: closed ?? false,
    locked: locked ?? false,
    held: held ?? false,
    ...(unreachable === undefined ? {} : { unreachable }),
    ...(configuration === undefined ? {} : { configuration }),
  };
  if (isSame(before, after)) return same(investigation);
  const next = { ...investigation, conditions: after };
  const still = blockReasonOf(next);
  const isNew = still !== undefined && still.by !== blockReasonOf(investigation)?.by;
  if ((next.stage === "queued" && isNew) || (next.run !== undefined && still?.by === "reach")) {
    const paused = enter(next, { stage: "paused", reason: still.reason, pausedBy: still.by });
    return visible(shown(paused, ...stopRun(next)));
  }
  if (next.stage === "paused" && next.pausedBy !== "person") {
    if (still === undefined) return goOn(next, rules);
    return visible(shown(enter(next, { stage: "paused", reason: still.reason, pausedBy: still.by })));
  }
  return visible(shown(next));
}

/** Nothing can be shown in a repository that is out of reach. */
function visible(decided: Decided): Decided {
  if (decided.investigation.conditions.unreachable === undefined) return decided;
  return { ...decided, effects: decided.effects.filter(({ kind }) => kind !== "sync") };
}

function isSame(a: Conditions, b: Conditions): boolean {
  return (
    a.closed === b.closed &&
    a.locked === b.locked &&
    a.held === b.held &&
    a.unreachable === b.unreachable &&
    a.configuration === b.configuration
  );
}

function labelsRemoved(investigation: Investigation, { labels }: Of<"labels-removed">): Decided {
  const labelsToRemove = investigation.labelsToRemove.filter((label) => !labels.includes(label));
  return same(
    labelsToRemove.length === investigation.labelsToRemove.length
      ? investigation
      : { ...investigation, labelsToRemove },
  );
}

type Active = Investigation<"queued" | "running">;

function runEvent(
  investigation: Active,
  event: Of<"run-started" | "phase-started" | "phase-finished" | "run-finished" | "run-failed">,
  rules: Rules,
): Decided {
  switch (event.kind) {
    case "run-started":
      return shown({
        ...investigation,
        stage: "running",
        base: event.base,
        ...(event.readUpTo === undefined ? {} : { readUpTo: event.readUpTo }),
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

function phaseFinished(investigation: Active, event: Of<"phase-finished">, rules: Rules): Decided {
  const result = boundResult(event.result);
  const { type, outcome, cost } = result;
  const startedAt = investigation.phases.find((record) => record.type === type)?.startedAt;
  const record: PhaseRecord = {
    ...result,
    ...(startedAt === undefined ? {} : { startedAt }),
    endedAt: event.at,
  };
  const endsRun = outcome !== undefined && turnOf(outcome.kind) !== "goes-on";
  const next: Investigation<"running"> = {
    ...investigation,
    stage: "running",
    wanted: investigation.wanted.filter((wanted) => wanted !== type),
    run: { ...investigation.run, worked: true, ...(endsRun ? { endedBy: type } : {}) },
    ...(cost === undefined ? {} : { spent: (investigation.spent ?? 0) + cost.micros }),
  };
  const worked = withPhase(next, record, rules);
  return shown(isFailedFix(record) ? withCauseOpen(worked, rules) : worked);
}

function runFinished(investigation: Active, { head }: Of<"run-finished">, rules: Rules): Decided {
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
    const reason = `The run ended without working \`${left[0]}\`; \`/casebook retry\` tries again.`;
    const asks = answerOpen(next.asks, "confused", reason);
    return shown(enter({ ...next, asks }, { stage: "failed", reason }));
  }
  if (isProposed && next.wanted.length > 0) return isMerged ? goOn(last, rules) : shown(awaitingMerge(next));
  return goOn(next, rules);
}

/** A person's work is never written over: the bot stops there and says so. */
function personCommitted(investigation: Investigation, { sha, login }: Of<"person-committed">): Decided {
  if (investigation.run === undefined || investigation.acceptedHead === sha) return same(investigation);
  const reason = `${inlineCode(login, 40)} committed ${inlineCode(sha.slice(0, 7))} to the branch, so nothing was written over it; \`/casebook resume\` goes on from there.`;
  const asks = answerOpen(investigation.asks, "confused", reason);
  return shown(
    enter({ ...investigation, asks, head: sha }, { stage: "stopped", reason }),
    ...stopRun(investigation),
  );
}

/**
 * What a pull request of ours is now. Merging it ends the investigation, or lets the next phase begin where each has its
 * own; closing it means no, until `retry`. A cancelled investigation stays cancelled.
 */
function pull(investigation: Investigation, { number, state }: Of<"pull">, rules: Rules): Decided {
  const { pull: known, pullsOver = 0, stage } = investigation;
  if (known !== undefined && known.number > number) return same(investigation);
  if (known?.number === number && (known.state === state || known.state === "merged"))
    return same(investigation);
  if (number <= pullsOver && state !== "open") return same(investigation);
  const next: Investigation = { ...investigation, pull: { number, state } };
  if (stage === "cancelled") return shown(next);
  switch (state) {
    case "open":
      return stage === "rejected" && known?.number === number ? reopened(next, rules) : shown(next);
    case "merged": {
      if (stage === "awaiting-merge") return goOn(putPullBehind(next), rules);
      // The run's end finds it merged and goes on.
      if (rules.perPhase && investigation.run !== undefined) return shown(next);
      // It keeps the document of the phase that asked; what was asked is not answered by it.
      if (rules.perPhase && HELD_BY_OUTCOME.has(stage)) return shown(putPullBehind(next));
      const asks = answerOpen(next.asks, "finished");
      const { reason, endedBy } = investigation;
      return shown(
        enter(
          { ...next, asks, wanted: [] },
          stage === "done" && endedBy !== undefined ? { stage, reason, endedBy } : { stage: "done" },
        ),
        ...stopRun(next),
      );
    }
    case "closed": {
      if (stage === "rejected") return shown(next);
      const reason = `The pull request #${number} was closed; \`/casebook retry\` proposes again.`;
      const asks = answerOpen(next.asks, "finished");
      return shown(enter({ ...next, asks, approvals: [] }, { stage: "rejected", reason }), ...stopRun(next));
    }
  }
}

const WORKED: ReadonlySet<PhaseStatus> = new Set(["completed", "needs_attention", "failed"]);

/** Opening it again takes the no back; work starts only when somebody who may says so. */
function reopened(investigation: Investigation, rules: Rules): Decided {
  const last = investigation.phases.findLast(({ status }) => WORKED.has(status));
  const outcome = last?.outcome;
  // It ended or held the work before the no, and does so again.
  if (last !== undefined && outcome !== undefined && turnOf(outcome.kind) !== "goes-on")
    return shown(
      endedByOutcome(investigation, last.type, outcome, { known: rules.known, byMerge: rules.perPhase }),
    );
  if (investigation.wanted.length === 0) return shown(ended(investigation));
  const reason = `The pull request was opened again; \`/casebook resume\` goes on with \`${investigation.wanted[0]}\`.`;
  return shown(enter(investigation, { stage: "paused", reason, pausedBy: "person" }));
}

function gone(investigation: Investigation): Decided {
  const emptied = { ...investigation, wanted: [], asks: [], phases: [], labelsToRemove: [] };
  return {
    investigation: enter(emptied, { stage: "gone" }),
    effects: [...stopRun(investigation), { kind: "forget" }],
  };
}
