import { expect, test } from "@jest/globals";
import { defuse, isBlanked } from "../../src/text/defuse.ts";
import { pageProblems } from "../../src/text/page-problems.ts";
import { safeText } from "../../src/text/safe-text.ts";

/** Lines that continue a paragraph without the marks of its quotation or list: the parser's time is quadratic in them. */
const LAZY = ["> - a\n", "> a\n> > b\n", "- a\n\n  - b\nc\n", "1. a\nb\n> c\nd\n"];

test.each(LAZY)("paragraphs without their marks end at a limit: %j", (unit) => {
  const text = unit.repeat(Math.ceil(65_536 / unit.length));
  const harmless = defuse(text);
  expect(harmless).toHaveLength(text.length);
  let [run, longest] = [0, 0];
  for (const line of harmless.split("\n")) {
    run = line.trim() === "" ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  expect(longest).toBeLessThan(3_000);
});

test("long lists, quotations and prose of people come back unchanged", () => {
  for (const text of [
    "- item\ncontinued\n".repeat(480),
    `- item\n${"  more of it\n".repeat(3_000)}`,
    "> quoted\n".repeat(4_000),
    `> quoted\n${"continued\n".repeat(900)}`,
    "prose\n".repeat(9_000),
  ])
    expect(defuse(text)).toBe(text);
});

test("a line that is blanked for the parser is never published as it is", () => {
  const act = "@octocat closes #1 ![x](https://example.com/p.png)\n";
  for (const text of [`${"a\n".repeat(9_999)}${act}b\n`, `${LAZY[1]!.repeat(4_000)}${act.repeat(2_000)}`]) {
    expect(isBlanked(text)).toBe(true);
    const safe = safeText(text);
    expect(safe.startsWith("```text\n")).toBe(true);
    expect(pageProblems(safe).map(({ kind }) => kind)).not.toContain("mention");
    expect(safeText(safe)).toBe(safe);
  }
});

test("a fence that opens again in the middle is no whole fence", () => {
  const text = `\`\`\`text\n${"a\n".repeat(9_998)}\`\`\`\n@octocat\n\`\`\`text\nb\n\`\`\``;
  expect(isBlanked(text)).toBe(true);
  expect(safeText(text).startsWith("````text\n")).toBe(true);
});
