import { spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { killedWith, startSource } from "../fakes/doomed-process.ts";
import { gitFolder, temporaryFolder } from "../fakes/git-folder.ts";
import { describeWhere } from "../fakes/toolchain-copies.ts";
import { treeBomb } from "../fakes/tree-bomb.ts";
import { describeSandboxed, filesFolder } from "../sandbox/io/sandbox-here.ts";

const root = join(import.meta.dirname, "../..");
const source = (path: string): string => JSON.stringify(join(root, "src", path));

/** Git itself, and not the program that starts it and that asks to be ended with its parent first. */
const isGit =
  (word: string) =>
  (line: string): boolean =>
    line.includes(word) && !line.includes("setpriv");

/** Linux tells which process started which. */
const describeLinux = describeWhere(
  process.platform === "linux" ? undefined : "another system than Linux",
  "processes that end with their parent",
);

describeLinux("a process that is killed without a word takes along", () => {
  test("the Node that the launcher of an older Node started", async () => {
    using folder = temporaryFolder();
    cpSync(join(root, "bin"), join(folder.path, "bin"), { recursive: true });
    writeFileSync(join(folder.path, "package.json"), '{ "version": "1.0.0", "type": "module" }');
    mkdirSync(join(folder.path, "src/cli"), { recursive: true });
    writeFileSync(join(folder.path, "src/cli/main.ts"), "setInterval(() => undefined, 1_000);\n");
    const bundled = join(folder.path, `node_modules/node-${process.platform}-${process.arch}/bin`);
    mkdirSync(bundled, { recursive: true });
    symlinkSync(process.execPath, join(bundled, "node"));
    const old =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.11.0'}})";
    const launcher = spawn(
      process.execPath,
      ["--import", old, join(folder.path, "bin/casebook.mjs"), "locate"],
      { stdio: "ignore", env: { CASEBOOK_DATA: join(folder.path, "data"), PATH: "" } },
    );
    expect(await killedWith(launcher, (line) => line.startsWith(join(bundled, "node")))).toBeGreaterThan(1);
  });

  test("the process that reads foreign text", async () => {
    using repository = gitFolder();
    using data = temporaryFolder();
    const parent = startSource(
      `import { startReader } from ${source("research/start-reader.ts")};
       const options = { data: ${JSON.stringify(data.path)}, cacheBytes: 10_000_000 };
       await startReader(${JSON.stringify(join(repository.path, ".git"))}, options, {});`,
    );
    expect(
      await killedWith(parent, (line) => line.includes("research/main.ts") && !line.includes("bwrap")),
    ).toBeGreaterThan(1);
  });

  test("a git that lists an endless history", async () => {
    using origin = treeBomb();
    const parent = startSource(
      `import { git } from ${source("repository/io/git.ts")};
       await git(["log", "--name-only", "main"], { gitDir: ${JSON.stringify(origin.gitDir)} });`,
    );
    expect(await killedWith(parent, isGit("--name-only"))).toBeGreaterThan(1);
  });

  test("a git whose parent dies before it asked to end with it", async () => {
    using folder = temporaryFolder();
    const file = (name: string): string => join(folder.path, name);
    const script = (name: string, text: string): void =>
      writeFileSync(file(name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    // Slow, as on a busy machine: it asks when its parent is gone.
    script(
      "setpriv",
      `case "$*" in *" status"*) echo $$ > '${file("started")}'; while kill -0 $PPID; do sleep 0.02; done 2>/dev/null;; esac
       exec "$(PATH='${process.env["PATH"]}'; command -v setpriv)" "$@"`,
    );
    script("git", `echo > '${file("ran")}'`);
    const parent = startSource(
      `process.env.PATH = ${JSON.stringify(`${folder.path}:${process.env["PATH"]}`)};
       import { tryGit } from ${source("repository/io/git.ts")};
       await tryGit(["status"]);`,
    );
    const ended = killedWith(parent, (line) => line.includes(file("setpriv")) && line.includes(" status"));
    expect(await ended).toBe(Number(readFileSync(file("started"), "utf8")));
    expect(existsSync(file("ran"))).toBe(false);
  });

  test("a git that waits for a server", async () => {
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `git://127.0.0.1:${(server.address() as AddressInfo).port}/a`;
    try {
      const parent = startSource(
        `import { tryGit } from ${source("repository/io/git.ts")};
         await tryGit(["ls-remote", ${JSON.stringify(url)}], { protocol: "git" });`,
      );
      expect(await killedWith(parent, isGit("ls-remote"))).toBeGreaterThan(1);
    } finally {
      server.close();
    }
  });
});

describeSandboxed("a process that is killed without a word takes along", () => {
  test("what runs in its sandbox", async () => {
    using folder = filesFolder({ "a.py": "" });
    const parent = startSource(
      `import { openSandbox } from ${source("sandbox/io/open-sandbox.ts")};
       const { sandbox } = await openSandbox({ files: ${JSON.stringify(folder.path)}, toolchains: [] });
       await sandbox.run({ changes: new Map(), command: ["sleep", "600"] }, new AbortController().signal);`,
    );
    expect(await killedWith(parent, (line) => line.startsWith("sleep 600"))).toBeGreaterThan(1);
  });
});
