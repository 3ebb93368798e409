import type { SymbolDefinition, SymbolKind } from "../../syntax/syntax.ts";
import { isStopWord, termsOf } from "../lexicon/words.ts";
import { type Query, wordsOf } from "./query.ts";
import type { RankedFile } from "./rank-files.ts";
import type { SignalContext } from "./signal.ts";
import { isMeant } from "./signals/mention.ts";
import { rarity } from "./signals/words.ts";

export interface RankedFunction {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  /** Only comparable within one ranking. */
  readonly score: number;
  /** The words that stand in it, rarest first, as the issue writes them. */
  readonly words: readonly string[];
  /** True when a stack frame of the issue lies in its lines or carries its name. */
  readonly inTrace: boolean;
  /** How many ranked functions carry the name, when the issue writes it as a name of code; 0 when it does not. */
  readonly sharing: number;
}

const FUNCTION_LIKE: ReadonlySet<SymbolKind> = new Set(["function", "method", "constructor", "macro"]);

export function isFunctionLike(symbol: SymbolDefinition): boolean {
  return FUNCTION_LIKE.has(symbol.kind);
}

/** A word in the name of a function says more than one in its body. */
const NAME_WEIGHT = 3;
const K1 = 1.2;
const B = 0.35;
const AVERAGE_LINES = 15;
const TRACE_BONUS = 0.5;
const FILE_SHARE = 0.6;
/** The issue writes the function's name; shared by many functions, a name says little of each. */
const NAME_BONUS = 0.4;

/**
 * The functions of the best `files`, best first: what of the issue stands in their lines, and how good their file is.
 * A function inside another counts for itself alone; the outer one keeps its other lines.
 */
export async function rankFunctions(
  files: readonly RankedFile[],
  query: Query,
  context: SignalContext,
  signal?: AbortSignal,
): Promise<readonly RankedFunction[]> {
  const identifiers = new Set(query.identifiers);
  const best = files[0]?.score ?? 1;
  const idf = rarity(query, context);
  const found: RankedFunction[] = [];
  const scoreOf = new Map(files.map((file) => [file.path, file.score]));
  for await (const { path, syntax } of context.codebase.syntaxes(scoreOf.keys(), signal)) {
    const source = await context.codebase.text(path);
    if (source === undefined) continue;
    const perLine = source.lines.map((line) => termsOfLine(line, query));
    const functions = syntax.symbols.filter(isFunctionLike);
    for (const symbol of functions) {
      const inner = functions.filter(
        (other) =>
          other !== symbol &&
          other.start >= symbol.start &&
          other.end <= symbol.end &&
          other.end - other.start < symbol.end - symbol.start,
      );
      const own = ownLines(symbol, inner);
      const { score, words } = scoreLines(
        symbol,
        own.map((line) => perLine[line - 1] ?? []),
        query,
        idf,
      );
      const inTrace = query.frames.some(
        (frame) =>
          isMeant(path, frame.path) &&
          (frame.line === undefined
            ? frame.function === symbol.name
            : frame.function === undefined || lastPart(frame.function) === symbol.name
              ? symbol.start <= frame.line && frame.line <= symbol.end
              : lastPart(frame.function) === symbol.name),
      );
      found.push({ path, symbol, score, words, inTrace, sharing: 0 });
    }
  }
  const named = new Map<string, number>();
  for (const { symbol } of found)
    if (identifiers.has(symbol.name) && symbol.name !== symbol.container.at(-1))
      named.set(symbol.name, (named.get(symbol.name) ?? 0) + 1);
  const top = found.reduce((most, { score }) => Math.max(most, score), 0) || 1;
  return found
    .map((item) => ({
      ...item,
      sharing: item.symbol.name === item.symbol.container.at(-1) ? 0 : (named.get(item.symbol.name) ?? 0),
      score:
        (1 - FILE_SHARE) * (item.score / top) +
        FILE_SHARE * (scoreOf.get(item.path)! / best) +
        (item.inTrace ? TRACE_BONUS : 0) +
        nameBonus(item.symbol.name === item.symbol.container.at(-1) ? 0 : (named.get(item.symbol.name) ?? 0)),
    }))
    .filter(({ words, inTrace }) => words.length > 0 || inTrace)
    .sort(
      (a, b) =>
        b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start),
    );
}

function termsOfLine(line: string, query: Query): readonly string[] {
  const terms: string[] = [];
  for (const word of wordsOf(line))
    for (const term of termsOf(word)) if (!isStopWord(term) && query.terms.has(term)) terms.push(term);
  return terms;
}

function ownLines(symbol: SymbolDefinition, inner: readonly SymbolDefinition[]): readonly number[] {
  const lines: number[] = [];
  for (let line = symbol.start; line <= symbol.end; line++)
    if (!inner.some(({ start, end }) => start <= line && line <= end)) lines.push(line);
  return lines;
}

function scoreLines(
  symbol: SymbolDefinition,
  lines: readonly (readonly string[])[],
  query: Query,
  idf: ReadonlyMap<string, number>,
): { score: number; words: readonly string[] } {
  const counts = new Map<string, number>();
  for (const terms of lines) for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
  for (const word of [symbol.name, ...symbol.container]) {
    for (const term of termsOf(word))
      if (query.terms.has(term) && !isStopWord(term))
        counts.set(term, (counts.get(term) ?? 0) + (word === symbol.name ? NAME_WEIGHT : 1));
  }
  const norm = 1 - B + (B * lines.length) / AVERAGE_LINES;
  let score = 0;
  const parts: [string, number][] = [];
  for (const [term, count] of counts) {
    const { weight, word } = query.terms.get(term)!;
    const part = (weight * idf.get(term)! * count * (K1 + 1)) / (count + K1 * norm);
    score += part;
    parts.push([word, part]);
  }
  parts.sort((a, b) => b[1] - a[1]);
  return { score, words: [...new Set(parts.map(([word]) => word))].slice(0, 5) };
}

function nameBonus(sharing: number): number {
  return sharing === 0 ? 0 : NAME_BONUS / Math.sqrt(sharing);
}

/** `Store.set` and `Store::set` give set. */
function lastPart(name: string): string {
  return name.split(/[.:#]/).at(-1) ?? name;
}
