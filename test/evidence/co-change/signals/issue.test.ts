import { expect, test } from "@jest/globals";
import { issue } from "../../../../src/evidence/co-change/signals/issue.ts";
import { codeIn, functionIn, toldOf } from "../code-in.ts";

const files = {
  "a.py": "def load(path):\n    return open(path)\n",
  "b.py": "def check_header(data):\n    return data.checksum\n",
  "c.py": "def greet(name):\n    return name\n",
};

test("functions that use the names of the issue", async () => {
  const code = await codeIn({ files, issue: "wrong checksum of the header" });
  expect(toldOf(issue, functionIn(code, "a.py", "load"), code)).toEqual([
    "b.py check_header: holds the issue's words `checksum`, `header`",
  ]);
});

test("says nothing without an issue", async () => {
  const code = await codeIn({ files });
  expect(toldOf(issue, functionIn(code, "a.py", "load"), code)).toEqual([]);
});
