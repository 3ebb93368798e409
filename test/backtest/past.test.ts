import { expect, test } from "@jest/globals";
import { workPast } from "../../src/backtest/io/work-case.ts";
import { fixedPlaces } from "../../src/research/fixed-places.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { pastOf } from "../../src/repository/past.ts";
import { openWorkbench } from "../../src/research/workbench.ts";
import { gitFolder, type GitFolder, temporaryFolder } from "../fakes/git-folder.ts";

const STORE = (lines: string) => `"""Keeps values."""


class Store:
    def put(self, key, value):
        data = self.read()
${lines}        self.write(data)

    def read(self):
        return dict(self.data)

    def write(self, data):
        self.data = data
`;

interface Told {
  readonly folder: GitFolder;
  readonly base: string;
  readonly fix: string;
  readonly later: string;
  readonly time: number;
}

/** A store with an issue, its fix, and a life after it; commits a day apart. */
function told(): Told {
  const folder = gitFolder();
  let day = 1;
  const commit = (files: Parameters<GitFolder["commit"]>[0], message: string): string => {
    const date = `2026-01-${String(day++).padStart(2, "0")}T00:00:00Z`;
    process.env["GIT_AUTHOR_DATE"] = process.env["GIT_COMMITTER_DATE"] = date;
    try {
      return folder.commit(files, message);
    } finally {
      delete process.env["GIT_AUTHOR_DATE"];
      delete process.env["GIT_COMMITTER_DATE"];
    }
  };
  commit(
    { "store.py": STORE("        data[key] = value\n"), "cli.py": "from store import Store\n" },
    "Keep values",
  );
  folder.git("tag", "v1.0.0");
  const base = commit({ "README.md": "# Store\n" }, "Explain");
  const fix = commit(
    { "store.py": STORE("        with self.lock:\n            data[key] = value\n") },
    "Lock the store\n\nFixes #7",
  );
  const time = Number(folder.git("log", "-1", "--format=%ct", fix));
  const later = commit(
    { "store.py": `${STORE("        pass\n")}\n\ndef lock():\n    pass\n` },
    "Tidy up after #7",
  );
  folder.git("tag", "v1.1.0", later);
  // Made today, long after the fix, on a commit from before it.
  folder.git("tag", "-a", "v1.0.9", "-m", "Backport", base);
  return { folder, base, fix, later, time };
}

test("a repository of the past answers as if nothing later were there", async () => {
  const { folder, base, fix, later, time } = told();
  using _ = folder;
  using repository = await openRepository(folder.path);
  const past = pastOf(repository, base, time);
  const { history } = past;
  expect((await history.tags()).map(({ name }) => name)).toEqual(["v1.0.0"]);
  for (const oid of [fix, later]) {
    expect(await history.findCommit(oid.slice(0, 10))).toBeUndefined();
    expect(await history.commit(base, oid)).toBeUndefined();
    expect(await history.commit(later, oid)).toBeUndefined();
    expect(await history.commits(oid, 9)).toEqual([]);
    expect(await history.commitsNaming(oid, [7])).toEqual([]);
    expect(await history.facts(oid)).toBeUndefined();
    expect(await history.pathsAt(oid)).toEqual([]);
    expect(await history.textAt({ commit: oid, path: "store.py" })).toBeUndefined();
    expect(
      await history.diff({ commit: base, path: "store.py" }, { commit: oid, path: "store.py" }),
    ).toBeUndefined();
    expect((await history.renames(base, oid)).size).toBe(0);
    expect(await history.changesOf(oid)).toBeUndefined();
    expect((await history.lineage(oid, 9)).size).toBe(0);
    expect(await history.touching(oid, "store.py", { start: 1, end: 3 }, 9)).toEqual([]);
    expect(await history.blame(oid, "store.py", 1, 3)).toBeUndefined();
    expect(await history.patch(oid, oid, "store.py")).toBeUndefined();
    await expect(past.resolve(oid)).rejects.toMatchObject({ code: "unknown-revision" });
    await expect(past.tree(oid)).rejects.toMatchObject({ code: "unknown-revision" });
  }
  await expect(past.resolve("v1.1.0")).rejects.toMatchObject({ code: "unknown-revision" });
  await expect(past.resolve("main")).rejects.toMatchObject({ code: "unknown-revision" });
  expect(await past.resolve("v1.0.0")).not.toBe(base);
  expect((await history.facts(base))?.tag).toBeUndefined();
  expect((await history.commits(base, 9)).map(({ subject }) => subject)).toEqual(["Explain", "Keep values"]);
});

test("the documents are those of a clone that ends at the commit before the fix", async () => {
  const { folder, base, fix, later, time } = told();
  using cut = gitFolder();
  using full = folder;
  // Nothing but what the base commit reaches, and the one tag of that time.
  cut.git(
    "fetch",
    "-q",
    "--no-tags",
    full.path,
    `${base}:refs/heads/past`,
    "refs/tags/v1.0.0:refs/tags/v1.0.0",
  );
  expect(() => cut.git("cat-file", "-e", fix)).toThrow("cat-file");
  const issue = {
    key: "7",
    title: "Values disappear when two workers put",
    body: [
      "Two workers call `Store.put` and one value is lost. store 1.1.0; it worked in 1.0.9.",
      `See https://github.com/acme/store/blob/${later}/store.py#L5-L6 and commit ${fix.slice(0, 10)},`,
      "https://github.com/acme/store/blob/v1.1.0/store.py#L5, and #7.",
      "",
      "```",
      "Traceback (most recent call last):",
      '  File "/srv/store.py", line 6, in put',
      "    data = self.read()",
      "KeyError: 'a'",
      "```",
    ].join("\n"),
    url: "https://github.com/acme/store/issues/7",
    comments: [],
  };
  const signal = new AbortController().signal;
  const worked = async (path: string, until: number) => {
    using data = temporaryFolder();
    await using bench = await openWorkbench({ repository: path, data: data.path, workers: 1 });
    return await workPast(issue, { base, time: until }, bench, signal);
  };
  const [{ seconds: _, ...inFull }, { seconds: __, ...inCut }] = [
    await worked(full.path, time),
    await worked(cut.path, time),
  ];
  expect(inFull).toEqual(inCut);
  expect(inFull.documents.size).toBeGreaterThan(1);
  const text = [...inFull.documents.values()].join("\n");
  expect(text).not.toContain("Lock the store");
  expect(text).not.toContain("Tidy up");
  // The same guard left open: what is later does change the documents, so that the comparison can fail.
  const { researchContext } = await import("../../src/phases/builtin/research-context.ts");
  const { visibleIssue } = await import("../../src/issue/visible-issue.ts");
  using data = temporaryFolder();
  await using bench = await openWorkbench({ repository: full.path, data: data.path, workers: 1 });
  const codebase = await bench.codebase(base);
  const open = researchContext({
    issue: visibleIssue(issue),
    codebase,
    history: bench.repository.history,
    at: undefined,
  });
  expect((await open.reported()).places.some(({ commit }) => commit === later)).toBe(true);
});

test("what a fix changes: source that was there, in its functions", async () => {
  const { folder, base, fix } = told();
  using full = folder;
  using data = temporaryFolder();
  await using bench = await openWorkbench({ repository: full.path, data: data.path, workers: 1 });
  const signal = new AbortController().signal;
  expect(await fixedPlaces({ commit: fix, base }, bench, signal)).toEqual({
    files: ["store.py"],
    functions: ["store.py::Store.put"],
    lines: [expect.objectContaining({ path: "store.py" })],
  });
  const first = full.git("rev-list", "--max-parents=0", "HEAD");
  expect(await fixedPlaces({ commit: base, base: first }, bench, signal)).toBe("no-source");
});
