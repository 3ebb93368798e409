import { expect, test } from "@jest/globals";
import { functionWords, PARSED_FILES } from "../../../../src/evidence/ranking/signals/function.ts";
import { rankedFirst, reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

const title = "A flush forgets the journal";

test("one function that holds much of the issue says more than a file that mentions it here and there", async () => {
  const report = await reportOn({
    files: {
      "src/store.py": "def save():\n    flush()\n    journal()\n",
      "src/all.py": "def a():\n    flush()\n\ndef b():\n    journal()\n",
    },
    title,
  });
  const scores = await scoresBy(functionWords, report, rankedFirst({ "src/all.py": 2, "src/store.py": 1 }));
  expect(scores["src/store.py"]).toBeGreaterThan(1.5 * scores["src/all.py"]!);
});

test("the best function is named with what it stands in, and its lines are shown", async () => {
  const report = await reportOn({
    files: {
      "src/store.py": [
        "class Store:",
        "    def save(self):",
        "        flush()",
        "        journal()",
        "",
        "    def load(self):",
        "        journal()",
      ].join("\n"),
      "src/user.py": "def greet():\n    pass\n",
    },
    title,
  });
  const [text, ...lines] = await toldBy(functionWords, "src/store.py", report);
  expect(text).toMatch(/^`Store\.save` alone holds `(flush|journal)`, `(flush|journal)`$/);
  expect(lines).toEqual(["src/store.py:2-4 def save(self):"]);
  expect(await toldBy(functionWords, "src/user.py", report)).toEqual([]);
});

test("a function inside another has its words for itself", async () => {
  const report = await reportOn({
    files: {
      "src/outer.py":
        "def outer():\n    def inner():\n        flush()\n        journal()\n    return inner\n",
    },
    title,
  });
  const [text, ...lines] = await toldBy(functionWords, "src/outer.py", report);
  expect(text).toMatch(/^`(outer\.)?inner` alone holds /);
  expect(lines).toEqual(["src/outer.py:2-4 def inner():"]);
});

test("words outside of any function, and files of a language without a grammar, say nothing", async () => {
  const report = await reportOn({
    files: {
      "src/top.py": "flush()\njournal()\n",
      "src/save.hs": "function save() flush() journal() end\n",
    },
    title,
  });
  const first = rankedFirst({ "src/top.py": 2, "src/save.hs": 1 });
  expect(await scoresBy(functionWords, report, first)).toEqual({});
});

test("only the best files are parsed", async () => {
  const files = Object.fromEntries(
    Array.from({ length: PARSED_FILES + 1 }, (_, i) => [`src/f${i}.py`, `def f${i}():\n    flush()\n`]),
  );
  const first = rankedFirst(Object.fromEntries(Object.keys(files).map((path, i) => [path, 100 - i])));
  const scores = await scoresBy(functionWords, await reportOn({ files, title }), first);
  expect(Object.keys(scores)).toHaveLength(PARSED_FILES);
  expect(scores[`src/f${PARSED_FILES}.py`]).toBeUndefined();
});
