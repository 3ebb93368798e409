import { expect, test } from "@jest/globals";
import { length } from "../../../../src/evidence/co-change/signals/length.ts";
import { codeIn, functionIn } from "../code-in.ts";

test("a long function counts more, and is never told as a reason", async () => {
  const code = await codeIn({
    files: {
      "a.py": `def short():\n    pass\n\ndef long():\n${"    step()\n".repeat(50)}\ndef seed():\n    pass\n`,
    },
  });
  const [seed, short, long] = ["seed", "short", "long"].map((name) => functionIn(code, "a.py", name));
  const scores = length.score(seed!, code);
  expect(scores.get(long!)).toBeGreaterThan(scores.get(short!)!);
  expect(length.explain(long!, seed!, code)).toEqual([]);
});
