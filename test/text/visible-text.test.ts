import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { growthOf } from "../growth.ts";
import { visibleText } from "../../src/text/visible-text.ts";

const DEFINITION = "[a]: https://example.org/hidden-words\n";

describe("definitions of unused links", () => {
  test("are hidden in any number", () => {
    for (const count of [3, 1_500, 5_000]) {
      const { text, hidden } = visibleText(`before\n\n${DEFINITION.repeat(count)}\nafter`);
      expect(text).not.toContain("hidden-words");
      expect(text.split("\n")).toHaveLength(count + 4);
      expect(hidden.filter(({ kind }) => kind === "definition")).toHaveLength(count);
    }
  });

  test.each([
    ["in a fence", (lines: string) => `\`\`\`\n${lines}\`\`\`\n`],
    ["in a fence that nobody closes", (lines: string) => `~~~~\n~~~\n${lines}`],
    ["in a paragraph", (lines: string) => `It says:\n${lines}`],
  ])("are words of the page %s", (_, page) => {
    const { text, hidden } = visibleText(page("[info]: started\n".repeat(800)));
    expect(text.match(/\[info\]: started/g)).toHaveLength(800);
    expect(hidden).toEqual([]);
  });
});

test("leaves a text without hidden parts unchanged", () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.constantFrom(
          "a",
          " ",
          "\n",
          "\n\n",
          "# ",
          "- ",
          "> ",
          "[ ] ",
          "[x]",
          "![",
          "]",
          "*",
          "_",
          "`",
          "1. ",
          "    ",
          "|",
          "---",
          "\\",
          "&amp;",
        ),
        { maxLength: 40 },
      ),
      (parts) => {
        const text = parts.join("").replaceAll("```", "");
        fc.pre(!/\](?:\(|:|\[)|```/.test(text));
        expect(visibleText(text)).toEqual({ text, hidden: [] });
        // A tag that the page only drops makes it be looked through.
        expect(
          visibleText(`${text}\n\n\n<b>x`)
            .text.replace(/<b>|\n+x$/g, "")
            .trimEnd(),
        ).toBe(text.trimEnd());
      },
    ),
    { numRuns: 500 },
  );
});

/** Four times the text; quadratic time would grow by 16. */
test.each([
  ["[a]: b\n"],
  ["[a]: b\n\n"],
  ["# a\n"],
  ["a\n=\n"],
  ["- a\n"],
  ["> a\n"],
  ["- [ ] a\n"],
  ["<b>"],
  ["![]("],
])("reads repeated %j in linear time", (unit) => {
  const read = (size: number): unknown => visibleText(unit.repeat(size / unit.length));
  expect(growthOf(read, 8_192, 32_768)).toBeLessThan(10);
});
