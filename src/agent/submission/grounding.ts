import type { Claim } from "./claims.ts";
import { PARTS_OF_SYSTEMS, SMALL_NUMBERS, WORD_NUMBERS } from "./grounding-words.ts";

/** What a statement is compared with. */
export interface CitedText {
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

/**
 * What of a statement does not appear in its evidence. White space is folded and case counts, except for quotations, capitals
 * at the beginning of a sentence and addresses. A line number, a hash or a path lends its digits to nothing else.
 */
export function ungrounded(claims: readonly Claim[], cited: CitedText | readonly string[]): readonly Claim[] {
  const {
    texts,
    printed = [],
    names = [],
    counts = [],
    lines = [],
  } = isList(cited) ? { texts: cited } : cited;
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

function isList(cited: CitedText | readonly string[]): cited is readonly string[] {
  return Array.isArray(cited);
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
