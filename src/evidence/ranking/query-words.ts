import { isStopWord, termsOf } from "../../repository/inverted-index/words.ts";
import { memoise } from "../memoise.ts";
import type { Query } from "./query.ts";

/** What one word of a text is for a query. */
export interface QueryWord {
  /** Its terms that the query holds, without stop words. */
  readonly terms: readonly string[];
  /** How many terms it has, without stop words. */
  readonly length: number;
}

/** Reads words for a query. Messages and programs repeat the same words, so each is looked up once. */
export const queryWords = memoise((query: Query): ((word: string) => QueryWord) => {
  const known = new Map<string, QueryWord>();
  return (word) => {
    let found = known.get(word);
    if (found === undefined) {
      const terms = termsOf(word).filter((term) => !isStopWord(term));
      found = { terms: terms.filter((term) => query.terms.has(term)), length: terms.length };
      known.set(word, found);
    }
    return found;
  };
});
