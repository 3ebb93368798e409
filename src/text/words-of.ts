/** Scripts that write words without spaces between them: a name among them is in other letters. */
const UNSPACED = "\\p{sc=Han}\\p{sc=Hira}\\p{sc=Kana}\\p{sc=Hang}\\p{sc=Thai}";
const WORD = new RegExp(
  `[${UNSPACED}]+|(?![${UNSPACED}])[\\p{L}_$](?:(?![${UNSPACED}])[\\p{L}\\p{N}_$])*`,
  "gu",
);
/** The same, ten times faster, where there are no other letters. */
const ASCII_WORD = /[A-Za-z_$][\w$]*/g;
// oxlint-disable-next-line no-control-regex -- ASCII begins with control characters
const ASCII = /^[\u0000-\u007f]*$/;

/** Sequences of letters, digits, `_` and `$` that do not start with a digit; `修复OrderMap` holds two. */
export function wordsOf(text: string): readonly string[] {
  return text.match(patternFor(text)) ?? [];
}

/** The same with their places. */
export function matchWords(text: string): Iterable<RegExpExecArray> {
  return text.matchAll(patternFor(text));
}

function patternFor(text: string): RegExp {
  return ASCII.test(text) ? ASCII_WORD : WORD;
}
