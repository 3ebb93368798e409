import { describe, expect, test } from "@jest/globals";
import { judgedExplanation, readExplanation } from "../../../src/agent/submission/explanation.ts";
import type { TakenClaim } from "../../../src/agent/submission/taken-claim.ts";
import { linesRead } from "../../../src/claims/lines-read.ts";
import { sourceText } from "../../../src/repository/source-text.ts";
import { NONCE } from "../research-in.ts";

const CODE = "def put(key):\n    data = read()\n    data[key] = 12\n    write(data)\n";

/** A claim about one line of the code. */
const taken = (number: number, line: number): TakenClaim => ({
  number,
  section: "sequence",
  type: "code",
  blocks: [],
  claims: [
    linesRead.of({
      lines: { path: "a.py", start: line, end: line },
      kind: "code",
      words: [CODE.split("\n")[line - 1]!.trim()],
      in: "put",
    }),
  ],
});
const TAKEN = [taken(1, 2), taken(2, 3), taken(3, 4)];

/** The sentences as they are shown, with what a second model says of them. */
async function shown(
  texts: readonly (readonly [text: string, ...claims: number[]])[],
  verdicts: string,
  doubtful: "show" | "drop" = "show",
): Promise<readonly string[]> {
  const sentences = readExplanation(
    texts.map(([text, ...claims]) => ({ text, claims })),
    TAKEN,
  );
  if (typeof sentences === "string") return [`refused: ${sentences}`];
  const findings = await judgedExplanation(sentences, {
    phase: { type: "root-cause" },
    from: { source: { text: async () => sourceText(Buffer.from(CODE)) } },
    nonce: NONCE,
    signal: new AbortController().signal,
    doubtful,
    gateway: {
      next: async () => ({
        kind: "reply",
        reply: {
          kind: "reply",
          text: verdicts,
          model: "second",
          calls: [],
          usage: { input: 1, cached: 0, output: 1, estimated: false },
        },
      }),
    },
  });
  return findings.map(({ provenance, text }) => `${provenance}: ${text}`);
}

const of = (...verdicts: readonly string[]): string =>
  JSON.stringify({ verdicts: verdicts.map((verdict, i) => ({ sentence: i + 1, verdict })) });
const WRITES = ["`write` gets what `read` gave, changed.", 1, 2, 3] as const;

describe("a model's own words", () => {
  test("are shown as its own, with what they are bound to", async () => {
    expect(await shown([WRITES], of("follows"))).toEqual(["model: `write` gets what `read` gave, changed."]);
  });

  test("are doubtful where a second model does not find them in their claims", async () => {
    expect(await shown([WRITES], of("does-not-follow"))).toEqual([`doubtful: ${WRITES[0]}`]);
    expect(await shown([WRITES], of("does-not-follow"), "drop")).toEqual([]);
  });

  test("are left out where their claims say otherwise", async () => {
    expect(await shown([WRITES, ["`data` is changed.", 2]], of("contradicts", "follows"))).toEqual([
      "model: `data` is changed.",
    ]);
  });

  test("are doubtful where they name what is not in their claims, whatever the second model says", async () => {
    expect(await shown([["`write` holds `flock`.", 3]], of("follows"))).toEqual([
      "doubtful: `write` holds `flock`.",
    ]);
    expect(await shown([["The value is 13.", 2]], of("follows"))).toEqual(["doubtful: The value is 13."]);
    expect(await shown([["The value is 12.", 2]], of("follows"))).toEqual(["model: The value is 12."]);
    expect(await shown([["The value is 1.", 2]], of("follows"))).toEqual(["doubtful: The value is 1."]);
  });

  test("are nothing but a model's words where the second one says two things, or nothing that can be read", async () => {
    const both = '{"verdicts":[{"sentence":1,"verdict":"follows"},{"sentence":1,"verdict":"contradicts"}]}';
    expect(await shown([WRITES], both)).toEqual([`doubtful: ${WRITES[0]}`]);
    for (const answer of ["", "yes", '{"verdicts":"follows"}', of("true")])
      expect(await shown([WRITES], answer)).toEqual([`model: ${WRITES[0]}`]);
  });

  test.each<readonly [string, readonly [string, ...number[]], RegExp]>([
    ["more than 80 words", ["so ".repeat(81), 1], /at most 80/],
    ["a claim that was not taken", ["It is so.", 4], /no claim 4/],
    ["nothing", ["...", 1], /says nothing/],
    ["marks of Casebook", ["Measured: it is slow.", 1], /Leave out/],
    ["letters that look alike", ["It is sl\u043ew.", 1], /alphabets/],
  ])("are not %s", async (_, sentence, reason) => {
    expect((await shown([sentence], of("follows")))[0]).toMatch(reason);
  });
});
