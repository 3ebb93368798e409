import type { Hidden, HiddenKind } from "./hidden.ts";

/** At most this many code points of one invisible run are listed. */
const MAX_LISTED = 2000;
const SUSPECT = /[^\n\t\x20-\x7e]/;

/** Takes the invisible characters out of a text; one pass, and a second one finds nothing more. */
export function stripCharacters(text: string): { readonly text: string; readonly hidden: readonly Hidden[] } {
  if (!SUSPECT.test(text)) return { text, hidden: [] };
  const hidden: Hidden[] = [];
  const out: string[] = [];
  const lines = text.split("\n");
  for (const [index, line] of lines.entries())
    out.push(SUSPECT.test(line) ? stripLine(line, index + 1, hidden) : line);
  return { text: out.join("\n"), hidden };
}

function stripLine(line: string, number: number, hidden: Hidden[]): string {
  const rightToLeft = isRightToLeft(line);
  const kept: string[] = [];
  let keptFrom = 0;
  let previous = 0;
  let run: { kind: HiddenKind; codes: number[] } | undefined;
  const endRun = () => {
    if (run) hidden.push({ kind: run.kind, text: nameRun(run.kind, run.codes), line: number });
    run = undefined;
  };
  for (let at = 0; at < line.length;) {
    const flag = flagTagsLength(line, at, previous);
    const code = line.codePointAt(at) ?? 0;
    const size = flag > 0 ? flag : code > 0xffff ? 2 : 1;
    const kind = flag > 0 ? undefined : invisibleKind(line, at, previous, rightToLeft);
    if (kind === undefined) {
      endRun();
      previous = flag > 0 ? 0 : code;
    } else {
      if (run?.kind !== kind) {
        endRun();
        run = { kind, codes: [] };
      }
      run?.codes.push(code);
      kept.push(line.slice(keptFrom, at));
      keptFrom = at + size;
    }
    at += size;
  }
  endRun();
  kept.push(line.slice(keptFrom));
  return kept.join("");
}

/** Tag characters spell letters; the others are named by their numbers. */
function nameRun(kind: HiddenKind, codes: readonly number[]): string {
  const listed = codes.slice(0, MAX_LISTED);
  if (kind === "tag-character")
    return listed.map((c) => (c >= 0xe0020 && c <= 0xe007e ? String.fromCharCode(c - 0xe0000) : "")).join("");
  return listed.map((c) => `U+${c.toString(16).toUpperCase().padStart(4, "0")}`).join(" ");
}

/** A code point that takes part in emoji sequences; digits, `#` and `*` only start key caps. */
const EMOJI = /^[\p{Extended_Pictographic}\p{Emoji_Modifier}\p{Regional_Indicator}]$/u;
/** Scripts whose letters change shape or stay apart by joiners. */
const JOINING =
  /^[\p{Script=Arabic}\p{Script=Syriac}\p{Script=Mongolian}\p{Script=Nko}\p{Script=Devanagari}\p{Script=Bengali}\p{Script=Gurmukhi}\p{Script=Gujarati}\p{Script=Oriya}\p{Script=Tamil}\p{Script=Telugu}\p{Script=Kannada}\p{Script=Malayalam}\p{Script=Sinhala}\p{Script=Khmer}\p{Script=Tibetan}\p{Script=Myanmar}]$/u;
const RIGHT_TO_LEFT = /[\p{Script=Hebrew}\p{Script=Arabic}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}]/u;
const HAN = /^\p{Script=Han}$/u;
/** Format characters, fillers and unassigned code points that browsers draw as nothing. */
const INVISIBLE = /^[\p{Cf}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\p{Cs}]$/u;

const ZWNJ = 0x200c;
const ZWJ = 0x200d;
const BLACK_FLAG = 0x1f3f4;
const CANCEL_TAG = 0xe007f;
const MAX_FLAG_TAGS = 8;

/**
 * Whether the code point at `at` shows nothing although a text for people does not need it there; undefined when it is
 * to be kept. What scripts and emoji need stays: joiners between their letters, the selector after an emoji, the tags
 * of a flag, direction marks in a line that is written from right to left.
 */
function invisibleKind(
  text: string,
  at: number,
  previous: number,
  lineIsRightToLeft: boolean,
): HiddenKind | undefined {
  const code = text.codePointAt(at) ?? 0;
  if (code < 0x20) return code === 9 || code === 10 ? undefined : "control";
  if (code < 0x7f) return undefined;
  if (code < 0xa0) return "control";
  const character = String.fromCodePoint(code);
  if (!INVISIBLE.test(character)) return undefined;
  const next = text.codePointAt(at + character.length) ?? 0;
  if (code === ZWJ) return joins(previous, next, true) ? undefined : "zero-width";
  if (code === ZWNJ) return joins(previous, next, false) ? undefined : "zero-width";
  if (code >= 0xfe00 && code <= 0xfe0f) return takesSelector(previous) ? undefined : "variation-selector";
  if (code >= 0xe0100 && code <= 0xe01ef) return isHan(previous) ? undefined : "variation-selector";
  if (code >= 0xe0000 && code <= 0xe007f) return "tag-character";
  if (code === 0x200e || code === 0x200f || code === 0x61c)
    return lineIsRightToLeft && !isDirectionMark(previous) ? undefined : "bidi";
  if ((code >= 0x202a && code <= 0x202e) || (code >= 0x2066 && code <= 0x2069)) return "bidi";
  // Signs before or over numbers, such as the Arabic number sign, are drawn, though their category is Cf.
  if ((code >= 0x600 && code <= 0x605) || code === 0x6dd || code === 0x70f || code === 0x8e2)
    return undefined;
  return "zero-width";
}

/** Length of the flag's tag sequence that starts at `at` (after a black flag, up to and with the end tag); 0 when it is none. */
function flagTagsLength(text: string, at: number, previous: number): number {
  if (previous !== BLACK_FLAG) return 0;
  for (let i = at, n = 0; n <= MAX_FLAG_TAGS; i += 2, n++) {
    const code = text.codePointAt(i) ?? 0;
    if (code === CANCEL_TAG) return n > 0 ? i + 2 - at : 0;
    if (!(code >= 0xe0030 && code <= 0xe0039) && !(code >= 0xe0061 && code <= 0xe007a)) return 0;
  }
  return 0;
}

function isRightToLeft(line: string): boolean {
  return RIGHT_TO_LEFT.test(line);
}

function joins(previous: number, next: number, emojiToo: boolean): boolean {
  if (previous === 0 || next === 0) return false;
  const [before, after] = [String.fromCodePoint(previous), String.fromCodePoint(next)];
  if (JOINING.test(before) && JOINING.test(after)) return true;
  return emojiToo && (EMOJI.test(before) || previous === 0xfe0f) && EMOJI.test(after);
}

function takesSelector(previous: number): boolean {
  if (previous === 0) return false;
  const before = String.fromCodePoint(previous);
  return EMOJI.test(before) || isHan(previous) || /^[\d#*\p{So}\p{Sm}\p{Po}]$/u.test(before);
}

function isHan(code: number): boolean {
  return code !== 0 && HAN.test(String.fromCodePoint(code));
}

function isDirectionMark(code: number): boolean {
  return code === 0x200e || code === 0x200f || code === 0x61c;
}
