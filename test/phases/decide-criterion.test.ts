import { describe, expect, test } from "@jest/globals";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import type { CheckName } from "../../src/phases/phase.ts";
import {
  decideCriterion,
  type CriterionInput,
  type Judgement,
  statusOf,
} from "../../src/phases/decide-criterion.ts";
import type { CriterionResult } from "../../src/phases/phase-result.ts";

const [PHASE] = PHASES;
function evidenceOf(text: string): CriterionInput {
  return {
    phase: PHASE!,
    parsed: parseDocument(text),
    report: {
      checked: { lines: 0, excerpt: 0, search: 0, commit: 0, quote: 0, run: 0, claim: 0 },
      problems: [],
    },
    exists: () => true,
    given: false,
  };
}
const decide = (check: CheckName, judgements: readonly (readonly [string, Judgement])[], text = "It is so") =>
  decideCriterion({ text, check }, evidenceOf("# T\n"), new Map(judgements)).result;
const yes = (how: Judgement["how"]): Judgement => ({ result: "met", how, evidence: "e" });

describe("who decides a criterion", () => {
  test.each<readonly [CheckName, Judgement["how"], "met" | "undecided"]>([
    ["reproduced", "run", "met"],
    ["reproduced", "model", "undecided"],
    ["suite-runs", "model", "undecided"],
    ["fix-works", "run", "met"],
    ["fix-works", "model", "undecided"],
    ["suite-no-worse", "human", "undecided"],
    ["only-targets", "model", "undecided"],
  ])("%s by a %s: %s", (check, how, expected) => {
    expect(decide(check, [[check, yes(how)]])).toBe(expected);
  });

  test("a person's criterion is nobody else's, whatever is said of it", () => {
    for (const how of ["run", "model", "machine"] as const)
      expect(
        decide("person", [
          ["It is so", yes(how)],
          ["person", yes(how)],
        ]),
      ).toBe("undecided");
  });

  test("a judged criterion is a model's alone, also when its text is the name of a check", () => {
    expect(decide("judged", [["It is so", yes("model")]])).toBe("met");
    expect(decide("judged", [["It is so", yes("run")]])).toBe("undecided");
    expect(decide("judged", [["reproduced", yes("run")]], "reproduced")).toBe("undecided");
    expect(decide("reproduced", [["reproduced", yes("model")]], "reproduced")).toBe("undecided");
  });

  test("the cause is confirmed by a person or by runs, never by a model's word", () => {
    expect(decide("cause-confirmed", [["cause-confirmed", yes("run")]])).toBe("met");
    for (const how of ["model", "human"] as const)
      expect(decide("cause-confirmed", [["cause-confirmed", yes(how)]])).toBe("undecided");
  });
});

test.each<readonly [readonly CriterionResult["result"][], ReturnType<typeof statusOf>]>([
  [[], "failed"],
  [["met"], "completed"],
  [["met", "undecided"], "needs_attention"],
  [["met", "unmet"], "failed"],
  [["undecided", "unmet"], "failed"],
  [["undecided"], "needs_attention"],
])("criteria that are %j end a phase as %s", (results, expected) => {
  const criteria = results.map((result): CriterionResult => ({
    text: "c",
    result,
    how: "machine",
    evidence: "e",
  }));
  expect(statusOf(criteria, undefined)).toBe(expected);
});

test("a document that holds only marks meets no criterion that asks for something found", () => {
  const sections = PHASES.flatMap((phase) => phase.sections.map(({ heading }) => heading));
  const text = [
    "# T",
    ...sections.map((heading) => `## ${heading}\n\n- Not known: anything.\n- Model: it is so.`),
  ].join("\n\n");
  const asked = PHASES.flatMap((phase) =>
    phase.criteria
      .filter(({ check }) => FOUND.has(check))
      .map(({ check }) => [
        check,
        decideCriterion({ text: "c", check }, { ...evidenceOf(text), phase }).result,
      ]),
  );
  expect(asked).toEqual([...FOUND].map((check) => [check, "unmet"]));
});

const FOUND: ReadonlySet<string> = new Set([
  "components-listed",
  "suspects-ranked",
  "hypotheses-tested",
  "instances-listed",
  "callers-listed",
  "tests-listed",
  "scope-counted",
  "targets-exist",
]);
