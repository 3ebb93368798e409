import { describe, expect, test } from "@jest/globals";
import { findReported } from "../../../src/evidence/reported-places/find-reported.ts";
import type { Reported, ReportedPlace } from "../../../src/evidence/reported-places/reported-place.ts";
import { understandIssue } from "../../../src/issue/understand-issue.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";
import { openCodebase } from "../../../src/repository/open-codebase.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { type GitFolder, gitFolder } from "../../fakes/git-folder.ts";
import { memoryCache } from "../../fakes/memory-cache.ts";

/** What a report names, at the newest commit of a repository that is called ada/store. */
async function reportedIn(folder: GitFolder, body: string, title = "It fails"): Promise<Reported> {
  using repository = await openRepository(folder.path);
  const tree = await repository.tree(await repository.resolve("HEAD"));
  const codebase = await openCodebase(tree, {
    cache: memoryCache(),
    reader: treeSitterSyntax({ workers: 0 }),
  });
  const reading = understandIssue(visibleIssue({ key: "1", title, body, comments: [] }));
  return await findReported(reading, codebase, repository.history, { repository: "ada/store" });
}

const shown = ({ ref, path, lines, text, atBase, function: found }: ReportedPlace): string =>
  [
    `${path}${lines === undefined ? "" : `:${lines.start}`}`,
    ref.length === 40 ? "linked" : ref === "" ? "base" : ref,
    text?.trim() ?? "-",
    atBase === undefined ? "-" : atBase === "gone" ? "gone" : `${atBase.path}:${atBase.start}`,
    found?.name ?? "-",
  ].join(" | ");

const OLD = "def save(key):\n    check(key)\n    write(key)\n\n\ndef load(key):\n    return read(key)\n";
const NEW =
  "import os\n\n\ndef save(key):\n    check(key)\n    flush()\n    write(key)\n\n\ndef load(key):\n    return cached(key)\n";

describe("places that a report names", () => {
  test("a link's line is followed to the base commit; one that changed since is gone, with its function", async () => {
    using folder = gitFolder();
    const linked = folder.commit({ "src/store.py": OLD });
    folder.commit({ "src/store.py": NEW });
    const link = `https://github.com/ada/store/blob/${linked}/src/store.py`;
    const { places } = await reportedIn(folder, `See ${link}#L3 and ${link}#L7 and ${link}#L99.`);
    expect(places.map(shown)).toEqual([
      "src/store.py:3 | linked | write(key) | src/store.py:7 | save",
      "src/store.py:7 | linked | return read(key) | gone | load",
      "src/store.py | linked | - | - | -",
    ]);
  });

  test("a deleted line is not placed in the function that replaced it", async () => {
    using folder = gitFolder();
    const linked = folder.commit({ "src/store.py": OLD });
    folder.commit({
      "src/store.py": OLD.replace("def load(key):\n    return read(key)", "def drop(key):\n    pass"),
    });
    const link = `https://github.com/ada/store/blob/${linked}/src/store.py`;
    const { places } = await reportedIn(folder, `See ${link}#L7.`);
    expect(places.map(shown)).toEqual(["src/store.py:7 | linked | return read(key) | gone | -"]);
  });

  test("a line without a link is counted in the revision that the reporter used, which is no change that is named", async () => {
    using folder = gitFolder();
    const used = folder.commit({ "src/store.py": OLD });
    folder.commit({ "src/store.py": NEW });
    const found = await reportedIn(
      folder,
      `Built from ${used.slice(0, 10)}. The fault is in src/store.py, Zeile 3.`,
    );
    expect(found.places.map(shown)).toEqual(["src/store.py:3 | linked | write(key) | src/store.py:7 | save"]);
    expect(found.changes).toEqual([]);
    const blamed = await reportedIn(folder, `Broken since ${used.slice(0, 10)}.`);
    expect(blamed.changes.map(({ commit }) => commit)).toEqual([used]);
  });

  test("a trace is read at the revision that the reporter used", async () => {
    using folder = gitFolder();
    const used = folder.commit({ "src/store.py": OLD });
    folder.commit({ "src/store.py": NEW });
    const trace =
      '```\nTraceback (most recent call last):\n  File "src/store.py", line 3, in save\nOSError: full\n```';
    const { frames } = await reportedIn(folder, `I run commit ${used.slice(0, 10)}.\n\n${trace}`);
    expect(frames.map(shown)).toEqual(["src/store.py:3 | linked | write(key) | src/store.py:7 | save"]);
  });

  test("also in a file that was renamed since, or removed", async () => {
    using folder = gitFolder();
    const linked = folder.commit({ "src/store.py": OLD, "src/old.py": "x = 1\n" });
    folder.commit({ "src/store.py": undefined, "lib/disk.py": OLD, "src/old.py": undefined });
    const link = `https://github.com/ada/store/blob/${linked}/src`;
    const { places } = await reportedIn(folder, `See ${link}/store.py#L2 and ${link}/old.py#L1.`);
    expect(places.map(shown)).toEqual([
      "src/store.py:2 | linked | check(key) | lib/disk.py:2 | save",
      "src/old.py:1 | linked | x = 1 | gone | -",
    ]);
    expect(places.map(({ basePath }) => basePath)).toEqual(["lib/disk.py", undefined]);
  });

  test("a branch is read at the base commit, another repository's link names nothing, a fork's names a shared commit", async () => {
    using folder = gitFolder();
    const linked = folder.commit({ "src/store.py": OLD });
    const { places } = await reportedIn(
      folder,
      [
        "https://github.com/ada/store/blob/feature/x/src/store.py#L2",
        "https://github.com/bob/other/blob/main/src/store.py#L2",
        `https://github.com/bob/store/blob/${linked}/src/store.py#L3`,
      ].join(" and "),
    );
    expect(places.map(shown)).toEqual([
      "src/store.py:3 | linked | write(key) | src/store.py:3 | save",
      "src/store.py:2 | feature | check(key) | src/store.py:2 | save",
    ]);
  });

  test("a line without a link is counted at the reported version; a name with a letter too few is found", async () => {
    using folder = gitFolder();
    folder.commit({ "src/response.py": OLD });
    folder.git("tag", "v1.4.0");
    folder.commit({ "src/response.py": NEW, "src/a/index.py": "", "src/b/index.py": "" });
    const { places, tag } = await reportedIn(
      folder,
      "Line 2 of reponse.py is wrong, and index.py:1.\n\n### Version\n\n1.4.0",
    );
    expect(tag).toMatchObject({ name: "v1.4.0", version: "1.4.0" });
    expect(places.map(shown)).toEqual(["src/response.py:2 | v1.4.0 | check(key) | src/response.py:5 | save"]);
  });
});

test("a function that is named with its class or module is a place, where exactly one fits", async () => {
  using folder = gitFolder();
  folder.commit({
    "src/store.py": "class Store:\n    def save(self):\n        pass\n\n\ndef load():\n    pass\n",
    "src/disk.py": "class Disk:\n    def save(self):\n        pass\n",
    "src/other.py": "class Disk:\n    def save(self):\n        pass\n",
  });
  const { places } = await reportedIn(
    folder,
    "`Store#save` and app.store.load() fail, Store::open, Disk.save and store.py do not.",
  );
  expect(places.map((place) => [place.named, shown(place)])).toEqual([
    ["Store#save", "src/store.py | base | - | - | save"],
    ["app.store.load", "src/store.py | base | - | - | load"],
  ]);
});

describe("frames of a reported trace", () => {
  const trace = (...frames: readonly string[]): string =>
    ["```", "Traceback (most recent call last):", ...frames, "KeyError: 1", "```"].join("\n");
  const versionOf = (version: string): string => `\n\n### Version\n\n${version}`;

  test("are read at the tag of the version in which their lines lie where they say", async () => {
    using folder = gitFolder();
    folder.commit({ "src/store.py": OLD });
    folder.git("tag", "1.4.0");
    folder.commit({ "src/store.py": NEW });
    const { frames } = await reportedIn(
      folder,
      trace(
        '  File "/usr/lib/python3/site-packages/src/store.py", line 7, in load',
        '  File "/usr/lib/python3/site-packages/src/store.py", line 3, in save',
      ) + versionOf("1.4.0"),
    );
    expect(frames.map(shown)).toEqual([
      "src/store.py:7 | 1.4.0 | return read(key) | gone | load",
      "src/store.py:3 | 1.4.0 | write(key) | src/store.py:7 | save",
    ]);
  });

  test("are read at the tag that has the lines which the trace prints, where the report names no version", async () => {
    using folder = gitFolder();
    folder.commit({ "src/store.py": OLD });
    folder.git("tag", "1.4.0");
    folder.commit({ "src/store.py": NEW });
    const save = '  File "/usr/lib/python3/site-packages/src/store.py", line 3, in save\n    write(key)';
    const { frames } = await reportedIn(folder, trace(save));
    expect(frames.map(shown)).toEqual(["src/store.py:3 | 1.4.0 | write(key) | src/store.py:7 | save"]);
    const other = await reportedIn(folder, trace(save.replace("write(key)", "wrote(key)")));
    expect(other.frames.map(shown)).toEqual(["src/store.py | base | - | - | save"]);
  });

  test("keep file and function alone where the version of the project has no tag", async () => {
    using folder = gitFolder();
    folder.commit({
      "lib/store.rb": "def save(key)\n  check(key)\n  write(key)\nend\n",
    });
    const body =
      "```\n/gems/store-1.4.0/lib/store.rb:3:in `save': full (IOError)\n\tfrom a.rb:1:in `<main>'\n```";
    expect((await reportedIn(folder, body)).frames.map(shown)).toEqual([
      "lib/store.rb | base | - | - | save",
    ]);
    const commit = folder.git("rev-parse", "HEAD").trim();
    const pinned = body.replace("/gems/store-1.4.0", `/bundler/gems/store-${commit.slice(0, 12)}`);
    expect((await reportedIn(folder, pinned)).frames.map(shown)).toEqual([
      "lib/store.rb:3 | linked | write(key) | lib/store.rb:3 | save",
    ]);
    folder.git("tag", "REL_1_4_0");
    expect((await reportedIn(folder, body)).frames.map(shown)).toEqual([
      "lib/store.rb:3 | REL_1_4_0 | write(key) | lib/store.rb:3 | save",
    ]);
  });

  test("keep file and function alone where no revision has the line in it", async () => {
    using folder = gitFolder();
    folder.commit({ "src/store.py": OLD });
    const { frames } = await reportedIn(folder, trace('  File "src/store.py", line 700, in load'));
    expect(frames.map(shown)).toEqual(["src/store.py | base | - | - | load"]);
  });

  test("of a dependency, or of the reporter's own program, are none of the repository", async () => {
    using folder = gitFolder();
    folder.commit({ "src/lib.rs": "fn one() {\n}\n", "src/main.rs": "fn main() {\n    one();\n}\n" });
    const { frames } = await reportedIn(
      folder,
      [
        "```",
        "   0: vec_map::get",
        "             at /home/me/.cargo/registry/src/github.com-1ecc/vec_map-0.8.2/src/lib.rs:1:2",
        "   1: mine::run",
        "             at /home/me/mine/src/main.rs:2:2",
        "```",
      ].join("\n"),
    );
    expect(frames).toEqual([]);
  });
});

describe("changes that a report names", () => {
  test("by hash, number, merge, and what closed an issue, with the lines that are left of them", async () => {
    using folder = gitFolder();
    folder.commit({ "src/store.py": "" });
    const hash = folder.commit({ "src/store.py": OLD }, "Add the store");
    folder.commit({ "src/a.py": "a = 1\n" }, "Add a (#12)");
    folder.git("checkout", "-q", "-b", "topic");
    folder.commit({ "src/b.py": "b = 1\n" }, "Add b");
    folder.git("checkout", "-q", "main");
    folder.git("merge", "-q", "--no-ff", "-m", "Merge pull request #13 from ada/topic", "topic");
    folder.commit({ "src/c.py": "c = 1\n" }, "Mend c\n\nFixes #14, see #15");
    folder.commit({ "src/store.py": NEW }, "Flush");
    const { changes } = await reportedIn(
      folder,
      `Since ${hash.slice(0, 8)}, and #12, pull request #13, #14, #15 and https://github.com/bob/other/pull/12.`,
    );
    expect(changes.map(({ by, subject, files }) => [by, subject, ...files])).toEqual([
      ["hash", "Add the store", "src/store.py"],
      ["merge", "Merge pull request #13 from ada/topic", "src/b.py"],
      ["subject", "Add a (#12)", "src/a.py"],
      ["closes", "Mend c", "src/c.py"],
    ]);
    expect(changes[0]?.written).toEqual([
      { path: "src/store.py", start: 4, end: 5 },
      { path: "src/store.py", start: 7, end: 10 },
    ]);
  });

  test("no brace that is left of it, and no line that came between", async () => {
    using folder = gitFolder();
    folder.commit({ "src/a.c": "int f() {\n  return 0;\n}\n" });
    const hash = folder.commit({
      "src/a.c": "int f() {\n  if (musl) {\n    link();\n  }\n  trace();\n  return 0;\n}\n",
    });
    folder.commit({
      "src/a.c": "int f() {\n  if (gnu) {\n    share();\n  }\n  trace();\n  flush();\n  return 0;\n}\n",
    });
    const { changes } = await reportedIn(folder, `Since ${hash}.`);
    expect(changes[0]?.written).toEqual([{ path: "src/a.c", start: 4, end: 5 }]);
    folder.commit({ "src/a.c": "int f() {\n  if (gnu) {\n    share();\n  }\n  return 0;\n}\n" });
    expect((await reportedIn(folder, `Since ${hash}.`)).changes[0]?.written).toEqual([]);
  });

  test("none that the base commit does not reach", async () => {
    using folder = gitFolder();
    folder.commit({ "a.py": "a = 1\n" });
    folder.git("checkout", "-q", "-b", "later");
    const later = folder.commit({ "a.py": "a = 2\n" }, "Change a (#12)");
    folder.git("checkout", "-q", "main");
    expect((await reportedIn(folder, `Since ${later} and #12.`)).changes).toEqual([]);
  });
});
