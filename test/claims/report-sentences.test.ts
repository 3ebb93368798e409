import { describe, expect, test } from "@jest/globals";
import { missingParts } from "../../src/claims/not-in-report.ts";
import { reportedRegression } from "../../src/claims/reported-regression.ts";
import { reportedVersions } from "../../src/claims/reported-versions.ts";
import { type ReportPart, reportedWords } from "../../src/claims/reported-words.ts";
import { readReport } from "../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";

const row = (part: ReportPart, ...words: string[]): string => reportedWords.of({ part, words }).text;

describe("the reporter's words on a page", () => {
  test("are cut between lines where they are a program", () => {
    const program = Array.from({ length: 30 }, (_, i) => `const value${i} = ${i};`).join("\n");
    const told = row("steps", program);
    expect(told).toMatch(/^`const value0 = 0;` .* `const value\d+ = \d+;` …$/);
    expect(told.length).toBeLessThan(340);
    expect(row("steps", "a();\nb();")).toBe("`a();` `b();`");
  });

  test("are sentences, and what was printed only where there are none", () => {
    const trace = 'Traceback (most recent call last):\n  File "a.py", line 1, in f\n    x\n    ^';
    expect(row("symptom", "It fails.", trace)).toBe("“It fails.”");
    expect(row("symptom", trace)).toBe(
      '`Traceback (most recent call last):` `File "a.py", line 1, in f` `x` `^`',
    );
  });

  test("are a printed message as it was printed", () => {
    expect(row("messages", "a.X: no type, URL=http://host/x")).toBe("`a.X: no type, URL=http://host/x`");
    expect(row("expected", "It opens http://host/x")).not.toMatch(/^`/);
  });
});

test("a version is told once, with its name where it has one", () => {
  const told = (...versions: { subject: string; value: string }[]): string =>
    reportedVersions.of({ versions }).text;
  expect(told({ subject: "App", value: "v1.2.3" }, { subject: "", value: "1.2.3" })).toBe("`App` `v1.2.3`");
  expect(told({ subject: "App", value: "1.2.3" }, { subject: "", value: "1.2.4" })).toBe(
    "`App` `1.2.3`, `1.2.4`",
  );
});

test("a version that fails is not told as the first that does", () => {
  expect(reportedRegression.of({ good: "", bad: "1.3.0" }).text).toBe("fails in `1.3.0`");
});

test("no message is missing where an error and its text are in the report", () => {
  const missing = (body: string): readonly string[] => {
    const issue = visibleIssue({ key: "1", title: "It fails", body, comments: [] });
    return missingParts(["message"], readReport(issue), issue.text, []);
  };
  expect(missing("Whatever I do, `pkg.NoSuchError: 'a' is gone` is all there is.")).toEqual([]);
  expect(missing("It fails with an error, always.")).toEqual(["message"]);
});
