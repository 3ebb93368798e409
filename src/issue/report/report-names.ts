import { matchWords } from "../../text/words-of.ts";

const MAX_MATCHES = 500;
const MAX_LINE = 4_000;
const MAX_NAME = 80;

/** Paths and file names as written, `/` between parts, leading `./` dropped. */
export function findPaths(text: string): readonly string[] {
  const paths = new Set<string>();
  for (const line of text.split("\n"))
    for (const [written] of line.slice(0, MAX_LINE).matchAll(/[\w@+/\\.-]{1,300}/g)) {
      const path = written
        .replaceAll("\\", "/")
        .replace(/[./-]+$/, "")
        .replace(/^(?:\.?\.?\/)+/, "");
      if (path.length >= 4 && /(?:^|[^.])\.[A-Za-z]\w{0,5}$/.test(path) && !path.includes("//"))
        paths.add(path);
      if (paths.size >= MAX_MATCHES) return [...paths];
    }
  return [...paths];
}

/** Names of code, most telling first: written like code (`snake_case`, `camelCase`, `a.b`, `f(`) or in code's type. */
export function findIdentifiers(
  textBlocks: readonly { readonly kind: string; readonly text: string }[],
): readonly string[] {
  const weights = new Map<string, number>();
  for (const { kind, text } of textBlocks) {
    if (kind === "environment" || kind === "boilerplate" || kind === "data") continue;
    const inCode = kind === "inline-code" || kind === "code" || kind === "trace";
    const weight = { title: 3, "inline-code": 2, trace: 1.5, prose: 1.5 }[kind] ?? 0.7;
    for (const match of matchWords(text)) {
      const name = match[0];
      const like =
        /\p{Ll}\p{Lu}|[\p{L}\p{N}]_[\p{L}\p{N}]|^_/u.test(name) || text[match.index + name.length] === "(";
      if (name.length < 3 || name.length > MAX_NAME || !(like || (inCode && kind === "inline-code")))
        continue;
      weights.set(name, (weights.get(name) ?? 0) + weight);
      if (weights.size > MAX_MATCHES * 4) break;
    }
  }
  return [...weights]
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
    .map(([name]) => name)
    .slice(0, MAX_MATCHES);
}
