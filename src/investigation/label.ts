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

export function isHeld(labels: readonly string[]): boolean {
  return labels.some((label) => isSameLabel(label, HOLD_LABEL));
}
