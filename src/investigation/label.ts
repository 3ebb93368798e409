import { LIMITS } from "../text/github-limits.ts";
import type { Investigation, Stage } from "./investigation.ts";

/** A label as it is created on first use. */
export interface Label {
  readonly name: string;
  /** Six hex digits. */
  readonly color: string;
  readonly description: string;
}

const REQUEST_PREFIX = "casebook:";

export const HOLD_LABEL = `${REQUEST_PREFIX}hold`;

/** While it is on an issue, nothing new starts there. */
export const HOLD: Label = {
  name: HOLD_LABEL,
  color: "d4c5f9",
  description: "Casebook starts nothing new here while this label is on",
};

const ALL = `${REQUEST_PREFIX}investigate`;

/** GitHub compares the names of labels without case. */
export function isSameLabel(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}

/** The labels that ask for work: one for all phases, one for each phase. `phases` are the phases that exist. */
export function requestLabels(phases: readonly string[]): readonly Label[] {
  const request = (name: string, what: string): Label => ({
    name,
    color: "1d76db",
    description: `Asks Casebook to work ${what}; taken off when it is queued`,
  });
  return [
    request(ALL, "all phases"),
    ...phases
      .map((phase) => request(`${REQUEST_PREFIX}${phase}`, phase))
      .filter(({ name }) => name !== ALL && name !== HOLD_LABEL),
  ];
}

/** What a label asks for; no `phase` means all of them. Undefined for every label that asks for nothing, state labels included. */
export function requestOf(
  label: string,
  phases: readonly string[],
): { readonly label: string; readonly phase?: string } | undefined {
  const name = label.toLowerCase();
  if (name === ALL) return { label };
  if (name === HOLD_LABEL || !name.startsWith(REQUEST_PREFIX)) return undefined;
  const phase = name.slice(REQUEST_PREFIX.length);
  return phases.includes(phase) ? { label, phase } : undefined;
}

/** True for a label that may ask for work, whatever phases there are. */
export function mayRequest(label: string): boolean {
  const name = label.toLowerCase();
  return name.startsWith(REQUEST_PREFIX) && name !== HOLD_LABEL;
}

export function isHeld(labels: readonly string[]): boolean {
  return labels.some((label) => isSameLabel(label, HOLD_LABEL));
}

/** Labels that say how far an investigation is. The bot owns them: they are put right, and never obeyed. */
export const STATE_LABELS = {
  queued: state("queued", "c5def5", "Casebook researches this issue next, or continues after the pause"),
  running: state("running", "fbca04", "Casebook is working on this issue"),
  awaitingApproval: state(
    "awaiting-approval",
    "f9d0c4",
    "Casebook waits for a person to approve, merge or decide",
  ),
  needsInfo: state("needs-info", "e99695", "Casebook waits for a person: it asked something, or it stopped"),
  failed: state("failed", "b60205", "Casebook could not finish; the status comment says why"),
  done: state("done", "0e8a16", "Casebook has finished its research"),
} as const satisfies Record<string, Label>;

/**
 * A paused investigation shows as queued: it is still wanted and continues when the pause ends. `needs-info` would call
 * for a person, and the one who paused it knows. A stopped one needs a person to look at the branch. One that ended with
 * an outcome is done, whatever it found. Nothing is shown for what nobody wants (any more).
 */
const LABEL_OF: Readonly<Record<Stage, Label | undefined>> = {
  idle: undefined,
  queued: STATE_LABELS.queued,
  running: STATE_LABELS.running,
  "awaiting-approval": STATE_LABELS.awaitingApproval,
  "awaiting-merge": STATE_LABELS.awaitingApproval,
  "needs-info": STATE_LABELS.needsInfo,
  "awaiting-choice": STATE_LABELS.awaitingApproval,
  paused: STATE_LABELS.queued,
  failed: STATE_LABELS.failed,
  stopped: STATE_LABELS.needsInfo,
  cancelled: undefined,
  rejected: undefined,
  done: STATE_LABELS.done,
  gone: undefined,
};

/** The name of the one state label that the issue should carry; undefined for none. */
export function stateLabelOf({ stage }: Pick<Investigation, "stage">): string | undefined {
  return LABEL_OF[stage]?.name;
}

/**
 * What to change so that the labels on the issue say what the investigation says: its state label and no other of them,
 * and no request label that was taken up. Labels of other people stay. Doing it twice changes nothing.
 */
export function labelChanges(
  current: readonly string[],
  investigation: Pick<Investigation, "stage" | "labelsToRemove">,
): { readonly add: readonly string[]; readonly remove: readonly string[] } {
  if (investigation.stage === "gone") return { add: [], remove: [] };
  const wanted = stateLabelOf(investigation);
  const isWanted = (label: string) => wanted !== undefined && isSameLabel(label, wanted);
  const remove = current.filter(
    (label) =>
      (isStateLabel(label) && !isWanted(label)) ||
      investigation.labelsToRemove.some((taken) => isSameLabel(taken, label)),
  );
  // A full issue takes no further label; the status comment says the same.
  const hasRoom = current.length - remove.length < LIMITS.labelsPerIssue;
  return { add: wanted !== undefined && hasRoom && !current.some(isWanted) ? [wanted] : [], remove };
}

export function isStateLabel(label: string): boolean {
  return Object.values(STATE_LABELS).some(({ name }) => isSameLabel(name, label));
}

function state(name: string, color: string, description: string): Label {
  return { name: `casebook/${name}`, color, description };
}
