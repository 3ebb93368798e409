import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { cutReport } from "../../src/agent/cut-report.ts";
import { estimateTokens } from "../../src/llm/estimate-tokens.ts";

test("shows its beginning and the lines that are to be kept, in their order, each gap with its number of lines", () => {
  const lines = Array.from({ length: 400 }, (_, at) => `line ${at}`);
  const { text, shown, lines: all } = cutReport(lines.join("\n"), [300, 200], 200);
  expect(text).toMatch(/^line 0\nline 1\n/);
  expect(text).toMatch(
    /\nline \d+\n\[… \d+ lines left out …\]\nline 200\n\[… 99 lines left out …\]\nline 300\n\[… 99 lines left out …\]$/,
  );
  expect([shown < all, all]).toEqual([true, 400]);
});

test("cuts a line that is longer than any a person writes, with a mark", () => {
  expect(cutReport("x".repeat(2_500), [], 5_000).text).toMatch(/^x{2000} \[… 500 characters left out …\]$/);
});

test("never shows more than it may, and counts every line once", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.string({ maxLength: 60 }).map((line) => line.replaceAll("\n", " ").replaceAll("…", ".")),
        {
          minLength: 1,
          maxLength: 200,
        },
      ),
      fc.array(fc.nat(220), { maxLength: 10 }),
      fc.integer({ min: 60, max: 1_500 }),
      (lines, kept, tokens) => {
        const cut = cutReport(lines.join("\n"), kept, tokens);
        const marked = [...cut.text.matchAll(/\[… (\d+) lines? left out …\]/g)];
        const left = marked.reduce((sum, [, n]) => sum + Number(n), 0);
        expect(cut.shown + left).toBe(cut.lines);
        expect(estimateTokens(cut.text)).toBeLessThanOrEqual(tokens + 12);
      },
    ),
  );
});
