import type { LineCitation } from "../../../documents/citation.ts";
import { findPostings } from "../../../repository/inverted-index/find-postings.ts";
import type { InvertedIndex } from "../../../repository/inverted-index/inverted-index.ts";
import { termsOf } from "../../../repository/inverted-index/words.ts";
import { hash32 } from "../../../text/hash.ts";
import { memoise } from "../../memoise.ts";
import { type Query, tellingWords } from "../query.ts";
import { wordsOf } from "../../../text/words-of.ts";
import type { IndexedCodebase } from "../../../repository/open-codebase.ts";
import type { Reason, Signal, SignalContext } from "../signal.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** BM25F (Robertson, Zaragoza, Taylor 2004): one saturation over all fields, each with its own length normalisation. */
const K1 = 1.6;
/** What a term adds for standing in the file at all (the lower bound of BM25+, Lv and Zhai 2011). */
const PRESENT = 0.1;
/** The rarity of a word counts by its square root: issues are long, and their rarest words are often accidents. */
const RARITY_POWER = 0.5;
/** code, comment, string, definition: as in `InvertedIndex`. A definition says more than a use. */
const FIELD_WEIGHT = [1, 0.5, 0.9, 3] as const;
const FIELD_B = [0.5, 0.8, 0.6, 0.3] as const;
const PATH_WEIGHT = 12;
const FOLDER_WEIGHT = 0.35;

/** The words, and how rare they are, in the file's code, comments, strings, definitions and path. */
export const words: Signal = {
  name: "words",
  scale: "relative",
  score: (query, context) => totals(statistics(query, context), context.candidates),
  async explain(path, query, context) {
    const at = placesOf(context).get(path);
    if (at === undefined) return [];
    const known = statistics(query, context);
    const added: { readonly term: string; readonly value: number }[] = [];
    for (const [term, { files, values }] of known.parts) {
      const value = values[files.indexOf(at)];
      // A word of every second file is no explanation, however often the issue writes it.
      if (value !== undefined && !query.unsaid.has(query.terms.get(term)!.word.toLowerCase()))
        added.push({ term, value: value * known.rarity.get(term)! });
    }
    added.sort((a, b) => b.value - a.value || (a.term < b.term ? -1 : 1));
    const isRare = ({ term }: { term: string }): boolean =>
      known.parts.get(term)!.files.length <= Math.max(1, context.candidates.length * RARE);
    const rare = added.filter(isRare);
    return explainTerms(
      path,
      (rare.length > 0 ? rare : added).map(({ term }) => term),
      rare.length > 0,
      query,
      context,
    );
  },
};

const MAX_SHOWN = 4;
/** A word in at most this share of the files is called rare. */
const RARE = 0.15;

/** Path to the score of each of the files that holds a word of the issue; rarity is counted among these files. */
export function scoreWords(
  query: Query,
  codebase: IndexedCodebase,
  paths: readonly string[],
): ReadonlyMap<string, number> {
  return totals(count(query, codebase, paths), paths);
}

/** What is known of the query's words over some files. */
interface Statistics {
  /** Term to inverse document frequency over the files. */
  readonly rarity: ReadonlyMap<string, number>;
  readonly averageLengths: readonly number[];
  /** Term to the places of the files that hold it and what it adds to the score of each. */
  readonly parts: ReadonlyMap<
    string,
    { readonly files: readonly number[]; readonly values: readonly number[] }
  >;
}

const statistics = memoise((query: Query, { codebase, candidates }: SignalContext) =>
  count(query, codebase, candidates),
);

function count(query: Query, codebase: IndexedCodebase, paths: readonly string[]): Statistics {
  const invertedIndexes = paths.map((path) => codebase.invertedIndex(path)!);
  const averages = averageLengths(invertedIndexes);
  const hashes = new Map([...query.terms.keys()].map((term) => [term, hash32(term)]));
  const postings = findPostings(invertedIndexes, hashes.values());
  const inPaths = findInPaths(query, paths);
  const rarity = new Map<string, number>();
  const parts = new Map<string, { files: number[]; values: number[] }>();
  for (const [term, { weight }] of query.terms) {
    const frequencies = new Map(inPaths.get(term));
    const { files, places } = postings.get(hashes.get(term)!)!;
    for (const [i, file] of files.entries())
      frequencies.set(
        file,
        (frequencies.get(file) ?? 0) + frequencyIn(invertedIndexes[file]!, places[i]!, averages),
      );
    const idf = Math.log(1 + (paths.length - frequencies.size + 0.5) / (frequencies.size + 0.5));
    rarity.set(term, idf);
    const value = weight * idf ** RARITY_POWER;
    parts.set(term, {
      files: [...frequencies.keys()],
      values: [...frequencies.values()].map((f) => value * (PRESENT + (f * (K1 + 1)) / (f + K1))),
    });
  }
  return { rarity, averageLengths: averages, parts };
}

function frequencyIn(invertedIndex: InvertedIndex, place: number, averages: readonly number[]): number {
  let frequency = 0;
  for (let field = 0; field < 4; field++) {
    const b = FIELD_B[field]!;
    const norm = 1 - b + (b * invertedIndex.lengths[field]!) / averages[field]!;
    frequency += (FIELD_WEIGHT[field]! * invertedIndex.counts[place * 4 + field]!) / norm;
  }
  return frequency;
}

function totals({ parts }: Statistics, paths: readonly string[]): ReadonlyMap<string, number> {
  const scores = new Float64Array(paths.length);
  for (const { files, values } of parts.values())
    for (let i = 0; i < files.length; i++) scores[files[i]!]! += values[i]!;
  const found = new Map<string, number>();
  for (let i = 0; i < paths.length; i++) if (scores[i]! > 0) found.set(paths[i]!, scores[i]!);
  return found;
}

/** Inverse document frequency of each of the query's terms over the candidates; what functions are measured with. */
export function rarity(query: Query, context: SignalContext): ReadonlyMap<string, number> {
  return statistics(query, context).rarity;
}

function averageLengths(invertedIndexes: readonly InvertedIndex[]): readonly number[] {
  const total = [0, 0, 0, 0];
  for (const { lengths } of invertedIndexes)
    for (let field = 0; field < 4; field++) total[field]! += lengths[field]!;
  return total.map((length) => length / Math.max(1, invertedIndexes.length) || 1);
}

/** Term to the files that carry it in their path: their own name counts whole, their folders little (all below `core/` is about core). */
function findInPaths(
  query: Query,
  paths: readonly string[],
): ReadonlyMap<string, ReadonlyMap<number, number>> {
  const found = new Map<string, Map<number, number>>();
  const termsOfPart = new Map<string, readonly string[]>();
  const add = (part: string, file: number, weight: number): void => {
    let terms = termsOfPart.get(part);
    if (terms === undefined) {
      terms = [...wordsOf(part)].flatMap((word) => termsOf(word)).filter((term) => query.terms.has(term));
      termsOfPart.set(part, terms);
    }
    for (const term of terms) {
      let files = found.get(term);
      if (files === undefined) found.set(term, (files = new Map()));
      files.set(file, (files.get(file) ?? 0) + PATH_WEIGHT * weight);
    }
  };
  for (let file = 0; file < paths.length; file++) {
    const folders = paths[file]!.split("/");
    const name = folders.pop()!;
    const dot = name.lastIndexOf(".");
    add(dot > 0 ? name.slice(0, dot) : name, file, 1);
    for (const folder of folders) add(folder, file, FOLDER_WEIGHT);
  }
  return found;
}

const placesOf = memoise(
  ({ candidates }: SignalContext): ReadonlyMap<string, number> =>
    new Map(candidates.map((path, at) => [path, at])),
);

async function explainTerms(
  path: string,
  terms: readonly string[],
  areRare: boolean,
  query: Query,
  { codebase }: SignalContext,
): Promise<Reason[]> {
  const source = await codebase.text(path);
  if (source === undefined) return [];
  const citations: LineCitation[] = [];
  const shown = new Set<string>();
  const written = new Map(terms.map((term) => [query.terms.get(term)!.word, term]));
  for (const word of tellingWords([...written.keys()], query)) {
    if (shown.size === MAX_SHOWN) break;
    const term = written.get(word)!;
    const at = source.lines.findIndex((line) =>
      [...wordsOf(line)].some((other) => termsOf(other).includes(term)),
    );
    if (at < 0) continue;
    shown.add(word);
    const line = at + 1;
    if (!citations.some((citation) => citation.start === line))
      citations.push({ kind: "lines", path, start: line, end: line });
  }
  if (shown.size === 0) return [];
  const listed = [...shown].map((word) => inlineCode(word)).join(", ");
  const text =
    shown.size === 1
      ? `the issue's word ${listed} stands here${areRare ? " and is rare elsewhere" : ""}`
      : `the issue's words ${listed} stand here${areRare ? " and are rare elsewhere" : ""}`;
  return [{ signal: "words", text, citations }];
}
