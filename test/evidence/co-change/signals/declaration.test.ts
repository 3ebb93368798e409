import { expect, test } from "@jest/globals";
import { declaration, isPair } from "../../../../src/evidence/co-change/signals/declaration.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

test("a function and its namesake in the header", async () => {
  const code = await codeIn({
    files: {
      "src/text.cpp": "int width(int a) { return a; }\n",
      "include/text.hpp": "inline int width(long a) { return 1; }\n",
      "src/other.cpp": "int width(char a) { return 2; }\n",
    },
  });
  expect(toldOf(declaration, functionIn(code, "src/text.cpp", "width"), code)).toEqual([
    "include/text.hpp width: is `width` in the other file of the pair",
  ]);
});

test.each([
  ["src/parser.cpp", "include/parser.hpp", true],
  ["view.ts", "view.css.ts", true],
  ["store/index.ts", "cache/index.ts", false],
  ["parser.cpp", "printer.cpp", false],
  ["a.py", "a.py", false],
])("%s and %s are one name in two files: %s", (a, b, pair) => expect(isPair(a, b)).toBe(pair));
