import {
  COUNTED,
  ENGLISH_NAMES,
  PARTS_OF_SYSTEMS,
  PRODUCTS,
  SCALE,
  SMALL_NUMBERS,
  UNITS,
  VERSIONED,
  WORD_NUMBERS,
} from "./grounding-words.ts";
import type { PlainStatement } from "./plain-statement.ts";

/** Something in a statement that must appear in its evidence. */
export interface Claim {
  readonly kind:
    | "name"
    /** A word in capitals within a sentence: a product, a person, a place. */
    | "proper"
    | "number"
    /** A number with a unit: `350 ms`, `40 %`. */
    | "measure"
    /** A number of things that can be counted in code: `3 callers`. */
    | "count"
    | "line"
    | "quotation"
    | "address"
    | "scale"
    /** A part of a system in plain words: a scheduler, a cache. */
    | "part";
  readonly text: string;
  /** Of a measure. */
  readonly unit?: string;
}

const QUOTED =
  /["“„”«‹「]([^"“”„«»‹›「」]{3,600})["”“»›」]|(?<=^|[\s(])['‘]([^'‘’]{3,600})['’](?=$|[\s).,;:!?])/g;
/** Bounded on both sides, so that a long line costs no more than its length. */
const SPELLED_ADDRESS = /\b[\w-]{2,40} dot (?:com|org|net|io|dev|ai|app|co|example|test|local)\b/gi;

/**
 * Everything in a statement that a machine can look for: names in the shape of code, capitalised words, numbers however
 * they are written, quoted words, addresses, and words about how many people something touches. The known failure of
 * research by models is inventing just these. Each once, in the order in which they stand. Linear in the text.
 */
export function claimsOf({ code, words }: PlainStatement): readonly Claim[] {
  // A sign or two between backticks, such as `..`, names nothing.
  const found: Claim[] = code
    .filter((text) => text.length > 3 || /[\p{L}\p{N}]/u.test(text))
    .map((text) => ({ kind: "name", text }));
  const add = (kind: Claim["kind"], text: string): void => void found.push({ kind, text });
  let rest = plainLetters(words);
  rest = rest.replace(QUOTED, (_, double: string | undefined, single: string | undefined) => {
    add("quotation", (double ?? single ?? "").trim());
    return " ";
  });
  rest = rest.replace(SPELLED_ADDRESS, (address) => {
    add("address", address);
    return " ";
  });
  for (const match of rest.matchAll(PORTION)) add("scale", match[0].toLowerCase());
  const raws = rest.split(/\s+/);
  const tokens = raws.map(bareToken);
  let isAfterLine = false;
  let startsSentence = true;
  for (const [i, token] of tokens.entries()) {
    const atStart = startsSentence;
    startsSentence = token === "" ? startsSentence : /[.!?:]["”’)]*$/.test(raws[i]!);
    if (token === "") continue;
    const next = tokens[i + 1] ?? "";
    const lineBefore = isAfterLine;
    isAfterLine =
      /^lines?$/i.test(token) ||
      (isAfterLine && (/^(to|and|or|through|–|-)$/.test(token) || /^\d/.test(token)));
    if (isAddress(token)) add("address", token);
    else if (/^@\w/.test(token)) add("address", token.slice(1));
    else if (lineBefore && /^\d[\d–-]*$/.test(token))
      for (const part of token.match(/\d+/g) ?? []) add("line", part);
    else if (VERSIONED.test(token)) add("name", token);
    else if (isNumber(token)) found.push(numberClaim(token, next, tokens[i + 2] ?? ""));
    else if (isName(token)) add("name", token.replace(/\(\)?$/, ""));
    else {
      found.push(...wordClaims(token, next, tokens[i - 1] ?? ""));
      if (!/\d/.test(token)) found.push(...properClaims(token, atStart));
      for (const part of token.match(/\d[\d.,]*%?/g) ?? []) found.push(numberClaim(part, next, ""));
    }
  }
  const seen = new Set<string>();
  return found.filter(({ kind, text, unit }) => {
    const key = `${kind} ${text} ${unit ?? ""}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Parts of a whole that nobody counted: `half of all requests`, `most of the traffic`. */
const PORTION =
  /\b(?:half|halves|most|majority|thirds?|quarters?|fifths?|tenths?) of\b|\bhalf (?:the|all|its|their)\b|\b(?:last|previous) (?:year|month|week|decade|quarter|summer|release)\b|\brecently\b|\b(?:twice|double|triple) (?:as|the)\b|\bevery (?:second|third|fourth|fifth|tenth|other) (?:time|call|request|write|read|run)\b|\bonce in\b|\borders? of magnitude\b|\b(?:doubl|tripl|quadrupl|halv)(?:es|ed|ing)\b|\b(?:two|three)[ -](?:thirds|quarters)\b|\b(?:ten|hundred|thousand|two|three|four|five|many|several) ?-?fold\b|\b(?:one|nine|nineteen|99) (?:in|out of) (?:two|three|four|five|ten|twenty|\d+)\b/gi;

/** Letters and digits of other widths and styles as plain ones. Marks go first: sorting a long run of them is quadratic. */
function plainLetters(text: string): string {
  return /^[\t\x20-\x7e]*$/.test(text) ? text : text.replace(/\p{M}/gu, "").normalize("NFKC");
}

function bareToken(raw: string): string {
  return raw.replace(/^[('"“‘[{*]+|[)'"”’\]},;:!?…*]+$|\.+$/g, "").replace(/[),.;:]+$/, "");
}

function isAddress(token: string): boolean {
  return (
    token.includes("://") ||
    /(?:^|[^\w])(?:www\.|mailto:|xmpp:)/i.test(token) ||
    /^[^\s@]{1,100}@[^\s@.]{1,100}\.[^\s@]/.test(token) ||
    /^(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?$/.test(token)
  );
}

function numberClaim(token: string, next: string, second: string): Claim {
  const unit = /(?:[a-zµ]+|%)$/i.exec(token)?.[0] ?? next;
  const known = UNITS.get(unit.toLowerCase());
  if (known !== undefined) return { kind: "measure", text: token, unit: known };
  return COUNTED.has(next.toLowerCase()) || COUNTED.has(second.toLowerCase())
    ? { kind: "count", text: token }
    : { kind: "number", text: token };
}

/** Words for numbers and for how many: in `end-users` and `customer's`, too. */
function wordClaims(token: string, next: string, previous: string): readonly Claim[] {
  const claims: Claim[] = [];
  for (const part of token.toLowerCase().split(/[-–—/'’]/)) {
    // "Never caches it" says that there is none.
    if (PARTS_OF_SYSTEMS.test(part) && !/^(?:no|not|never|without|nor|any)$/i.test(previous))
      claims.push({ kind: "part", text: part });
    if (SCALE.has(part)) claims.push({ kind: "scale", text: part });
    else if (SMALL_NUMBERS.has(part) && MEASURES.has(UNITS.get(next.toLowerCase()) ?? ""))
      claims.push({ kind: "measure", text: part, unit: UNITS.get(next.toLowerCase())! });
    else if (WORD_NUMBERS.has(part) && !SCALE.has(next.toLowerCase()))
      claims.push({ kind: "number", text: part });
  }
  return claims;
}

/** What is measured, not counted. */
const MEASURES: ReadonlySet<string> = new Set(
  "percent millisecond microsecond second minute hour day kilobyte megabyte gigabyte money".split(" "),
);

function properClaims(token: string, atStart: boolean): readonly Claim[] {
  const parts = token.split(/[-–—/]/).map((part) => part.replace(/['’]s?$/, ""));
  return parts
    .filter(
      (part, i) =>
        PRODUCTS.has(part.toLowerCase()) ||
        (!(atStart && i === 0) &&
          /^\p{Lu}[\p{L}]+$/u.test(part) &&
          part.length > 2 &&
          !ENGLISH_NAMES.has(part.toLowerCase())),
    )
    .map((text) => ({ kind: "proper", text }));
}

function isNumber(token: string): boolean {
  return (
    /^[#~≈<>≤≥+-]{0,2}\$?€?\d[\d.,:]*(?:[–-]\d[\d.,]*)?(?:%|ms|µs|us|ns|s|x|k|kb|mb|gb|kib|mib|gib|[a-z]{1,2})?$/i.test(
      token,
    ) || /^0x[\da-f]+$|^\d+(?:\.\d+)?e[+-]?\d+$/i.test(token)
  );
}

/** Shapes that words of a language do not have: `snake_case`, `camelCase`, `a.b`, `f()`, `a/b.c`, `--flag`, `A::b`. */
function isName(token: string): boolean {
  if (
    /^(e\.g|i\.e|etc|vs|cf|and\/or|either\/or|read\/write|input\/output|true\/false|yes\/no|I\/O)\.?$/i.test(
      token,
    )
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
