import type { CommitRecord } from "../../../repository/history.ts";
import { memoise } from "../../memoise.ts";
import { type Query } from "../query.ts";
import { queryWords } from "../query-words.ts";
import { wordsOf } from "../../../text/words-of.ts";
import type { Signal } from "../signal.ts";
import { inlineCode } from "../../../text/inline-code.ts";

const MAX_FILES = 30;
const TOP_COMMITS = 20;
const MIN_COMMITS = 3;
const MAX_TERM_WEIGHT = 6;
const K1 = 1.2;
const B = 0.75;

/** Earlier commits whose message is about the same thing changed the file (the idea of Locus, Wen et al. 2016). */
export const history: Signal = {
  name: "history",
  scale: "relative",
  score(query, { commits, candidates }) {
    const ranked = new Set(candidates);
    const scores = new Map<string, number>();
    for (const { commit, score } of similarCommits(query, commits)) {
      for (const path of commit.files)
        if (ranked.has(path))
          scores.set(path, (scores.get(path) ?? 0) + score / Math.sqrt(commit.files.length));
    }
    return scores;
  },
  async explain(path, query, { commits }) {
    const about = similarCommits(query, commits).filter(({ commit }) => commit.files.includes(path));
    if (about.length === 0) return [];
    const shown = about.slice(0, 3);
    const words = [...new Set(shown.flatMap(({ words }) => words))]
      .filter((word) => !query.unsaid.has(word.toLowerCase()))
      .slice(0, 4)
      .map((word) => inlineCode(word));
    if (words.length === 0) return [];
    const listed = words.join(", ");
    const which =
      about.length === 1
        ? `one earlier commit about ${listed}`
        : `${about.length} earlier commits with words of the issue, among them ${listed},`;
    return [
      {
        signal: "history",
        text: `${which} changed this file`,
        citations: shown.map(({ commit }) => ({
          kind: "commit",
          oid: commit.oid,
          subject: commit.subject,
          path,
        })),
      },
    ];
  },
};

interface SimilarCommit {
  readonly commit: CommitRecord;
  readonly score: number;
  /** The rarest words it shares with the issue, as the issue writes them. */
  readonly words: readonly string[];
}

/** The commits whose message shares most with the issue (BM25 over message words), best first; none without a shared word. */
const similarCommits = memoise(rankCommits);

function rankCommits(query: Query, commits: readonly CommitRecord[]): readonly SimilarCommit[] {
  const documents = commits
    .filter(({ files }) => files.length > 0 && files.length <= MAX_FILES)
    .map((commit) => ({ commit, ...countTerms(`${commit.subject}\n${commit.body}`, query) }));
  // In a history this short every word is rare and every file was changed by the first commit.
  if (documents.length < MIN_COMMITS) return [];
  const found = new Map<string, number>();
  let total = 0;
  for (const { counts, length } of documents) {
    total += length;
    for (const term of counts.keys()) found.set(term, (found.get(term) ?? 0) + 1);
  }
  const n = documents.length;
  const average = total / Math.max(1, n) || 1;
  const idf = (term: string): number => Math.log(1 + (n - found.get(term)! + 0.5) / (found.get(term)! + 0.5));
  return documents
    .map(({ commit, counts, length }) => {
      let score = 0;
      const parts: [string, number][] = [];
      for (const [term, count] of counts) {
        const { weight, word } = query.terms.get(term)!;
        const part =
          (Math.min(weight, MAX_TERM_WEIGHT) * idf(term) * count * (K1 + 1)) /
          (count + K1 * (1 - B + (B * length) / average));
        score += part;
        parts.push([word, part]);
      }
      parts.sort((a, b) => b[1] - a[1]);
      return { commit, score, words: parts.slice(0, 3).map(([word]) => word) };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || (a.commit.oid < b.commit.oid ? -1 : 1))
    .slice(0, TOP_COMMITS);
}

function countTerms(text: string, query: Query): { counts: Map<string, number>; length: number } {
  const counts = new Map<string, number>();
  let length = 0;
  const read = queryWords(query);
  for (const word of wordsOf(text)) {
    const found = read(word);
    length += found.length;
    for (const term of found.terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  }
  return { counts, length };
}
