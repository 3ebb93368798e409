import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Investigation } from "../../src/investigation/investigation.ts";
import { restoreInvestigation } from "../../src/investigation/restore.ts";
import { formatRecordLines } from "../../src/phases/record-lines.ts";
import type { RunNotes } from "../../src/phases/phase-result.ts";
import type { PhaseOutcome } from "../../src/phases/outcome.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { documentFileOf, specFileOf } from "../../src/phases/names.ts";
import type { Phase } from "../../src/phases/phase.ts";
import { phaseSpec } from "../../src/phases/phase-spec.ts";
import { editSpec, type SpecChanges } from "../../src/specs/edit-spec.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";
import { STATUSES } from "../../src/specs/spec.ts";
import type { Location } from "../../src/text/location.ts";
import { after, answers, AT, says, SHA, WITH_MODEL, RULES } from "./history.ts";

const phaseOf = (type: string): Phase => PHASES.find((phase) => phase.type === type)!;

/** One file of the branch: the spec of a phase, changed as a run or a person does. */
function spec(type: string, changes: SpecChanges = {}, at?: Location): [string, string] {
  const phase = phaseOf(type);
  const text = phaseSpec({ issueKey: "42", issueTitle: "It fails", phase, present: PHASES, at });
  const edited = editSpec(text, changes);
  if (!edited.ok) throw new Error(edited.problems[0]?.message);
  return [specFileOf("42", phase), edited.text];
}

function worked(type: string, status = "completed"): [string, string] {
  const [path, text] = spec(type);
  const criteria = parseSpec("x", text).spec.criteria;
  const output = criteria.map(
    ({ text }, i) => `${i === 0 ? "UNMET" : "MET"} (machine): ${text}\n  ${i} looked at`,
  );
  const edited = editSpec(text, {
    set: { status, completed_at: AT },
    marks: new Map(criteria.map(({ line }, i) => [line, i > 0])),
    agentOutput: { at: AT, text: output.join("\n"), redact: (given) => given },
  });
  if (!edited.ok) throw new Error(edited.problems[0]?.message);
  return [path, edited.text];
}

/** A spec whose run wrote about itself at the top of its output. */
function workedWith(type: string, record: RunNotes, status = "completed"): [string, string] {
  const [path, text] = spec(type, {
    set: { status, completed_at: AT },
    agentOutput: {
      at: AT,
      text: [`Checked at ${SHA}.`, ...formatRecordLines(record), "", "MET (machine): x"].join("\n"),
      redact: (given) => given,
    },
  });
  return [path, text];
}

function document(type: string, lead: string): [string, string] {
  return [
    documentFileOf("42", { type }),
    `# Title\n\nBase commit: \`${SHA}\`\n\n**${lead}** (\`a/b.ts:3\`)\n\n## Section\n`,
  ];
}

const restore = (
  files: readonly (readonly [string, string])[],
  rest: Pick<Partial<Investigation>, "pull" | "head"> = {},
): Investigation | undefined =>
  restoreInvestigation({ repository: 7, issue: 42, files: new Map(files), ...rest }, RULES);

const open = { number: 5, state: "open" } as const;
const everything = [worked("comprehension"), worked("root-cause", "needs_attention"), worked("impact-map")];

describe("an investigation is read back from its branch", () => {
  test("what was worked, with what result, at which commit", () => {
    const restored = restore([...everything, document("root-cause", "Hypothesis: it is the cart.")], {
      pull: open,
      head: SHA,
    });
    expect(restored).toMatchObject({
      repository: 7,
      issue: 42,
      stage: "done",
      wanted: [],
      base: SHA,
      head: SHA,
      pull: open,
    });
    expect(restored?.phases.map(({ type, status, endedAt }) => [type, status, endedAt])).toEqual([
      ["comprehension", "completed", AT],
      ["root-cause", "needs_attention", AT],
      ["impact-map", "completed", AT],
    ]);
    expect(restored?.phases[1]?.lead).toBe("Hypothesis: it is the cart.");
    expect(restored?.phases[0]?.criteria?.slice(0, 2)).toEqual([
      {
        text: phaseOf("comprehension").criteria[0]?.text,
        result: "unmet",
        how: "machine",
        evidence: "0 looked at",
      },
      {
        text: phaseOf("comprehension").criteria[1]?.text,
        result: "met",
        how: "machine",
        evidence: "1 looked at",
      },
    ]);
  });

  test("the mark counts, not what a run once wrote about it", () => {
    const [path, text] = worked("comprehension");
    const restored = restore([[path, text.replace("- [ ]", "- [x]")]]);
    expect(restored?.phases[0]?.criteria?.[0]).toMatchObject({ result: "met", how: "human" });
  });

  test("where a person said that the cause is, and what a person approved", () => {
    const approval = new Map([
      ["required", "true"],
      ["status", "approved"],
      ["by", "bob"],
      ["at", AT],
    ]);
    const restored = restore([
      spec("root-cause", {}, { path: "a/b.ts", start: 3, end: 9 }),
      spec("fix", { set: { approval } }),
    ]);
    expect(restored).toMatchObject({
      at: { path: "a/b.ts", start: 3, end: 9 },
      approvals: [{ phase: "fix", by: "bob", at: AT }],
    });
  });

  test("a label whose path leads out of the repository is ignored", () => {
    expect(restore([spec("root-cause", {}, { path: "../secret", start: 1, end: 1 })])?.at).toBeUndefined();
  });

  test("what is not there, or belongs to another issue, is not read", () => {
    expect(restore([])).toBeUndefined();
    const [, text] = worked("comprehension");
    for (const path of [
      ".chant/specs/issue-421-001-comprehension.md",
      ".chant/specs/issue-42-1-comprehension.md",
      ".chant/specs/issue-42-001-Comprehension.md",
      "src/issue-42-001-comprehension.md",
    ])
      expect(restore([[path, text]])).toBeUndefined();
  });
});

describe("how far it is", () => {
  test.each([
    ["everything worked", everything, open, "done"],
    ["a check that does not hold", [...everything, worked("root-cause", "failed")], open, "failed"],
    ["merged", everything, { number: 5, state: "merged" }, "done"],
    ["merged, whatever is open", [spec("comprehension")], { number: 5, state: "merged" }, "done"],
    ["closed", everything, { number: 5, state: "closed" }, "rejected"],
    [
      "killed in a phase",
      [worked("comprehension"), spec("root-cause", { set: { status: "in_progress" } })],
      open,
      "failed",
    ],
    ["killed between two phases", [worked("comprehension")], undefined, "failed"],
    ["only one phase was asked for", [worked("comprehension")], open, "done"],
    ["before a gate", [...everything, spec("fix")], open, "awaiting-approval"],
    ["paused in its spec", [spec("comprehension", { set: { status: "paused" } })], undefined, "paused"],
    [
      "rejected in its spec",
      [spec("fix", { set: { approval: new Map([["status", "rejected"]]) } })],
      open,
      "rejected",
    ],
    ["skipped", [spec("comprehension", { set: { status: "cancelled" } })], open, "done"],
    ["with a status nobody knows", [spec("comprehension", { set: { status: "odd" } })], open, "done"],
  ] as const)("%s", (_, files, pull, stage) => {
    expect(restore(files, pull === undefined ? {} : { pull })?.stage).toBe(stage);
  });

  test("nothing starts by it, and a person goes on with what was left", () => {
    const restored = restore([worked("comprehension")])!;
    expect(restored).toMatchObject({ runs: 0, wanted: ["root-cause", "impact-map"] });
    expect(restored.run).toBeUndefined();
    expect(after(restored, [says("retry", 10)])).toMatchObject({
      stage: "queued",
      wanted: ["root-cause", "impact-map"],
    });
  });

  test("the request that was lost with the record can come again", () => {
    const restored = restore([worked("comprehension")])!;
    expect(after(restored, [says("investigate", 10)])).toMatchObject({
      stage: "queued",
      wanted: ["root-cause", "impact-map"],
    });
  });

  test("a gate that is shut opens as it would have", () => {
    const files = new Map([...everything, spec("fix")]);
    const restored = restoreInvestigation({ repository: 7, issue: 42, files, pull: open }, WITH_MODEL)!;
    expect(after(restored, [says("approve", 10)], WITH_MODEL)).toMatchObject({
      stage: "queued",
      wanted: ["fix"],
    });
  });
});

describe("outcomes are read back with everything that a run says about itself", () => {
  const cost = { micros: 41_200, inputTokens: 3, outputTokens: 2, calls: 1, models: ["large"] };
  const outcome: PhaseOutcome = { kind: "not-a-bug", reason: "It is documented." };
  const asks: PhaseOutcome = { kind: "needs-info", reason: "It is missing.", questions: ["Which version?"] };
  const splits: PhaseOutcome = { kind: "several-causes", reason: "There are two.", parts: ["a", "b"] };
  const read = (
    files: readonly (readonly [string, string])[],
    pull: Investigation["pull"] = open,
  ): Investigation | undefined =>
    restoreInvestigation(
      { repository: 7, issue: 42, files: new Map(files), ...(pull === undefined ? {} : { pull }) },
      WITH_MODEL,
    );

  test("what ended the work ends it again, and `retry` goes on with what was left", () => {
    const record = { outcome, cost, researcher: "large", partial: "the limit was reached" };
    const restored = read([workedWith("comprehension", record)])!;
    expect(restored).toMatchObject({
      stage: "done",
      reason: "Not a bug: It is documented.",
      endedBy: "comprehension",
      wanted: ["reproduction", "root-cause", "impact-map", "fix"],
      spent: 41_200,
    });
    expect(restored.phases[0]).toMatchObject(record);
    expect(after(restored, [says("retry", 10)], WITH_MODEL).wanted).toEqual(restored.wanted);
  });

  test("what was asked is asked still; an answer alone starts nothing, since nobody is known to have started", () => {
    const restored = read([workedWith("comprehension", { outcome: asks })])!;
    expect(restored).toMatchObject({ stage: "needs-info", endedBy: "comprehension" });
    expect(restored.wanted[0]).toBe("comprehension");
    expect(after(restored, [answers(20)], WITH_MODEL).stage).toBe("needs-info");
    expect(after(restored, [says("retry", 10)], WITH_MODEL).wanted).toEqual(restored.wanted);
  });

  test.each([
    ["several causes", [workedWith("comprehension", { outcome: splits })], open, "awaiting-choice"],
    [
      "merged all the same",
      [workedWith("comprehension", { outcome })],
      { number: 5, state: "merged" },
      "done",
    ],
    ["closed", [workedWith("comprehension", { outcome })], { number: 5, state: "closed" }, "rejected"],
    [
      "somebody went on all the same",
      [workedWith("comprehension", { outcome }), workedWith("root-cause", {})],
      open,
      "done",
    ],
    [
      "somebody went on, and the run was killed",
      [workedWith("comprehension", { outcome }), spec("root-cause", { set: { status: "in_progress" } })],
      open,
      "failed",
    ],
    [
      "the answer was being looked at",
      [spec("comprehension", { set: { status: "in_progress" } })],
      undefined,
      "failed",
    ],
    [
      "a gate was shut before, and the phase was worked again",
      [workedWith("comprehension", { outcome }), workedWith("root-cause", {}, "pending"), spec("fix")],
      open,
      "done",
    ],
    [
      "it could not be reproduced, which ends nothing",
      [
        workedWith("comprehension", {}),
        workedWith("reproduction", { outcome: { kind: "cannot-reproduce", reason: "So." } }, "failed"),
      ],
      open,
      "done",
    ],
  ] as const)("%s", (_, files, pull, stage) => {
    const restored = read(files, pull);
    expect(restored?.stage).toBe(stage);
    expect(Boolean(restored?.endedBy)).toBe(
      ["awaiting-choice", "needs-info"].includes(stage) || _.startsWith("a gate"),
    );
  });

  test("a fix that did not work leaves the cause open", () => {
    const restored = read([...everything, workedWith("fix", { reason: "The test still fails." }, "failed")])!;
    expect(restored).toMatchObject({ stage: "failed" });
    expect(restored.reason).toContain("`/casebook retry root-cause`");
    expect(restored.phases.find(({ type }) => type === "root-cause")?.status).toBe("waiting");
  });

  test("only the newest run counts, and only while its result does", () => {
    const [path, text] = workedWith("comprehension", { outcome });
    const edited = editSpec(text, {
      set: { status: "completed", completed_at: AT },
      agentOutput: { at: AT, text: "Nothing to say.", redact: (given) => given },
    });
    expect(read([[path, edited.ok ? edited.text : ""]])?.phases[0]).not.toHaveProperty("outcome");
    expect(read([[path, text.replace(/^completed_at:.*\n/m, "")]])?.phases[0]).not.toHaveProperty("outcome");
  });
});

test("whatever people wrote into the files, an investigation comes of it that is whole", () => {
  const text = fc.oneof(
    fc.string({ maxLength: 200 }),
    fc.constantFrom(
      "",
      "---\n",
      "---\nstatus: [\n---\n# T\n",
      "\ufeff---\nlabels: at:x\n---\n",
      "# T\n\n## Agent Output\nMET (machine): x",
      `---\nstatus: completed\ncompleted_at: ${AT}\n---\n# T\n\n## Agent Output\n\n\`\`\`\nOutcome: needs-info\nCost: x\n`,
      `---\nstatus: failed\ncompleted_at: ${AT}\n---\n# T\n\n## Agent Output\n\n\`\`\`\nReason: x\nOutcome: wont-fix: y`,
    ),
    fc
      .record({ status: fc.constantFrom(...STATUSES, "odd"), label: fc.constantFrom("at:a:1", "at:", "x") })
      .map(
        ({ status, label }) =>
          `---\nstatus: ${status}\nlabels: [${label}]\n---\n# T\n\n## Acceptance Criteria\n\n- [x] a\n- [ ] b\n`,
      ),
  );
  const path = fc.constantFrom(
    ...PHASES.map((phase) => specFileOf("42", phase)),
    ...PHASES.map((phase) => documentFileOf("42", phase)),
    ".chant/specs/issue-42-006-constructor.md",
  );
  const pull = fc.option(
    fc.record({ number: fc.integer({ min: 1, max: 9 }), state: fc.constantFrom("open", "merged", "closed") }),
    { nil: undefined },
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(path, text), { maxLength: 8 }), pull, (files, pull) => {
      const restored = restore(files, pull === undefined ? {} : { pull });
      if (restored === undefined) return;
      expect(restored.run).toBeUndefined();
      expect(restored.pausedBy !== undefined).toBe(restored.stage === "paused");
      const isOutcome = restored.stage === "done" && restored.endedBy !== undefined;
      expect(restored.stage === "done" && !isOutcome ? restored.wanted : []).toEqual([]);
      expect(Boolean(restored.reason)).toBe(restored.stage !== "done" || isOutcome);
    }),
    { numRuns: 300 },
  );
});
