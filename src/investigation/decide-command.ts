import { FORMS, type Verb } from "./commands/forms.ts";
import { has, hasAtLeast, missingRight } from "./commands/rights.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { Act } from "./start-work.ts";
import { actOn } from "./act.ts";
import { isAnswered, SUPERSEDED, withAsk } from "./asks.ts";
import { blockReasonOf, type Decided, proceed, unchanged, shown, stopRun } from "./change.ts";
import type { CommandEvent, EventOf, Rules } from "./event.ts";
import type { Ask, Investigation } from "./investigation.ts";

type LabelEvent = EventOf<"request-label">;

/** Request labels that are remembered until they are off the issue; an issue carries no more (`LIMITS.labelsPerIssue`). */
const MAX_LABELS = 100;

/**
 * A command of a comment, done once however often it is delivered. Looked at in this order: was it answered, may the
 * person, did a later command take its place, do the conditions allow it, and only then what it means.
 */
export function decideCommand(investigation: Investigation, event: CommandEvent, rules: Rules): Decided {
  if (isAnswered(investigation, event.place)) return unchanged(investigation);
  const { command, actor, permission } = event;
  const isStarter = investigation.startedBy?.id === actor.id;
  const missing = missingRight(command.verb, { login: actor.login, permission, isStarter }, rules.start);
  if (missing !== undefined)
    return shown(withAsk(investigation, { ...askOf(event, "refused", missing), isReactionOnly: true }));
  if (isSuperseded(investigation, event)) return answered(investigation, event, "finished", SUPERSEDED);
  return carryOut(investigation, event, rules);
}

/**
 * A request label on the issue. It is looked at again and again until it is off, and counts once. What it asks for is
 * what the command asks for; so is the right that it needs, whatever right labelling needs.
 */
export function decideRequestLabel(investigation: Investigation, event: LabelEvent, rules: Rules): Decided {
  const { label, phase, actor, permission, at, text } = event;
  if (investigation.labelsToRemove.includes(label)) return unchanged(investigation);
  const taken = {
    ...investigation,
    labelsToRemove: [...investigation.labelsToRemove, label].slice(-MAX_LABELS),
  };
  const command: CommandEvent = {
    kind: "command",
    command: phase === undefined ? { verb: "investigate" } : { verb: "run", phase },
    place: { text: label },
    actor,
    permission,
    at,
    ...(text === undefined ? {} : { text }),
  };
  if (!hasAtLeast(permission, rules.start)) {
    const note = `The label ${inlineCode(label, 50)} needs ${rules.start}; ${has({ ...actor, permission })}.`;
    return answered(taken, command, "refused", note);
  }
  return carryOut(taken, command, rules);
}

function carryOut(investigation: Investigation, event: CommandEvent, rules: Rules): Decided {
  const before = stopsWork(event.command.verb) ? touched(investigation, event) : investigation;
  const act: Act = forbidding(investigation, event) ?? actOn(before, event, rules);
  switch (act.kind) {
    case "refused":
    case "confused":
      return answered(act.investigation ?? before, event, act.kind, act.note);
    case "done": {
      const next = withAsk(touched(act.investigation, event), askOf(event, "finished"));
      return shown(next, ...(act.effects ?? []));
    }
    case "shown":
      return answered(act.investigation, event, "finished");
    case "waits":
      return answered(touched(act.investigation, event), event, "accepted");
    case "tests":
      return shown(
        withAsk({ ...act.investigation, help: false }, { ...askOf(event, "accepted"), test: act.test }),
        ...act.effects,
      );
    case "continues": {
      const accepted = withAsk(touched(act.investigation, event), askOf(event, "accepted"));
      const next = proceed(accepted, rules, act);
      return { investigation: next.investigation, effects: [...stopRun(accepted), ...next.effects] };
    }
  }
}

/** Why nothing new starts now; what only stops or shows is always done. A label that holds is obeyed by waiting instead. */
function forbidding(investigation: Investigation, { command }: CommandEvent): Act | undefined {
  const { verb } = command;
  const { effect } = FORMS[verb];
  if (effect === "stops" || effect === "shows") return undefined;
  const { conditions } = investigation;
  // What went stale can be brought up to date for those who read it later.
  if (conditions.closed && verb !== "refresh")
    return { kind: "refused", note: "The issue is closed; reopen it first." };
  const still = blockReasonOf({
    conditions: { ...conditions, held: false, closed: false },
    ...(investigation.isPublic === true || (command.verb === "investigate" && command.public === true)
      ? { isPublic: true }
      : {}),
  });
  return still === undefined ? undefined : { kind: "refused", note: still.reason };
}

/**
 * Comments arrive in any order, so an older command can come after a newer one. One that starts gives way to a newer one
 * that stops, one that stops to a newer one of either sort: the last word counts. Requests that add to each other all
 * count. A command that only shows is never too late.
 */
function isSuperseded(
  { lastCommand, lastStop }: Pick<Investigation, "lastCommand" | "lastStop">,
  event: CommandEvent,
): boolean {
  const { effect } = FORMS[event.command.verb];
  const place = placeInTime(event);
  if (place === undefined || effect === "shows") return false;
  const newest = effect === "stops" ? lastCommand : lastStop;
  return newest !== undefined && place < newest;
}

function stopsWork(verb: Verb): boolean {
  return FORMS[verb].effect === "stops";
}

/**
 * The place of a command among the comments: its comment's number; 0 in the text of the issue, which came first. Labels
 * and reviews have no number among the comments and count when they come.
 */
function placeInTime({ place }: CommandEvent): number | undefined {
  if (place.comment !== undefined) return place.comment > 0 ? place.comment : undefined;
  return place.text.startsWith("/") ? 0 : undefined;
}

function touched(investigation: Investigation, event: CommandEvent): Investigation {
  const { verb } = event.command;
  const place = placeInTime(event);
  const next = { ...investigation, help: false };
  if (place === undefined || place === 0) return next;
  return {
    ...next,
    lastCommand: Math.max(investigation.lastCommand ?? 0, place),
    ...(stopsWork(verb) ? { lastStop: Math.max(investigation.lastStop ?? 0, place) } : {}),
  };
}

function answered(
  investigation: Investigation,
  event: CommandEvent,
  answer: Ask["answer"],
  note?: string,
): Decided {
  return shown(withAsk(investigation, askOf(event, answer, note)));
}

function askOf({ place, actor }: CommandEvent, answer: Ask["answer"], note?: string): Ask {
  return {
    ...place,
    by: { id: actor.id, login: actor.login },
    answer,
    ...(note === undefined ? {} : { note }),
  };
}
