import { expect, test } from "@jest/globals";
import { isPair } from "../../../src/evidence/co-change/is-pair.ts";

test.each([
  ["src/parser.cpp", "include/parser.hpp", true],
  ["view.ts", "view.css.ts", true],
  ["store/index.ts", "cache/index.ts", false],
  ["parser.cpp", "printer.cpp", false],
  ["a.py", "a.py", false],
])("%s and %s are one name in two files: %s", (a, b, pair) => expect(isPair(a, b)).toBe(pair));
