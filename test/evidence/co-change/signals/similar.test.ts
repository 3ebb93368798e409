import { expect, test } from "@jest/globals";
import { similar } from "../../../../src/evidence/co-change/signals/similar.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

test("a copy with other names is told with how much of it is equal", async () => {
  const body = (name: string, list: string): string =>
    `def ${name}(${list}, limit):\n    total = 0\n    for x in ${list}:\n        if x > limit:\n            total = total + x\n        else:\n            total = total - 1\n    return total\n`;
  const code = await codeIn({
    files: { "a.py": body("first", "items"), "b.py": body("second", "rows"), "c.py": "def c():\n    pass\n" },
  });
  expect(toldOf(similar, functionIn(code, "a.py", "first"), code)).toEqual([
    "b.py second: 100 % of its structure equals that of `first`",
  ]);
});
