import { rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createHmac, generateKeyPairSync } from "node:crypto";
import { request as httpRequest } from "node:http";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { NewDelivery } from "../../src/store/store.ts";
import { type HttpServer, openHttpServer, WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { readSecrets, watchedSecrets } from "../../src/server/webhook-secrets.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { openMetrics } from "../../src/server/metrics.ts";
import { openWebhooks } from "../../src/server/webhooks.ts";

const APP = 4711;
const SECRET = "the secret of today";
const OLD_SECRET = "the secret of yesterday";
const MAX_BYTES = 65_536;
const { privateKey } = generateKeyPairSync("rsa", {
  modulusLength: 2048,
  publicKeyEncoding: { type: "spki", format: "pem" },
  privateKeyEncoding: { type: "pkcs8", format: "pem" },
});

/** What arrives in the database; it can be out of order. */
function inbox() {
  const stored = new Map<string, NewDelivery>();
  let isBroken = false;
  let isHanging = false;
  return {
    stored,
    breaks: () => void (isBroken = true),
    hangs: () => void (isHanging = true),
    ping: () => (isBroken ? Promise.reject(new Error("no database")) : Promise.resolve()),
    acceptDelivery(delivery: NewDelivery): Promise<"stored" | "known"> {
      if (isBroken) return Promise.reject(new Error("no database"));
      if (isHanging) return new Promise(() => undefined);
      if (stored.has(delivery.key)) return Promise.resolve("known");
      stored.set(delivery.key, delivery);
      return Promise.resolve("stored");
    },
    openRuns: () => Promise.resolve([]),
    counts: () => Promise.resolve([]),
    lastDeliveryAt: () => Promise.resolve(undefined),
  };
}

let store: ReturnType<typeof inbox>;
let secrets: readonly string[];
let server: HttpServer;

async function open({ isWeb = true, storeMilliseconds = 8_000 } = {}): Promise<void> {
  store = inbox();
  secrets = [SECRET, OLD_SECRET];
  const metrics = openMetrics(store);
  const webhooks = await openWebhooks({
    appId: APP,
    privateKey,
    secrets: () => secrets,
    store,
    metrics,
    logger: pino({ level: "silent" }),
    self: () => ({ appId: APP }),
    storeMilliseconds,
  });
  server = await openHttpServer({
    host: "127.0.0.1",
    port: 0,
    webhooks: isWeb ? webhooks : undefined,
    metrics,
    alive: () => Promise.resolve(),
    ready: () => store.ping(),
    maxBytes: MAX_BYTES,
  });
}

beforeEach(() => open());
afterEach(() => server.close());

const ada = { id: 7, login: "ada", type: "User" };
const opened = {
  action: "opened",
  installation: { id: 1 },
  repository: { id: 2, name: "store", owner: { login: "acme" } },
  sender: ada,
  issue: {
    number: 3,
    title: "It fails",
    body: "/casebook investigate",
    created_at: "2026-01-01T00:00:00Z",
    user: ada,
  },
};

interface Sending {
  readonly event?: string | undefined;
  readonly guid?: string | undefined;
  readonly secret?: string;
  readonly signature?: string | undefined;
}

/** Delivers a body as GitHub does; gives the status. */
async function deliver(body: unknown, sending: Sending = {}): Promise<number> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const { event, guid, signature }: Sending = {
    event: "issues",
    guid: "guid-1",
    signature: sign(text, sending.secret ?? SECRET),
    ...sending,
  };
  const headers = Object.entries({
    "content-type": "application/json",
    "x-github-event": event,
    "x-github-delivery": guid,
    "x-hub-signature-256": signature,
  }).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const answer = await fetch(`${server.url}${WEBHOOK_PATH}`, { method: "POST", headers, body: text });
  await answer.text();
  return answer.status;
}

/** Deliveries counted so far, by outcome: `stored 1, known 2`. */
async function counted(): Promise<string> {
  const text = await get("/metrics");
  return [...text.matchAll(/^casebook_deliveries_total\{outcome="([a-z]+)"\} (\d+)$/gm)]
    .map(([, outcome, count]) => `${outcome} ${count}`)
    .join(", ");
}

function sign(text: string, secret: string): string {
  return `sha256=${createHmac("sha256", secret).update(text).digest("hex")}`;
}

async function get(path: string, method = "GET"): Promise<string> {
  const answer = await fetch(`${server.url}${path}`, { method });
  return `${answer.status} ${await answer.text()}`.trim();
}

describe("a delivery", () => {
  test("is stored with its job before it is acknowledged", async () => {
    expect(await deliver(opened)).toBe(200);
    expect([...store.stored.values()]).toMatchObject([
      { guid: "guid-1", event: "issues", wanted: true, payload: opened },
    ]);
    expect(await counted()).toBe("stored 1");
  });

  test("without consequences is stored as finished", async () => {
    expect(await deliver({ ...opened, action: "pinned" })).toBe(200);
    expect([...store.stored.values()]).toMatchObject([{ wanted: false }]);
    expect(await counted()).toBe("ignored 1");
  });

  test("of our own account is stored as finished", async () => {
    const comment = {
      id: 4,
      body: "/casebook investigate",
      created_at: "2026-01-01T00:00:00Z",
      updated_at: "2026-01-01T00:00:00Z",
      user: ada,
      performed_via_github_app: { id: APP },
    };
    expect(await deliver({ ...opened, action: "created", comment }, { event: "issue_comment" })).toBe(200);
    expect([...store.stored.values()]).toMatchObject([{ wanted: false }]);
  });

  test("is stored once, whatever GUID it carries: headers are not signed", async () => {
    expect(await deliver(opened)).toBe(200);
    expect(await deliver(opened)).toBe(200);
    expect(await deliver(opened, { guid: "another" })).toBe(200);
    expect(store.stored.size).toBe(1);
    expect(await counted()).toBe("stored 1, known 2");
  });

  test("signed with the previous secret is accepted during a rotation", async () => {
    expect(await deliver(opened, { secret: OLD_SECRET })).toBe(200);
    expect(store.stored.size).toBe(1);
  });

  test("with a secret of a file that changes, without a restart; one that is taken out is refused", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "secrets");
    writeFileSync(file, `${SECRET}\n`);
    const problems: string[] = [];
    const watched = watchedSecrets(file, readSecrets(file), (problem) => problems.push(problem));
    const next = "the secret of tomorrow";
    const take = async (): Promise<number[]> => {
      secrets = watched();
      return [await deliver(opened), await deliver(opened, { secret: next })];
    };
    expect(await take()).toEqual([200, 400]);
    writeFileSync(file, `${next}\n${SECRET}\n`);
    expect(await take()).toEqual([200, 200]);
    writeFileSync(file, "short\n");
    expect(await take()).toEqual([200, 200]);
    rmSync(file);
    expect(await take()).toEqual([200, 200]);
    expect(problems).toHaveLength(2);
    expect(problems.join()).not.toContain("short");
    writeFileSync(file, `${next}\n`);
    expect(await take()).toEqual([400, 200]);
  });

  test("that cannot be stored is refused, so that GitHub counts it as failed", async () => {
    store.breaks();
    expect(await deliver(opened)).toBe(503);
    expect(await counted()).toBe("failed 1");
  });

  test("is refused when the store does not answer, before Probot would acknowledge it", async () => {
    await server.close();
    await open({ storeMilliseconds: 20 });
    store.hangs();
    expect(await deliver(opened)).toBe(503);
    expect(await counted()).toBe("failed 1");
  });
});

describe("refuses and does not store", () => {
  const refusal = async (body: unknown, sending: Sending = {}): Promise<string> => {
    const status = await deliver(body, sending);
    return `${status}, ${store.stored.size} stored, ${await counted()}`;
  };

  test.each<[string, Sending]>([
    ["no signature", { signature: undefined }],
    ["a signature with another secret", { secret: "a secret of somebody" }],
    ["a signature of another body", { signature: sign("{}", SECRET) }],
    ["a signature in the old form", { signature: `sha1=${"0".repeat(40)}` }],
    ["a signature that is longer", { signature: `${sign(JSON.stringify(opened), SECRET)}00` }],
    ["no event", { event: undefined }],
    ["no GUID", { guid: undefined }],
    ["an event that is no name", { event: "issues; drop" }],
    ["an event for all handlers", { event: "*" }],
  ])("%s", async (_, sending) => expect(await refusal(opened, sending)).toBe("400, 0 stored, refused 1"));

  test.each(["", "{", "[]", "null", '"text"'])("the signed body %j, which is no object", async (body) => {
    expect(await refusal(body)).toBe("400, 0 stored, refused 1");
  });

  test.each(["issue_comment", "push", "repository"])("a signed body under the name of %s", async (event) => {
    expect(await refusal(opened, { event })).toBe("422, 0 stored, refused 1");
  });
});

describe("a body that is too large", () => {
  /** Sends bytes without waiting for leave, and gives the status that comes back. */
  function send(bytes: number, { announced }: { readonly announced: boolean }): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sending = httpRequest(`${server.url}${WEBHOOK_PATH}`, {
        method: "POST",
        headers: announced ? { "content-length": bytes } : { "transfer-encoding": "chunked" },
      });
      sending.once("response", (response) => {
        // The rest of the body is not taken, so the connection may break from here on.
        sending.on("error", () => undefined).removeListener("error", reject);
        response.resume();
        resolve(response.statusCode);
        sending.destroy();
      });
      sending.once("error", reject);
      sending.write(Buffer.alloc(announced ? 1_000 : bytes));
    });
  }

  test("is refused by what it announces, before it comes", async () => {
    expect(await send(MAX_BYTES + 1, { announced: true })).toBe(413);
  });

  test("is refused when it is there, whatever it did not announce", async () => {
    expect(await send(MAX_BYTES + 1, { announced: false })).toBe(413);
  });

  test("leaves the server in order", async () => {
    await send(MAX_BYTES + 1, { announced: true });
    expect(await deliver(opened)).toBe(200);
    expect(await counted()).toBe("refused 1, stored 1");
  });

  test("is larger than what is just accepted", async () => {
    const body = JSON.stringify({ ...opened, padding: "" });
    const padded = { ...opened, padding: "x".repeat(MAX_BYTES - body.length) };
    expect(JSON.stringify(padded)).toHaveLength(MAX_BYTES);
    expect(await deliver(padded)).toBe(200);
  });
});

describe("the pages", () => {
  test("tell health, readiness and figures", async () => {
    expect(await get("/healthz")).toBe("200 ok");
    expect(await get("/readyz")).toBe("200 ready");
    expect(await get("/metrics")).toMatch(/^200 .*casebook_deliveries_total/s);
    expect(await get("/healthz", "HEAD")).toBe("200");
  });

  test("say that the process lives and cannot work while the database is away", async () => {
    store.breaks();
    expect(await get("/healthz")).toBe("200 ok");
    expect(await get("/readyz")).toBe("503 not ready");
  });

  test.each([
    ["GET", "/"],
    ["GET", "/setup"],
    ["GET", "/probot"],
    ["GET", "/stats"],
    ["GET", "/ping"],
    ["GET", "/.env"],
    ["GET", "/metrics/"],
    ["POST", "/"],
    ["POST", "/healthz"],
    ["POST", "/api/github/webhooks/"],
    ["GET", WEBHOOK_PATH],
    ["PUT", WEBHOOK_PATH],
  ])("%s %s is not there", async (method, path) => expect(await get(path, method)).toBe("404 not found"));

  test("of a worker have no webhooks", async () => {
    await server.close();
    await open({ isWeb: false });
    expect(await deliver(opened)).toBe(404);
    expect(await get("/healthz")).toBe("200 ok");
  });
});
