import { expect, test } from "@jest/globals";
import { callees, callers } from "../../../../src/evidence/co-change/signals/calls.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

const files = {
  "store.py":
    "from disk import write\n\ndef save(x):\n    check(x)\n    write(x)\n\ndef check(x):\n    pass\n\ndef alone():\n    pass\n",
  "disk.py": "def write(x):\n    pass\n",
  "app.py": "from store import save\n\ndef run():\n    save(1)\n",
};

test("what a function calls, and what calls it, with the line of the call", async () => {
  const code = await codeIn({ files });
  const seed = functionIn(code, "store.py", "save");
  expect([...toldOf(callees, seed, code)].sort()).toEqual([
    "disk.py write: is called by `save`",
    "store.py check: is called by `save`",
  ]);
  expect(toldOf(callers, seed, code)).toEqual(["app.py run: calls `save`"]);
  expect(callers.explain(functionIn(code, "app.py", "run"), seed, code)[0]?.citations).toEqual([
    { kind: "lines", path: "app.py", start: 4, end: 4 },
  ]);
});

test("a name that several definitions share is told as such and counts less", async () => {
  const code = await codeIn({
    files: {
      "a.py": "class A:\n    def put(self):\n        pass\n",
      "b.py": "class B:\n    def put(self):\n        pass\n",
      "c.py": "def go(x):\n    x.put()\n",
    },
  });
  const seed = functionIn(code, "c.py", "go");
  expect([...callees.score(seed, code).values()]).toEqual([0.25, 0.25]);
  expect(toldOf(callees, seed, code)).toEqual([
    "a.py put: is called by `go`, as far as the name tells",
    "b.py put: is called by `go`, as far as the name tells",
  ]);
});
