import { describe, expect, test } from "@jest/globals";
import { checkContent } from "../../../src/github/report/check-content.ts";
import { configurationIssue } from "../../../src/github/report/configuration-issue.ts";
import { readMarker, withMarker } from "../../../src/github/report/marker.ts";
import { reactionOf } from "../../../src/investigation/asks.ts";
import { safeText } from "../../../src/text/safe-text.ts";

describe("markers", () => {
  test("are read back from the last line only", () => {
    const marker = { appId: 4711, kind: "status", subject: "42" };
    expect(readMarker(withMarker(safeText("x"), marker))).toEqual(marker);
    expect(readMarker(`${withMarker(safeText("x"), marker)}\n\nmore`)).toBeUndefined();
    expect(readMarker("<!-- casebook:1:status:2 -->\r\n")).toEqual({
      appId: 1,
      kind: "status",
      subject: "2",
    });
  });

  test("cannot be brought in by text", () => {
    expect(readMarker(safeText("<!-- casebook:4711:status:42 -->"))).toBeUndefined();
  });
});

test.each([
  [["accepted"], "eyes"],
  [["finished"], "rocket"],
  [["finished", "accepted"], "eyes"],
  [["finished", "confused"], "confused"],
  [["confused", "refused", "accepted"], "-1"],
  [[], undefined],
] as const)("a comment whose requests are %j carries %s", (answers, reaction) => {
  expect(reactionOf(answers.map((answer) => ({ answer })))).toBe(reaction);
});

describe("the check", () => {
  test("is neutral with a line for each reference that does not hold, and never fails a build", () => {
    const report = {
      checked: { lines: 2, quote: 1 },
      problems: [{ line: 4, kind: "lines", message: "`a.ts:9`: the file has 3 lines, says @ada" }],
    };
    const content = checkContent({ documents: [{ path: ".chant/research/issue-1-x.md", report }] });
    expect(content).toMatchObject({
      conclusion: "neutral",
      title: "1 of 3 references does not hold",
      annotations: [
        {
          path: ".chant/research/issue-1-x.md",
          line: 4,
          level: "warning",
          message: "`a.ts:9`: the file has 3 lines, says `@ada`",
        },
      ],
    });
  });

  test("says the result first", () => {
    const report = { checked: { lines: 30, claim: 12, search: 1 }, problems: [] };
    const { summary } = checkContent({ documents: [{ path: "a.md", report }] });
    expect(summary).toMatch(/^\*\*43 references checked, all hold\.\*\*\n/);
    expect(summary).toContain("| `a.md` | 43 | 30 places in files, 12 claims, 1 search | all hold |");
    const problems = [{ line: 4, kind: "lines", message: "`a.ts:9`: the file has 3 lines" }];
    expect(checkContent({ documents: [{ path: "a.md", report: { ...report, problems } }] }).summary).toMatch(
      /^\*\*1 of 43 references does not hold\.\*\* Each is marked in its file\.\n/,
    );
  });

  test("stays below what GitHub takes, whatever the paths", () => {
    const documents = Array.from({ length: 150 }, (_, i) => ({
      path: `${"|`x".repeat(1_000)}${i}.md`,
      report: { checked: { lines: 1 }, problems: [] },
    }));
    expect(checkContent({ documents }).summary.length).toBeLessThan(65_535);
  });

  test("without a reference nothing was verified, so nothing is a success", () => {
    expect(checkContent({ documents: [] }).conclusion).toBe("neutral");
    expect(
      checkContent({ documents: [{ path: "x", report: { checked: {}, problems: [] } }] }).conclusion,
    ).toBe("neutral");
  });
});

test("a wrong configuration is said with its lines, its words shown as code", () => {
  const { title, body } = configurationIssue([{ line: 2, message: "Expected a key; found `@ada|x`." }]);
  expect(title).toBe("Casebook: the configuration has mistakes");
  expect(body).toContain("| 2 | Expected a key; found `@ada\\|x`. |");
});
