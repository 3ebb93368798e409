import { hasAtLeast } from "./commands/rights.ts";
import { inlineCode } from "../text/inline-code.ts";
import { answerOpen, isAnswered, withAsk } from "./asks.ts";
import { type Decided, blockReasonOf, enter, proceed, unchanged, shown, stopRun } from "./change.ts";
import { decideCommand, decideRequestLabel } from "./decide-command.ts";
import type { EventOf, InvestigationEvent, Rules } from "./event.ts";
import { type BlockReason, type Conditions, type Investigation, MAX_ANSWERS } from "./investigation.ts";
import { decidePull } from "./decide-pull.ts";
import { decideRun } from "./decide-run.ts";
import { changeTested, stopTests } from "./test-change.ts";

/**
 * What happens next. Pure and total: every event in every state has an answer, most often "nothing". An event of a run
 * that is not the present one changes nothing, so a worker that was given up can say what it likes.
 */
export function decide(investigation: Investigation, event: InvestigationEvent, rules: Rules): Decided {
  if (investigation.stage === "gone") return unchanged(investigation);
  switch (event.kind) {
    case "command":
      return decideCommand(investigation, event, rules);
    case "request-label":
      return decideRequestLabel(investigation, event, rules);
    case "not-understood":
      return recordAnswer(investigation, event, "confused");
    case "declined":
      return recordAnswer(investigation, event, "refused");
    case "answered":
      return answered(investigation, event, rules);
    case "seen":
      return withFix(
        investigation,
        conditions(investigation, { closed: event.closed, locked: event.locked, held: event.held }, rules),
      );
    case "reach":
      return conditions(investigation, { unreachable: event.unreachable }, rules);
    case "configuration":
      return conditions(investigation, { configuration: event.problem }, rules);
    case "confidential":
      return conditions(investigation, { confidential: event.why }, rules);
    case "labels-removed":
      return labelsRemoved(investigation, event);
    case "text-edited":
    case "run-started":
    case "phase-started":
    case "phase-finished":
    case "run-finished":
    case "run-failed":
      return investigation.run !== undefined && investigation.run.id === event.run
        ? decideRun(investigation, event, rules)
        : unchanged(investigation);
    case "change-tested":
      return changeTested(investigation, event);
    case "fix-compared":
      return unchanged(
        investigation.conditions.closed ? { ...investigation, fix: event.fix } : investigation,
      );
    case "person-committed":
      return personCommitted(investigation, event);
    case "pull":
      return decidePull(investigation, event, rules);
    case "gone":
      return gone(investigation);
  }
}

/** A request that is answered without being done. */
function recordAnswer(
  investigation: Investigation,
  { place, actor, note, ...event }: EventOf<"not-understood" | "declined">,
  answer: "confused" | "refused",
): Decided {
  if (isAnswered(investigation, place)) return unchanged(investigation);
  const isReactionOnly = event.kind === "not-understood" && event.isStranger === true;
  const by = { id: actor.id, login: actor.login };
  return shown(
    withAsk(investigation, { ...place, by, answer, note, ...(isReactionOnly ? { isReactionOnly } : {}) }),
  );
}

/**
 * The phase that asked runs again with the answer, without a command: a person with the right started the
 * investigation, and a run checks that right again. The answer counts for nothing else, so the reporter needs no
 * right. At most `MAX_ANSWERS` times: two who misunderstand each other must not loop.
 */
function answered(
  investigation: Investigation,
  { comment, actor, permission, isReporter }: EventOf<"answered">,
  rules: Rules,
): Decided {
  const { stage, startedBy, readUpTo = 0, answers = { taken: 0, last: 0 } } = investigation;
  if (stage !== "needs-info" || comment <= Math.max(readUpTo, answers.last)) return unchanged(investigation);
  if (!isReporter && !hasAtLeast(permission, "triage")) return unchanged(investigation);
  // Read back from its branch, an investigation was started by nobody who could be asked for the right.
  const starter = startedBy ?? (hasAtLeast(permission, rules.start) ? actor : undefined);
  if (starter === undefined || answers.taken >= MAX_ANSWERS) return unchanged(investigation);
  const { closed, configuration, confidential } = investigation.conditions;
  // As for commands: each is somebody's answer and does not pass by itself.
  if (closed || configuration !== undefined) return unchanged(investigation);
  if (confidential !== undefined && investigation.isPublic !== true) return unchanged(investigation);
  return proceed(
    {
      ...investigation,
      startedBy: { id: starter.id, login: starter.login },
      answers: { taken: answers.taken + 1, last: comment },
    },
    rules,
  );
}

/**
 * The conditions changed. A queued run does not start while a condition forbids it. A running one ends in its own
 * time, unless the repository is out of reach. A run that waited for the condition continues by itself.
 */
function conditions(
  investigation: Investigation,
  now: { readonly [K in keyof Conditions]?: Conditions[K] | undefined },
  rules: Rules,
): Decided {
  const before = investigation.conditions;
  const { unreachable, configuration, confidential, closed, locked, held } = { ...before, ...now };
  const after: Conditions = {
    closed: closed ?? false,
    locked: locked ?? false,
    held: held ?? false,
    ...(unreachable === undefined ? {} : { unreachable }),
    ...(configuration === undefined ? {} : { configuration }),
    ...(confidential === undefined ? {} : { confidential }),
  };
  if (isSame(before, after)) return unchanged(investigation);
  const next = { ...investigation, conditions: after };
  const still = blockReasonOf(next);
  const isNew = still !== undefined && still.by !== blockReasonOf(investigation)?.by;
  const leaves = next.stage === "queued" ? isNew : next.run !== undefined && stopsRuns(still?.by);
  if (still !== undefined && leaves) {
    const paused = enter(next, { stage: "paused", reason: still.reason, pausedBy: still.by });
    return visible(shown(paused, ...stopRun(next)));
  }
  if (next.stage === "paused" && next.pausedBy !== "person") {
    if (still === undefined) return proceed(next, rules);
    return visible(shown(enter(next, { stage: "paused", reason: still.reason, pausedBy: still.by })));
  }
  return visible(shown(next));
}

/** When the issue is closed, what was said is compared with the fix. An issue that is open again was not fixed. */
function withFix({ conditions: before }: Investigation, decided: Decided): Decided {
  const { investigation, effects } = decided;
  const { closed } = investigation.conditions;
  if (closed === before.closed) return decided;
  if (!closed) {
    const { fix: _, ...open } = investigation;
    return { investigation: open, effects };
  }
  const hasDocument = investigation.phases.some(({ files = [] }) => files.length > 0);
  return hasDocument ? { investigation, effects: [...effects, { kind: "compare-fix" }] } : decided;
}

/** What a running run does not outlast: it could publish nothing, or must not. */
function stopsRuns(by: BlockReason | undefined): boolean {
  return by === "reach" || by === "confidential";
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
    a.configuration === b.configuration &&
    a.confidential === b.confidential
  );
}

function labelsRemoved(investigation: Investigation, { labels }: EventOf<"labels-removed">): Decided {
  const labelsToRemove = investigation.labelsToRemove.filter((label) => !labels.includes(label));
  return unchanged(
    labelsToRemove.length === investigation.labelsToRemove.length
      ? investigation
      : { ...investigation, labelsToRemove },
  );
}

/** Casebook never overwrites a person's commit: it stops there and says so. */
function personCommitted(investigation: Investigation, { sha, login }: EventOf<"person-committed">): Decided {
  if (investigation.run === undefined || investigation.acceptedHead === sha) return unchanged(investigation);
  const reason = `${inlineCode(login, 40)} committed ${inlineCode(sha.slice(0, 7))} to the branch. Casebook wrote nothing over it; \`/casebook resume\` continues from there.`;
  const asks = answerOpen(investigation.asks, "confused", reason);
  return shown(
    enter({ ...investigation, asks, head: sha }, { stage: "stopped", reason }),
    ...stopRun(investigation),
  );
}

function gone(investigation: Investigation): Decided {
  const { tests: _tests, ...rest } = investigation;
  const emptied = { ...rest, wanted: [], asks: [], phases: [], labelsToRemove: [] };
  return {
    investigation: enter(emptied, { stage: "gone" }),
    effects: [...stopRun(investigation), ...stopTests(investigation).effects, { kind: "forget" }],
  };
}
