import { RE2JS } from "re2js";
import type { RecordedSearch, SearchHit, SearchQuery } from "../../domain/citation/citation.ts";
import type { Codebase } from "../evidence/codebase.ts";
import { matcherOf } from "./glob.ts";

/** Longer lines are data; a pattern is looked for in their beginning only. */
const MAX_LINE = 20_000;

/**
 * Every line of the commit's text files that matches, ordered by path and line: the same query gives the same hits.
 * Binary files, links and files over a megabyte are not text. Throws SyntaxError for a pattern that is none.
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
  for (const path of candidates) {
    if (include.length > 0 && !include.some((matcher) => matcher(path))) continue;
    if (exclude.some((matcher) => matcher(path))) continue;
    signal?.throwIfAborted();
    const source = await codebase.text(path);
    if (source === undefined || (query.kind !== "regex" && !source.text.includes(query.pattern))) continue;
    source.lines.forEach((line, i) => {
      if (matches(line.slice(0, MAX_LINE))) hits.push({ path, line: i + 1 });
    });
  }
  hits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
  return { query, hits };
}

function lineMatcher({ kind, pattern }: SearchQuery): (line: string) => boolean {
  if (kind === "text") return (line) => line.includes(pattern);
  if (kind === "word") return (line) => holdsWord(line, pattern);
  try {
    const compiled = RE2JS.compile(pattern);
    return (line) => compiled.matcher(line).find();
  } catch (error) {
    throw new SyntaxError(`${pattern} is not a pattern in RE2's syntax`, { cause: error });
  }
}

/** True when `word` stands in the line with no letter, digit, `_` or `$` on either side. */
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
