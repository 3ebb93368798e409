import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { formatRun, parseRun, type RecordedRun } from "../../src/documents/recorded-run.ts";
import type { ResearchDocument } from "../../src/documents/finding.ts";

const run: RecordedRun = {
  name: "run-1",
  command: ["python3", "-m", "unittest", "tests.test_lost"],
  changed: ["tests/test_lost.py"],
  end: "exit 1",
  milliseconds: 212,
  output: "F\noutput:\nAssertionError: 17 != 20",
  environment: "bubblewrap 0.8.0, python3 3.11.2",
};

test("reads any run back as it was written", () => {
  expect(parseRun(formatRun(run))).toEqual(run);
  fc.assert(
    fc.property(fc.string(), (printed) => {
      const output = printed
        .replace(/[\r\n]/g, "\n")
        .split("\n")
        .map((line) => line.trimEnd())
        .join("\n");
      expect(parseRun(formatRun({ ...run, output }))).toEqual({ ...run, output });
    }),
  );
});

test.each(["", "output:", "name: run-1\noutput:\n", 'command: ["a"]\nname: x\noutput:\n'])(
  "%j is no run, and says why",
  (text) => expect(typeof parseRun(text)).toBe("string"),
);

describe("a document with a run", () => {
  const document: ResearchDocument = {
    phase: "reproduction",
    title: "Reproduction of issue 42",
    baseCommit: "a".repeat(40),
    lead: [],
    sections: [
      {
        id: "why-it-fails",
        heading: "Why it fails",
        blocks: [
          {
            kind: "findings",
            items: [
              {
                text: "Three values are missing.",
                provenance: "model",
                citations: [{ kind: "run", run, quote: "AssertionError: 17 != 20" }],
              },
            ],
          },
          { kind: "run", run },
        ],
      },
    ],
  };

  test("contains the run once, and its words are found", () => {
    const text = renderDocument(document);
    expect(text).toContain("- Model: Three values are missing. (run `run-1`: `AssertionError: 17 != 20`)");
    const parsed = parseDocument(text);
    expect(parsed.runs.map(({ value }) => value)).toEqual([run]);
    expect(parsed.runQuotes.map(({ value }) => value)).toEqual([
      { run: "run-1", quote: "AssertionError: 17 != 20" },
    ]);
    expect(parsed.sections[1]!.statements.map(({ citations }) => citations)).toEqual([1]);
    expect(parsed.quotes).toEqual([]);
  });

  test("has no heading above runs that are only kept", () => {
    const text = renderDocument({
      phase: "root-cause",
      title: "Cause",
      baseCommit: "a".repeat(40),
      lead: [],
      sections: [{ id: "shown-by-run", heading: "Shown by a run", blocks: [{ kind: "run", run }] }],
    });
    expect(text).not.toContain("Shown by a run");
    expect(parseDocument(text).runs.map(({ value }) => value)).toEqual([run]);
  });
});
