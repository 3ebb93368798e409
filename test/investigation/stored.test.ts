import { expect, test } from "@jest/globals";
import { decide } from "../../src/investigation/decide.ts";
import { parseInvestigation } from "../../src/investigation/stored.ts";
import { finished, RULES, seen } from "./history.ts";

/** As version 0.1.0 stored it. */
const BEFORE = {
  repository: 7,
  issue: 42,
  stage: "done",
  wanted: [],
  phases: [
    {
      type: "comprehension",
      status: "completed",
      startedAt: "2026-03-14T09:30:00Z",
      endedAt: "2026-03-14T09:31:00Z",
      lead: "It is the cart.",
      criteria: [{ text: "x", result: "met", how: "machine", evidence: "1 looked up" }],
      dropped: 1,
      researcher: "builtin",
    },
    { type: "root-cause", status: "skipped" },
  ],
  runs: 1,
  approvals: [],
  startedBy: { id: 1, login: "ada" },
  at: "src/cart.ts:3-9",
  base: "a".repeat(40),
  circumstances: { closed: true, locked: false, held: false },
  asks: [],
  labelsToRemove: [],
  help: false,
};

test("an investigation of the version before is read with today's names", () => {
  const read = parseInvestigation(JSON.stringify(BEFORE));
  const { circumstances, at: _at, ...unchanged } = BEFORE;
  expect(read).toEqual({
    ...unchanged,
    at: { path: "src/cart.ts", start: 3, end: 9 },
    phases: [{ ...BEFORE.phases[0], files: [".chant/research/issue-42-comprehension.md"] }, BEFORE.phases[1]],
    conditions: circumstances,
  });
  expect(decide(read, seen({ closed: false }), RULES).investigation.conditions.closed).toBe(false);
});

test("a place that the version before stored and this one does not read is left out", () => {
  const read = parseInvestigation(JSON.stringify({ ...BEFORE, at: "src/cart.ts:9-3" }));
  expect(read).not.toHaveProperty("at");
});

test("an investigation of this version is read as it was stored", () => {
  expect(parseInvestigation(JSON.stringify(finished()))).toEqual(finished());
});
