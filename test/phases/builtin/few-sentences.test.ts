import { afterAll, describe, expect, test } from "@jest/globals";
import type { Block } from "../../../src/documents/finding.ts";
import { components, missing, priorWork, report } from "../../../src/phases/builtin/comprehension.ts";
import { docs, risks } from "../../../src/phases/builtin/impact-map.ts";
import { callersOfSuspects, lineHistory, rootCauseHeadline } from "../../../src/phases/builtin/root-cause.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

/** The sentences of some blocks, those of tables with their first cell. */
function sentences(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === "claims" ? block.items.map(({ label, text }) => `${label ?? ""} ${text}`.trim()) : [],
  );
}

const PROGRAM = {
  "src/parse.py": `def parse_amount(text):
    total = 0
    for part in text.split("+"):
        total = total + int(part)
    return total


def parse_all(texts):
    return [parse_amount(text) for text in texts]
`,
  "src/print.py": "def print_amount(amount):\n    return str(amount)\n",
  "CHANGELOG.md": "- `parse_amount` is faster\n",
};

describe("what the reporter is asked for", () => {
  const asked = async (title: string, body: string): Promise<readonly string[]> =>
    sentences(await missing(await on([["Start", PROGRAM]], { title, body })));

  test("no message where nothing speaks of an error", async () => {
    expect(
      await asked("Amounts are rounded", "`parse_amount` gives a wrong sum.\n\n1. add two amounts"),
    ).toEqual(["Casebook found no version of the project, no steps in the report"]);
  });
  test("no steps where a command is shown", async () => {
    expect(await asked("It does not install", "Running `pip install amounts` fails on 3.12.0.")).toEqual([]);
  });
});

test("a trace is no row of what happens beside its own message", async () => {
  const body = `The sum is never printed.

\`\`\`
Traceback (most recent call last):
  File "src/parse.py", line 4, in parse_amount
    total = total + int(part)
ValueError: invalid literal for int()
\`\`\``;
  const rows = sentences(await report(await on([["Start", PROGRAM]], { title: "Sum fails", body })));
  expect(rows.filter((row) => row.includes("Traceback"))).toEqual([]);
  expect(rows.join("\n")).toContain("invalid literal for int()");
});

test("a named change is not said again as prior work", async () => {
  const context = await on(
    [
      ["Start", { "src/parse.py": "def parse_amount(text):\n    return 0\n" }],
      ["Add up (#3)", PROGRAM],
    ],
    { title: "Amounts are wrong since #3", body: "`parse_amount` gives a wrong sum since #3." },
  );
  const said = [...sentences(await components(context)), ...sentences(await priorWork(context))];
  expect(said.filter((one) => one.includes("names the change")).length).toBe(1);
  expect(new Set(said).size).toBe(said.length);
});

test("of a guess that does not stand out neither callers nor changes are told", async () => {
  const context = await on([["Start", PROGRAM]], { title: "Something is slow", body: "It takes long." });
  expect((await rootCauseHeadline(context)).text).toMatch(/^No suspect stands out/);
  expect(await callersOfSuspects(context)).toEqual([]);
  expect(await lineHistory(context)).toEqual([]);
});

test("who may rely on the function is its risk, and a history of changes documents nothing", async () => {
  const context = await on([["Start", PROGRAM]], {
    title: "parse_amount is wrong",
    body: "`parse_amount` gives a wrong sum.",
  });
  expect(sentences(await risks(context))).toEqual(["Compatibility `parse_amount` is public"]);
  expect(await docs(context)).toEqual([]);
});
