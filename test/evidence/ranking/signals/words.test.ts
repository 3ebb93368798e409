import { expect, test } from "@jest/globals";
import { words } from "../../../../src/evidence/ranking/signals/words.ts";
import { reportOn, scoresBy, toldBy } from "../../../fakes/report-on-code.ts";

/** Files that hold none of the words, so that a word of one file is rare. */
const rest = Object.fromEntries(
  Array.from({ length: 20 }, (_, i) => [`src/rest${i}.py`, "def rest():\n    x = 1\n"]),
);

async function scores(files: Readonly<Record<string, string>>, title: string) {
  return scoresBy(words, await reportOn({ files: { ...rest, ...files }, title }));
}

test("only files with a word of the issue score, whatever form the word has", async () => {
  const found = await scores(
    { "src/a.py": "cache = 1\n", "src/b.py": "def assign(): pass\n" },
    "Assigning caches",
  );
  expect(Object.keys(found).sort()).toEqual(["src/a.py", "src/b.py"]);
});

test("a word that few files hold counts more", async () => {
  const found = await scores(
    {
      "src/a.py": "journal = 1\n",
      "src/b.py": "flush = 1\n",
      "src/c.py": "flush = 1\n",
      "src/d.py": "flush = 1\n",
    },
    "journal flush",
  );
  expect(found["src/a.py"]).toBeGreaterThan(found["src/b.py"]!);
  expect(found["src/b.py"]).toBe(found["src/c.py"]);
});

test("a definition says more than a use, a use more than a comment", async () => {
  const found = await scores(
    { "src/a.py": "def flush():\n    pass\n", "src/b.py": "flush()\npass\n", "src/c.py": "# flush\npass\n" },
    "flush",
  );
  expect(found["src/a.py"]).toBeGreaterThan(found["src/b.py"]!);
  expect(found["src/b.py"]).toBeGreaterThan(found["src/c.py"]!);
});

test("the file's own name counts as if the word stood there often, the names of its folders little", async () => {
  const found = await scores(
    { "lib/flush.py": "x = 1\n", "lib/flush/a.py": "x = 1\n", "lib/b.py": "flush = 1\n" },
    "flush",
  );
  expect(found["lib/flush.py"]).toBeGreaterThan(found["lib/flush/a.py"]!);
  expect(found["lib/flush.py"]).toBeGreaterThan(found["lib/b.py"]!);
});

test("a long file has no advantage from being long", async () => {
  const found = await scores(
    { "src/a.py": `${"y = 2\n".repeat(200)}flush = 1\n`, "src/b.py": "flush = 1\n" },
    "flush",
  );
  expect(found["src/b.py"]).toBeGreaterThan(found["src/a.py"]!);
});

test("tells the words, rarest first, none that is a part of another, with the line where it first stands", async () => {
  const report = await reportOn({
    files: {
      ...rest,
      "src/a.py": "import os\n\ndef flush_journal():\n    disk = 1\n",
      "src/b.py": "disk = 1\n",
      "src/flush.py": "x = 1\n",
    },
    title: "`flush_journal` leaves the disk alone",
  });
  const [text, ...lines] = await toldBy(words, "src/a.py", report);
  expect(text).toBe("the issue's words `flush_journal`, `disk` stand here and are rare elsewhere");
  expect(lines).toEqual(["src/a.py:3 def flush_journal():", "src/a.py:4 disk = 1"]);
  // The path holds the word, but no line that could be shown.
  expect(await toldBy(words, "src/flush.py", report)).toEqual([]);
  expect(await toldBy(words, "src/rest0.py", report)).toEqual([]);
});

test("of a name of several parts, only what stands in the file is told", async () => {
  const report = await reportOn({
    files: { ...rest, "src/a.py": "def flush():\n    pass\n" },
    title: "flushJournal is slow",
  });
  const [text, ...lines] = await toldBy(words, "src/a.py", report);
  expect(text).toContain("`flush`");
  expect(text).not.toContain("`flushJournal`");
  expect(lines).toEqual(["src/a.py:1 def flush():"]);
});
