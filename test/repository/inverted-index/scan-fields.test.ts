import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import {
  CODE,
  COMMENT,
  DEFINITION,
  scanFields,
  STRING,
} from "../../../src/repository/inverted-index/scan-fields.ts";

const NAMES = { [CODE]: "code", [COMMENT]: "comment", [STRING]: "string", [DEFINITION]: "definition" };

function fieldsOf(text: string, ending: string): string[] {
  const found: string[] = [];
  scanFields(text, ending, (word, field) => found.push(`${word}:${NAMES[field as 0]}`));
  return found;
}

describe("assigns each word to its field", () => {
  test.each([
    [
      "py",
      'def load(path):\n    """Reads it."""\n    return open(path, "rb")  # raw',
      [
        "def:code",
        "load:definition",
        "path:code",
        "Reads:comment",
        "it:comment",
        "return:code",
        "open:code",
        "path:code",
        "rb:string",
        "raw:comment",
      ],
    ],
    [
      "go",
      'func (s *Store) Put(k string) { s.put("a b") }',
      [
        "func:code",
        "s:code",
        "Store:code",
        "Put:definition",
        "k:code",
        "string:code",
        "s:code",
        "put:code",
        "a:string",
        "b:string",
      ],
    ],
    [
      "rs",
      "fn main<'a>(x: &'a str) { /* no */ }",
      ["fn:code", "main:definition", "a:code", "x:code", "a:code", "str:code", "no:comment"],
    ],
    [
      "java",
      "public int size() { return n; }",
      ["public:code", "int:code", "size:definition", "return:code", "n:code"],
    ],
    [
      "js",
      "const f = (a) => `x ${a}`;\n  render(b) {\n",
      [
        "const:code",
        "f:definition",
        "a:code",
        "x:string",
        "$:string",
        "a:string",
        "render:definition",
        "b:code",
      ],
    ],
    [
      "c",
      "static int jv_dump(jv x);\n#define N 1\nif (x) return f(x);",
      [
        "static:code",
        "int:definition",
        "jv_dump:definition",
        "jv:code",
        "x:code",
        "define:code",
        "N:code",
        "if:code",
        "x:code",
        "return:code",
        "f:code",
        "x:code",
      ],
    ],
    [
      "rb",
      "# why\ndef save!\n  puts 'x'\nend",
      ["why:comment", "def:code", "save:definition", "puts:code", "x:string", "end:code"],
    ],
    [
      "md",
      "It's `Store` that's \"lost\"",
      ["It:code", "s:code", "Store:code", "that:code", "s:code", "lost:code"],
    ],
  ])("%s", (ending, text, expected) => expect(fieldsOf(text, ending)).toEqual(expected));
});

test("ends an unclosed quote with its line", () => {
  expect(fieldsOf("a = 'open\nb = c", "js")).toEqual(["a:code", "open:string", "b:code", "c:code"]);
});

test("returns every word once and in order, in any language", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 300 }),
      fc.constantFrom("py", "ts", "rs", "lua", "clj", "ml", "php", "vue", "txt", "unknown"),
      (text, ending) => {
        const found: string[] = [];
        scanFields(text, ending, (word) => found.push(word));
        let at = 0;
        for (const word of found) {
          const next = text.indexOf(word, at);
          expect(next).toBeGreaterThanOrEqual(at);
          at = next + word.length;
        }
      },
    ),
  );
});
