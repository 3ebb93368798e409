import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { LIMITS } from "../../src/text/github-limits.ts";
import { newInvestigation, type Stage } from "../../src/investigation/investigation.ts";
import {
  HOLD,
  isHeld,
  requestLabels,
  requestOf,
  isStateLabel,
  labelChanges,
  STATE_LABELS,
  stateLabelOf,
} from "../../src/investigation/label.ts";

const PHASES = ["comprehension", "root-cause", "x".repeat(40)];
const idle = newInvestigation(1, 2);

test("every label keeps GitHub's limits", () => {
  for (const { name, color, description } of [
    ...requestLabels(PHASES),
    HOLD,
    ...Object.values(STATE_LABELS),
  ]) {
    expect(name.length).toBeLessThanOrEqual(LIMITS.labelNameCharacters);
    expect(description.length).toBeLessThanOrEqual(LIMITS.labelDescriptionCharacters);
    expect(color).toMatch(/^[0-9a-f]{6}$/);
  }
});

describe("what a label asks for", () => {
  test.each([
    ["casebook:investigate", { label: "casebook:investigate" }],
    ["casebook:root-cause", { label: "casebook:root-cause", phase: "root-cause" }],
    ["Casebook:Root-Cause", { label: "Casebook:Root-Cause", phase: "root-cause" }],
    ["casebook:hold", undefined],
    ["casebook:fix", undefined],
    ["casebook:constructor", undefined],
    ["casebook/running", undefined],
    ["casebook", undefined],
    ["bug", undefined],
  ])("%s", (label, request) => expect(requestOf(label, PHASES)).toEqual(request));

  test("each request label asks for something, and a phase called hold takes nothing away", () => {
    const phases = [...PHASES, "hold", "investigate"];
    for (const { name } of requestLabels(phases)) expect(requestOf(name, phases)).toBeDefined();
    expect(requestOf("casebook:hold", phases)).toBeUndefined();
    expect(requestOf("casebook:investigate", phases)).toEqual({ label: "casebook:investigate" });
  });

  test("hold is known in any case", () => {
    expect(isHeld(["bug", "CASEBOOK:HOLD"])).toBe(true);
    expect(isHeld(["bug", "casebook/hold"])).toBe(false);
  });
});

const LABELS: Readonly<Record<Stage, string | undefined>> = {
  idle: undefined,
  queued: "casebook/queued",
  running: "casebook/running",
  "awaiting-approval": "casebook/awaiting-approval",
  "awaiting-merge": "casebook/awaiting-approval",
  "needs-info": "casebook/needs-info",
  "awaiting-choice": "casebook/awaiting-approval",
  paused: "casebook/queued",
  failed: "casebook/failed",
  stopped: "casebook/needs-info",
  cancelled: undefined,
  rejected: undefined,
  done: "casebook/done",
  gone: undefined,
};
const STAGES = Object.keys(LABELS) as readonly Stage[];

describe("the label that mirrors the state", () => {
  test.each(STAGES)("%s", (stage) => expect(stateLabelOf({ stage })).toBe(LABELS[stage]));

  test("every stage has its label or none, and only these", () => {
    const names = Object.values(STATE_LABELS).map(({ name }) => name);
    for (const stage of STAGES) expect([undefined, ...names]).toContain(stateLabelOf({ stage }));
    expect(new Set(STAGES.map((stage) => stateLabelOf({ stage })))).toEqual(new Set([undefined, ...names]));
  });

  test("a wrong one is put right, taken up requests go, other labels stay", () => {
    const running = {
      ...idle,
      stage: "running" as const,
      labelsToRemove: ["casebook:investigate"],
    };
    const current = ["bug", "casebook/done", "Casebook:Investigate", "casebook:root-cause", "casebook/own"];
    expect(labelChanges(current, running)).toEqual({
      add: ["casebook/running"],
      remove: ["casebook/done", "Casebook:Investigate"],
    });
  });

  test("what is right already is left alone, however it is written", () => {
    expect(labelChanges(["Casebook/Done"], { ...idle, stage: "done" })).toEqual({ add: [], remove: [] });
  });

  test("an issue full of labels takes no further one", () => {
    const full = Array.from({ length: LIMITS.labelsPerIssue }, (_, i) => `l${i}`);
    expect(labelChanges(full, { ...idle, stage: "done" })).toEqual({ add: [], remove: [] });
    expect(labelChanges([...full.slice(1), "casebook/queued"], { ...idle, stage: "done" })).toEqual({
      add: ["casebook/done"],
      remove: ["casebook/queued"],
    });
  });

  test("of an issue that is gone nothing is changed", () => {
    expect(labelChanges(["casebook/running"], { ...idle, stage: "gone" })).toEqual({ add: [], remove: [] });
  });

  test("after the changes there is the one right label, and a second look changes nothing", () => {
    const label = fc.constantFrom(
      "bug",
      "Casebook/Running",
      "casebook:fix",
      ...Object.values(STATE_LABELS).map(({ name }) => name),
    );
    fc.assert(
      fc.property(
        fc.uniqueArray(label, { selector: (name) => name.toLowerCase() }),
        fc.constantFrom(...STAGES.filter((stage) => stage !== "gone")),
        fc.subarray(["casebook:fix"]),
        (current, stage, labelsToRemove) => {
          const { add, remove } = labelChanges(current, { stage, labelsToRemove });
          const after = [...current.filter((name) => !remove.includes(name)), ...add];
          const wanted = stateLabelOf({ stage });
          expect(after.filter(isStateLabel).map((name) => name.toLowerCase())).toEqual(
            wanted === undefined ? [] : [wanted],
          );
          expect(after.includes("bug")).toBe(current.includes("bug"));
          expect(labelChanges(after, { stage, labelsToRemove })).toEqual({ add: [], remove: [] });
        },
      ),
    );
  });
});
