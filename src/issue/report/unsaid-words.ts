import { wordsOf } from "../../text/words-of.ts";
import { withoutVersionLists } from "./version-lists.ts";

/** `don't`, `shouldn’t`: the half before the apostrophe is no word. */
const NEGATION = /(?<![\w$])[A-Za-z]{1,6}n['’]t(?![\w$'])/g;
/** `it's`, `we'll`: the letters after it are none. */
const ENDING = /(?<=[A-Za-z])['’](?:s|re|ve|ll|d|m)(?![\w$'])/g;

/**
 * Words, in small letters, that a text holds only as halves of contractions and as names in lists of installed programs. Nobody says them
 * of a cause, so they are no reason that a reader is told. Linear.
 */
export function unsaidWords(text: string): ReadonlySet<string> {
  const said = withoutVersionLists(text).replace(NEGATION, " ").replace(ENDING, " ");
  const left = new Set(wordsOf(said).map((word) => word.toLowerCase()));
  return new Set(
    wordsOf(text)
      .map((word) => word.toLowerCase())
      .filter((word) => !left.has(word)),
  );
}
