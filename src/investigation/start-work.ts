import type { CommandOf } from "./commands/forms.ts";
import type { Location } from "../text/location.ts";
import { inlineCode } from "../text/inline-code.ts";
import { awaitingMerge, putPullBehind } from "./change.ts";
import type { CommandEvent, Effect, Rules } from "./event.ts";
import { HELD_BY_OUTCOME, type Investigation, type Stage, ACTIVE } from "./investigation.ts";
import { hasResult, inOrder, canRun, withDependencies } from "./plan.ts";

/** Nothing is left over from before, or nobody wants it: a command says anew what is wanted. */
const FRESH: ReadonlySet<Stage> = new Set(["idle", "done", "cancelled", "rejected"]);

export function investigate(
  investigation: Investigation,
  command: CommandOf<"investigate">,
  event: CommandEvent,
  rules: Rules,
): Act {
  const { to, budget, model, from, public: isPublic } = command;
  if (rules.models.length === 0 && (model !== undefined || budget !== undefined))
    return confused(
      `No model is set up here, so \`${model === undefined ? "--budget" : "--model"}\` has no effect; leave it out.`,
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
  if (types.length === 0) return confused("No phase can run here.");
  let next = investigation;
  if (isNewRevision) {
    const { from: _from, base: _base, ...rest } = investigation;
    next = { ...rest, approvals: [], ...(from === undefined ? {} : { from }) };
  }
  next = {
    ...next,
    ...(model === undefined ? {} : { model }),
    ...(budget === undefined ? {} : { budget }),
    ...(isPublic === true ? { isPublic } : {}),
  };
  return begin(next, withDependencies(types, investigation, rules), event, rules, {
    restart: isNewRevision,
  });
}

export function run(investigation: Investigation, phase: string, event: CommandEvent, rules: Rules): Act {
  return (
    whyUnfit(phase, rules) ??
    begin(investigation, withDependencies([phase], investigation, rules), event, rules)
  );
}

/** Without a phase: the remaining and the failed ones, or all again. What an outcome holds continues anyway. */
export function retry(
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
  const isIdle = !ACTIVE.has(stage) || HELD_BY_OUTCOME.has(stage);
  const left = isIdle ? [...wanted, ...failed] : failed;
  const worked = phases
    .filter(({ type, status }) => status !== "skipped" && hasResult(investigation, type))
    .map(({ type }) => type);
  const types = phase === undefined ? (left.length === 0 && isIdle ? worked : left) : [phase];
  const workable = types.filter((type) => canRun(type, rules));
  if (workable.length === 0)
    return confused(
      isIdle
        ? "Nothing ran yet; `/casebook investigate` starts the research."
        : `Nothing failed, and a run continues. ${investigation.reason ?? ""}`.trim(),
    );
  return begin(investigation, withDependencies(workable, investigation, rules), event, rules, {
    retry: true,
  });
}

/** The findings that rest on another cause do not count any more, and neither do approvals given on them. */
export function at(investigation: Investigation, location: Location, event: CommandEvent, rules: Rules): Act {
  if (investigation.at !== undefined && isLate(investigation, event)) return { kind: "shown", investigation };
  const types = ["root-cause", "impact-map"].filter((type) => canRun(type, rules));
  if (types.length === 0) return confused("There is no phase here that takes a cause from a person.");
  const next = { ...investigation, at: location, approvals: [] };
  return begin(next, withDependencies(types, investigation, rules), event, rules, { restart: true });
}

export function refresh(
  investigation: Investigation,
  { at }: CommandOf<"refresh">,
  event: CommandEvent,
  rules: Rules,
): Act {
  const types = investigation.phases
    .filter(({ status }) => status === "completed" || status === "needs_attention" || status === "failed")
    .map(({ type }) => type)
    .filter((type) => canRun(type, rules));
  if (types.length === 0) return confused("There is no result yet to refresh.");
  const { base: _base, ...rest } = investigation;
  const next = { ...rest, approvals: [], ...(at === undefined ? {} : { at }) };
  return begin(next, types, event, rules, { restart: true, evenClosed: true });
}

/**
 * Wants phases, and starts them unless a run is active that will. A command that names phases while another one waits
 * for an answer continues without the answer.
 */
function begin(
  investigation: Investigation,
  types: readonly string[],
  { actor, text: seen }: CommandEvent,
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
    ...(ACTIVE.has(stage) || pull?.state === "open" ? investigation : putPullBehind(investigation)),
    wanted: inOrder(FRESH.has(stage) ? types : [...before, ...types], rules),
    // Somebody with the right to asks again, so answers count again.
    ...(answers === undefined ? {} : { answers: { ...answers, taken: 0 } }),
    ...(seen === undefined ? {} : { text: { ...investigation.text, asked: seen } }),
    startedBy:
      startedBy !== undefined && ACTIVE.has(stage) ? startedBy : { id: actor.id, login: actor.login },
  };
  if ((stage === "queued" || stage === "running") && !restart) return { kind: "waits", investigation: next };
  // The merge is the gate: nobody passes it by asking for more behind it.
  if (stage === "awaiting-merge" && next.wanted[0] === before[0])
    return { kind: "done", investigation: next };
  if (isBehindMerge(next, rules)) return { kind: "done", investigation: awaitingMerge(next) };
  return { kind: "continues", investigation: next, evenClosed };
}

/** What is wanted comes after a phase whose own pull request is still open. */
export function isBehindMerge(
  { stage, wanted, pull, endedBy = "" }: Investigation,
  { perPhase }: Rules,
): boolean {
  const isOver = HELD_BY_OUTCOME.has(stage) && wanted.length > 0 && !wanted.includes(endedBy);
  return perPhase && isOver && pull?.state === "open";
}

/** The phases of `investigate`, in order, up to and with `to`; those that need a model are left out silently. */
function phasesUpTo(to: string | undefined, rules: Rules): readonly string[] {
  const all = rules.known.map(({ type }) => type);
  const end = to === undefined ? all.length : all.indexOf(to) + 1;
  return all
    .slice(0, end)
    .filter((type) => (type === to || rules.phases.includes(type)) && canRun(type, rules));
}

/** Why a phase that is asked for by name cannot run. */
function whyUnfit(phase: string, rules: Rules): Act | undefined {
  if (!rules.known.some(({ type }) => type === phase)) return noSuchPhase(rules);
  if (canRun(phase, rules)) return undefined;
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

export function noSuchPhase({ known }: Rules): Act {
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

/** What a command that may be carried out comes to. */
export type Act =
  /** Nothing is done; the note says why. */
  | {
      readonly kind: "confused" | "refused";
      readonly note: string;
      /** With what was reported by that. */
      readonly investigation?: Investigation;
    }
  /** Changed, and the request is answered by that. */
  | { readonly kind: "done"; readonly investigation: Investigation; readonly effects?: readonly Effect[] }
  /** Only what people see changes. */
  | { readonly kind: "shown"; readonly investigation: Investigation }
  /** Changed; what is under way already answers the request when it ends. */
  | { readonly kind: "waits"; readonly investigation: Investigation }
  /** A change is tested beside the research; the verdict answers the request. */
  | {
      readonly kind: "tests";
      readonly investigation: Investigation;
      readonly test: string;
      readonly effects: readonly Effect[];
    }
  /** Changed; a run under way is stopped, and what is wanted now is gone on with. */
  | { readonly kind: "continues"; readonly investigation: Investigation; readonly evenClosed?: boolean };

export function confused(note: string): Act {
  return { kind: "confused", note };
}
