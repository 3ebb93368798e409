/** What stands in the place of a secret, one for each of its lines. */
export const MASK = "[masked secret]";

/**
 * Texts in `text` that look like a secret by the rules of secretlint's recommended preset: tokens of code hosts and package registries,
 * cloud keys, private keys, addresses with a password, keys of services. Each once; asks nobody.
 */
export async function findSecrets(text: string): Promise<readonly string[]> {
  const [{ lintSource }, { creator }] = await Promise.all([
    import("@secretlint/core"),
    import("@secretlint/secretlint-rule-preset-recommend"),
  ]);
  const { messages } = await lintSource({
    source: { content: text, filePath: "document.txt", ext: ".txt", contentType: "text" },
    options: {
      noPhysicFilePath: true,
      config: { rules: [{ id: "@secretlint/secretlint-rule-preset-recommend", rule: creator }] },
    },
  });
  return [...new Set(messages.map(({ range: [start, end] }) => text.slice(start, end)))].filter(
    (secret) => secret.trim() !== "",
  );
}

/** The text with each of the secrets replaced; the number of lines stays. */
export function maskSecrets(text: string, secrets: readonly string[]): string {
  let masked = text;
  // The longest first: one may be a part of another.
  for (const secret of secrets.toSorted((a, b) => b.length - a.length))
    masked = masked.replaceAll(secret, () =>
      secret
        .split("\n")
        .map((line) => (line.trim() === "" ? line : MASK))
        .join("\n"),
    );
  return masked;
}

/** Whether `shown` is the line with nothing but secrets masked in it. */
export function isMasked(shown: string, line: string): boolean {
  const parts = shown.split(MASK);
  if (parts.length === 1) return false;
  let at = 0;
  for (const [i, part] of parts.entries()) {
    // A mask stands for at least one character.
    const from = i === 0 ? 0 : at + 1;
    const found = i === 0 ? 0 : i === parts.length - 1 ? line.length - part.length : line.indexOf(part, from);
    if (found < from || !line.startsWith(part, found)) return false;
    at = found + part.length;
  }
  return true;
}
