import type { CommitRecord } from "../../../repository/history.ts";
import { memoise } from "../../memoise.ts";
import { type Query, tellingWords } from "../query.ts";
import { queryWords } from "../query-words.ts";
import { wordsOf } from "../../../text/words-of.ts";
import type { Signal, SignalContext } from "../signal.ts";
import { rarity } from "./words.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** A commit over more files is weak evidence for each. */
const MAX_FILES = 15;
const MAX_BODY = 1_000;
const MAX_TERM_WEIGHT = 6;
const K1 = 1.2;
const B = 0.75;
const MAX_SHOWN = 3;

/**
 * The words occur in the messages of the commits that changed the file, taken together as one text: what people
 * said of a file in their own words, which its code may never hold (the idea of version-history fields in Locus and AmaLgam).
 */
export const changeWords: Signal = {
  name: "change words",
  scale: "relative",
  score(query, context) {
    const histories = historiesOf(query, context);
    const spread = new Map<string, number>();
    let total = 0;
    for (const { counts, length } of histories.values()) {
      total += length;
      for (const term of counts.keys()) spread.set(term, (spread.get(term) ?? 0) + 1);
    }
    const n = histories.size;
    const average = total / Math.max(1, n) || 1;
    const scores = new Map<string, number>();
    for (const [path, { counts, length }] of histories) {
      let score = 0;
      for (const [term, count] of counts) {
        const idf = Math.log(1 + (n - spread.get(term)! + 0.5) / (spread.get(term)! + 0.5));
        const weight = Math.min(query.terms.get(term)!.weight, MAX_TERM_WEIGHT);
        score += (weight * idf * count * (K1 + 1)) / (count + K1 * (1 - B + (B * length) / average));
      }
      if (score > 0) scores.set(path, score);
    }
    return scores;
  },
  async explain(path, query, context) {
    const isSaid = (term: string): boolean => !query.unsaid.has(query.terms.get(term)!.word.toLowerCase());
    const found = context.commits
      .filter(({ files }) => files.length <= MAX_FILES && files.includes(path))
      .map((commit) => ({ commit, terms: new Set([...termsIn(commit, query).terms].filter(isSaid)) }))
      .filter(({ terms }) => terms.size > 0);
    if (found.length === 0) return [];
    const idf = rarity(query, context);
    const worth = (term: string): number => query.terms.get(term)!.weight * (idf.get(term) ?? 0);
    const valueOf = (terms: ReadonlySet<string>): number =>
      [...terms].reduce((sum, term) => sum + worth(term), 0);
    const shown = found
      .map((entry) => ({ ...entry, value: valueOf(entry.terms) }))
      .sort((a, b) => b.value - a.value || (a.commit.oid < b.commit.oid ? -1 : 1))
      .slice(0, MAX_SHOWN);
    const words = new Set(
      shown.flatMap(({ terms }) =>
        [...terms].sort((a, b) => worth(b) - worth(a)).map((term) => query.terms.get(term)!.word),
      ),
    );
    const listed = tellingWords([...words], query)
      .slice(0, 4)
      .map((word) => inlineCode(word))
      .join(", ");
    if (listed === "") return [];
    return [
      {
        signal: "change words",
        text:
          found.length === 1
            ? `the message of a commit that changed it speaks of ${listed}`
            : `the messages of ${found.length} commits that changed it each hold words of the issue, among them ${listed}`,
        citations: shown.map(({ commit: { oid, subject } }) => ({ kind: "commit", oid, subject, path })),
      },
    ];
  },
};

interface FileHistory {
  /** Term of the query to the commits that hold it, each counted less the more files it changed. */
  readonly counts: Map<string, number>;
  length: number;
}

const historiesOf = memoise(
  (query: Query, { commits, candidates }: SignalContext): ReadonlyMap<string, FileHistory> => {
    const ranked = new Set(candidates);
    const histories = new Map<string, FileHistory>();
    for (const commit of commits) {
      if (commit.files.length === 0 || commit.files.length > MAX_FILES) continue;
      const { terms, length } = termsIn(commit, query);
      for (const path of commit.files) {
        if (!ranked.has(path)) continue;
        let history = histories.get(path);
        if (history === undefined) histories.set(path, (history = { counts: new Map(), length: 0 }));
        history.length += length;
        for (const term of terms)
          history.counts.set(term, (history.counts.get(term) ?? 0) + 1 / Math.sqrt(commit.files.length));
      }
    }
    return histories;
  },
);

function termsIn(
  { subject, body }: CommitRecord,
  query: Query,
): { terms: ReadonlySet<string>; length: number } {
  const terms = new Set<string>();
  let length = 0;
  const read = queryWords(query);
  for (const word of wordsOf(`${subject}\n${body.slice(0, MAX_BODY)}`)) {
    const found = read(word);
    length += found.length;
    for (const term of found.terms) terms.add(term);
  }
  return { terms, length };
}
