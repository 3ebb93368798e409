import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { visibleTitle } from "../../src/text/visible-text.ts";

test.each([
  "Error with <teleport> in a slot",
  "List<String> loses its generic type",
  "`Store.set` *loses* [writes](x)",
  "<!-- shown --> a < b > c &amp; d",
  "# 12: 👩‍👩‍👧 می‌خواهم",
])("keeps %j letter for letter: a title is neither Markdown nor HTML", (title) => {
  expect(visibleTitle(title)).toEqual({ text: title, hidden: [] });
});

test("folds white space as the page does", () => {
  expect(visibleTitle("  a\t b\n\nc ").text).toBe("a b c");
});

test.each([
  ["a\u200bb", "zero-width", "U+200B"],
  ["a\u202eb", "bidi", "U+202E"],
  ["a\u{e006f}\u{e006b}b", "tag-character", "ok"],
])("takes what %j hides out and lists it", (title, kind, text) => {
  expect(visibleTitle(title)).toEqual({ text: "ab", hidden: [{ kind, text, line: 1 }] });
});

/** What shows nothing, and what something that shows nothing may be needed for. */
const PIECES =
  "a < > ` & é 日 م ש 👩 🏴 🏻 \0 \ud800 \u200b \u200d \u200e \u202e \u2066 \ufe0f \u00ad \u{e0041} \u{e007f}"
    .split(" ")
    .concat(" ", "\n", "\t", "\r", "\u3000");

test("the visible title is one line and hides nothing", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...PIECES) }), (title) => {
      const { text } = visibleTitle(title);
      expect(visibleTitle(text).hidden).toEqual([]);
      expect(text).not.toMatch(/[\n\r\t]/);
    }),
  );
});
