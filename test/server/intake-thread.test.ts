import { spawnSync } from "node:child_process";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { readdirSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { NotReady, WEBHOOK_PATH } from "../../src/server/http-server.ts";
import type { IntakeHost } from "../../src/server/intake.ts";
import { type IntakeThread, startIntakeThread } from "../../src/server/intake-thread.ts";
import { readSpool } from "../../src/store/io/spool.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { waitFor } from "../fakes/patience.ts";

const SECRET = "the secret of today";
const BOT = 99;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});
const opened = {
  action: "opened",
  installation: { id: 1 },
  repository: { id: 2, name: "store", owner: { login: "acme" } },
  sender: { id: 7, login: "ada", type: "User" },
  issue: {
    number: 3,
    title: "It fails",
    body: "/casebook investigate",
    created_at: "2026-01-01T00:00:00Z",
    user: { id: 7, login: "ada", type: "User" },
  },
};

/** The thread, and what it made this one do. */
async function start(spool: string, { port = 0, problem }: { port?: number; problem?: string } = {}) {
  const seen: string[] = [];
  const host: IntakeHost = {
    metrics: {
      delivery: (outcome) => seen.push(outcome),
      acknowledged: () => undefined,
      text: async () => "figures of this thread\n",
      contentType: "text/plain",
    },
    logger: {
      warn: (_, message) => seen.push(`warning: ${message}`),
      error: (_, message) => seen.push(`error: ${message}`),
    },
    alive: async () => undefined,
    async ready() {
      if (problem !== undefined) throw new NotReady(problem);
    },
  };
  const settings = {
    self: { appId: 4711 },
    privateKey,
    secrets: [SECRET],
    secretsPath: undefined,
    host: "127.0.0.1",
    port,
    maxBytes: 65_536,
  };
  const thread = await startIntakeThread({ settings, keepIn: { spool } }, host, () => seen.push("kept"));
  return { thread, seen };
}

/** Deliveries of one body, by a process of its own, while this thread stands still. Gives the status of each answer. */
function deliverWhileStill(url: string, body: object, count = 1): readonly number[] {
  const text = JSON.stringify(body);
  const signature = `sha256=${createHmac("sha256", SECRET).update(text).digest("hex")}`;
  const script = `
    const [url, text, signature, count] = process.argv.slice(1);
    const headers = { "content-type": "application/json", "x-github-event": "issues",
      "x-github-delivery": "guid", "x-hub-signature-256": signature };
    for (let i = 0; i < Number(count); i++)
      console.log((await fetch(url, { method: "POST", headers, body: text })).status);`;
  const { stdout } = spawnSync(
    process.execPath,
    ["--input-type=module", "-e", script, "--", `${url}${WEBHOOK_PATH}`, text, signature, String(count)],
    { encoding: "utf8" },
  );
  return stdout.trim().split("\n").map(Number);
}

/** What the thread with the database reads, a word for each part. */
async function keptIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  await readSpool(folder, {
    accept: async () => "stored",
    onDelivery: ({ event, guid, wanted }) => found.push(`${event} ${guid} ${wanted ? "wanted" : "ignored"}`),
    onStored: () => undefined,
    onError: (error) => found.push(String(error)),
  }).drain();
  return found;
}

const close = (thread: IntakeThread, folder: string): Promise<void> => {
  for (const segment of readdirSync(folder)) thread.stored({ segment, offset: Infinity });
  return thread.close(1_000);
};

test("deliveries are kept and acknowledged while the thread with the jobs stands still", async () => {
  using folder = temporaryFolder();
  const { thread } = await start(folder.path);
  expect(deliverWhileStill(thread.url, opened, 3)).toEqual([200, 200, 200]);
  expect(await keptIn(folder.path)).toEqual(Array(3).fill("issues guid wanted"));
  await close(thread, folder.path);
});

test("it says what it kept, and counts and logs what it refused", async () => {
  using folder = temporaryFolder();
  const { thread, seen } = await start(folder.path);
  const { issue: _, ...shapeless } = opened;
  expect(deliverWhileStill(thread.url, opened)).toEqual([200]);
  expect(deliverWhileStill(thread.url, shapeless)).toEqual([422]);
  await waitFor(
    () => seen.length >= 3,
    () => seen,
  );
  expect(seen.sort()).toEqual([
    "kept",
    "refused",
    "warning: the payload does not have the shape of its event",
  ]);
  await close(thread, folder.path);
});

test("it learns our own account, whose acts are no reason to act", async () => {
  using folder = temporaryFolder();
  const { thread } = await start(folder.path);
  const ours = { ...opened, sender: { id: BOT, login: "casebook[bot]", type: "Bot" } };
  thread.learn({ appId: 4711, botId: BOT });
  expect(deliverWhileStill(thread.url, ours)).toEqual([200]);
  expect(await keptIn(folder.path)).toEqual(["issues guid ignored"]);
  await close(thread, folder.path);
});

test("health, readiness and figures are those of the thread with the jobs", async () => {
  using folder = temporaryFolder();
  const { thread } = await start(folder.path, { problem: "the store does not answer" });
  const get = async (path: string): Promise<string> => {
    const answer = await fetch(`${thread.url}${path}`);
    return `${answer.status} ${await answer.text()}`.trim();
  };
  expect(await get("/healthz")).toBe("200 ok");
  expect(await get("/readyz")).toBe("503 not ready: the store does not answer");
  expect(await get("/metrics")).toBe("200 figures of this thread");
  await close(thread, folder.path);
});

test("a port that is taken ends the start", async () => {
  using folder = temporaryFolder();
  using another = temporaryFolder();
  const { thread } = await start(folder.path);
  const port = Number(new URL(thread.url).port);
  await expect(start(another.path, { port })).rejects.toMatchObject({ code: "EADDRINUSE" });
  await close(thread, folder.path);
});
