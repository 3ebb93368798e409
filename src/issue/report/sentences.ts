const ABBREVIATIONS = /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|no|fig|eq|resp|incl|mr|dr|v\d*)\.$/i;

/**
 * The sentences of a paragraph, each an unchanged stretch of it. A full stop inside a name (`a.b`), a number or a known
 * abbreviation ends nothing; a list item is a sentence of its own. Linear.
 */
export function sentencesOf(paragraph: string): readonly string[] {
  const sentences: string[] = [];
  let start = 0;
  let inCode = false;
  const add = (end: number): void => {
    const sentence = paragraph
      .slice(start, end)
      .replace(/^[\s>]*(?:[-*+]|\d{1,3}[.)])?\s+/, "")
      .trim();
    if (/[\p{L}\p{N}]/u.test(sentence)) sentences.push(sentence);
    start = end;
  };
  for (let i = 0; i < paragraph.length; i++) {
    const c = paragraph[i]!;
    if (c === "`") inCode = !inCode;
    if (c === "\n" && /^\s{0,12}(?:[-*+]|\d{1,3}[.)])\s/.test(paragraph.slice(i + 1, i + 20))) {
      add(i);
      inCode = false;
    } else if (
      !inCode &&
      ".!?".includes(c) &&
      !/^\s*\d{1,3}$/.test(paragraph.slice(start, i).slice(0, 12)) &&
      isEnd(paragraph, i) &&
      !ABBREVIATIONS.test(paragraph.slice(Math.max(start, i - 8), i + 1))
    )
      add(i + 1);
  }
  add(paragraph.length);
  return sentences;
}

/** White space, then anything but a small letter. */
function isEnd(text: string, at: number): boolean {
  const next = text[at + 1];
  if (next === undefined) return true;
  if (!/\s/.test(next)) return false;
  const after = /\S/.exec(text.slice(at + 1, at + 20))?.[0];
  return after === undefined || !/\p{Ll}/u.test(after);
}
