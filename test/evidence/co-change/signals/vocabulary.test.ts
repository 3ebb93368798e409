import { expect, test } from "@jest/globals";
import { vocabulary } from "../../../../src/evidence/co-change/signals/vocabulary.ts";
import { codeIn, filesBy } from "../code-in.ts";

const files = {
  "a.py": "def load(path):\n    log(path)\n    return decode_header(path)\n",
  "b.py": "def peek(path):\n    log(path)\n    return decode_header(path).size\n",
  "c.py": "def greet(name):\n    log(name)\n",
  "d.py": "def leave(name):\n    log(name)\n",
};

test("a file that holds the same rare words comes before one that shares a common one", async () => {
  const code = await codeIn({ files });
  expect((await filesBy(vocabulary, "a.py", code)).map((told) => told.split(" ")[0])[0]).toBe("b.py");
  const [reason] = await vocabulary.explain("b.py", "a.py", code);
  expect(reason?.text).toMatch(/^`b\.py` holds `(path|decode_header)`, .*as `a\.py` does$/);
  expect(reason?.citations).toContainEqual({ kind: "lines", path: "b.py", start: 3, end: 3 });
});

test("scores are shares of what the seed itself would get", async () => {
  const code = await codeIn({ files });
  for (const score of (await vocabulary.score("a.py", code)).values()) {
    expect(score).toBeGreaterThan(0);
    expect(score).toBeLessThan(1);
  }
});
