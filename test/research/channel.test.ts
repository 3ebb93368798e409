import { Duplex, PassThrough } from "node:stream";
import { once } from "node:events";
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { openChannel } from "../../src/research/channel.ts";
import { readFromResearcher } from "../../src/research/read-from-researcher.ts";

/** Two ends of one connection. */
function pair(): readonly [Duplex, Duplex] {
  const [there, back] = [new PassThrough(), new PassThrough()];
  return [Duplex.from({ writable: there, readable: back }), Duplex.from({ writable: back, readable: there })];
}

test("messages arrive in order, with their maps, whatever their texts hold", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(fc.string({ unit: "binary" }), fc.string())), async (texts) => {
      const [one, other] = pair();
      const got: unknown[] = [];
      openChannel(other, { onMessage: (message) => got.push(message), onBroken: (why) => got.push(why) });
      const channel = openChannel(one, { onMessage: () => undefined, onBroken: () => undefined });
      for (const [name, text] of texts)
        channel.say({
          name,
          files: new Map<string, string | undefined>([
            [name, text],
            ["gone", undefined],
          ]),
        });
      channel.end();
      await once(other, "close");
      expect(got).toEqual(
        texts.map(([name, text]) => ({
          name,
          files: new Map<string, string | undefined>([
            [name, text],
            ["gone", undefined],
          ]),
        })),
      );
    }),
    { numRuns: 30 },
  );
});

test.each([
  ["a line that is too long", `"${"x".repeat(2_000)}"\n`, /more than 1000 characters/],
  ["a line that does not end", "x".repeat(2_000), /more than 1000 characters/],
  ["what is no JSON", "{\n", /no JSON/],
])("%s closes the connection", async (_, sent, expected) => {
  const [one, other] = pair();
  one.on("error", () => undefined);
  const got: unknown[] = [];
  const broken = new Promise<string>((resolve) => {
    openChannel(other, { most: 1_000, onMessage: (message) => got.push(message), onBroken: resolve });
  });
  one.write(sent);
  expect(await broken).toMatch(expected);
  one.write('{"kind":"step","step":"more"}\n');
  expect(got).toEqual([]);
  expect(other.destroyed).toBe(true);
});

test("no JSON makes the reader of messages fail", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(typeof readFromResearcher(value)).toBe("string");
    }),
  );
});

const call = (ask: object): object => ({ kind: "call", call: 1, ask });
const publish = (path: string, text: string): object =>
  call({ kind: "publish", files: new Map([[path, text]]), message: "m" });

test.each([
  ["a file", publish(".chant/research/issue-1-root-cause.md", "x")],
  ["a question", call({ kind: "current" })],
  ["a step", { kind: "step", step: "listing files" }],
  ["a failure", { kind: "failed", code: "usage", message: "x" }],
])("%s of the known shape passes", (_, message) => {
  expect(readFromResearcher(message)).toEqual(message);
});

test.each([
  ["a path that leaves the repository", publish("../x", "x")],
  ["an absolute path", publish("/etc/passwd", "x")],
  ["a path with a line end", publish("a\nb", "x")],
  ["a file that is too large", publish("a", "x".repeat(5_000_001))],
  ["files that are no map", call({ kind: "publish", files: {}, message: "m" })],
  ["a call that nobody knows", call({ kind: "token" })],
  ["a field more", { kind: "step", step: "x", more: 1 }],
  ["a failure that nobody knows", { kind: "failed", code: "rm", message: "x" }],
  ["a commit that is an option", call({ kind: "sandbox-open", commit: "--output=/x" })],
  [
    "a run without end",
    call({
      kind: "sandbox-run",
      sandbox: 1,
      request: { changes: new Map(), command: ["x"], limits: { seconds: 1e9 } },
    }),
  ],
])("%s is refused", (_, message) => {
  expect(typeof readFromResearcher(message)).toBe("string");
});
