import { spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { pino } from "pino";
import { checkDisk } from "../../src/server/check-disk.ts";
import { readServerConfig } from "../../src/server/server-config.ts";
import { startServer } from "../../src/server/start-server.ts";
import type { OpenStore } from "../../src/store/io/open-store.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { describeWhere } from "../fakes/toolchain-copies.ts";

const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs1", format: "pem" },
});

test("a database that hangs makes the process not ready, and its end is not held up", async () => {
  using folder = temporaryFolder();
  const hangs = new Promise<never>(() => undefined);
  const store = {
    isEmbedded: false,
    note: async () => undefined,
    saveNote: async () => undefined,
    ping: () => hangs,
    [Symbol.asyncDispose]: () => hangs,
  } as unknown as OpenStore;
  const config = readServerConfig({
    APP_ID: "1",
    PRIVATE_KEY: privateKey,
    WEBHOOK_SECRET: "a secret of our own",
    GITHUB_API_URL: "http://127.0.0.1:9",
    DATABASE_URL: "postgres://127.0.0.1:9/casebook",
    CASEBOOK_ROLE: "web",
    CASEBOOK_DATA: folder.path,
    PORT: "0",
  });
  const server = await startServer(config, pino({ level: "silent" }), { store });
  const answer = await fetch(`${server.url}/readyz`);
  expect([answer.status, await answer.text()]).toEqual([503, "not ready: the store does not answer\n"]);
  await server.stop();
});

test("a data folder that takes nothing makes it not ready", async () => {
  using folder = temporaryFolder();
  await checkDisk(folder.path);
  await expect(checkDisk(join(folder.path, "nowhere"))).rejects.toThrow("the data folder cannot be written");
});

const program = "bwrap";
const small = ["--dev-bind", "/", "/", "--size", "10000000", "--tmpfs", "/mnt"];
const { status, stderr } = spawnSync(program, [...small, "true"], { encoding: "utf8" });
const describeMounted = describeWhere(status === 0 ? undefined : stderr, "a small disk");

describeMounted("a disk that is nearly full", () => {
  test("makes it not ready", () => {
    const module = JSON.stringify(join(import.meta.dirname, "../../src/server/check-disk.ts"));
    const script = `const { checkDisk } = await import(${module});
    await checkDisk("/mnt").catch((error) => console.log(error.message));`;
    const { stdout } = spawnSync(program, [...small, process.execPath, "--input-type=module", "-e", script], {
      encoding: "utf8",
    });
    expect(stdout).toBe("less than 100 MB are free in the data folder\n");
  });
});
