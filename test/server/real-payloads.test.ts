import { createHmac, generateKeyPairSync } from "node:crypto";
import { createRequire } from "node:module";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { pino } from "pino";
import type { NewDelivery } from "../../src/store/store.ts";
import { type HttpServer, openHttpServer, WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { type Metrics, openMetrics } from "../../src/server/metrics.ts";
import { openWebhooks } from "../../src/server/webhooks.ts";

const SECRET = "the secret of this test";
const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
/** Holds deliveries as a database would. */
const stored = new Map<string, NewDelivery>();
let server: HttpServer;
let metrics: Metrics;

beforeAll(async () => {
  metrics = openMetrics({
    counts: async () => [],
    openRuns: async () => [],
    lastDeliveryAt: async () => undefined,
  });
  const webhooks = await openWebhooks({
    appId: 4711,
    privateKey: privateKey.export({ type: "pkcs1", format: "pem" }).toString(),
    secrets: () => [SECRET],
    metrics,
    logger: pino({ level: "silent" }),
    self: () => ({ appId: 4711 }),
    store: {
      async acceptDelivery(delivery) {
        if (stored.has(delivery.key)) return "known";
        stored.set(delivery.key, delivery);
        return "stored";
      },
    },
  });
  server = await openHttpServer({
    host: "127.0.0.1",
    port: 0,
    webhooks,
    metrics,
    maxBytes: 100_000,
    alive: async () => undefined,
    ready: async () => undefined,
  });
});
afterAll(() => server.close());

function post(body: string, headers: Readonly<Record<string, string>>): Promise<Response> {
  const all = {
    "content-type": "application/json",
    "x-github-delivery": "a-guid",
    "x-github-event": "issue_comment",
    "x-hub-signature-256": `sha256=${createHmac("sha256", SECRET).update(body).digest("hex")}`,
    ...headers,
  };
  return fetch(`${server.url}${WEBHOOK_PATH}`, { method: "POST", body, headers: all });
}

test("each of GitHub's real payloads is taken or refused, and none ends the process", async () => {
  const examples = createRequire(import.meta.url)("@octokit/webhooks-examples") as readonly {
    readonly name: string;
    readonly examples: readonly object[];
  }[];
  const counts = new Map<number, number>();
  for (const { name, examples: bodies } of examples)
    for (const body of bodies) {
      const { status } = await post(JSON.stringify({ installation: { id: 4 }, ...body }), {
        "x-github-event": name,
      });
      counts.set(status, (counts.get(status) ?? 0) + 1);
    }
  // 52 mean something; of the others some stand twice in the collection.
  expect([...counts.values()].reduce((sum, count) => sum + count, 0)).toBe(329);
  expect([...stored.values()].filter(({ wanted }) => wanted)).toHaveLength(52);
  expect([...counts.keys()].filter((status) => status >= 500)).toEqual([]);
}, 60_000);
