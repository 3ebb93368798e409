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

describe("what a page does not show is hidden", () => {
  test.each([
    ["the words of a picture by reference", "a ![WORDS][p] b\n\n[p]: https://e.org/p.png", "alt-text"],
    ["the words of a picture by its own name", "a ![WORDS] b\n\n[WORDS]: https://e.org/p.png", "alt-text"],
    [
      "the words of a picture by an empty reference",
      "a ![WORDS][] b\n\n[WORDS]: https://e.org/p.png",
      "alt-text",
    ],
    ["a footnote that only itself calls", "a\n\n[^1]: WORDS [^1]", "footnote"],
    ["footnotes that only call each other", "a\n\n[^1]: WORDS [^2]\n\n[^2]: x [^1]", "footnote"],
    ["a footnote that only a comment calls", "a <!-- [^1] -->\n\n[^1]: WORDS and more", "footnote"],
    ["a footnote of several lines", "a\n\n[^1]: x y\n    z\n\n    WORDS\n\nb", "footnote"],
    ["the second footnote of one name", "a[^1]\n\n[^1]: x y\n\n[^1]: WORDS and more", "footnote"],
    ["a template", "a <template>WORDS</template> b", "element"],
    ["a template over several blocks", "a\n\n<template>\n\nWORDS\n\n</template>\n\nb", "element"],
    ["a template in a template", "a <template>x<template>y</template>WORDS</template> b", "element"],
    ["a template that nobody closes", "a <template> WORDS", "element"],
    ["noscript", "a <NOSCRIPT>WORDS</NOSCRIPT> b", "element"],
    ["an element that is hidden", "a <p hidden>WORDS</p> b", "element"],
    [
      "an element that is hidden by a value",
      'a <span class="x" hidden="until-found">WORDS</span> b',
      "element",
    ],
  ] as const)("%s", (_, page, kind) => {
    const { text, hidden } = visibleText(page);
    expect(text).not.toContain("WORDS");
    expect(hidden.find((one) => one.text.includes("WORDS"))?.kind).toBe(kind);
    expect(text.split("\n")).toHaveLength(page.split("\n").length);
    // Reading it again finds nothing more to hide.
    expect(visibleText(text).text).toBe(text);
  });

  test.each([
    "a[^1]\n\n[^1]: WORDS",
    "a[^1]\n\n[^1]: x[^2]\n\n[^2]: WORDS",
    "a\n\n[^1]: x y\n\nWORDS",
    "a\n\n[^1]: x y\n# WORDS",
    "a[^A]\n\n[^a]: WORDS and more",
    "```\n[^1]: WORDS\n```",
    "`<template>`WORDS`</template>`",
    "```html\n<template>WORDS</template>\n```",
    "<!-- <template> --> WORDS",
    "<input hidden> WORDS",
    "<template></template> WORDS",
  ])("%j is shown", (page) => {
    expect(visibleText(page).text).toContain("WORDS");
  });
});

test.each([
  ["hiding elements", "<template>a</template>"],
  ["open templates", "<template>"],
  ["hidden paragraphs", "<p hidden>a"],
  ["pictures by reference", "![a][b] "],
  ["footnotes", "[^a] "],
])("the work on %s grows with the length", (_, part) => {
  const work = (size: number): void => void visibleText(part.repeat(size / part.length));
  // Four times the text; the square would be 16.
  expect(growthOf(work, 16_000, 64_000)).toBeLessThan(8);
});
