import type { PlainStatement } from "./plain-statement.ts";

/** Something in a statement that must stand in its evidence. */
export interface Claimed {
  readonly kind: "name" | "number" | "quotation" | "address" | "scale";
  readonly text: string;
}

/**
 * Everything in a statement that a machine can look for: names in the shape of code, numbers, quoted words, addresses,
 * and words about how many people something touches. The known failure of research by models is inventing just these.
 * Each once, in the order in which they stand. Linear in the text.
 */
export function claimsOf({ code, words }: PlainStatement): readonly Claimed[] {
  const found: Claimed[] = code.map((text) => ({ kind: "name", text }));
  const add = (kind: Claimed["kind"], text: string): void => void found.push({ kind, text });
  let rest = words;
  rest = rest.replace(/["“„]([^"“”„]{3,200})["”]/g, (_, quoted: string) => {
    add("quotation", quoted.trim());
    return " ";
  });
  for (const raw of rest.split(/\s+/)) {
    const token = raw.replace(/^[('"“‘[{]+|[)'"”’\]},;:!?…]+$|\.+$/g, "").replace(/[),.;:]+$/, "");
    if (token === "") continue;
    if (token.includes("://") || /^(www\.|mailto:)/i.test(token) || /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(token))
      add("address", token);
    else if (/^@\w/.test(token)) add("address", token.slice(1));
    else if (isNumber(token)) add("number", token);
    else if (isName(token)) add("name", token.replace(/\(\)?$/, ""));
    else if (SCALE.has(token.toLowerCase())) add("scale", token.toLowerCase());
    else for (const part of token.match(/\d[\d.,]*%?/g) ?? []) add("number", part.replace(/[.,]+$/, ""));
  }
  const seen = new Set<string>();
  return found.filter(({ kind, text }) => {
    const key = `${kind} ${text}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Words about who and how many are touched: nobody knows that from code. */
const SCALE: ReadonlySet<string> = new Set(
  (
    "users customers clients companies organizations organisations teams enterprises subscribers visitors tenants " +
    "downloads installations deployments production outage outages incident incidents revenue " +
    "dozens hundreds thousands millions billions percent percentage majority widespread frequently"
  ).split(" "),
);

function isNumber(token: string): boolean {
  return /^[#~≈<>≤≥+-]?\$?\d[\d.,:]*(?:%|ms|s|x|k|kb|mb|gb|[a-z]{1,2})?$/i.test(token);
}

/** Shapes that words of a language do not have: `snake_case`, `camelCase`, `a.b`, `f()`, `a/b.c`, `--flag`, `A::b`. */
function isName(token: string): boolean {
  if (
    /^(e\.g|i\.e|etc|vs|cf|and\/or|either\/or|read\/write|input\/output|true\/false|yes\/no)\.?$/i.test(token)
  )
    return false;
  return (
    /[A-Za-z]\(\)?$/.test(token) ||
    /[A-Za-z0-9]_[A-Za-z0-9]|^_+[A-Za-z]|[A-Za-z]_$/.test(token) ||
    /[a-z][A-Z]/.test(token) ||
    /[A-Za-z]\.[A-Za-z]/.test(token) ||
    /::|->|=>/.test(token) ||
    /^--?[a-z][\w-]+$/i.test(token) ||
    /^\/[A-Za-z]/.test(token) ||
    (/[A-Za-z0-9.]\/[A-Za-z0-9.]/.test(token) && /[._\d]|\/.*\//.test(token)) ||
    /^[A-Z]{2,}[A-Z0-9]*\d[A-Z0-9]*$/.test(token)
  );
}

/**
 * What of a statement does not stand in its evidence. `evidence`: the cited texts, and what Casebook itself knows of them
 * (paths, line numbers, counts). White space is folded and case counts, except for quotations' ends.
 */
export function ungrounded(claims: readonly Claimed[], evidence: readonly string[]): readonly Claimed[] {
  const text = fold(evidence.join("\n"));
  const lower = text.toLowerCase();
  const numbers = new Set((text.match(/\d+(?:[.,]\d+)*/g) ?? []).flatMap((n) => [n, n.replaceAll(",", "")]));
  return claims.filter(({ kind, text: claimed }) => {
    const wanted = fold(claimed);
    switch (kind) {
      case "number": {
        const digits = /\d[\d.,]*/.exec(wanted)?.[0].replace(/[.,]+$/, "") ?? wanted;
        return !numbers.has(digits) && !numbers.has(digits.replaceAll(",", ""));
      }
      case "name":
        return !isThere(wanted, text);
      case "scale":
        return !new RegExp(`\\b${wanted}\\b`).test(lower);
      case "quotation":
        return !lower.includes(wanted.toLowerCase().replace(/[.,;!?…]+$/, ""));
      case "address":
        return !lower.includes(wanted.toLowerCase());
    }
  });
}

/** A name as it stands, or its parts: `Store.set` where the class and the method stand apart. */
function isThere(name: string, text: string): boolean {
  const bare = name.replace(/\(.*\)$/, "").replace(/\($/, "");
  if (bare === "") return true;
  if (/^[\w$]+$/.test(bare) ? hasWord(text, bare) : text.includes(bare)) return true;
  const parts = bare.split(/\.|::|->|#/).filter((part) => part !== "");
  return parts.length > 1 && parts.every((part) => /^[\w$]+$/.test(part) && hasWord(text, part));
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? " ", text[at + word.length] ?? " "];
    if (!/[\w$]/.test(before) && !/[\w$]/.test(after)) return true;
  }
  return false;
}

function fold(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
