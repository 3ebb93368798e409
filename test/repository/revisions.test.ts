import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mapLines } from "../../src/repository/revisions.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { gitFolder } from "./../fakes/git-folder.ts";

const numbered = (n: number): string[] => Array.from({ length: n }, (_, i) => `line ${i + 1}`);
const text = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

describe("lines of an older text in a newer one", () => {
  test("move with what was added and removed above them, and are gone when they changed", async () => {
    using folder = gitFolder();
    const old = numbered(10);
    const from = folder.commit({ "a.txt": text(old) });
    const [one, two, three, , five, ...rest] = old;
    const to = folder.commit({
      "a.txt": text(["new", one!, two!, "changed", five!, ...rest, "end"]),
      "b.txt": "x\n",
    });
    using repository = await openRepository(folder.path);
    const hunks = await repository.history.diff(
      { commit: from, path: "a.txt" },
      { commit: to, path: "a.txt" },
    );
    const at = (start: number, end = start) => mapLines(hunks!, start, end);
    expect(at(1)).toEqual({ start: 2, end: 2, changed: false });
    expect(at(5)).toEqual({ start: 5, end: 5, changed: false });
    expect(at(3)).toEqual({ start: 4, end: 4, changed: true });
    expect(at(1, 10)).toEqual({ start: 2, end: 10, changed: false });
    expect(three).toBe("line 3");
  });

  test("a line that is kept has the same text", async () => {
    using folder = gitFolder();
    using repository = await openRepository(folder.path);
    const lines = fc.array(fc.constantFrom("a", "b", "c", "d", "{", "}"), { maxLength: 12 });
    await fc.assert(
      fc.asyncProperty(lines, lines, async (before, after) => {
        const from = folder.commit({ "a.txt": text(before) });
        const to = folder.commit({ "a.txt": text(after) });
        const hunks = await repository.history.diff(
          { commit: from, path: "a.txt" },
          { commit: to, path: "a.txt" },
        );
        const kept = before.flatMap((line, i) => {
          const at = mapLines(hunks!, i + 1, i + 1);
          return at.changed ? [] : [[line, after[at.start - 1]]];
        });
        expect(kept.filter(([old, now]) => old !== now)).toEqual([]);
      }),
      { numRuns: 15 },
    );
  });
});

test("finds commits by the beginning of their hash, tags with their commits, and texts at them", async () => {
  using folder = gitFolder();
  const first = folder.commit({ "a.py": "one\n", "b.bin": "\0" });
  folder.git("tag", "light");
  folder.git("tag", "-a", "v1.0.0", "-m", "Release");
  const second = folder.commit({ "a.py": undefined, "lib/a.py": "one\n" });
  using repository = await openRepository(folder.path);
  const { history } = repository;
  expect(await history.findCommit(first.slice(0, 8))).toBe(first);
  expect(await history.findCommit("0123456")).toBeUndefined();
  expect(await history.findCommit("HEAD")).toBeUndefined();
  expect(await history.tags()).toEqual([
    { name: "light", commit: first, created: expect.any(Number) },
    { name: "v1.0.0", commit: first, created: expect.any(Number) },
  ]);
  expect((await history.tags(second)).map(({ name }) => name)).toEqual(["light", "v1.0.0"]);
  folder.git("tag", "later", second);
  expect((await history.tags(first)).map(({ name }) => name)).toEqual(["light", "v1.0.0"]);
  expect(await history.pathsAt(second)).toEqual(["b.bin", "lib/a.py"]);
  expect(await history.textAt({ commit: first, path: "a.py" })).toBe("one\n");
  expect(await history.textAt({ commit: second, path: "a.py" })).toBeUndefined();
  expect(await history.textAt({ commit: first, path: "b.bin" })).toBeUndefined();
  expect(await history.renames(first, second)).toEqual(new Map([["a.py", "lib/a.py"]]));
});

test("finds what names a number, a merge with the files of its branch, and never a later commit", async () => {
  using folder = gitFolder();
  folder.commit({ "a.py": "one\n" });
  folder.git("checkout", "-q", "-b", "topic");
  folder.commit({ "b.py": "def two():\n    pass\n" }, "Add two");
  folder.git("checkout", "-q", "main");
  folder.git("merge", "-q", "--no-ff", "-m", "Merge pull request #12 from ada/topic", "topic");
  const base = folder.commit({ "a.py": "three\n" }, "Fix 3 (#123)");
  folder.commit({ "c.py": "four\n" }, "Revert it (#12)");
  using repository = await openRepository(folder.path);
  const { history } = repository;
  const found = await history.commitsNaming(base, [12, 99]);
  expect(found.map(({ subject, files }) => [subject, files])).toEqual([
    ["Merge pull request #12 from ada/topic", ["b.py"]],
  ]);
  expect(await history.changesOf(found[0]!.oid)).toEqual(
    new Map([["b.py", [{ oldStart: 0, oldLines: 0, newStart: 1, newLines: 2 }]]]),
  );
});
