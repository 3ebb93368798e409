import { formatMoney, type Micros } from "./money.ts";

/** Whose spending has a cap, and over which time. */
const OWNERS = {
  phase: ["This phase", "in one run"],
  investigation: ["This investigation", "over all its runs"],
  repositoryPerDay: ["This repository", "a day (UTC)"],
  installationPerMonth: ["This installation", "a month (UTC)"],
} as const satisfies Record<string, readonly [string, string]>;

/** Why no further call may be made: one sentence for people. `taken`: what is spent and reserved. */
export function sayOver(cap: keyof typeof OWNERS, limit: Micros, taken: Micros): string {
  const [owner, time] = OWNERS[cap];
  const rule = `${owner} may cost ${formatMoney(limit)} ${time}`;
  return taken >= limit
    ? `${rule}, and ${formatMoney(taken)} is taken already.`
    : `${rule}; ${formatMoney(taken)} of it is taken, and the next call could cost more than the rest.`;
}
