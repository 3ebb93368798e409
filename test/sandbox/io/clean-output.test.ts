import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { collectOutput } from "../../../src/sandbox/io/clean-output.ts";

function cleaned(text: string | Uint8Array, keep = 1_000): string {
  const output = collectOutput(keep);
  output.add(typeof text === "string" ? Buffer.from(text) : text);
  return output.end().output;
}

describe.each([
  ["plain text with tabs", "a\tb\nc", "a\tb\nc"],
  ["colours", "\u001b[31mred\u001b[0m \u001b[38;5;9mx\u001b[m", "red x"],
  ["cursor moves and cleared lines", "a\u001b[2K\u001b[1Gb\u001b[?25l", "ab"],
  ["a window title", "a\u001b]0;title\u0007b\u001b]2;other\u001b\\c", "abc"],
  ["a link", "\u001b]8;;https://example.org\u001b\\text\u001b]8;;\u001b\\", "text"],
  ["a string that does not end swallows only its line", "a\u001b]0;title\nb", "a\nb"],
  ["character sets and single escapes", "\u001b(Ba\u001bcb\u001b7", "ab"],
  ["eight-bit controls", "a\u009b31mb\u009d0;t\u009cc\u0085d", "abcd"],
  ["bells, backspaces, deletes, NUL", "a\u0007b\u0008c\u007fd\u0000e", "abcde"],
  ["line ends of other systems", "a\r\nb\rc\r\r\nd\n", "a\nb\nc\n\nd\n"],
  ["marks that turn text around", "a\u202eb\u2066c\u200fd\ufeff", "abcd"],
  ["other languages and pictures", "Grüße \u4f60\u597d \u{1f4e6}", "Grüße \u4f60\u597d \u{1f4e6}"],
])("%s", (_, from, to) => {
  test("are cleaned", () => expect(cleaned(from)).toBe(to));
});

test("bytes that are no UTF-8 are shown as replaced", () => {
  expect(cleaned(Uint8Array.of(0x61, 0xff, 0x62))).toBe("a\ufffdb");
});

test("it does not matter in which pieces it comes", () => {
  const piece = fc.constantFrom(
    "\u001b",
    "[",
    "]",
    "31",
    "m",
    "\r",
    "\n",
    "\u0007",
    "\\",
    "a",
    "é",
    "\u009b",
    "P",
    "(",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 30 }), fc.integer({ min: 1, max: 7 }), (parts, step) => {
      const bytes = Buffer.from(parts.join(""));
      const output = collectOutput(1_000);
      for (let at = 0; at < bytes.length; at += step) output.add(bytes.subarray(at, at + step));
      expect(output.end().output).toBe(cleaned(bytes));
    }),
  );
});

test("nothing is left that controls a terminal", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const codes = [...cleaned(bytes)].map((character) => character.codePointAt(0)!);
      expect(
        codes.filter((code) => (code < 32 && code !== 9 && code !== 10) || (code > 126 && code < 160)),
      ).toEqual([]);
    }),
  );
});

test("head and tail are kept and what is cut is counted", () => {
  const output = collectOutput(10);
  for (let n = 0; n < 1_000; n++) output.add(Buffer.from(`${n % 10}`));
  expect(output.end()).toEqual({ output: "01234\n[cut: 990 characters]\n56789", cut: 990 });
  expect(output.bytes).toBe(1_000);
});

test("memory does not grow with what is printed", () => {
  const output = collectOutput(100);
  const chunk = Buffer.alloc(65_536, "x");
  for (let n = 0; n < 200; n++) output.add(chunk);
  expect(output.end().output.length).toBeLessThan(200);
});
