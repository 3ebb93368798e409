import { describe, expect, test } from "@jest/globals";
import { isPlainPath } from "../../../src/sandbox/io/copied-files.ts";
import { describeSandboxed, filesFolder, runOn, sandboxOver } from "./sandbox-here.ts";

describe.each([
  ["a.py", true],
  ["deep/folder/name with spaces.py", true],
  ["...", true],
  [".github/x", true],
  ["ünï/代", true],
  ["back\\slash", true],
  ["", false],
  ["/etc/passwd", false],
  ["../x", false],
  ["a/../../x", false],
  ["a/./b", false],
  ["a//b", false],
  ["a/", false],
  [".git/config", false],
  ["a/.GIT/hooks/x", false],
  ["nul\0", false],
  ["\ud800", false],
  ["x".repeat(256), false],
])("%j", (path, plain) => {
  test(`is ${plain ? "written" : "refused"}`, () => expect(isPlainPath(path)).toBe(plain));
});

describeSandboxed("changes", () => {
  test("are written over the commit's files, and removed where they say so", async () => {
    const { output } = await runOn(
      { "run.sh": "#!/bin/sh\necho old\n", "a.txt": "a", "gone/b.txt": "b", package: "a file" },
      ["sh", "-c", "./run.sh; cat new/folder/c.txt package/d.txt; ls; ls gone"],
      {
        changes: new Map([
          ["run.sh", "#!/bin/sh\necho new\n"],
          ["new/folder/c.txt", "c\n"],
          ["gone/b.txt", undefined],
          ["package", undefined],
          ["package/d.txt", "d\n"],
        ]),
      },
    );
    expect(output).toBe(
      "new\nc\nd\na.txt\nnew\npackage\nrun.sh\nls: cannot access 'gone': No such file or directory\n",
    );
  });

  test("never go through a link, and one in their place is replaced", async () => {
    const files = {
      real: "old\n",
      name: { link: "real" },
      folder: { link: "/tmp" },
      above: { link: "../../.." },
    };
    const replaced = await runOn(files, ["cat", "name", "real"], { changes: new Map([["name", "new\n"]]) });
    expect(replaced.output).toBe("new\nold\n");
    for (const path of ["folder/x", "above/etc/x"]) {
      const { end, output } = await runOn(files, ["echo", "started"], { changes: new Map([[path, "x"]]) });
      expect(end).toEqual({
        kind: "not-started",
        why: `${path} cannot be written: ${path.split("/")[0]} is a link`,
      });
      expect(output).toBe("");
    }
  });

  test.each([
    ["../x", '"../x" is no path inside the repository'],
    [".git/hooks/pre-commit", '".git/hooks/pre-commit" is no path inside the repository'],
    ["src", "src is a folder"],
    ["src/a.py/b", "src/a.py/b cannot be written: src/a.py is a file"],
  ])("to %s are refused", async (path, why) => {
    const { end } = await runOn({ "src/a.py": "a" }, ["true"], { changes: new Map([[path, "x"]]) });
    expect(end).toEqual({ kind: "not-started", why });
  });

  test("two that cannot stand beside each other are refused", async () => {
    const changes = new Map([
      ["a/b", "x"],
      ["a", "x"],
    ]);
    expect((await runOn({}, ["true"], { changes })).end).toEqual({
      kind: "not-started",
      why: "a/b cannot be written: a is a file",
    });
  });

  test("a copy that does not fit is told apart from a program that fails", async () => {
    const { end } = await runOn({ large: "x".repeat(3_000_000) }, ["true"], {
      limits: { diskBytes: 4_000_000 },
    });
    expect(end).toEqual({
      kind: "not-started",
      why: "the files do not fit in the sandbox, where the copy may have about 2 MiB",
    });
    expect((await runOn({}, ["sh", "-c", "exit 125"])).end).toEqual({ kind: "exit", code: 125 });
  });

  test("names of any length and kind arrive as they are", async () => {
    const long = `${"folder-with-a-long-name/".repeat(12)}${"n".repeat(200)}.txt`;
    const names = [long, "with space", "-dash", "new\nline", "quote'\"$(x)`", "代码.py", "a*b?[c]"];
    const { output } = await runOn(
      { ...Object.fromEntries(names.map((name) => [name, name])), "long link": { link: `./${long}` } },
      `
import os
for folder, _, files in os.walk("."):
    for name in files:
        path = os.path.join(folder, name)[2:]
        assert open(path).read() == (path if path != "long link" else os.readlink(path)[2:]), path
        print(repr(path))
`,
    );
    expect(output.split("\n").filter((line) => line !== "")).toHaveLength(names.length + 1);
  });

  test("many files are there at once", async () => {
    using folder = filesFolder(
      Object.fromEntries(Array.from({ length: 3_000 }, (_, n) => [`d${n % 50}/f${n}.txt`, `${n}`])),
    );
    const sandbox = await sandboxOver(folder.path);
    const { output } = await sandbox.run(
      { changes: new Map(), command: ["sh", "-c", "find . -type f | wc -l; cat d49/f2999.txt"] },
      new AbortController().signal,
    );
    expect(output).toBe("3000\n2999");
  });
});
