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

/** Something in a statement that must stand in its evidence. */
export interface Claimed {
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

/** What a statement is compared with. */
export interface Evidence {
  /** Cited lines and words of the issue: all may stand here. */
  readonly texts: readonly string[];
  /** What programs printed and what commits are called: says nothing about people. */
  readonly printed?: readonly string[];
  /** Paths, names of definitions, hashes: nothing but names. */
  readonly names?: readonly string[];
  /** What Casebook counted. */
  readonly counts?: readonly number[];
  /** Numbers of the cited lines. */
  readonly lines?: readonly number[];
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
export function claimsOf({ code, words }: PlainStatement): readonly Claimed[] {
  // A sign or two between backticks, such as `..`, names nothing.
  const found: Claimed[] = code
    .filter((text) => text.length > 3 || /[\p{L}\p{N}]/u.test(text))
    .map((text) => ({ kind: "name", text }));
  const add = (kind: Claimed["kind"], text: string): void => void found.push({ kind, text });
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

function numberClaim(token: string, next: string, second: string): Claimed {
  const unit = /(?:[a-zµ]+|%)$/i.exec(token)?.[0] ?? next;
  const known = UNITS.get(unit.toLowerCase());
  if (known !== undefined) return { kind: "measure", text: token, unit: known };
  return COUNTED.has(next.toLowerCase()) || COUNTED.has(second.toLowerCase())
    ? { kind: "count", text: token }
    : { kind: "number", text: token };
}

/** Words for numbers and for how many: in `end-users` and `customer's`, too. */
function wordClaims(token: string, next: string, previous: string): readonly Claimed[] {
  const claims: Claimed[] = [];
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

function properClaims(token: string, atStart: boolean): readonly Claimed[] {
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

/**
 * What of a statement does not stand in its evidence. White space is folded and case counts, except for quotations, capitals
 * at the beginning of a sentence and addresses. A line number, a hash or a path lends its digits to nothing else.
 */
export function ungrounded(
  claims: readonly Claimed[],
  evidence: Evidence | readonly string[],
): readonly Claimed[] {
  const {
    texts,
    printed = [],
    names = [],
    counts = [],
    lines = [],
  } = isList(evidence) ? { texts: evidence } : evidence;
  const folded = { texts: texts.map(fold), printed: printed.map(fold), names: names.map(fold) };
  const told = [...folded.texts, ...folded.printed].join("\n");
  const named = [told, ...folded.names].join("\n");
  const lower = {
    scale: folded.texts.join("\n").toLowerCase(),
    told: told.toLowerCase(),
    named: named.toLowerCase(),
  };
  const numbers = numbersIn(told);
  const counted = new Set(counts.map(String));
  const lined = new Set(lines.map(String));
  return claims.filter(({ kind, text: claimed, unit }) => {
    const wanted = fold(claimed);
    switch (kind) {
      case "number":
        return !isNumbered(wanted, numbers, lower.told);
      case "count":
        return !isNumbered(wanted, numbers, lower.told) && !counted.has(digitsOf(wanted));
      case "line":
        return !lined.has(wanted) && !numbers.has(wanted);
      case "measure":
        return !isMeasured(wanted, unit ?? "", told);
      case "name":
        return !isThere(wanted, named);
      case "part":
        return !lower.named.includes(stemOf(wanted));
      case "proper":
        return !lower.named.includes(wanted.toLowerCase());
      case "scale":
        return !stands(lower.scale, wanted);
      case "quotation":
        return !stands(lower.told, wanted.toLowerCase().replace(/[.,;!?…]+$/, ""));
      case "address":
        return !lower.named.includes(wanted.toLowerCase());
    }
  });
}

function isList(evidence: Evidence | readonly string[]): evidence is readonly string[] {
  return Array.isArray(evidence);
}

/** Enough of a word to know it again in another form, or in a name. */
export function stemOf(word: string): string {
  return PARTS_OF_SYSTEMS.exec(word)?.[0].toLowerCase() ?? word;
}

/** Numbers as they stand alone: those of `v2`, `sha256` or `a17c` are parts of names. */
function numbersIn(text: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const [whole] of text.matchAll(
    /(?<![\p{L}\p{N}_$.,])\d+(?:[.,]\d+)*(?:e[+-]?\d+)?(?![\p{L}_$]{3})/giu,
  )) {
    found.add(whole);
    if (/^\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(whole)) found.add(whole.replaceAll(",", ""));
    if (/^\d{1,3}(?:_\d{3})+$/.test(whole)) found.add(whole.replaceAll("_", ""));
  }
  for (const [whole] of text.matchAll(/(?<![\p{L}\p{N}_$.,])\d{1,3}(?:_\d{3})+\b/gu))
    found.add(whole.replaceAll("_", ""));
  return found;
}

function digitsOf(wanted: string): string {
  const digits = /\d[\d.,]*(?:e[+-]?\d+)?/i.exec(wanted)?.[0].replace(/[.,]+$/, "") ?? wanted;
  return /^\d{1,3}(?:,\d{3})+$/.test(digits) ? digits.replaceAll(",", "") : digits;
}

/** Each number of `10-20`; a word for a number may stand as the word or in digits. */
function isNumbered(wanted: string, numbers: ReadonlySet<string>, lower: string): boolean {
  const value = WORD_NUMBERS.get(wanted.toLowerCase());
  if (value !== undefined) return hasWord(lower, wanted.toLowerCase()) || numbers.has(String(value));
  if (/^0x/i.test(wanted)) return hasWord(lower, wanted.toLowerCase());
  return wanted
    .split(/[–-]/)
    .filter((part) => /\d/.test(part))
    .every(
      (part) => numbers.has(digitsOf(part)) || (part.includes(":") && lower.includes(part.toLowerCase())),
    );
}

/** The number with its unit on one line; a number of time may stand beside what waits: `sleep(5)`, `timeout = 500`. */
function isMeasured(wanted: string, unit: string, text: string): boolean {
  const alike = UNIT_SIGNS[unit];
  const small = SMALL_NUMBERS.get(wanted);
  if (small !== undefined && !hasWord(text.toLowerCase(), wanted))
    return isMeasured(String(small), unit, text);
  if (small !== undefined) return alike?.test(text) === true;
  const values = wanted
    .split(/[–-]/)
    .filter((part) => /\d/.test(part))
    .map(digitsOf);
  return (
    alike !== undefined &&
    values.length > 0 &&
    text.split("\n").some((line) => {
      const numbers = numbersIn(line);
      return values.every((value) => numbers.has(value) || isBefore(line, value)) && alike.test(line);
    })
  );
}

/** `350ms`: a number with its unit right behind. */
function isBefore(line: string, value: string): boolean {
  for (let at = line.indexOf(value); at >= 0; at = line.indexOf(value, at + 1))
    if (!/[\w.,]/.test(line[at - 1] ?? " ") && !/[\d.,]/.test(line[at + value.length] ?? " ")) return true;
  return false;
}

const WAITS =
  "time|sleep|delay|wait|ttl|expir|interval|duration|deadline|age|elapsed|grace|poll|retry|backoff";
const UNIT_SIGNS: Readonly<Record<string, RegExp>> = {
  percent: /%|percent|pct/i,
  millisecond: new RegExp(`\\dms\\b|\\bms\\b|_ms|Ms\\b|milli|${WAITS}`, "i"),
  microsecond: /\dus\b|µs|micro/i,
  second: new RegExp(`\\ds\\b|\\bs\\b|\\bsecs?\\b|second|${WAITS}`, "i"),
  minute: new RegExp(`\\bmin|minute|\\dm\\b|${WAITS}`, "i"),
  hour: new RegExp(`\\bh\\b|hour|\\dh\\b|${WAITS}`, "i"),
  day: new RegExp(`day|\\dd\\b|${WAITS}`, "i"),
  kilobyte: /kb|kib|kilo|byte|size|len|limit|max|1024|1000/i,
  megabyte: /mb|mib|mega|byte|size|len|limit|max|1024|1000/i,
  gigabyte: /gb|gib|giga|byte|size|len|limit|max|1024|1000/i,
  thousand: /thousand|\dk\b/i,
  million: /million|\dm\b/i,
  billion: /billion|\dbn?\b/i,
  fold: /\dx\b|fold|times/i,
  money: /\$|€|dollar|euro|usd|eur\b|price|cost/i,
};

/** A name as it stands, with the beginning of a hash, as a call, or as the parts of a qualified name. */
function isThere(name: string, text: string): boolean {
  const bare = name.replace(/\(\)$/, "").replace(/\($/, "");
  if (bare === "") return false;
  if (stands(text, bare)) return true;
  if (/^[0-9a-f]{7,40}$/.test(bare)) return hasWordStart(text, bare);
  const call = /^([^()]{1,200})\(([^()]{0,400})\)$/.exec(bare);
  if (call !== null) {
    const given = call[2]!.match(/[\p{L}_$][\w$]*|\d+(?:\.\d+)?|[^\s\p{P}\p{S}]+/gu) ?? [];
    return isThere(call[1]!, text) && given.every((word) => LITERALS.has(word) || hasWord(text, word));
  }
  const parts = bare.split(/\.|::|->|#/).filter((part) => part !== "");
  if (parts.length < 2 || !parts.every((part) => /^[\w$]+$/.test(part) && hasWord(text, part))) return false;
  return parts.slice(1).every((member, i) => isMemberOf(text, parts[i]!, member));
}

const LITERALS: ReadonlySet<string> = new Set(
  "None True False null undefined true false self this nil void".split(" "),
);

/**
 * True where `member` stands as something of `owner`: after it, after `self`, or after nothing, as in its definition. What
 * stands after another name only is of that one: `data.pop` shows no `Store.pop`.
 */
function isMemberOf(text: string, owner: string, member: string): boolean {
  for (let at = text.indexOf(member); at >= 0; at = text.indexOf(member, at + 1)) {
    if (/[\w$]/.test(text[at - 1] ?? " ") || /[\w$]/.test(text[at + member.length] ?? " ")) continue;
    const before = text.slice(Math.max(0, at - 60), at);
    const of = /([\w$]+|\))(?:\?\.|\.|::|->|#)$/.exec(before)?.[1];
    if (of === undefined || /^(self|this|cls|super|Self|\))$/.test(of)) return true;
    if (of.toLowerCase() === owner.toLowerCase() || /^[a-z]$/.test(of)) return true;
    // `store.set` where `self.store = Store()` is meant: the variable is named after its class.
    if (of.toLowerCase().replaceAll("_", "").endsWith(owner.toLowerCase().replaceAll("_", ""))) return true;
  }
  return false;
}

/** True when the text holds it and no letter, digit or `_` goes on where it begins or ends with one. */
function stands(text: string, wanted: string): boolean {
  if (wanted === "") return false;
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1)) {
    const [before, after] = [text[at - 1] ?? " ", text[at + wanted.length] ?? " "];
    if (
      !(/[\w$]/.test(wanted[0]!) && /[\w$]/.test(before)) &&
      !(/[\w$]/.test(wanted.at(-1)!) && /[\w$]/.test(after))
    )
      return true;
  }
  return false;
}

function hasWord(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
    const [before, after] = [text[at - 1] ?? " ", text[at + word.length] ?? " "];
    if (!/[\w$]/.test(before) && !/[\w$]/.test(after)) return true;
  }
  return false;
}

function hasWordStart(text: string, word: string): boolean {
  for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1))
    if (!/[\w$]/.test(text[at - 1] ?? " ")) return true;
  return false;
}

function fold(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
