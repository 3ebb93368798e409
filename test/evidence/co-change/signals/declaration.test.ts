import { expect, test } from "@jest/globals";
import { declaration } from "../../../../src/evidence/co-change/signals/declaration.ts";
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
