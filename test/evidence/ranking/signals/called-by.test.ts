import { expect, test } from "@jest/globals";
import { calledBy } from "../../../../src/evidence/ranking/signals/called-by.ts";
import { rankedFirst, reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const APP = "from disk import write\n\ndef run():\n    prepare()\n    write(1)\n";

test("what a function that the issue names calls is one step further in", async () => {
  const report = await reportOn({
    files: { "src/app.py": APP, "src/disk.py": "import os\n\ndef write(x):\n    os.sync()\n" },
    title: "run() forgets what it wrote",
  });
  const first = rankedFirst({ "src/app.py": 2, "src/disk.py": 1 });
  // Two calls share the worth of their caller.
  expect(await scoresBy(calledBy, report, first)).toEqual({ "src/disk.py": 1 / Math.sqrt(2) });
  expect(await toldBy(calledBy, "src/disk.py", report, first)).toEqual([
    "`run`, which the issue names, calls `write`, defined here",
    "src/app.py:5 write(1)",
    "src/disk.py:3-4 def write(x):",
  ]);
  expect(await toldBy(calledBy, "src/app.py", report, first)).toEqual([]);
});

test("a caller that the issue does not name leads nowhere, nor does a word of prose that is called like one", async () => {
  const files = { "src/app.py": APP, "src/disk.py": "def write(x):\n    pass\n" };
  const first = rankedFirst({ "src/app.py": 2, "src/disk.py": 1 });
  for (const title of ["start() forgets what it wrote", "On the second run it forgets what it wrote"])
    expect(await scoresBy(calledBy, await reportOn({ files, title }), first)).toEqual({});
});

test("files that define the same name share what a call says; more than three say nothing", async () => {
  const withDefinitions = async (n: number) => {
    const files: Record<string, string> = { "src/app.py": "def run():\n    write(1)\n" };
    for (let i = 0; i < n; i++) files[`src/disk${i}.py`] = "def write(x):\n    pass\n";
    const first = rankedFirst(Object.fromEntries(Object.keys(files).map((path, i) => [path, 9 - i])));
    return scoresBy(calledBy, await reportOn({ files, title: "run() is slow" }), first);
  };
  expect(await withDefinitions(3)).toEqual({
    "src/disk0.py": 1 / 3,
    "src/disk1.py": 1 / 3,
    "src/disk2.py": 1 / 3,
  });
  expect(await withDefinitions(4)).toEqual({});
});

test("a constructor is called by who makes one", async () => {
  const report = await reportOn({
    files: {
      "src/App.java": "class App {\n  void run() {\n    new Disk();\n  }\n}\n",
      "src/Disk.java": "class Disk {\n  Disk() {\n    sync();\n  }\n}\n",
    },
    title: "run() is slow",
  });
  const first = rankedFirst({ "src/App.java": 2, "src/Disk.java": 1 });
  expect(await toldBy(calledBy, "src/Disk.java", report, first)).toEqual([
    "`run`, which the issue names, calls `Disk`, defined here",
    "src/App.java:3 new Disk();",
    "src/Disk.java:2-4 Disk() {",
  ]);
});

test("a call from a function inside another is the inner one's", async () => {
  const report = await reportOn({
    files: {
      "src/app.py": "def run():\n    def inner():\n        other()\n    write(inner)\n",
      "src/disk.py": "def write(x):\n    pass\n",
      "src/other.py": "def other():\n    pass\n",
    },
    title: "run() is slow",
  });
  const first = rankedFirst({ "src/app.py": 3, "src/disk.py": 2, "src/other.py": 1 });
  expect(await scoresBy(calledBy, report, first)).toEqual({ "src/disk.py": 1 });
});

test("a call from another file is told before one from the file itself", async () => {
  const report = await reportOn({
    files: {
      "src/app.py": "def start():\n    write(1)\n",
      "src/disk.py": "def flush_all():\n    write(2)\n\ndef write(x):\n    pass\n",
    },
    title: "flush_all and start() are slow",
  });
  const first = rankedFirst({ "src/disk.py": 2, "src/app.py": 1 });
  expect(await toldBy(calledBy, "src/disk.py", report, first)).toEqual([
    "`start`, which the issue names, calls `write`, defined here",
    "src/app.py:2 write(1)",
    "src/disk.py:4-5 def write(x):",
  ]);
});
