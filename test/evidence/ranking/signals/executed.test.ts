import { expect, test } from "@jest/globals";
import { rankFunctions } from "../../../../src/evidence/ranking/rank-functions.ts";
import { executed } from "../../../../src/evidence/ranking/signals/executed.ts";
import { stackFrame } from "../../../../src/evidence/ranking/signals/stack-frame.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const files = {
  "app/main.py": "def run():\n    save()\n\n\ndef stop():\n    pass\n",
  "app/store.py": "def save():\n    raise IOError\n",
  "app/other.py": "def other():\n    pass\n",
};
const ran = {
  places: [
    { path: "app/main.py", start: 1, end: 2 },
    { path: "app/store.py", start: 1, end: 2 },
  ],
  frames: [{ path: "app/store.py", line: 2 }],
};

test("files and functions that the report's own program executes score, and the line that fails more", async () => {
  const report = await reportOn({ files, title: "It fails", body: "It fails." });
  const query = { ...report.query, ran };
  const shown = { ...report, query };
  expect(await scoresBy(executed, shown)).toEqual({ "app/main.py": 1, "app/store.py": 1 });
  expect(await scoresBy(stackFrame, shown)).toEqual({ "app/store.py": 1 });
  expect(await toldBy(executed, "app/main.py", shown)).toEqual([
    "the report's own program executes a function of it",
    "app/main.py:1-2 def run():",
  ]);
  expect(await toldBy(stackFrame, "app/store.py", shown)).toEqual([
    "the failure of the report's own program passes through this file",
    "app/store.py:2 raise IOError",
  ]);
  const paths = Object.keys(files).map((path) => ({ path, score: 1, shares: new Map() }));
  const functions = await rankFunctions(paths, query, report.context);
  expect(functions.map(({ symbol }) => symbol.name)).toEqual(["save", "run"]);
});

test("nothing scores where nothing ran", async () => {
  const report = await reportOn({ files, title: "It fails", body: "It fails." });
  expect(await scoresBy(executed, report)).toEqual({});
});
