import { expect, test } from "@jest/globals";
import { capMessage } from "../../src/llm/counters.ts";
import type { CapName } from "../../src/llm/journal.ts";

test.each([
  [
    "phase",
    1_000_000,
    950_000,
    "This phase may cost $1.00 in one run; $0.95 of it is taken, and the next call could cost more than the rest.",
  ],
  ["phase", 1_000_000, 1_000_000, "This phase may cost $1.00 in one run, and $1.00 is taken already."],
  [
    "investigation",
    5_000_000,
    5_020_000,
    "This investigation may cost $5.00 over all its runs, and $5.02 is taken already.",
  ],
  [
    "repositoryPerDay",
    500_000,
    0,
    "This repository may cost $0.50 a day (UTC); $0.00 of it is taken, and the next call could cost more than the rest.",
  ],
  [
    "installationPerMonth",
    100_000_000,
    99_999_000,
    "This installation may cost $100.00 a month (UTC); $100.00 of it is taken, and the next call could cost more than the rest.",
  ],
  [
    "installationPerMonth",
    0,
    0,
    "This installation may cost $0.00 a month (UTC), and $0.00 is taken already.",
  ],
] satisfies readonly (readonly [CapName, number, number, string])[])(
  "over the cap %s of %i micros, %i taken",
  (cap, limit, taken, sentence) => {
    expect(capMessage(cap, limit, taken)).toBe(sentence);
  },
);

test("every cap has its words", () => {
  const every: Record<CapName, true> = {
    phase: true,
    investigation: true,
    repositoryPerDay: true,
    installationPerMonth: true,
  };
  for (const cap of Object.keys(every))
    expect(capMessage(cap as CapName, 1, 2)).toMatch(/^This \w+ may cost .+\.$/);
});
