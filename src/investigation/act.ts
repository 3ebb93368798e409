import type { CommandOf } from "./commands/forms.ts";
import type { Location } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { answerOpen, SUPERSEDED } from "./asks.ts";
import { awaitingMerge, enter, putPullBehind, stopRun, withPhase } from "./change.ts";
import type { Effect, InvestigationEvent, Rules } from "./event.ts";
import {
  HELD_BY_OUTCOME,
  type Investigation,
  type Stage,
  type StageState,
  UNDER_WAY,
} from "./investigation.ts";
import { hasResult, inOrder, isGateShut, isWorkable, withDependencies } from "./plan.ts";

export type CommandEvent = Extract<InvestigationEvent, { kind: "command" }>;

/** What a command that may be carried out comes to. */
export type Act =
  /** Nothing changes; the note says why. */
  | { readonly kind: "confused" | "refused"; readonly note: string }
  /** Changed, and the request is answered by that. */
  | { readonly kind: "done"; readonly investigation: Investigation; readonly effects?: readonly Effect[] }
  /** Only what people see changes. */
  | { readonly kind: "shown"; readonly investigation: Investigation }
  /** Changed; what is under way already answers the request when it ends. */
  | { readonly kind: "waits"; readonly investigation: Investigation }
  /** Changed; a run under way is stopped, and what is wanted now is gone on with. */
  | { readonly kind: "goes-on"; readonly investigation: Investigation; readonly evenClosed?: boolean };

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
    case "refresh":
      return refresh(investigation, event, rules);
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
    case "status":
      return { kind: "shown", investigation };
    case "help":
      return { kind: "shown", investigation: { ...investigation, help: true } };
  }
}

/** Nothing is left over from before, or nobody wants it: a command says anew what is wanted. */
const FRESH: ReadonlySet<Stage> = new Set(["idle", "done", "cancelled", "rejected"]);

function investigate(
  investigation: Investigation,
  command: CommandOf<"investigate">,
  event: CommandEvent,
  rules: Rules,
): Act {
  const { to, budget, model, from } = command;
  if (rules.models.length === 0 && (model !== undefined || budget !== undefined))
    return confused(
      `No model is set up here, so \`${model === undefined ? "--budget" : "--model"}\` means nothing; leave it out.`,
    );
  if (model !== undefined && !rules.models.includes(model))
    return confused(
      `There is no model of that name here. Models: ${rules.models.map((name) => inlineCode(name, 60)).join(", ")}.`,
    );
  const unfit = to === undefined ? undefined : whyUnfit(to, rules);
  if (unfit !== undefined) return unfit;

  const planned = phasesUpTo(to, rules);
  const isNewRevision = !isLate(investigation, event) && isOtherRevision(investigation, from);
  const missing = planned.filter((type) => !hasResult(investigation, type));
  // Asking again when everything is there means again, not never; what was skipped stays skipped.
  const again = planned.filter((type) => type === to || !isSkipped(investigation, type));
  const types = missing.length === 0 || isNewRevision ? again : missing;
  if (types.length === 0) return confused("No phase can be worked here.");
  let next = investigation;
  if (isNewRevision) {
    const { from: _from, base: _base, ...rest } = investigation;
    next = { ...rest, approvals: [], ...(from === undefined ? {} : { from }) };
  }
  next = {
    ...next,
    ...(model === undefined ? {} : { model }),
    ...(budget === undefined ? {} : { budget }),
  };
  return begin(next, withDependencies(types, investigation, rules), event, rules, {
    restart: isNewRevision,
  });
}

function run(investigation: Investigation, phase: string, event: CommandEvent, rules: Rules): Act {
  return (
    whyUnfit(phase, rules) ??
    begin(investigation, withDependencies([phase], investigation, rules), event, rules)
  );
}

/** Without a phase: what was left over and what failed, or everything again. What an outcome holds goes on all the same. */
function retry(
  investigation: Investigation,
  phase: string | undefined,
  event: CommandEvent,
  rules: Rules,
): Act {
  const unfit = phase === undefined ? undefined : whyUnfit(phase, rules);
  if (unfit !== undefined) return unfit;
  const { wanted, phases, stage } = investigation;
  const failed = phases
    .filter(({ status, outcome }) => status === "failed" && outcome === undefined)
    .map(({ type }) => type);
  const isIdle = !UNDER_WAY.has(stage) || HELD_BY_OUTCOME.has(stage);
  const left = isIdle ? [...wanted, ...failed] : failed;
  const worked = phases
    .filter(({ type, status }) => status !== "skipped" && hasResult(investigation, type))
    .map(({ type }) => type);
  const types = phase === undefined ? (left.length === 0 && isIdle ? worked : left) : [phase];
  const workable = types.filter((type) => isWorkable(type, rules));
  if (workable.length === 0)
    return confused(
      isIdle
        ? "Nothing was worked yet; `/casebook investigate` starts."
        : `Nothing failed, and the investigation is under way. ${investigation.reason ?? ""}`.trim(),
    );
  return begin(investigation, withDependencies(workable, investigation, rules), event, rules, {
    retry: true,
  });
}

/** The findings that rest on another cause do not count any more, and neither do approvals given on them. */
function at(investigation: Investigation, location: Location, event: CommandEvent, rules: Rules): Act {
  if (investigation.at !== undefined && isLate(investigation, event)) return { kind: "shown", investigation };
  const types = ["root-cause", "impact-map"].filter((type) => isWorkable(type, rules));
  if (types.length === 0) return confused("There is no phase here that takes a cause from a person.");
  const next = { ...investigation, at: location, approvals: [] };
  return begin(next, withDependencies(types, investigation, rules), event, rules, { restart: true });
}

function refresh(investigation: Investigation, event: CommandEvent, rules: Rules): Act {
  const types = investigation.phases
    .filter(({ status }) => status === "completed" || status === "needs_attention" || status === "failed")
    .map(({ type }) => type)
    .filter((type) => isWorkable(type, rules));
  if (types.length === 0) return confused("There is no result yet that could be brought up to date.");
  const { base: _base, ...rest } = investigation;
  return begin({ ...rest, approvals: [] }, types, event, rules, { restart: true, evenClosed: true });
}

/**
 * Wants phases, and goes on with them unless something is under way that will. Who names phases while another one waits
 * for an answer goes on without the answer.
 */
function begin(
  investigation: Investigation,
  types: readonly string[],
  { actor }: CommandEvent,
  rules: Rules,
  {
    retry = false,
    restart = false,
    evenClosed = false,
  }: { readonly retry?: boolean; readonly restart?: boolean; readonly evenClosed?: boolean } = {},
): Act {
  const { stage, wanted, startedBy, pull, endedBy, answers } = investigation;
  if (investigation.stage === "stopped") return confused(investigation.reason);
  if (stage === "rejected" && !retry)
    return confused("The investigation was rejected; `/casebook retry` starts it again.");
  const before =
    stage === "needs-info" && endedBy !== undefined && !types.includes(endedBy)
      ? wanted.filter((type) => type !== endedBy)
      : wanted;
  const next: Investigation = {
    ...(UNDER_WAY.has(stage) || pull?.state === "open" ? investigation : putPullBehind(investigation)),
    wanted: inOrder(FRESH.has(stage) ? types : [...before, ...types], rules),
    // Somebody with the right to asks again, so answers count again.
    ...(answers === undefined ? {} : { answers: { ...answers, taken: 0 } }),
    startedBy:
      startedBy !== undefined && UNDER_WAY.has(stage) ? startedBy : { id: actor.id, login: actor.login },
  };
  if ((stage === "queued" || stage === "running") && !restart) return { kind: "waits", investigation: next };
  // The merge is the gate: nobody passes it by asking for more behind it.
  if (stage === "awaiting-merge" && next.wanted[0] === before[0])
    return { kind: "done", investigation: next };
  if (isBehindMerge(next, rules)) return { kind: "done", investigation: awaitingMerge(next) };
  return { kind: "goes-on", investigation: next, evenClosed };
}

/** What is wanted comes after a phase whose own pull request is still open. */
function isBehindMerge({ stage, wanted, pull, endedBy = "" }: Investigation, { perPhase }: Rules): boolean {
  const isOver = HELD_BY_OUTCOME.has(stage) && wanted.length > 0 && !wanted.includes(endedBy);
  return perPhase && isOver && pull?.state === "open";
}

function approve(investigation: Investigation, { actor, at: time }: CommandEvent, rules: Rules): Act {
  const { stage, wanted } = investigation;
  // Opening a gate does not answer what an outcome asks of people.
  const shut =
    UNDER_WAY.has(stage) && !HELD_BY_OUTCOME.has(stage)
      ? wanted.find((type) => isGateShut(investigation, type, rules))
      : undefined;
  if (shut === undefined)
    return confused(
      stage === "stopped" && investigation.reason !== undefined
        ? investigation.reason
        : `Nothing waits for approval${HELD_BY_OUTCOME.has(stage) ? "; `/casebook retry` goes on" : ""}.`,
    );
  const approval = { phase: shut, by: actor.login, at: time };
  const next = { ...investigation, approvals: [...investigation.approvals, approval] };
  if (stage === "awaiting-approval") return { kind: "goes-on", investigation: next };
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
      return isWanted ? { kind: "goes-on", investigation: next } : { kind: "done", investigation: next };
    case "needs-info":
      // Only without the phase that asked nobody waits for the answer.
      if (phase !== investigation.endedBy) return { kind: "done", investigation: next };
      if (isBehindMerge(next, rules)) return { kind: "done", investigation: awaitingMerge(next) };
      return { kind: "goes-on", investigation: next };
    case "awaiting-choice":
    case "awaiting-merge":
      if (wanted.length === 0) return { kind: "goes-on", investigation: next };
      return {
        kind: "done",
        investigation: investigation.stage === "awaiting-choice" ? next : awaitingMerge(next),
      };
    case "failed":
      // What failed may be what is skipped.
      return { kind: wanted.length === 0 ? "goes-on" : "done", investigation: next };
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
  if (stage === "done" || stage === "rejected" || stage === "cancelled")
    return confused("Nothing is under way that could be cancelled.");
  return end(investigation, { stage: "cancelled" });
}

function end(investigation: Investigation, state: StageState<"rejected" | "cancelled">): Act {
  const asks = answerOpen(investigation.asks, "finished", SUPERSEDED);
  return {
    kind: "done",
    investigation: enter({ ...investigation, approvals: [], asks }, state),
    effects: stopRun(investigation),
  };
}

function pause(investigation: Investigation, { actor }: CommandEvent): Act {
  // A pause would end with `resume`, for which less of a right is needed than for going on without an answer.
  if (!UNDER_WAY.has(investigation.stage) || HELD_BY_OUTCOME.has(investigation.stage))
    return confused("Nothing is under way that could be paused.");
  if (investigation.pausedBy === "person") return confused("It is paused already.");
  const reason = `${inlineCode(actor.login, 40)} paused it; \`/casebook resume\` goes on.`;
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
      kind: "goes-on",
      investigation: { ...investigation, ...(head === undefined ? {} : { acceptedHead: head }) },
    };
  if (investigation.stage !== "paused") return confused("Nothing is paused.");
  if (investigation.pausedBy !== "person") return { kind: "refused", note: investigation.reason };
  return { kind: "goes-on", investigation };
}

/** The phases of `investigate`, in order, up to and with `to`; those that only a model could work are left out silently. */
function phasesUpTo(to: string | undefined, rules: Rules): readonly string[] {
  const all = rules.known.map(({ type }) => type);
  const end = to === undefined ? all.length : all.indexOf(to) + 1;
  return all
    .slice(0, end)
    .filter((type) => (type === to || rules.phases.includes(type)) && isWorkable(type, rules));
}

/** Why a phase that is asked for by name cannot be worked. */
function whyUnfit(phase: string, rules: Rules): Act | undefined {
  if (!rules.known.some(({ type }) => type === phase)) return noSuchPhase(rules);
  if (isWorkable(phase, rules)) return undefined;
  const needsModel = rules.models.length === 0 && entryOf(phase, rules)?.needsModel === true;
  return {
    kind: "refused",
    note: needsModel ? `\`${phase}\` needs a model, and none is set up here.` : howToSwitchOn(phase, rules),
  };
}

/** A list in `phases` is all of them, so the sentence names the others too. */
function howToSwitchOn(phase: string, rules: Rules): string {
  const names = rules.known
    .filter(({ type }) => type === phase || rules.phases.includes(type))
    .map(({ type }) => type);
  return `\`${phase}\` is off here; \`phases: [${names.join(", ")}]\` in \`.github/casebook.yml\` switches it on.`;
}

function entryOf(phase: string, { known }: Rules): Rules["known"][number] | undefined {
  return known.find(({ type }) => type === phase);
}

function noSuchPhase({ known }: Rules): Act {
  return confused(`There is no such phase. Phases: ${known.map(({ type }) => `\`${type}\``).join(", ")}.`);
}

/** A command that a later one came before: it adds, but does not take back what the later one set. */
function isLate({ lastCommand }: Investigation, { place: { comment } }: CommandEvent): boolean {
  return lastCommand !== undefined && comment !== undefined && comment > 0 && comment < lastCommand;
}

/** In a new go the default branch is meant when no revision is named; in one under way, the one that it reads. */
function isOtherRevision(investigation: Investigation, from: string | undefined): boolean {
  if (from === investigation.from) return false;
  return from !== undefined || FRESH.has(investigation.stage);
}

function isSkipped({ phases }: Investigation, type: string): boolean {
  return phases.some((record) => record.type === type && record.status === "skipped");
}

function confused(note: string): Act {
  return { kind: "confused", note };
}
