import { expect, test } from "@jest/globals";
import { neighbours, sameFile } from "../../../../src/evidence/co-change/signals/neighbours.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

const files = {
  "a.py":
    "class A:\n    def one(self):\n        pass\n\n    def two(self):\n        pass\n\ndef three():\n    pass\n",
  "b.py": "def four():\n    pass\n",
};

test("functions of the file, and how near they stand", async () => {
  const code = await codeIn({ files });
  const seed = functionIn(code, "a.py", "one");
  expect([...sameFile.score(seed, code).keys()].map(({ symbol }) => symbol.name)).toEqual(["two", "three"]);
  expect([...neighbours.score(seed, code).values()]).toEqual([1, 0.5]);
  expect(toldOf(neighbours, seed, code)).toEqual([
    "a.py two: stands next to `one`",
    "a.py three: stands 2 functions from `one`",
  ]);
});
