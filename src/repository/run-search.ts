import { RE2JS } from "re2js";
import type { RecordedSearch, SearchHit, SearchQuery } from "./recorded-search.ts";
import type { Codebase } from "./codebase.ts";
import { yielder } from "../process/clock.ts";
import { matcherOf } from "./glob.ts";

/** Longer lines are data; only their first characters are searched. */
const MAX_LINE = 20_000;
/**
 * Steps that a pattern may have when compiled. Time grows with steps times characters: the worst pattern of 250 steps that
 * was tried takes 90 ms for the longest line, which is the least work between two yields.
 */
export const MAX_STEPS = 250;
/** Characters of lines between two yields. */
const STRIDE = 4_096;
/** Paths between two yields. */
const PASSED = 200;

/**
 * Every line of the commit's text files that matches, ordered by path and line: the same query has the same hits.
 * Binary files, links and files over a megabyte are not text. Throws SyntaxError for a pattern that is none
 * or has too many steps. It holds the process for no longer than a line takes: the signal is seen within 100 ms.
 */
export async function runSearch(
  query: SearchQuery,
  codebase: Codebase,
  signal?: AbortSignal,
): Promise<RecordedSearch> {
  const matches = lineMatcher(query);
  const include = query.include.map(matcherOf);
  const exclude = query.exclude.map(matcherOf);
  const candidates =
    query.kind === "word" && isIdentifier(query.pattern)
      ? codebase.pathsWithWord(query.pattern)
      : codebase.tree.entries.map(({ path }) => path);
  const hits: SearchHit[] = [];
  const yieldNow = yielder(signal);
  let passed = 0;
  for (const path of candidates) {
    // Skipped paths cost time, too: a tree can list a million.
    if (passed++ % PASSED === 0) await yieldNow();
    if (include.length > 0 && !include.some((matcher) => matcher(path))) continue;
    if (exclude.some((matcher) => matcher(path))) continue;
    await yieldNow();
    const source = await codebase.text(path);
    if (source === undefined || (query.kind !== "regex" && !source.text.includes(query.pattern))) continue;
    let characters = 0;
    for (const [i, line] of source.lines.entries()) {
      if (matches(line.slice(0, MAX_LINE))) hits.push({ path, line: i + 1 });
      characters += Math.min(line.length, MAX_LINE);
      if (characters < STRIDE) continue;
      characters = 0;
      await yieldNow();
    }
  }
  hits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
  return { query, hits };
}

function lineMatcher({ kind, pattern }: SearchQuery): (line: string) => boolean {
  if (kind === "text") return (line) => line.includes(pattern);
  if (kind === "word") return (line) => holdsWord(line, pattern);
  let compiled: RE2JS;
  try {
    compiled = RE2JS.compile(pattern);
  } catch (error) {
    throw new SyntaxError(`${pattern} is not a pattern in RE2's syntax`, { cause: error });
  }
  if (compiled.programSize() > MAX_STEPS)
    throw new SyntaxError(`${pattern} is too large when its repetitions are written out`);
  return (line) => compiled.matcher(line).find();
}

/** True when the line contains `word` with no letter, digit, `_` or `$` on either side. */
export function holdsWord(line: string, word: string): boolean {
  if (word === "") return false;
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1))
    if (!isWordCharacter(line[at - 1]) && !isWordCharacter(line[at + word.length])) return true;
  return false;
}

function isWordCharacter(character: string | undefined): boolean {
  return character !== undefined && /[\p{L}\p{N}_$]/u.test(character);
}

function isIdentifier(text: string): boolean {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(text);
}
