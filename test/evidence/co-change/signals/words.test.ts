import { expect, test } from "@jest/globals";
import { words } from "../../../../src/evidence/co-change/signals/words.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

test("a function that uses the same rare names comes before one that shares a common one", async () => {
  const code = await codeIn({
    files: {
      "a.py": "def load(path):\n    log(path)\n    return decode_header(path)\n",
      "b.py": "def peek(path):\n    log(path)\n    return decode_header(path).size\n",
      "c.py": "def greet(name):\n    log(name)\n",
      "d.py": "def leave(name):\n    log(name)\n",
    },
  });
  const seed = functionIn(code, "a.py", "load");
  expect(toldOf(words, seed, code)[0]).toMatch(/^b\.py peek: uses `decode_header`, .*as `load` does/);
  expect(words.explain(functionIn(code, "b.py", "peek"), seed, code)[0]?.citations).toContainEqual({
    kind: "lines",
    path: "b.py",
    start: 3,
    end: 3,
  });
});

test("scores are shares of what the seed itself would get", async () => {
  const code = await codeIn({
    files: { "a.py": "def one():\n    rare_call()\n", "b.py": "def two():\n    rare_call()\n" },
  });
  const [score] = [...words.score(functionIn(code, "a.py", "one"), code).values()];
  expect(score).toBeGreaterThan(0);
  expect(score).toBeLessThan(1);
});
