import { describe, expect, test } from "@jest/globals";
import { folderPublisher } from "../../src/repository/io/folder-publisher.ts";
import { branchPublisher } from "../../src/repository/io/branch-publisher.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { memoryPublisher } from "../../src/repository/memory-publisher.ts";
import type { Publisher } from "../../src/repository/repository.ts";
import { gitFolder, temporaryFolder } from "../fakes/git-folder.ts";

const isOurs = (path: string): boolean => path.includes("issue-1-");
const PATH = ".chant/specs/issue-1-001-comprehension.md";

/** Every publisher, each in a place of its own that is removed afterwards. */
const PUBLISHERS: readonly (readonly [string, () => Disposable & { publisher: () => Publisher }])[] = [
  [
    "branch",
    () => {
      const folder = gitFolder();
      const data = temporaryFolder();
      const base = folder.commit({ "README.md": "x" });
      const options = {
        gitDir: `${folder.path}/.git`,
        branch: "casebook/issue-1",
        base,
        isOurs,
      };
      return {
        publisher: () => branchPublisher({ ...options, data: data.path, now: () => new Date(0) }),
        [Symbol.dispose]() {
          folder[Symbol.dispose]();
          data[Symbol.dispose]();
        },
      };
    },
  ],
  [
    "folder",
    () => {
      const place = temporaryFolder();
      return {
        publisher: () => folderPublisher(place.path, isOurs),
        [Symbol.dispose]: () => place[Symbol.dispose](),
      };
    },
  ],
  [
    "memory",
    () => {
      const publisher = memoryPublisher();
      return { publisher: () => publisher, [Symbol.dispose]: () => undefined };
    },
  ],
];

describe.each(PUBLISHERS)("publishing to a %s", (_, open) => {
  test("there is nothing before the first time", async () => {
    using place = open();
    expect(await place.publisher().current()).toEqual(new Map());
  });

  test("what was published is read back, by another publisher too", async () => {
    using place = open();
    const files = new Map([
      [PATH, "a spec\r\nwith ünïcode"],
      [".chant/research/issue-1-comprehension.md", "a document\n"],
    ]);
    expect((await place.publisher().publish({ files, message: "chant(x): Add" })).changed).toBe(true);
    expect(await place.publisher().current()).toEqual(files);
  });

  test("publishing the same again changes nothing", async () => {
    using place = open();
    const change = { files: new Map([[PATH, "same"]]), message: "chant(x): Add" };
    await place.publisher().publish(change);
    expect((await place.publisher().publish(change)).changed).toBe(false);
  });

  test("files that are not named stay", async () => {
    using place = open();
    await place.publisher().publish({ files: new Map([[PATH, "one"]]), message: "1" });
    const other = ".chant/research/issue-1-root-cause.md";
    await place.publisher().publish({ files: new Map([[other, "two"]]), message: "2" });
    expect(await place.publisher().current()).toEqual(
      new Map([
        [PATH, "one"],
        [other, "two"],
      ]),
    );
  });
});

describe("the branch", () => {
  const files = (text: string): ReadonlyMap<string, string> => new Map([[PATH, text]]);

  test("the user's index, working tree, HEAD and settings stay as they are, and no hook runs", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const base = folder.commit({ "a.txt": "a\n", ".git/hooks/reference-transaction": "#!/bin/sh\nexit 1\n" });
    folder.git(
      "update-index",
      "--add",
      "--cacheinfo",
      `100644,${folder.git("rev-parse", "HEAD:a.txt")},staged.txt`,
    );
    const state = (): string[] => [
      folder.git("status", "--porcelain"),
      folder.git("rev-parse", "HEAD"),
      folder.git("config", "--local", "--list"),
    ];
    const before = state();
    const publisher = branchPublisher({
      gitDir: `${folder.path}/.git`,
      branch: "casebook/issue-1",
      base,
      isOurs,
      data: data.path,
      now: () => new Date(1e12),
    });
    const { commit } = await publisher.publish({
      files: files("x"),
      message: "chant(issue-1-001-comprehension): Add\n\nSpec: y",
    });
    expect(state()).toEqual(before);
    expect(folder.git("log", "-1", "--format=%H %an <%ae> %ct %s", "casebook/issue-1")).toBe(
      `${commit} Casebook <casebook@users.noreply.github.com> 1000000000 chant(issue-1-001-comprehension): Add`,
    );
    expect(folder.git("diff", "--name-only", base, "casebook/issue-1")).toBe(PATH);
  });

  test("a file that a person changed is never overwritten", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const base = folder.commit({ "a.txt": "a\n" });
    const publisher = branchPublisher({
      gitDir: `${folder.path}/.git`,
      branch: "casebook/issue-1",
      base,
      isOurs,
      data: data.path,
      now: () => new Date(0),
    });
    await publisher.publish({ files: files("ours"), message: "1" });
    folder.git("switch", "-q", "casebook/issue-1");
    const theirs = folder.commit({ [PATH]: "theirs" }, "By hand");
    folder.git("switch", "-q", "main");
    await expect(publisher.publish({ files: files("ours again"), message: "2" })).rejects.toMatchObject({
      code: "branch-changed",
    });
    expect(folder.git("rev-parse", "casebook/issue-1")).toBe(theirs);
  });

  test("a file of the base commit that nobody changed on the branch can be changed, as a fix does", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const base = folder.commit({ "src/a.txt": "a\n" });
    const publisher = branchPublisher({
      gitDir: `${folder.path}/.git`,
      branch: "casebook/issue-1",
      base,
      isOurs,
      data: data.path,
      now: () => new Date(0),
    });
    await publisher.publish({ files: files("ours"), message: "1" });
    await publisher.publish({ files: new Map([["src/a.txt", "mended\n"]]), message: "2" });
    expect(folder.git("show", "casebook/issue-1:src/a.txt")).toBe("mended");
    folder.git("switch", "-q", "casebook/issue-1");
    folder.commit({ "src/a.txt": "theirs\n" }, "By hand");
    folder.git("switch", "-q", "main");
    await expect(
      publisher.publish({ files: new Map([["src/a.txt", "mended again\n"]]), message: "3" }),
    ).rejects.toMatchObject({ code: "branch-changed" });
  });

  test("a person's other commits on the branch stay below ours", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const base = folder.commit({ "a.txt": "a\n" });
    const publisher = branchPublisher({
      gitDir: `${folder.path}/.git`,
      branch: "casebook/issue-1",
      base,
      isOurs,
      data: data.path,
      now: () => new Date(0),
    });
    await publisher.publish({ files: files("ours"), message: "1" });
    folder.git("switch", "-q", "casebook/issue-1");
    folder.commit({ "notes.txt": "mine" }, "By hand");
    folder.git("switch", "-q", "main");
    await publisher.publish({ files: files("ours again"), message: "2" });
    expect(folder.git("log", "--format=%s", `${base}..casebook/issue-1`)).toBe("2\nBy hand\n1");
  });

  test("a branch that is checked out is left alone", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const base = folder.commit({ "a.txt": "a\n" });
    folder.git("switch", "-q", "-c", "casebook/issue-1");
    const publisher = branchPublisher({
      gitDir: `${folder.path}/.git`,
      branch: "casebook/issue-1",
      base,
      isOurs,
      data: data.path,
      now: () => new Date(0),
    });
    await expect(publisher.publish({ files: files("x"), message: "1" })).rejects.toMatchObject({
      code: "branch-changed",
    });
    expect(folder.git("status", "--porcelain")).toBe("");
    using repository = await openRepository(folder.path);
    expect(await repository.resolve("HEAD")).toBe(base);
  });
});

test("a folder that is a file is a clear failure", async () => {
  using place = temporaryFolder();
  using folder = gitFolder();
  folder.commit({ file: "x" });
  await expect(
    folderPublisher(`${folder.path}/file`, isOurs).publish({ files: new Map([[PATH, "x"]]), message: "1" }),
  ).rejects.toMatchObject({ code: "usage" });
  expect(place.path).not.toBe("");
});
