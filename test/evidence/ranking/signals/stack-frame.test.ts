import { expect, test } from "@jest/globals";
import { stackFrame } from "../../../../src/evidence/ranking/signals/stack-frame.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const files = {
  "app/main.py": "def run():\n    save()\n",
  "app/store.py": "def save():\n    raise IOError\n",
  "app/other.py": "def other():\n    pass\n",
};

test("the files of a trace score, and more the nearer they are to where it broke", async () => {
  const report = await reportOn({
    files,
    title: "Crash on exit",
    body: [
      "```",
      "Traceback (most recent call last):",
      '  File "app/main.py", line 2, in run',
      "    save()",
      '  File "app/store.py", line 2, in save',
      "    raise IOError",
      "```",
    ].join("\n"),
  });
  expect(await scoresBy(stackFrame, report)).toEqual({ "app/main.py": 0.75, "app/store.py": 1 });
  expect(await toldBy(stackFrame, "app/store.py", report)).toEqual([
    "the reported stack trace passes through this file, in `save`",
    "issue: store.py",
  ]);
});

test("a file that the trace passes twice counts by the frame that is nearer to the fault", async () => {
  const report = await reportOn({
    files,
    title: "Crash on exit",
    body: [
      "```",
      '  File "app/store.py", line 1, in open',
      '  File "app/main.py", line 1, in run',
      '  File "app/other.py", line 1, in other',
      '  File "app/store.py", line 2, in save',
      "```",
    ].join("\n"),
  });
  expect(await scoresBy(stackFrame, report)).toEqual({
    "app/main.py": 0.75,
    "app/other.py": 0.875,
    "app/store.py": 1,
  });
  expect(await toldBy(stackFrame, "app/store.py", report)).toEqual([
    "the reported stack trace passes through this file, in `save`",
    "issue: store.py",
  ]);
});

test("an installed copy shows more of the path than the repository has; files of the same name elsewhere are not meant", async () => {
  const report = await reportOn({
    files: { ...files, "tools/store.py": "def save():\n    pass\n" },
    title: "Crash on exit",
    body: '```\n  File "/usr/lib/python3/site-packages/app/store.py", line 2, in save\n```',
  });
  expect(await scoresBy(stackFrame, report)).toEqual({ "app/store.py": 1 });
  expect(await toldBy(stackFrame, "tools/store.py", report)).toEqual([]);
});

test.each([
  [
    "Java writes the package for the folder",
    "    at org.app.Store.save(Store.java:2)",
    "src/org/app/Store.java",
  ],
  ["Windows writes \\ between folders", '  File "C:\\work\\app\\store.py", line 2, in save', "app/store.py"],
])("%s: what is quoted stands in the issue all the same", async (_, frame, path) => {
  const report = await reportOn({
    files: { [path]: "a\nb\n" },
    title: "Crash on exit",
    body: `\`\`\`\n${frame}\n\`\`\``,
  });
  expect(await scoresBy(stackFrame, report)).toEqual({ [path]: 1 });
  expect(await toldBy(stackFrame, path, report)).toEqual([
    "the reported stack trace passes through this file, in `save`",
    `issue: ${path.slice(path.lastIndexOf("/") + 1)}`,
  ]);
});

test("a place that a sentence names is no frame", async () => {
  const place = await reportOn({
    files,
    title: "Crash on exit",
    body: "It breaks in app/store.py:2 for me.",
  });
  expect(await scoresBy(stackFrame, place)).toEqual({});
});
