import { termsOf } from "../../../repository/inverted-index/words.ts";
import { hash32 } from "../../../text/hash.ts";
import { findTerm } from "../../../repository/inverted-index/inverted-index.ts";
import { type Query } from "../query.ts";
import { wordsOf } from "../../../text/words-of.ts";
import type { Signal, SignalContext } from "../signal.ts";

const MIN_LENGTH = 12;
/** A text of this length is in two places by copying, not by chance. */
const CERTAIN_LENGTH = 40;
const MIN_WORDS = 2;
const MAX_FRAGMENTS = 40;
const MAX_FILES = 30;

/** The file holds a message that the issue quotes, word by word. */
export const message: Signal = {
  name: "message",
  scale: "absolute",
  async score(query, context) {
    const scores = new Map<string, number>();
    for (const fragment of fragmentsOf(query)) {
      const holders: string[] = [];
      for (const path of likelyHolders(fragment, context)) {
        if ((await context.codebase.text(path))?.text.includes(fragment)) holders.push(path);
      }
      const value = Math.min(1, fragment.length / CERTAIN_LENGTH) / holders.length;
      for (const path of holders) scores.set(path, Math.min(1, (scores.get(path) ?? 0) + value));
    }
    return scores;
  },
  async explain(path, query, { codebase }) {
    const source = await codebase.text(path);
    if (source === undefined) return [];
    for (const fragment of fragmentsOf(query)) {
      const at = source.lines.findIndex((line) => line.includes(fragment));
      if (at < 0) continue;
      return [
        {
          signal: "message",
          text: "the message quoted in the issue is written here",
          citations: [
            { kind: "lines", path, start: at + 1, end: at + 1, quote: fragment },
            { kind: "issue", quote: fragment },
          ],
        },
      ];
    }
    return [];
  },
};

/** The parts of a message that the source can hold literally: the pieces between values that were filled in, longest first. */
function fragmentsOf(query: Query): readonly string[] {
  const fragments = new Set<string>();
  for (const text of query.messages) for (const fragment of piecesOf(text)) fragments.add(fragment);
  return [...fragments].sort((a, b) => b.length - a.length || (a < b ? -1 : 1)).slice(0, MAX_FRAGMENTS);
}

/** The pieces of a message between values that were filled in, in their order. */
export function piecesOf(message: string): readonly string[] {
  return message
    .split("\n")
    .flatMap((line) => line.split(/["'`<>{}()[\]=]|\d+/))
    .map((piece) => piece.trim().replace(/^[,.:;\-\s]+/, ""))
    .filter((piece) => piece.length >= MIN_LENGTH && [...wordsOf(piece)].length >= MIN_WORDS);
}

function likelyHolders(fragment: string, { codebase, candidates }: SignalContext): readonly string[] {
  const hashes = [...wordsOf(fragment)].flatMap((word) => termsOf(word).map(hash32));
  const found: string[] = [];
  for (const path of candidates) {
    const invertedIndex = codebase.invertedIndex(path)!;
    if (!hashes.every((hash) => findTerm(invertedIndex, hash) >= 0)) continue;
    found.push(path);
    // Words that occur together in so many files are no message.
    if (found.length > MAX_FILES) return [];
  }
  return found;
}
