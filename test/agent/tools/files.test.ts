import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { MAX_ANSWER } from "../../../src/agent/tool.ts";
import { gitFolder } from "../../fakes/git-folder.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { researchIn } from "../research-in.ts";

const lines = (n: number): string => Array.from({ length: n }, (_, i) => `line ${i + 1}\n`).join("");

describe("list_files", () => {
  test("shows one level of a folder: folders with the files below, files with sizes", async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    expect(await research.ask("list_files")).toMatch(
      /3 entries[^]*\nsrc\/ {2}3 files\ntests\/ {2}1 file\nREADME\.md {2}\d+ bytes\n/,
    );
    for (const path of ["src/storage", "./src/storage/", "/src/storage"])
      expect(await research.ask("list_files", { path })).toMatch(
        /\n__init__\.py {2}46 bytes\npaths\.py .*\nstore\.py {2}1,485 bytes\n/,
      );
  });

  test("a glob gives whole paths", async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    const answer = await research.ask("list_files", { path: "**/*store*.{py,js}" });
    expect(answer).toMatch(/^2 files match[^]*\nsrc\/storage\/store\.py .*\ntests\/test_store\.py /);
    expect(await research.ask("list_files", { path: "*.rb" })).toBe(
      "No file matches the pattern at this commit.",
    );
  });

  test("a long list is cut, says so, and the rest follows without a gap", async () => {
    using folder = gitFolder();
    folder.commit(
      Object.fromEntries(
        Array.from({ length: 1_000 }, (_, i) => [
          `many/${String(i).padStart(4, "0")}${"x".repeat(40)}.txt`,
          "a",
        ]),
      ),
    );
    await using research = await researchIn(folder.path);
    const seen: string[] = [];
    let from = 1;
    for (let calls = 0; calls < 20; calls++) {
      const answer = await research.ask("list_files", { path: "many", from });
      expect(answer.length).toBeLessThanOrEqual(MAX_ANSWER);
      seen.push(...[...answer.matchAll(/^\d{4}(?=x)/gm)].map(([name]) => name));
      const next = /Ask for the rest with "from": (\d+)/.exec(answer)?.[1];
      if (next === undefined) break;
      from = Number(next);
    }
    expect(seen).toEqual(Array.from({ length: 1_000 }, (_, i) => String(i).padStart(4, "0")));
  });

  test("a wrong folder is answered with the nearest one", async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    expect(await research.ask("list_files", { path: "src/storge" })).toMatch(
      /no such file or folder[^]*\nsrc\/storage\/\n/,
    );
    expect(await research.ask("list_files", { path: "src/storage/store.py" })).toMatch(
      /no folder; read_file/,
    );
  });
});

describe("read_file", () => {
  test("gives lines with their numbers, and says what the file is", async () => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    expect(await research.ask("read_file", { path: "src/storage/store.py", from: 33, to: 35 })).toMatch(
      /^A file of 51 lines, 1,485 bytes; by its path: source\.\n<<data .*\nsrc\/storage\/store\.py:33-35\n33\t {8}data = self\._read_data\(\)\n34\t.*\n35\t.*\ndata [0-9a-f]{16}>>$/,
    );
  });

  test("a long file comes in pieces that leave nothing out", async () => {
    using folder = gitFolder();
    folder.commit({ "long.txt": lines(1_000), "wide.txt": `${"y".repeat(1_500)}\n`.repeat(60) });
    await using research = await researchIn(folder.path);
    for (const [path, total] of [
      ["long.txt", 1_000],
      ["wide.txt", 60],
    ] as const) {
      const seen: number[] = [];
      for (let from: number | undefined = 1; from !== undefined;) {
        const answer = await research.ask("read_file", { path, from });
        expect(answer.length).toBeLessThanOrEqual(MAX_ANSWER);
        seen.push(...[...answer.matchAll(/^(\d+)\t/gm)].map(([, n]) => Number(n)));
        const next = /Ask for the rest with "from": (\d+)/.exec(answer)?.[1];
        from = next === undefined ? undefined : Number(next);
      }
      expect(seen).toEqual(Array.from({ length: total }, (_, i) => i + 1));
    }
  });

  test("of an endless line the beginning comes, and the rest by column", async () => {
    using folder = gitFolder();
    folder.commit({ "a.min.js": `${"a".repeat(5_000)}END` });
    await using research = await researchIn(folder.path);
    expect(await research.ask("read_file", { path: "a.min.js" })).toContain("a… [3,003 characters more]");
    expect(await research.ask("read_file", { path: "a.min.js", column: 4_900 })).toMatch(/\n1\t…a{101}END\n/);
  });

  test.each([
    ["src/storge/store.py", "src/storage/store.py"],
    ["storage/store.py", "src/storage/store.py"],
    ["src/storage/Store.py", "src/storage/store.py"],
    ["src/storage/stores.py", "src/storage/store.py"],
    ["../src/storage/store.py", "src/storage/store.py"],
  ])("%s does not exist; %s is named", async (path, near) => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    const answer = await research.ask("read_file", { path });
    expect(answer).toMatch(/^There is no such file at this commit\.\nNearest:/);
    expect(answer.split("\n")).toContain(near);
  });

  test("what is no text is said, not shown", async () => {
    using folder = gitFolder();
    folder.commit({
      "a.bin": new Uint8Array([1, 0, 2]),
      "big.txt": "x".repeat(1_000_001),
      "empty.txt": "",
      "dir/a.txt": "one\n",
    });
    await using research = await researchIn(folder.path);
    expect(await research.ask("read_file", { path: "a.bin" })).toBe("This is a binary file of 3 bytes.");
    expect(await research.ask("read_file", { path: "big.txt" })).toMatch(
      /^The file has 1,000,001 bytes; files over/,
    );
    expect(await research.ask("read_file", { path: "empty.txt" })).toBe("The file is empty.");
    expect(await research.ask("read_file", { path: "dir" })).toBe(
      "This is a folder; list_files shows what is in it.",
    );
    expect(await research.ask("read_file", { path: "dir/a.txt", from: 9 })).toBe("The file has only 1 line.");
    expect(await research.ask("read_file", { path: "dir/a.txt", from: 1, to: 1 })).toContain("1\tone");
  });

  test("a link is named, never followed", async () => {
    using folder = gitFolder();
    symlinkSync("/etc/passwd", join(folder.path, "out"));
    symlinkSync("../../../../etc/passwd", join(folder.path, "up"));
    symlinkSync("real.txt", join(folder.path, "in"));
    folder.commit({ "real.txt": "the secret of the link\n" });
    const own = folder.git("rev-parse", "HEAD");
    folder.git("update-index", "--add", "--cacheinfo", `160000,${own},module`);
    folder.git("commit", "-q", "-m", "Submodule");
    await using research = await researchIn(folder.path);
    for (const path of ["out", "up"]) {
      const answer = await research.ask("read_file", { path });
      expect(answer).toMatch(
        /^This is a symbolic link\. It is not followed[^]*\n(\/|\.\.\/).*passwd\n[^]*No file or folder of this commit/,
      );
      expect(answer).not.toContain("root:");
    }
    const inside = await research.ask("read_file", { path: "in" });
    expect(inside).toMatch(/\nreal\.txt\n[^]*That is a file of this commit\.$/);
    expect(inside).not.toContain("secret");
    expect(await research.ask("read_file", { path: "module" })).toMatch(/^This is a submodule/);
    expect(await research.ask("list_files")).toMatch(
      /\nin {2}symbolic link\nmodule {2}submodule\nout {2}symbolic link\n/,
    );
  });

  test.each([
    "/etc/passwd",
    "../../etc/passwd",
    "..",
    "~/.ssh/id_rsa",
    "src/../../x",
    "/proc/self/environ",
    "a\0b",
    "C:\\x",
    ".git/config",
  ])("%j is looked up in the tree and is not there", async (path) => {
    using folder = exampleRepository("issue-42");
    await using research = await researchIn(folder.path);
    for (const tool of ["read_file", "list_files"])
      expect(await research.ask(tool, { path })).toMatch(/^There is no such file/);
  });

  test("a name that does not print as it is can be given back as it was shown", async () => {
    using folder = gitFolder();
    folder.commit({ "line\nfeed.txt": "found it\n", "two  spaces.txt": "and this\n" });
    await using research = await researchIn(folder.path);
    expect(await research.ask("list_files")).toMatch(
      /\nline feed\.txt {2}9 bytes\ntwo spaces\.txt {2}9 bytes\n/,
    );
    expect(await research.ask("read_file", { path: "line feed.txt" })).toContain("1\tfound it");
    expect(await research.ask("read_file", { path: "two spaces.txt" })).toContain("1\tand this");
  });
});
