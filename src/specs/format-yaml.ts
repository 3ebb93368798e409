/**
 * One YAML scalar on one line that every YAML reader takes for this text: plain where that is safe, else single
 * quotes, else double quotes with escapes. Never holds `---`, where chant would end the front matter.
 */
export function formatScalar(text: string): string {
  if (text.includes("---") || !isPrintable(text)) return doubleQuoted(text);
  return isPlain(text) && !looksTyped(text) ? text : `'${text.replaceAll("'", "''")}'`;
}

/** `[a, 'b, c']`. */
export function formatFlowList(items: readonly string[]): string {
  return `[${items.map(formatScalar).join(", ")}]`;
}

/** `{required: true, by: 'x'}`. */
export function formatFlowMap(entries: Iterable<readonly [string, string]>): string {
  return `{${[...entries].map(([key, value]) => `${key}: ${formatScalar(value)}`).join(", ")}}`;
}

const INNER = new Set("-_./@+:()=~ ");
const FIRST = new Set("_./");

/** Narrower than YAML allows, so that it also holds inside brackets and in YAML 1.1. */
function isPlain(text: string): boolean {
  const first = text[0];
  if (first === undefined || !(isWordCharacter(first) || FIRST.has(first))) return false;
  for (let i = 1; i < text.length; i++) {
    const c = text[i] ?? "";
    if (!isWordCharacter(c) && !INNER.has(c)) return false;
    if (c === ":" && (text[i + 1] === " " || i === text.length - 1)) return false;
  }
  return !text.endsWith(" ");
}

function isWordCharacter(c: string): boolean {
  return (c >= "0" && c <= "9") || (c >= "A" && c <= "Z") || (c >= "a" && c <= "z");
}

const WORDS = new Set(["true", "false", "yes", "no", "on", "off", "y", "n", "null", ".nan", ".inf"]);
const NUMBER = new Set("0123456789_.eE+-:");

/** Text that some YAML reader takes for a number, date, boolean or null: `1e13302`, `007`, `12:30`, `0x1f`, `no`. */
function looksTyped(text: string): boolean {
  const lower = text.toLowerCase();
  if (WORDS.has(lower)) return true;
  if (lower.startsWith("0x") || lower.startsWith("0o") || lower.startsWith("0b")) return true;
  for (const c of text) if (!NUMBER.has(c)) return false;
  return true;
}

/** False for control characters, line separators, byte order marks and halves of pairs. */
function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Cs}\u2028\u2029\ufeff\ufffe\uffff]/u.test(text);
}

function doubleQuoted(text: string): string {
  const escaped = [...text.toWellFormed()].map((c) => {
    if (c === '"' || c === "\\") return `\\${c}`;
    return isPrintable(c) ? c : `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return `"${escaped.join("").replaceAll("---", "\\x2d--")}"`;
}
