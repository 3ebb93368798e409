import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { describeWhere } from "../fakes/toolchain-copies.ts";

const describeLinux = describeWhere(
  process.platform === "linux" ? undefined : "another system than Linux",
  "what /proc shows of a process",
);
const source = JSON.stringify(join(import.meta.dirname, "../../src/process/leave-environment.ts"));

/** Starts a process that leaves its environment and says what it has. */
async function started(env: Readonly<Record<string, string>>) {
  using folder = temporaryFolder();
  const main = `
    import { readlinkSync } from "node:fs";
    import { leaveEnvironment } from ${source};
    leaveEnvironment();
    const input = readlinkSync("/proc/self/fd/0");
    console.log(JSON.stringify({ pid: process.pid, key: process.env.PRIVATE_KEY, kept: process.env.LANG, input, args: process.argv.slice(2), mark: process.env.CASEBOOK_HANDED_OVER }));
    setInterval(() => undefined, 1_000);`;
  const file = join(folder.path, "main.ts");
  writeFileSync(file, main);
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", file, "serve"], {
    env,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let err = "";
  child.stderr.on("data", (chunk: Buffer) => (err += chunk.toString()));
  const [line] = (await Promise.race([once(child.stdout, "data"), once(child, "close")])) as [Buffer];
  const environ = readFileSync(`/proc/${child.pid}/environ`, "utf8");
  child.kill("SIGKILL");
  await once(child, "close");
  return { said: JSON.parse(line.toString()) as Record<string, unknown>, environ, pid: child.pid, err };
}

describeLinux("the server", () => {
  test("shows its settings to no other process and has them all the same", async () => {
    const key = "CANARY\nwith 'quotes' and \u00e4";
    const before = readdirSync("/dev/shm").filter((name) => name.startsWith("casebook-"));
    const env = { PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8", PRIVATE_KEY: key };
    const { said, environ, pid, err } = await started(env);
    expect(said).toEqual({ pid, key, kept: "C.UTF-8", input: "/dev/null", args: ["serve"] });
    expect(environ).toContain("LANG=C.UTF-8");
    expect(environ).not.toContain("CANARY");
    expect(err).toBe("");
    expect(readdirSync("/dev/shm").filter((name) => name.startsWith("casebook-"))).toEqual(before);
  });

  test("stays as it was started where nothing is to be hidden", async () => {
    const { said } = await started({ PATH: process.env["PATH"] ?? "", LANG: "C.UTF-8" });
    expect(said["key"]).toBeUndefined();
  });

  test("the installed command hands its settings over", () => {
    using folder = temporaryFolder();
    const bin = join(import.meta.dirname, "../../bin/casebook.mjs");
    const { stderr } = spawnSync(process.execPath, [bin, "serve"], {
      cwd: folder.path,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder.path, WEBHOOK_SECRET: "a".repeat(24) },
    });
    expect(stderr).toContain("APP_ID");
    expect(stderr).not.toContain("WEBHOOK_SECRET");
  });
});
