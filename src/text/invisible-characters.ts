import type { HiddenKind } from "./hidden.ts";

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
export function invisibleKind(
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
  // Signs that stand before or over numbers: Arabic number sign and its like are drawn, though their category is Cf.
  if ((code >= 0x600 && code <= 0x605) || code === 0x6dd || code === 0x70f || code === 0x8e2)
    return undefined;
  return "zero-width";
}

/** Length of the flag's tag sequence that starts at `at` (after a black flag, up to and with the end tag); 0 when it is none. */
export function flagTagsLength(text: string, at: number, previous: number): number {
  if (previous !== BLACK_FLAG) return 0;
  for (let i = at, n = 0; n <= MAX_FLAG_TAGS; i += 2, n++) {
    const code = text.codePointAt(i) ?? 0;
    if (code === CANCEL_TAG) return n > 0 ? i + 2 - at : 0;
    if (!(code >= 0xe0030 && code <= 0xe0039) && !(code >= 0xe0061 && code <= 0xe007a)) return 0;
  }
  return 0;
}

export function isRightToLeft(line: string): boolean {
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
