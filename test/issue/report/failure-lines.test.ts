import { expect, test } from "@jest/globals";
import { failureLines } from "../../../src/issue/report/failure-lines.ts";

const linesOf = (text: string, isOwn: (path: string) => boolean): readonly string[] =>
  failureLines(text, isOwn).map((at) => text.split("\n")[at]!.trim());

test("Python: what was thrown, below the frames, comes before the innermost own frame", () => {
  const text = [
    "It fails:",
    "Traceback (most recent call last):",
    '  File "/x/app/main.py", line 3, in main',
    "    run()",
    '  File "/x/app/run.py", line 9, in run',
    "    load()",
    '  File "/usr/lib/python3/json.py", line 300, in load',
    "    raise it",
    "json.decoder.JSONDecodeError: Expecting value",
    "Thanks",
  ].join("\n");
  expect(linesOf(text, (path) => path.includes("/app/"))).toEqual([
    "json.decoder.JSONDecodeError: Expecting value",
    'File "/x/app/run.py", line 9, in run',
    "load()",
    'File "/x/app/main.py", line 3, in main',
    "run()",
  ]);
});

test("Java: what was thrown is above the frames, and the root cause comes first", () => {
  const text = [
    "java.lang.RuntimeException: outer",
    "\tat org.a.Main.main(Main.java:5)",
    "Caused by: java.io.IOException: inner",
    "\tat org.a.Store.load(Store.java:40)",
    "\tat org.a.Main.main(Main.java:4)",
  ].join("\n");
  const found = linesOf(text, (path) => path === "Store.java");
  expect(found.slice(0, 2)).toEqual([
    "Caused by: java.io.IOException: inner",
    "at org.a.Store.load(Store.java:40)",
  ]);
  expect(found).toContain("java.lang.RuntimeException: outer");
});

test("a report without a trace has none", () => {
  expect(failureLines("It is slow.\nVery slow: 3 s.", () => true)).toEqual([]);
});
