import type { LineCitation } from "../../../../domain/citation/citation.ts";
import { findTerm, type Lexicon } from "../../lexicon/lexicon.ts";
import { hashTerm, termsOf } from "../../lexicon/words.ts";
import { memoise } from "../memoise.ts";
import { type Query, wordsOf } from "../query.ts";
import type { Reason, Signal, SignalContext } from "../signal.ts";

/** BM25F (Robertson, Zaragoza, Taylor 2004): one saturation over all fields, each with its own length normalisation. */
const K1 = 1.2;
/** code, comment, string, definition: as in `Lexicon`. A definition says more than a use. */
const FIELD_WEIGHT = [1, 0.9, 0.9, 3] as const;
const FIELD_B = [0.6, 0.5, 0.5, 0.4] as const;
const PATH_WEIGHT = 6;
const FOLDER_WEIGHT = 0.35;

/** The words, and how rare they are, in the file's code, comments, strings, definitions and path. */
export const words: Signal = {
  name: "words",
  weight: 1,
  score(query, context) {
    const scores = new Map<string, number>();
    for (const path of context.candidates) {
      const score = sum(contributions(path, query, context).values());
      if (score > 0) scores.set(path, score);
    }
    return scores;
  },
  async explain(path, query, context) {
    const parts = contributions(path, query, context);
    const strongest = [...parts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, MAX_SHOWN);
    return explainTerms(
      path,
      strongest.map(([term]) => term),
      query,
      context,
    );
  },
};

const MAX_SHOWN = 5;

interface Statistics {
  /** Term to inverse document frequency over the candidates. */
  readonly rarity: ReadonlyMap<string, number>;
  readonly terms: readonly { readonly term: string; readonly hash: number; readonly value: number }[];
  readonly averageLengths: readonly number[];
}

const statistics = memoise((query: Query, { codebase, candidates }: SignalContext): Statistics => {
  const lexicons = candidates.map((path) => codebase.lexicon(path)!);
  const inPaths = candidates.map(pathTerms);
  const rarity = new Map<string, number>();
  const terms = [...query.terms].map(([term, { weight }]) => {
    const hash = hashTerm(term);
    let found = 0;
    for (let i = 0; i < lexicons.length; i++)
      if (findTerm(lexicons[i]!, hash) >= 0 || inPaths[i]!.has(term)) found++;
    const idf = Math.log(1 + (candidates.length - found + 0.5) / (found + 0.5));
    rarity.set(term, idf);
    return { term, hash, value: weight * idf };
  });
  return { rarity, terms, averageLengths: averageLengths(lexicons) };
});

/** Inverse document frequency of each of the query's terms over the candidates; what `rankFunctions` weighs lines with. */
export function rarity(query: Query, context: SignalContext): ReadonlyMap<string, number> {
  return statistics(query, context).rarity;
}

/** What each term of the query adds to the file's score. */
function contributions(path: string, query: Query, context: SignalContext): ReadonlyMap<string, number> {
  const { terms, averageLengths } = statistics(query, context);
  const lexicon = context.codebase.lexicon(path)!;
  const inPath = pathTerms(path);
  const norm = FIELD_B.map((b, field) => 1 - b + (b * lexicon.lengths[field]!) / averageLengths[field]!);
  const parts = new Map<string, number>();
  for (const { term, hash, value } of terms) {
    let frequency = PATH_WEIGHT * (inPath.get(term) ?? 0);
    const at = findTerm(lexicon, hash);
    if (at >= 0)
      for (let field = 0; field < 4; field++)
        frequency += (FIELD_WEIGHT[field]! * lexicon.counts[at * 4 + field]!) / norm[field]!;
    if (frequency > 0) parts.set(term, (value * frequency * (K1 + 1)) / (frequency + K1));
  }
  return parts;
}

function averageLengths(lexicons: readonly Lexicon[]): readonly number[] {
  const total = [0, 0, 0, 0];
  for (const { lengths } of lexicons)
    for (let field = 0; field < 4; field++) total[field]! += lengths[field]!;
  return total.map((length) => length / Math.max(1, lexicons.length) || 1);
}

/** The file's own name counts whole, its folders little: everything below `core/` is about core. */
function pathTerms(path: string): ReadonlyMap<string, number> {
  const parts = path.split("/");
  const name = parts.pop()!;
  const terms = new Map<string, number>();
  const add = (text: string, weight: number): void => {
    for (const word of wordsOf(text))
      for (const term of termsOf(word)) terms.set(term, (terms.get(term) ?? 0) + weight);
  };
  const dot = name.lastIndexOf(".");
  add(dot > 0 ? name.slice(0, dot) : name, 1);
  for (const folder of parts) add(folder, FOLDER_WEIGHT);
  return terms;
}

async function explainTerms(
  path: string,
  terms: readonly string[],
  query: Query,
  { codebase }: SignalContext,
): Promise<Reason[]> {
  const source = await codebase.text(path);
  if (source === undefined) return [];
  const citations: LineCitation[] = [];
  const shown: string[] = [];
  for (const term of terms) {
    const at = source.lines.findIndex((line) =>
      [...wordsOf(line)].some((word) => termsOf(word).includes(term)),
    );
    if (at < 0) continue;
    shown.push(`\`${query.terms.get(term)!.word}\``);
    const line = at + 1;
    if (!citations.some((citation) => citation.start === line))
      citations.push({ kind: "lines", path, start: line, end: line });
  }
  if (shown.length === 0) return [];
  return [
    {
      signal: "words",
      text: `the issue's words ${shown.join(", ")} stand here and are rare elsewhere`,
      citations,
    },
  ];
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
