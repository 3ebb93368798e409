import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import webhookExamples from "@octokit/webhooks-examples" with { type: "json" };
import { Webhooks } from "@octokit/webhooks";
import fc from "fast-check";
import { openApi } from "../../fakes/openapi/validate.ts";
import { createWebhooks, type WebhookOptions } from "../../../src/simulator/github/webhooks.ts";
import { LIMITS } from "../../../src/text/github-limits.ts";

const SECRET = "a secret with ünïcode";
const START = Date.UTC(2026, 10, 24);
const DAY = 24 * 60 * 60 * 1_000;
const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The package's types are those of a module that the file is not. */
const examples = webhookExamples as unknown as readonly {
  readonly name: string;
  readonly examples: readonly { readonly action?: string }[];
}[];

interface Arrival {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A receiver of webhooks that keeps what comes and answers with what `answer` says. */
async function startReceiver() {
  const arrivals: Arrival[] = [];
  const receiver = {
    arrivals,
    url: "",
    /** A status; undefined: the connection is cut; a promise holds the answer back. */
    answer: (() => 200) as (arrival: Arrival) => number | undefined | Promise<number>,
    /** The bodies' `n` in the order in which they came. */
    order: () => arrivals.map(({ body }) => (JSON.parse(body) as { readonly n: number }).n),
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => void server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const arrival = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    arrivals.push(arrival);
    const status = await receiver.answer(arrival);
    if (status === undefined) request.socket.destroy();
    else response.writeHead(status).end("thanks");
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  receiver.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`;
  return receiver;
}

let receiver: Awaited<ReturnType<typeof startReceiver>>;
let now = START;
beforeEach(async () => {
  now = START;
  receiver = await startReceiver();
});
afterEach(async () => receiver[Symbol.asyncDispose]());

const start = (options: Partial<WebhookOptions> = {}) => {
  const webhooks = createWebhooks({ secret: SECRET, appId: 42, clock: () => now, ...options });
  webhooks.deliverTo(receiver.url);
  return webhooks;
};
type Sender = ReturnType<typeof start>;

const emitMany = async (webhooks: Sender, count: number, from = 0): Promise<void> => {
  for (let n = from; n < from + count; n++) await webhooks.emit("issues", "opened", { n });
};

describe("a delivery", () => {
  test("is signed over its exact bytes and carries GitHub's headers", async () => {
    const webhooks = start();
    await webhooks.emit("issues", "opened", { issue: { title: "größer 🎉" } });
    await webhooks.settled();
    const [{ headers, body }] = receiver.arrivals as [Arrival];
    expect(body).toBe('{"action":"opened","issue":{"title":"größer 🎉"}}');
    expect(await new Webhooks({ secret: SECRET }).verify(body, String(headers["x-hub-signature-256"]))).toBe(
      true,
    );
    expect(await new Webhooks({ secret: "other" }).verify(body, String(headers["x-hub-signature-256"]))).toBe(
      false,
    );
    expect(headers).toMatchObject({
      "content-type": "application/json",
      "user-agent": expect.stringMatching(/^GitHub-Hookshot\/[0-9a-f]{7}$/),
      "x-github-delivery": expect.stringMatching(GUID),
      "x-github-event": "issues",
      "x-github-hook-id": expect.stringMatching(/^\d+$/),
      "x-github-hook-installation-target-id": "42",
      "x-github-hook-installation-target-type": "integration",
    });
    expect(webhooks.log).toMatchObject([
      { event: "issues", action: "opened", body, guid: headers["x-github-delivery"], status: 200 },
    ]);
  });

  test("an event without actions has none in its body", async () => {
    const webhooks = start();
    await webhooks.emit("push", undefined, { ref: "refs/heads/main" });
    await webhooks.settled();
    expect(receiver.arrivals.map(({ body }) => body)).toEqual(['{"ref":"refs/heads/main"}']);
    expect(webhooks.log).toMatchObject([{ event: "push", action: undefined }]);
  });

  test("is queued at once and arrives in the order of what happened", async () => {
    const webhooks = start();
    let open: (status: number) => void = () => {};
    receiver.answer = () => new Promise((resolve) => void (open = resolve));
    await emitMany(webhooks, 3);
    expect(webhooks.log.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
    receiver.answer = () => 202;
    while (receiver.arrivals.length === 0) await new Promise((resolve) => void setImmediate(resolve));
    open(202);
    await webhooks.settled();
    expect(receiver.order()).toEqual([0, 1, 2]);
    expect(webhooks.log.map(({ status }) => status)).toEqual([202, 202, 202]);
  });

  test("what a receiver causes while it answers is delivered after it", async () => {
    const webhooks = start();
    receiver.answer = async ({ body }) => {
      if (body.includes('"n":0')) await webhooks.emit("issues", "labeled", { n: 1 });
      return 200;
    };
    await emitMany(webhooks, 1);
    await webhooks.settled();
    expect(receiver.order()).toEqual([0, 1]);
  });

  test("over 25 MB it is never sent and never logged", async () => {
    const webhooks = start();
    await webhooks.emit("issues", "opened", { text: "x".repeat(LIMITS.webhookBytes) });
    await webhooks.settled();
    expect(webhooks.log).toEqual([]);
    expect(receiver.arrivals).toEqual([]);
  });

  test("goes over http only", () => {
    expect(() => start().deliverTo("https://example.org/")).toThrow("http://");
  });
});

describe("a delivery that fails", () => {
  test.each<
    [
      what: string,
      answer: () => number | undefined | Promise<number>,
      status: number | undefined,
      code: number,
    ]
  >([
    ["the receiver says 500", () => 500, 500, 500],
    ["the connection is cut", () => undefined, undefined, 502],
    ["no answer comes in time", () => new Promise<number>(() => {}), undefined, 504],
  ])("is logged and not sent again: %s", async (_, answer, status, code) => {
    const webhooks = start(code === 504 ? { timeoutMilliseconds: 50 } : {});
    receiver.answer = answer;
    await emitMany(webhooks, 1);
    await webhooks.settled();
    // One that times out may do so before it arrives.
    expect(receiver.arrivals.length).toBeLessThanOrEqual(1);
    expect(webhooks.log).toMatchObject([{ status }]);
    expect(webhooks.deliveries({}).items).toMatchObject([{ status_code: code }]);
  });

  test("nobody listens, or no URL was ever given", async () => {
    const webhooks = start();
    await receiver[Symbol.asyncDispose]();
    await emitMany(webhooks, 1);
    await webhooks.settled();
    const lonely = createWebhooks({ secret: SECRET, appId: 42, clock: () => now });
    await emitMany(lonely, 1);
    await lonely.settled();
    for (const log of [webhooks.log, lonely.log]) expect(log).toMatchObject([{ status: undefined }]);
    expect(lonely.deliveries({}).items).toMatchObject([{ status: "failed to connect to host" }]);
  });

  test("lost ones are in the log, never sent, and can be sent again by the API", async () => {
    const webhooks = start();
    webhooks.lose(true);
    await emitMany(webhooks, 2);
    await webhooks.settled();
    expect(receiver.arrivals).toEqual([]);
    webhooks.lose(false);
    for (const { id } of webhooks.deliveries({}).items) await webhooks.redeliver(id);
    await webhooks.settled();
    expect(receiver.order().sort((a, b) => a - b)).toEqual([0, 1]);
    const [lost, , again] = webhooks.log;
    expect(receiver.arrivals.map(({ headers }) => headers["x-github-delivery"])).toContain(lost?.guid);
    expect(again?.status).toBe(200);
    expect(lost?.status).toBeUndefined();
  });
});

describe("held deliveries", () => {
  test("wait, and are released as they came; later ones go at once again", async () => {
    const webhooks = start();
    webhooks.hold();
    await emitMany(webhooks, 3);
    await webhooks.settled();
    expect(receiver.arrivals).toEqual([]);
    expect(webhooks.held.map(({ status }) => status)).toEqual([undefined, undefined, undefined]);
    expect(webhooks.deliveries({}).items).toEqual([]);
    await webhooks.release();
    expect(receiver.order()).toEqual([0, 1, 2]);
    expect(webhooks.held).toEqual([]);
    await emitMany(webhooks, 1, 3);
    await webhooks.settled();
    expect(receiver.order()).toEqual([0, 1, 2, 3]);
  });

  test("are released in any order, any number of times, with the same GUID each time", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.shuffledSubarray([0, 1, 2, 3], { minLength: 1 }),
        fc.integer({ min: 1, max: 3 }),
        async (order, times) => {
          receiver.arrivals.length = 0;
          const webhooks = start();
          webhooks.hold();
          await emitMany(webhooks, 4);
          const guids = webhooks.held.map(({ guid }) => guid);
          await webhooks.release({ order, times });
          expect(receiver.order()).toEqual(order.flatMap((n) => Array<number>(times).fill(n)));
          expect(receiver.arrivals.map(({ headers }) => headers["x-github-delivery"])).toEqual(
            order.flatMap((n) => Array<string | undefined>(times).fill(guids[n])),
          );
          // What was left out is still held.
          expect(webhooks.held).toHaveLength(4 - order.length);
        },
      ),
      { numRuns: 15 },
    );
  });

  test("an index that nothing is held at is a mistake of the test", async () => {
    const webhooks = start();
    webhooks.hold();
    await emitMany(webhooks, 1);
    await expect(webhooks.release({ order: [1] })).rejects.toThrow("no held delivery 1; 1 are held");
  });
});

describe("sending again", () => {
  test("as it was, with a new GUID, or under another event's name", async () => {
    const webhooks = start();
    await emitMany(webhooks, 1);
    await webhooks.settled();
    const [first] = webhooks.log;
    const guid = "11111111-2222-3333-4444-555555555555";
    expect(await webhooks.resend(first!)).toBe(200);
    expect(await webhooks.resend(first!, { guid })).toBe(200);
    expect(await webhooks.resend(first!, { event: "issue_comment" })).toBe(200);
    const seen = receiver.arrivals.map(({ headers }) => [
      headers["x-github-delivery"],
      headers["x-github-event"],
    ]);
    expect(seen).toEqual([
      [first!.guid, "issues"],
      [first!.guid, "issues"],
      [guid, "issues"],
      [first!.guid, "issue_comment"],
    ]);
    expect(new Set(receiver.arrivals.map(({ body }) => body)).size).toBe(1);
  });

  test("tells the status; 0 when no answer came", async () => {
    const webhooks = start();
    await emitMany(webhooks, 1);
    await webhooks.settled();
    receiver.answer = () => 400;
    expect(await webhooks.resend(webhooks.log[0]!)).toBe(400);
    receiver.answer = () => undefined;
    expect(await webhooks.resend(webhooks.log[0]!)).toBe(0);
  });

  test("two at once arrive at once: a receiver meets its duplicate in mid-work", async () => {
    const webhooks = start();
    await emitMany(webhooks, 1);
    await webhooks.settled();
    const both = Promise.withResolvers<number>();
    receiver.answer = () => {
      if (receiver.arrivals.length === 3) both.resolve(200);
      return both.promise;
    };
    const delivery = webhooks.log[0]!;
    expect(await Promise.all([webhooks.resend(delivery), webhooks.resend(delivery)])).toEqual([200, 200]);
  });
});

describe("the delivery log of the API", () => {
  const emitForInstallation = async (webhooks: Sender): Promise<void> => {
    await webhooks.emit("issues", "opened", { n: 0, installation: { id: 7 }, repository: { id: 8 } });
    await webhooks.settled();
  };

  test("is what GitHub's description says", async () => {
    const webhooks = start();
    await emitForInstallation(webhooks);
    await webhooks.emit("ping", undefined, { zen: "…" });
    await webhooks.settled();
    const { items } = webhooks.deliveries({});
    expect(openApi().checkResponse("GET /app/hook/deliveries", 200, items)).toEqual([]);
    expect(items).toMatchObject([
      { event: "ping", action: null, installation_id: null },
      {
        event: "issues",
        action: "opened",
        installation_id: 7,
        repository_id: 8,
        redelivery: false,
        status: "OK",
        status_code: 200,
        delivered_at: "2026-11-24T00:00:00.000Z",
      },
    ]);
  });

  test("has pages by a cursor, newest first, that new deliveries do not shift", async () => {
    const webhooks = start();
    await emitMany(webhooks, 5);
    await webhooks.settled();
    const ids = webhooks.log.map(({ id }) => id).reverse();
    const first = webhooks.deliveries({ perPage: 2 });
    await emitMany(webhooks, 1);
    await webhooks.settled();
    const second = webhooks.deliveries({ perPage: 2, cursor: first.next! });
    const third = webhooks.deliveries({ perPage: 2, cursor: second.next! });
    expect([first, second, third].flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
    expect(third.next).toBeUndefined();
  });

  test("a redelivery is an entry of its own with the same GUID and what it belongs to", async () => {
    const webhooks = start();
    await emitForInstallation(webhooks);
    const [before] = webhooks.deliveries({}).items;
    await webhooks.redeliver(before!.id);
    await webhooks.settled();
    const [after] = webhooks.deliveries({}).items;
    expect(after).toMatchObject({
      guid: before!.guid,
      redelivery: true,
      installation_id: 7,
      repository_id: 8,
    });
    expect(after!.id).toBeGreaterThan(before!.id);
  });

  test("forgets after three days", async () => {
    const webhooks = start();
    await emitForInstallation(webhooks);
    const { id } = webhooks.log[0]!;
    now += 3 * DAY - 1;
    expect(webhooks.deliveries({}).items).toHaveLength(1);
    now += 1;
    expect(webhooks.deliveries({}).items).toEqual([]);
    await expect(webhooks.redeliver(id)).rejects.toThrow(`There is no delivery ${id}.`);
  });
});

test("every real payload of GitHub's examples arrives signed, and again under a new GUID", async () => {
  const webhooks = start({ atOnce: 4 });
  const verifier = new Webhooks({ secret: SECRET });
  let count = 0;
  for (const { name, examples: payloads } of examples) {
    for (const payload of payloads) {
      await webhooks.emit(name, payload.action, payload);
      count++;
    }
  }
  await webhooks.settled();
  expect(count).toBe(329);
  await Promise.all([...webhooks.log].map((one) => webhooks.resend(one, { guid: `again-${one.guid}` })));
  expect(receiver.arrivals).toHaveLength(2 * 329);
  const verified = await Promise.all(
    receiver.arrivals.map(({ headers, body }) =>
      verifier.verify(body, String(headers["x-hub-signature-256"])),
    ),
  );
  expect(verified.filter(Boolean)).toHaveLength(2 * 329);
  expect(new Set(receiver.arrivals.map(({ headers }) => headers["x-github-delivery"])).size).toBe(2 * 329);
  const bodies = new Set(receiver.arrivals.map(({ body }) => body));
  for (const { examples: payloads } of examples)
    for (const payload of payloads) {
      const { action } = payload;
      expect(bodies.has(JSON.stringify(action === undefined ? payload : { action, ...payload }))).toBe(true);
    }
});
