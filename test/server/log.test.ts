import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { pino } from "pino";
import { errorFields, hiderOf, serviceLog } from "../../src/server/log.ts";

/** The ways in which a secret gets into a text without anybody meaning it. */
const FORMS: Readonly<Record<string, (secret: string) => string>> = {
  plain: (secret) => secret,
  "in JSON": (secret) => JSON.stringify({ secret }),
  "in JSON in JSON's line": (secret) => JSON.stringify({ text: `before ${secret} after` }),
  "in base64": (secret) => Buffer.from(secret).toString("base64"),
  "in hex": (secret) => Buffer.from(secret).toString("hex"),
  "in an address": (secret) => `https://example.org/?q=${encodeURIComponent(secret)}&x=1`,
};

const words = fc.string({ unit: "grapheme-ascii", minLength: 16, maxLength: 60 });

describe("a secret", () => {
  test.each(Object.entries(FORMS))("%s is not in a line", (_, form) => {
    fc.assert(
      fc.property(words, fc.string({ maxLength: 20 }), (secret, around) => {
        const shown = hiderOf([secret])(`${around}${form(secret)}${around}`);
        expect(shown).toContain("[secret]");
        expect(shown).not.toContain(form(secret));
      }),
    );
  });

  test("of several lines is not shown line by line either", () => {
    const lines = Array.from({ length: 4 }, (_, i) => `${i}`.repeat(64));
    const key = `-----BEGIN RSA PRIVATE KEY-----\n${lines.join("\n")}\n-----END RSA PRIVATE KEY-----\n`;
    const hide = hiderOf([key]);
    for (const line of lines) expect(hide(`at ${line}.`)).toBe("at [secret].");
    expect(hide(JSON.stringify({ key }))).toBe('{"key":"[secret]"}');
  });

  test("that is short hides nothing else, and a line without one stays as it is", () => {
    expect(hiderOf(["a"])("a line")).toBe("a line");
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z ]{0,80}$/), (line) => {
        expect(hiderOf(["A-SECRET-OF-OURS-1"])(line)).toBe(line);
      }),
    );
  });
});

test.each(["ghp", "gho", "ghs", "ghu", "ghr"])("a token of the kind %s_ goes by its shape", (kind) => {
  const token = `${kind}_${"a1B2".repeat(9)}`;
  expect(hiderOf([])(`"authorization":"token ${token}"`)).toBe('"authorization":"token [token]"');
});

describe("what the service says", () => {
  test("is one line of JSON with its ids, whatever control characters an error carries", () => {
    const lines: string[] = [];
    const log = serviceLog(pino({ base: null }, { write: (line: string) => void lines.push(line) }));
    log.error("a job failed", { investigation: "1#2", run: "1#2.3" }, new Error('x"\n{"level":60}\u2028'));
    expect(lines).toHaveLength(1);
    expect(lines[0]!.trimEnd()).not.toContain("\n");
    expect(JSON.parse(lines[0]!)).toMatchObject({
      investigation: "1#2",
      run: "1#2.3",
      msg: "a job failed",
      error: expect.stringContaining("Error: x"),
    });
  });

  test("of an error is its name, message and stack, and nothing that hangs on it", () => {
    const error = Object.assign(new Error("no"), { request: { headers: { authorization: "token x" } } });
    expect(Object.keys(errorFields(error)).sort()).toEqual(["error", "stack"]);
    expect(errorFields("no")).toEqual({ error: "no" });
  });
});
