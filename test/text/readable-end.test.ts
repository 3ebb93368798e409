import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { readableEnd } from "../../src/text/readable-end.ts";
import { visibleText } from "../../src/text/visible-text.ts";

const read = (text: string): string => text.slice(0, readableEnd(text));

describe("reading stops", () => {
  test.each([
    ["1,000 lines of prose", "one line of prose\n".repeat(1_000)],
    ["4,000 lines of a log", `\`\`\`\n${"10:00:01 INFO started\n".repeat(4_000)}\`\`\``],
    ["300 items", "- one item\n".repeat(300)],
  ])("nowhere in %s", (_name, text) => {
    expect(read(text)).toBe(text);
  });

  test.each([
    ["10,000 lines", "a\n".repeat(10_000)],
    ["5,000 nested items", "- a\n  - b\n".repeat(2_500)],
    ["5,000 nested quotations", ">\n>> a\n".repeat(2_500)],
    ["one line of 60,000 marks", "*a".repeat(30_000)],
    ["a fence that is none", `> \`\`\`\n${"- a\n".repeat(5_000)}`],
  ])("within %s", (_name, text) => {
    expect(read(text).length).toBeLessThan(text.length / 2);
    expect(read(text)).not.toBe("");
  });

  test("before a whole line, and never behind the text", () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom("- a", "> b", "", "`c` *d*", "```", "1. e")), (lines) => {
        const text = `${lines.join("\n")}\n`.repeat(200);
        const end = readableEnd(text);
        expect(end === text.length || text[end] === "\n").toBe(true);
      }),
    );
  });
});

test("what is not read is listed with its line", () => {
  const { text, hidden } = visibleText(`first\n${"- a\n".repeat(2_000)}last`);
  expect(text.startsWith("first\n- a\n")).toBe(true);
  expect(hidden).toEqual([expect.objectContaining({ kind: "unread", line: text.split("\n").length })]);
  expect(hidden[0]!.text.endsWith("last")).toBe(true);
});
