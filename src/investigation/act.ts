import { inlineCode } from "../text/inline-code.ts";
import { answerOpen, SUPERSEDED } from "./asks.ts";
import { awaitingMerge, enter, stopRun, withPhase } from "./change.ts";
import type { CommandEvent, Rules } from "./event.ts";
import { HELD_BY_OUTCOME, type Investigation, type StageState, ACTIVE } from "./investigation.ts";
import { hasResult, isGateShut } from "./plan.ts";
import type { VerdictValue } from "./verdict.ts";
import { stopTests, testChange } from "./test-change.ts";
import {
  noSuchPhase,
  at,
  retry,
  isBehindMerge,
  refresh,
  investigate,
  run,
  confused,
  type Act,
} from "./start-work.ts";

/** What a command means in the present stage. Rights and conditions were looked at before. */
export function actOn(investigation: Investigation, event: CommandEvent, rules: Rules): Act {
  const { command } = event;
  switch (command.verb) {
    case "investigate":
      return investigate(investigation, command, event, rules);
    case "run":
      return run(investigation, command.phase, event, rules);
    case "retry":
      return retry(investigation, command.phase, event, rules);
    case "at":
      return at(investigation, command.location, event, rules);
    case "test":
      return testChange(investigation, command.change, event, rules);
    case "refresh":
      return refresh(investigation, command, event, rules);
    case "approve":
      return approve(investigation, event, rules);
    case "skip":
      return skip(investigation, command.phase, rules);
    case "reject":
      return reject(investigation, command.reason, event);
    case "cancel":
      return cancel(investigation);
    case "pause":
      return pause(investigation, event);
    case "resume":
      return resume(investigation);
    case "verdict":
      return judge(investigation, command.value, event);
    case "status":
      return { kind: "shown", investigation };
    case "help":
      return { kind: "shown", investigation: { ...investigation, help: true } };
  }
}

/** The phases whose answer a person judges, the one that says most first. */
const JUDGED = ["root-cause", "research", "comprehension"];

function judge(investigation: Investigation, value: VerdictValue, { actor, at: time }: CommandEvent): Act {
  const phase = JUDGED.find((type) =>
    investigation.phases.some((record) => record.type === type && record.lead !== undefined),
  );
  if (phase === undefined) return confused("There is no answer yet to judge.");
  const by = { id: actor.id, login: actor.login };
  return { kind: "shown", investigation: { ...investigation, verdict: { value, by, at: time, phase } } };
}

function approve(
  investigation: Investigation,
  { actor, at: time, text: seen }: CommandEvent,
  rules: Rules,
): Act {
  const { stage, wanted, text } = investigation;
  // Opening a gate does not answer what an outcome asks of people.
  const shut =
    ACTIVE.has(stage) && !HELD_BY_OUTCOME.has(stage)
      ? wanted.find((type) => isGateShut(investigation, type, rules))
      : undefined;
  if (shut === undefined)
    return confused(
      stage === "stopped" && investigation.reason !== undefined
        ? investigation.reason
        : `Nothing waits for approval${HELD_BY_OUTCOME.has(stage) ? "; `/casebook retry` continues" : ""}.`,
    );
  if (seen !== undefined && text?.read !== undefined && ![text.read.digest, text.reported].includes(seen))
    return {
      kind: "confused",
      note: `The issue was edited after Casebook read it (${text.read.at}), so the documents rest on another text. \`/casebook retry PHASE\` reads it again; a second \`/casebook approve\` approves the documents as they are.`,
      investigation: { ...investigation, text: { ...text, reported: seen } },
    };
  const approval = {
    phase: shut,
    by: actor.login,
    at: time,
    ...(seen === undefined ? {} : { text: seen }),
  };
  const next = { ...investigation, approvals: [...investigation.approvals, approval] };
  if (stage === "awaiting-approval") return { kind: "continues", investigation: next };
  if (stage === "queued" || stage === "running") return { kind: "waits", investigation: next };
  return { kind: "done", investigation: next };
}

function skip(investigation: Investigation, phase: string, rules: Rules): Act {
  if (!rules.known.some(({ type }) => type === phase)) return noSuchPhase(rules);
  const record = investigation.phases.find(({ type }) => type === phase);
  if (record?.status === "skipped") return confused(`\`${phase}\` is skipped already.`);
  const isWanted = investigation.wanted.includes(phase);
  if (!isWanted && hasResult(investigation, phase))
    return confused(`\`${phase}\` has its result already; there is nothing to skip.`);
  const wanted = investigation.wanted.filter((type) => type !== phase);
  const next = withPhase({ ...investigation, wanted }, { type: phase, status: "skipped" }, rules);
  switch (investigation.stage) {
    case "queued":
    case "running":
    case "awaiting-approval":
      // A run that began holds its list of phases already; one that waits may have nothing left to do.
      return isWanted ? { kind: "continues", investigation: next } : { kind: "done", investigation: next };
    case "needs-info":
      // Only without the phase that asked nobody waits for the answer.
      if (phase !== investigation.endedBy) return { kind: "done", investigation: next };
      if (isBehindMerge(next, rules)) return { kind: "done", investigation: awaitingMerge(next) };
      return { kind: "continues", investigation: next };
    case "awaiting-choice":
    case "awaiting-merge":
      if (wanted.length === 0) return { kind: "continues", investigation: next };
      return {
        kind: "done",
        investigation: investigation.stage === "awaiting-choice" ? next : awaitingMerge(next),
      };
    case "failed":
      // What failed may be what is skipped.
      return { kind: wanted.length === 0 ? "continues" : "done", investigation: next };
    default:
      return { kind: "done", investigation: next };
  }
}

function reject(investigation: Investigation, reason: string, { actor }: CommandEvent): Act {
  const { stage, pull } = investigation;
  if (stage === "idle") return confused("There is nothing to reject yet.");
  if (stage === "rejected") return confused("The investigation is rejected already.");
  if (stage === "done" && pull?.state === "merged")
    return confused(`The pull request #${pull.number} was merged; there is nothing left to reject.`);
  return end(investigation, {
    stage: "rejected",
    reason: `${inlineCode(actor.login, 40)} rejected it: ${inlineCode(reason, 200)}`,
  });
}

/** Before anything was asked for it counts too: the request that it means may still be on its way. */
function cancel(investigation: Investigation): Act {
  const { stage } = investigation;
  if (stage === "done" || stage === "rejected" || stage === "cancelled") {
    const { investigation: next, effects } = stopTests(investigation);
    return effects.length > 0
      ? { kind: "done", investigation: next, effects }
      : confused("Nothing runs that could be cancelled.");
  }
  return end(investigation, { stage: "cancelled" });
}

function end(investigation: Investigation, state: StageState<"rejected" | "cancelled">): Act {
  const tests = stopTests(investigation);
  const asks = answerOpen(tests.investigation.asks, "finished", SUPERSEDED);
  return {
    kind: "done",
    investigation: enter({ ...tests.investigation, approvals: [], asks }, state),
    effects: [...stopRun(investigation), ...tests.effects],
  };
}

function pause(investigation: Investigation, { actor }: CommandEvent): Act {
  // A pause would end with `resume`, for which less of a right is needed than for going on without an answer.
  if (!ACTIVE.has(investigation.stage) || HELD_BY_OUTCOME.has(investigation.stage))
    return confused("Nothing runs that could be paused.");
  if (investigation.pausedBy === "person") return confused("It is paused already.");
  const reason = `${inlineCode(actor.login, 40)} paused it; \`/casebook resume\` continues.`;
  return {
    kind: "done",
    investigation: enter(investigation, { stage: "paused", reason, pausedBy: "person" }),
    effects: stopRun(investigation),
  };
}

function resume(investigation: Investigation): Act {
  const { head } = investigation;
  if (investigation.stage === "stopped")
    return {
      kind: "continues",
      investigation: { ...investigation, ...(head === undefined ? {} : { acceptedHead: head }) },
    };
  if (investigation.stage !== "paused") return confused("Nothing is paused.");
  if (investigation.pausedBy !== "person") return { kind: "refused", note: investigation.reason };
  return { kind: "continues", investigation };
}
