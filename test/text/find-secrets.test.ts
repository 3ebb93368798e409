import { generateKeyPairSync } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { findSecrets, isMasked, MASK, maskSecrets } from "../../src/text/find-secrets.ts";

/** Random enough for rules that look at that; put together here, so that no file of this repository holds such a token. */
const letters = (count: number): string =>
  Array.from({ length: count }, (_, i) => "aB3dE5fG7hJ9kL2mN4pQ6rS8tU1vW0xY"[(i * 7 + count) % 32]).join("");
const jwt = `eyJ${letters(60)}.eyJ${letters(120)}.${letters(120)}`;
const pem = generateKeyPairSync("rsa", { modulusLength: 2048 })
  .privateKey.export({ type: "pkcs8", format: "pem" })
  .toString();

describe("finds and masks", () => {
  test.each([
    ["a personal token of GitHub", `ghp_${letters(36)}`],
    ["a token of an installation", `ghs_${letters(36)}`],
    ["a token of an installation in its new form", `ghs_123456_${jwt}`],
    ["a fine-grained token", `github_pat_${letters(22)}_${letters(59)}`],
    ["a token of npm", `npm_${letters(36)}`],
    ["a token of Slack", `xoxb-123456789012-1234567890123-${letters(24)}`],
    ["a token of GitLab", `glpat-${letters(20)}`],
  ])("%s", async (_, secret) => {
    const text = `const a = 1;\nconst token = "${secret}";\n`;
    const found = await findSecrets(text);
    expect(found).toEqual([secret]);
    expect(maskSecrets(text, found)).toBe(`const a = 1;\nconst token = "${MASK}";\n`);
  });

  test("a cloud key by the name before it", async () => {
    const secret = letters(40);
    expect(
      maskSecrets(
        `aws_secret_access_key = ${secret}`,
        await findSecrets(`aws_secret_access_key = ${secret}`),
      ),
    ).not.toContain(secret);
  });

  test("a private key, line by line", async () => {
    const text = `before\n${pem}after\n`;
    const masked = maskSecrets(text, await findSecrets(text));
    expect(masked.split("\n")).toHaveLength(text.split("\n").length);
    expect(masked).toMatch(/^before\n(?:\[masked secret\]\n)+after\n$/);
  });
});

test.each([
  "x = token_of(user)",
  "0123456789abcdef0123456789abcdef01234567",
  "https://example.com/a?b=c#L3",
  "ghp_short",
])("%s is no secret", async (text) => {
  expect(await findSecrets(text)).toEqual([]);
});

test("a masked line is recognized, and no other", () => {
  const word = fc.stringMatching(/^[a-z ="]{0,8}$/);
  const secret = fc.stringMatching(/^[A-Z0-9]{1,12}$/);
  fc.assert(
    fc.property(word, fc.array(fc.tuple(secret, word), { minLength: 1, maxLength: 3 }), (first, rest) => {
      const line = first + rest.map(([one, after]) => one + after).join("");
      const shown = first + rest.map(([, after]) => MASK + after).join("");
      expect(isMasked(shown, line)).toBe(true);
      expect(isMasked(`${shown}!`, line)).toBe(false);
      expect(isMasked(`!${shown}`, line)).toBe(false);
    }),
  );
  expect(isMasked("a", "a")).toBe(false);
  expect(isMasked(MASK, "")).toBe(false);
});
