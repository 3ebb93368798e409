import { formatMoney, type Micros } from "./money.ts";
import type { Entry } from "./transcript.ts";
import type { Begun, CapName, Caps, Payer, Task } from "./journal.ts";

/** What a call is counted in. Journals keep the sum of each, so that a cap is looked at without adding up all calls. */
export interface Counter {
  readonly level: CapName;
  readonly key: string;
}

/**
 * The counters of a call, always from the narrowest to the widest. Who locks several locks them in this order: nobody waits
 * for who waits for him, and the one that most wait for is held shortest. Their keys hold no NUL and no half character.
 */
export function countersOf({ run, name, payer }: Task, at: number): readonly Counter[] {
  const phase = name.split("/", 1)[0];
  return [
    { level: "phase", key: JSON.stringify([payer.investigation, run, phase]) },
    ...payerCounters(payer, at),
  ];
}

/** Those that other runs count in as well. Day and month are of `at` (milliseconds since 1970) in UTC. */
export function payerCounters(
  { investigation, repository, installation }: Payer,
  at: number,
): readonly (Counter & { readonly level: Exclude<CapName, "phase"> })[] {
  const day = new Date(at).toISOString().split("T", 1)[0]!;
  return [
    { level: "investigation", key: JSON.stringify(investigation) },
    { level: "repositoryPerDay", key: `${repository} ${day}` },
    { level: "installationPerMonth", key: `${installation} ${day.slice(0, day.lastIndexOf("-"))}` },
  ];
}

/** The narrowest cap that `micros` more would pass; undefined when there is none. `taken`: without them. */
export function firstOver(
  caps: Caps,
  taken: readonly { readonly level: CapName; readonly micros: Micros }[],
  micros: Micros,
): Extract<Begun, { kind: "over" }> | undefined {
  for (const { level, micros: before } of taken) {
    const limit = caps[level];
    // Written so that a cap that is no number stops everything, not nothing.
    if (limit !== undefined && !(before + micros <= limit))
      return { kind: "over", cap: level, limit, taken: before };
  }
  return undefined;
}

/** Whose spending has a cap, and over which time. */
const OWNERS = {
  phase: ["This phase", "in one run"],
  investigation: ["This investigation", "over all its runs"],
  repositoryPerDay: ["This repository", "a day (UTC)"],
  installationPerMonth: ["This installation", "a month (UTC)"],
} as const satisfies Record<string, readonly [string, string]>;

/** Why no further call may be made: one sentence for people. `taken`: what is spent and reserved. */
export function capMessage(cap: keyof typeof OWNERS, limit: Micros, taken: Micros): string {
  const [owner, time] = OWNERS[cap];
  const rule = `${owner} may cost ${formatMoney(limit)} ${time}`;
  return taken >= limit
    ? `${rule}, and ${formatMoney(taken)} is taken already.`
    : `${rule}; ${formatMoney(taken)} of it is taken, and the next call could cost more than the rest.`;
}

/** Refuses what would spoil a sum that everybody's caps hang on. */
export function checkWhole(what: string, count: number): void {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${what} is a whole number from 0 on, not ${count}`);
}

/** An entry as stored: the same text for the same entry, whatever the order of its fields; no NUL, no half character. */
export function entryText(entry: Entry): string {
  return JSON.stringify(entry, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

/** A name as stored, without NUL and half characters. A name that begins with another still does. */
export function storedName(name: string): string {
  return JSON.stringify(name).slice(1, -1);
}

export function nameOf(stored: string): string {
  return JSON.parse(`"${stored}"`) as string;
}
