import { mkdirSync, readFileSync, readdirSync, readlinkSync, writeFileSync } from "node:fs";
import { once } from "node:events";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { expect, test } from "@jest/globals";
import { startGit } from "../../src/repository/io/git.ts";
import { readerProcess, startReader } from "../../src/research/start-reader.ts";
import { findJail, startInJail } from "../../src/sandbox/io/reader-jail.ts";
import { gitFolder, temporaryFolder } from "../fakes/git-folder.ts";
import { describeWhere } from "../fakes/toolchain-copies.ts";

const jail = await findJail();
const describeJailed = describeWhere(jail.kind === "none" ? jail.why : undefined, "the jail");

const CODE = join(import.meta.dirname, "../../src/.written-by-a-test");

/** What a reader that is lost would try; it says what it could do. */
const ATTACK = `
const { readFileSync, writeFileSync, readdirSync, createWriteStream } = require("node:fs");
const { spawnSync } = require("node:child_process");
const net = require("node:net");
const [data, secret, other, mirror, home, port, code] = process.argv.slice(1);
const can = (work) => { try { work(); return true; } catch { return false; } };
const said = {
  environment: Object.keys(process.env).sort(),
  processes: readdirSync("/proc").filter((name) => /^\\d+$/.test(name)).length,
  interfaces: readFileSync("/proc/net/dev", "utf8").split("\\n").filter((line) => line.includes(":")).length,
  readsSecret: can(() => readFileSync(secret)),
  readsOther: can(() => readdirSync(other)),
  listsData: can(() => readdirSync(data)) ? readdirSync(data).sort() : [],
  readsMirror: can(() => readFileSync(mirror + "/HEAD")),
  writesMirror: can(() => writeFileSync(mirror + "/HEAD", "x")),
  writesCompiled: can(() => writeFileSync(data + "/compiled/x", "x")),
  writesCode: can(() => writeFileSync(code, "x")),
  writesHome: can(() => writeFileSync(home + "/index.db", "x")),
  namespaces: spawnSync("unshare", ["-U", "true"]).status === 0,
  readsParent: can(() => { if (readFileSync("/proc/" + process.ppid + "/environ", "utf8").includes("CANARY")) return; throw new Error(); }),
};
const done = (connects) => createWriteStream("", { fd: 3 }).end(JSON.stringify({ ...said, connects }));
net.connect(+port, "127.0.0.1").on("connect", () => done(true)).on("error", () => done(false));
`;

describeJailed("a process that reads foreign text", () => {
  test("reaches its repository and its index, and nothing else", async () => {
    using folder = temporaryFolder();
    using repository = gitFolder();
    repository.commit({ "a.py": "x = 1\n" }, "Start");
    const data = join(folder.path, "data");
    const [secret, other, compiled] = ["key.pem", "mirrors/other.git", "compiled"].map((name) =>
      join(data, name),
    );
    mkdirSync(other!, { recursive: true });
    mkdirSync(compiled!);
    writeFileSync(secret!, "CANARY");
    const gitDir = join(repository.path, ".git");
    const connections: number[] = [];
    const server = createServer((socket) => {
      connections.push(1);
      socket.destroy();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    process.env["CANARY_OF_PARENT"] = "CANARY";
    const { NODE_COMPILE_CACHE: cache } = process.env;
    delete process.env["NODE_COMPILE_CACHE"];
    try {
      const started = readerProcess("main", { data, cacheBytes: 10_000_000 }, gitDir);
      const home = started.writable[0]!;
      const { port } = server.address() as AddressInfo;
      const { child, channel, stderr } = startInJail(jail.kind === "ready" ? jail.bwrap : "", {
        ...started,
        command: [process.execPath, "-e", ATTACK, data, secret!, other!, gitDir, home, `${port}`, CODE],
      });
      const [said, complaint] = await Promise.all([text(channel), text(stderr)]);
      child.kill("SIGKILL");
      expect(complaint).toBe("");
      const { environment, processes, ...could } = JSON.parse(said) as Record<string, unknown>;
      expect(environment).toEqual(
        [...Object.keys(started.env), "PWD"].filter((name) => name in started.env || name === "PWD").sort(),
      );
      expect(processes).toBeLessThan(5);
      expect(could).toEqual({
        interfaces: 1,
        readsSecret: false,
        readsOther: false,
        listsData: ["compiled", "readers"],
        readsMirror: true,
        writesMirror: false,
        writesCompiled: false,
        writesCode: false,
        writesHome: true,
        namespaces: false,
        readsParent: false,
        connects: false,
      });
      expect(connections).toEqual([]);
      expect(readFileSync(join(gitDir, "HEAD"), "utf8")).toContain("refs/heads/");
    } finally {
      delete process.env["CANARY_OF_PARENT"];
      if (cache !== undefined) process.env["NODE_COMPILE_CACHE"] = cache;
      server.close();
    }
  });

  test("is in namespaces of its own, with none of our variables", async () => {
    using folder = temporaryFolder();
    using repository = gitFolder();
    repository.commit({ "a.py": "" }, "Start");
    process.env["WEBHOOK_SECRET"] = "CANARY";
    try {
      const options = { data: folder.path, cacheBytes: 10_000_000 };
      const reader = await startReader(join(repository.path, ".git"), options, {});
      const pids = below(reader.child.pid!);
      expect(pids.length).toBeGreaterThan(1);
      const inner = pids.at(-1)!;
      for (const name of ["user", "net", "pid", "mnt", "ipc"])
        expect(readlinkSync(`/proc/${inner}/ns/${name}`)).not.toBe(readlinkSync(`/proc/self/ns/${name}`));
      for (const pid of pids) expect(readFileSync(`/proc/${pid}/environ`, "utf8")).not.toContain("CANARY");
      reader.channel.destroy();
      reader.child.kill("SIGKILL");
    } finally {
      delete process.env["WEBHOOK_SECRET"];
    }
  });
});

test("git is given none of our variables but those that it needs", async () => {
  using repository = gitFolder();
  process.env["DATABASE_URL"] = "postgres://CANARY@localhost/x";
  try {
    const child = startGit(["cat-file", "--batch"], { gitDir: join(repository.path, ".git") });
    if (child.pid === undefined) await once(child, "spawn");
    // Its first answer says that it runs.
    child.stdin.write("HEAD\n");
    await once(child.stdout, "data");
    const environment = readFileSync(`/proc/${child.pid}/environ`, "utf8");
    child.stdin.end();
    expect(environment).toContain("GIT_CONFIG_NOSYSTEM=1");
    expect(environment).not.toContain("CANARY");
  } finally {
    delete process.env["DATABASE_URL"];
  }
});

function below(pid: number): readonly number[] {
  const children = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
    readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
  );
  return [pid, ...children.flatMap(below)];
}
