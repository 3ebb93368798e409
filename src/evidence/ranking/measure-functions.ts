import { isFunctionLike, type FileSyntax, type SymbolDefinition } from "../../languages/syntax.ts";
import { yielder } from "../../process/clock.ts";
import { partsOf, termOf } from "../../repository/inverted-index/words.ts";
import { memoise } from "../memoise.ts";
import { type Query, tellingWords } from "./query.ts";
import { queryWords } from "./query-words.ts";
import { wordsOf } from "../../text/words-of.ts";
import type { SignalContext } from "./signal.ts";
import { rarity } from "./signals/words.ts";

/** The words in one function, without the functions inside it. */
export interface MeasuredFunction {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  readonly syntax: FileSyntax;
  /** Its place in `syntax.symbols`, which references name. */
  readonly at: number;
  /** BM25 of the words in its lines, in its name (counted more) and in the names around it. */
  readonly words: number;
  /** Weight times rarity of the words in its name. */
  readonly nameWords: number;
  /** The same for the names around it. */
  readonly containerWords: number;
  /** Share of the parts of its name (`readConfigFile` has three) that are words of the issue, 0 to 1. */
  readonly nameShare: number;
  /** Weight times rarity of the different words of the issue in it, however often. */
  readonly cover: number;
  /** The words that add most, as the issue writes them, most first. */
  readonly strongest: readonly string[];
  /** Its own lines. */
  readonly lines: number;
}

/** A word in the name of a function weighs more than one in its body. */
const IN_NAME = 3;
const K1 = 1.2;
const B = 0.35;
const AVERAGE_LINES = 15;
const MAX_COVER_WEIGHT = 2;
const MAX_STRONGEST = 5;

/** Measures the functions of files; each file once for a query and a context. */
export const functionMeasures = memoise((query: Query, context: SignalContext) => {
  const known = new Map<string, readonly MeasuredFunction[]>();
  const read = queryWords(query);
  const termsOfWord: WordReader = (word) => read(word).terms;
  const idf = rarity(query, context);

  /** Functions of those of the files that have a syntax, in the order of the paths. */
  return async function measure(paths: readonly string[]): Promise<readonly MeasuredFunction[]> {
    const { codebase, signal } = context;
    const yieldNow = yielder(signal);
    const syntaxes = new Map<string, FileSyntax>();
    for await (const { path, syntax } of codebase.syntaxes(
      paths.filter((path) => !known.has(path)),
      signal,
    ))
      syntaxes.set(path, syntax);
    for (const [path, syntax] of syntaxes) {
      await yieldNow();
      const source = await codebase.text(path);
      known.set(
        path,
        source === undefined ? [] : measureFile(path, syntax, source.lines, query, idf, termsOfWord),
      );
    }
    return paths.flatMap((path) => known.get(path) ?? []);
  };
});

type WordReader = (word: string) => readonly string[];

function measureFile(
  path: string,
  syntax: FileSyntax,
  lines: readonly string[],
  query: Query,
  idf: ReadonlyMap<string, number>,
  termsOfWord: WordReader,
): readonly MeasuredFunction[] {
  const perLine = lines.map((line) => {
    const terms: string[] = [];
    for (const word of wordsOf(line)) terms.push(...termsOfWord(word));
    return terms;
  });
  const worth = (terms: Iterable<string>): number => {
    let sum = 0;
    for (const term of terms) sum += query.terms.get(term)!.weight * idf.get(term)!;
    return sum;
  };
  const functions = syntax.symbols.flatMap((symbol, at) => (isFunctionLike(symbol) ? [{ symbol, at }] : []));
  return functions.map(({ symbol, at }) => {
    const inner = functions.filter(({ symbol: other }) => isInside(other, symbol));
    const counts = new Map<string, number>();
    const add = (term: string, n: number): void => void counts.set(term, (counts.get(term) ?? 0) + n);
    let own = 0;
    for (let line = symbol.start; line <= symbol.end; line++) {
      if (inner.some(({ symbol: { start, end } }) => start <= line && line <= end)) continue;
      own++;
      for (const term of perLine[line - 1] ?? []) add(term, 1);
    }
    const inName = termsOfWord(symbol.name);
    for (const term of inName) add(term, IN_NAME);
    const inContainer = symbol.container.flatMap((name) => termsOfWord(name));
    for (const term of inContainer) add(term, 1);
    let [words, cover] = [0, 0];
    const parts: (readonly [word: string, part: number])[] = [];
    for (const [term, count] of counts) {
      const { weight, word } = query.terms.get(term)!;
      const value = (idf.get(term)! * count * (K1 + 1)) / (count + K1 * (1 - B + (B * own) / AVERAGE_LINES));
      words += weight * value;
      cover += Math.min(weight, MAX_COVER_WEIGHT) * idf.get(term)!;
      parts.push([word, weight * value]);
    }
    parts.sort((a, b) => b[1] - a[1]);
    return {
      path,
      symbol,
      syntax,
      at,
      words,
      nameWords: worth(inName),
      containerWords: worth(new Set(inContainer)),
      nameShare: shareOf(partsOf(symbol.name).map(termOf), query),
      cover,
      strongest: tellingWords([...new Set(parts.map(([word]) => word))], query).slice(0, MAX_STRONGEST),
      lines: own,
    };
  });
}

function shareOf(parts: readonly string[], query: Query): number {
  const long = parts.filter((part) => part.length > 1);
  return long.length === 0 ? 0 : long.filter((part) => query.terms.has(part)).length / long.length;
}

function isInside(inner: SymbolDefinition, outer: SymbolDefinition): boolean {
  return (
    inner !== outer &&
    inner.start >= outer.start &&
    inner.end <= outer.end &&
    inner.end - inner.start < outer.end - outer.start
  );
}
