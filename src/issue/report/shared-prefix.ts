/** A prefix has to be on at least this many lines and this share of them: commands and blank lines have none. */
const LEAST = 3;
const SHARE = 0.7;
const MAX_WORDS = 6;
const MAX_PREFIX = 160;
/** Lines that the prefix is looked for in, and lines that it is removed from. */
const SAMPLE = 200;
const MAX_LINES = 2_000;

/**
 * The text without what a log puts before each line, whatever wrote it: a time, a container, a job, a mark. It is the longest row of
 * words that most lines begin with in the same form (each number as any number), and that holds a number or ends with a mark.
 * The indentation behind it stays. The text itself where there is none. Linear in the text.
 */
export function withoutSharedPrefix(text: string): string {
  const lines = text.split("\n", MAX_LINES + 1);
  if (lines.length > MAX_LINES || lines.length < LEAST) return text;
  const rows = lines.map(wordsOf);
  const filled = rows.slice(0, SAMPLE).filter((words) => words.length > 0);
  if (filled.length < LEAST) return text;
  let shared: string | undefined;
  let length = 0;
  let candidates = filled;
  for (let count = 1; count <= MAX_WORDS; count++) {
    const forms = Map.groupBy(
      candidates.filter((words) => words.length >= count),
      (words) => formOf(words, count),
    );
    const [best] = [...forms].sort((a, b) => b[1].length - a[1].length);
    if (best === undefined || best[1].length < Math.max(LEAST, filled.length * SHARE)) break;
    candidates = best[1];
    // `#0`, `at`, `File` begin lines of a trace; a prefix is closed, or it is a time.
    if (/[|│\]>]$|\d:\d\S*$|\dZ$/.test(best[1][0]!.at(count - 1)!.text)) [shared, length] = [best[0], count];
  }
  if (shared === undefined) return text;
  return lines
    .map((line, at) => {
      const words = rows[at]!;
      if (words.length < length || formOf(words, length) !== shared) return line;
      return line.slice(words[length - 1]!.end).replace(/^ /, "");
    })
    .join("\n");
}

interface Word {
  readonly text: string;
  readonly end: number;
}

function wordsOf(line: string): readonly Word[] {
  return [...line.slice(0, MAX_PREFIX).matchAll(/\S+/g)]
    .slice(0, MAX_WORDS)
    .map(({ 0: text, index }) => ({ text, end: index + text.length }));
}

/** The first words with every number as `0`. */
function formOf(words: readonly Word[], count: number): string {
  return words
    .slice(0, count)
    .map(({ text }) => text.replace(/\d+/g, "0"))
    .join(" ");
}
