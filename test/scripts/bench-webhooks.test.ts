import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "@jest/globals";
import { verify } from "@octokit/webhooks-methods";
import fc from "fast-check";
import { countLostAndDoubled, formatLoad, percentile, sendLoad } from "../../scripts/bench-webhooks.ts";

const SECRET = "secret";
const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    const closed = new Promise((resolve) => void server.close(resolve));
    server.closeAllConnections();
    return closed;
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/github/webhooks`;
}

test("every delivery is signed and has a body of its own of about 10 KB; the wanted share comes twice", async () => {
  const arrived: { readonly headers: IncomingHttpHeaders; readonly body: string }[] = [];
  const url = await serve(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    arrived.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(202).end();
  });
  const result = await sendLoad({ url, secret: SECRET, rate: 400, seconds: 0.1, twice: 0.25 });

  expect(arrived).toHaveLength(50);
  for (const { headers, body } of arrived) {
    expect(await verify(SECRET, body, String(headers["x-hub-signature-256"]))).toBe(true);
    expect(body.length).toBeGreaterThan(9_500);
    expect(body.length).toBeLessThan(13_000);
  }
  const guids = arrived.map(({ headers }) => String(headers["x-github-delivery"]));
  expect(new Set(guids).size).toBe(40);
  expect(new Set(arrived.map(({ body }) => body)).size).toBe(40);
  expect(new Set(arrived.map(({ headers }) => headers["x-github-event"]))).toEqual(
    new Set(["issue_comment", "issues"]),
  );
  expect(result.milliseconds).toHaveLength(50);
  expect(result.errors.size).toBe(0);
  expect(countLostAndDoubled(result.sent, [...new Set(guids)])).toEqual({ lost: 0, doubled: 0 });
  expect(countLostAndDoubled(result.sent, guids.slice(1))).toMatchObject({ doubled: 10 });
  expect(formatLoad(result)).toMatch(
    /^40 deliveries, 50 acknowledgements\nack: p50 \d+\.\d ms, .*p99\.9 .*\nerrors: none\n/,
  );
});

test("it does not wait for answers: all are sent while none was given", async () => {
  const waiting: (() => void)[] = [];
  const url = await serve((request, response) => {
    request.resume();
    waiting.push(() => response.writeHead(200).end());
    if (waiting.length === 20) for (const answer of waiting) answer();
  });
  const result = await sendLoad({ url, secret: SECRET, rate: 500, seconds: 0.04, twice: 0 });
  expect(result.milliseconds).toHaveLength(20);
});

test("what is refused or cut is an error, and not acknowledged", async () => {
  let count = 0;
  const url = await serve((request, response) => {
    if (count++ % 2 === 0) request.socket.destroy();
    else response.writeHead(500).end();
  });
  const result = await sendLoad({ url, secret: SECRET, rate: 500, seconds: 0.02, twice: 0 });
  expect(result.milliseconds).toEqual([]);
  expect([...result.errors.values()].reduce((sum, one) => sum + one, 0)).toBe(10);
  expect(result.errors.get("status 500")).toBe(5);
  expect(result.sent.every(({ isAcknowledged }) => !isAcknowledged)).toBe(true);
  expect(countLostAndDoubled(result.sent, [])).toEqual({ lost: 0, doubled: 0 });
});

test.each([
  "http://example.org/",
  "http://127.0.0.1.example.org/",
  "http://10.0.0.1/",
  "https://127.0.0.1/",
  "http://[::2]/",
])("load goes to this machine only, not to %s", async (url) => {
  await expect(sendLoad({ url, secret: SECRET, rate: 1, seconds: 1, twice: 0 })).rejects.toThrow(
    "on this machine only",
  );
});

test("a percentile is the smallest value that so many do not exceed", () => {
  expect(percentile([], 50)).toBeUndefined();
  expect(percentile([7], 99.9)).toBe(7);
  fc.assert(
    fc.property(
      fc.array(fc.integer(), { minLength: 1 }),
      fc.constantFrom(50, 90, 99, 99.9),
      (values, percent) => {
        const rising = [...values].sort((a, b) => a - b);
        const value = percentile(rising, percent)!;
        const share = (most: (one: number) => boolean): number => rising.filter(most).length / rising.length;
        expect(share((one) => one <= value)).toBeGreaterThanOrEqual(percent / 100);
        expect(share((one) => one < value)).toBeLessThan(percent / 100);
      },
    ),
  );
});
