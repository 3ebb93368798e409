import { expect, test } from "@jest/globals";
import { RE2JS } from "re2js";
import type { SearchHit, SearchQuery } from "../../src/repository/recorded-search.ts";
import type { Codebase } from "../../src/repository/codebase.ts";
import { linesOf } from "../../src/repository/source-text.ts";
import { runSearch } from "../../src/repository/run-search.ts";

/** Texts in memory, which never yield by themselves. `onLine` hears of each line that is read. */
function codebaseOf(files: Readonly<Record<string, string>>, onLine?: () => void): Codebase {
  const paths = Object.keys(files);
  const texts = new Map(
    Object.entries(files).map(([path, text]) => [path, { text, lines: watched(linesOf(text)) }] as const),
  );
  function watched(lines: readonly string[]): readonly string[] {
    return Object.assign([...lines], {
      *entries(): ArrayIterator<[number, string]> {
        for (const [i, line] of lines.entries()) {
          onLine?.();
          yield [i, line];
        }
      },
    });
  }
  const codebase: Pick<Codebase, "text" | "pathsWithWord"> & { tree: Pick<Codebase["tree"], "entries"> } = {
    tree: { entries: paths.map((path) => ({ path, nameIsText: true, kind: "file", oid: path, size: 0 })) },
    text: async (path) => texts.get(path),
    pathsWithWord: () => paths,
  };
  return codebase as Codebase;
}

const query = (pattern: string, kind: SearchQuery["kind"] = "regex"): SearchQuery => ({
  kind,
  pattern,
  include: [],
  exclude: [],
});

const many = Object.fromEntries(
  Array.from({ length: 400 }, (_, file) => [
    `d${file % 7}/f${file}.py`,
    Array.from({ length: 100 }, (_, line) => `value_${(file * line) % 97} = other(${line})\n`).join(""),
  ]),
);

test("yields change no hit and no order", async () => {
  const matcher = RE2JS.compile("value_1[0-9] .*[05]\\)");
  const expected: SearchHit[] = Object.entries(many)
    .flatMap(([path, text]) =>
      linesOf(text).flatMap((line, i) => (matcher.matcher(line).find() ? [{ path, line: i + 1 }] : [])),
    )
    .sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
  expect(expected.length).toBeGreaterThan(100);
  const { hits } = await runSearch(query("value_1[0-9] .*[05]\\)"), codebaseOf(many));
  expect(hits).toEqual(expected);
});

test.each([
  ["many files", many],
  // A megabyte in one file is seconds for such a pattern.
  ["one large file", { "large.txt": `${"b" + "aéx ".repeat(1_000)}\n`.repeat(200) }],
])("stops in the middle of %s", async (_, files) => {
  const stop = new AbortController();
  setImmediate(() => stop.abort(new Error("stopped")));
  let read = 0;
  const codebase = codebaseOf(files, () => read++);
  await expect(runSearch(query("\\b(?:.?){100}b\\b"), codebase, stop.signal)).rejects.toThrow("stopped");
  const all = Object.values(files).reduce((sum, text) => sum + linesOf(text).length, 0);
  expect(read).toBeGreaterThan(0);
  expect(read).toBeLessThan(all);
});

test("lets timers fire during a search", async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 1);
  try {
    await runSearch(
      query("\\b(?:.?){40}b\\b"),
      codebaseOf({ "large.txt": `${"baéx ".repeat(400)}\n`.repeat(100) }),
    );
  } finally {
    clearInterval(timer);
  }
  expect(turns).toBeGreaterThan(3);
});

test("refuses a pattern that would block the process on one line", async () => {
  await expect(runSearch(query("(?:[^b]?){1000}b$"), codebaseOf(many))).rejects.toThrow(SyntaxError);
  await expect(runSearch(query("(unclosed"), codebaseOf(many))).rejects.toThrow(SyntaxError);
});
