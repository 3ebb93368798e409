import type { CommitRecord } from "../../source/history.ts";
import type { SymbolDefinition } from "../../syntax/syntax.ts";
import type { IndexedCodebase } from "../open-codebase.ts";
import type { Query } from "./query.ts";
import { explainFile, rankFiles, type RankedFile } from "./rank-files.ts";
import { rankFunctions, type RankedFunction } from "./rank-functions.ts";
import type { Reason, SignalContext } from "./signal.ts";

/** How far the evidence reaches: `strong` rests on something the issue gives exactly, `weak` on shared words alone. */
export type Strength = "strong" | "moderate" | "weak";

export interface LocatedFile {
  readonly path: string;
  readonly score: number;
  readonly strength: Strength;
  /** Strongest first; each with what it rests on. Only for the first `top` files. */
  readonly reasons: readonly Reason[];
}

export interface LocatedFunction {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  readonly score: number;
  readonly strength: Strength;
  readonly reasons: readonly Reason[];
}

export interface Location {
  /** Best first. */
  readonly files: readonly LocatedFile[];
  /** Best first, from the best files. */
  readonly functions: readonly LocatedFunction[];
  /** How many files were compared. */
  readonly candidates: number;
}

export interface LocateOptions {
  /** How many files and functions come back. */
  readonly top: number;
  readonly signal?: AbortSignal;
  /** Source files for which it is false are not ranked. Default: all are. */
  readonly isCandidate?: ((path: string) => boolean) | undefined;
}

/** Functions are looked for in this many of the best files; the gold file of 17 in 20 development cases is among ten. */
const FILES_FOR_FUNCTIONS = 20;
/** Files whose direct signals are at least this share of their best count as named outright. */
const CLEAR = 0.5;
const DIRECT = ["stack frame", "message", "mention"];

/** Ranks the source files and functions of a codebase by how likely a fix of the issue changes them, with the reasons. */
export async function locate(
  codebase: IndexedCodebase,
  query: Query,
  commits: readonly CommitRecord[],
  { top, signal, isCandidate = () => true }: LocateOptions,
): Promise<Location> {
  const candidates = codebase.tree.entries
    .map(({ path }) => path)
    .filter(
      (path) =>
        codebase.roleOf(path) === "source" && codebase.lexicon(path) !== undefined && isCandidate(path),
    );
  const context: SignalContext = { codebase, candidates, commits };
  const ranked = await rankFiles(query, context);
  const functions = await rankFunctions(ranked.slice(0, FILES_FOR_FUNCTIONS), query, context, signal);
  const files: LocatedFile[] = [];
  for (const file of ranked.slice(0, top)) {
    signal?.throwIfAborted();
    files.push({
      path: file.path,
      score: file.score,
      strength: strengthOf(file, ranked),
      reasons: await explainFile(file, query, context),
    });
  }
  const strengths = new Map(ranked.map((file) => [file.path, strengthOf(file, ranked)]));
  return {
    files,
    functions: functions.slice(0, top).map((item) => ({
      path: item.path,
      symbol: item.symbol,
      score: item.score,
      strength: item.inTrace || item.sharing === 1 ? "strong" : strengths.get(item.path)!,
      reasons: reasonsOf(item),
    })),
    candidates: candidates.length,
  };
}

function strengthOf(file: RankedFile, ranked: readonly RankedFile[]): Strength {
  if (DIRECT.some((name) => (file.shares.get(name) ?? 0) >= CLEAR * weightOf(name))) return "strong";
  const best = ranked[0]!.score;
  return file.score >= best * 0.7 && file.shares.size >= 2 ? "moderate" : "weak";
}

function weightOf(name: string): number {
  return { "stack frame": 0.6, message: 0.25, mention: 0.3 }[name] ?? 1;
}

function reasonsOf({ path, symbol, words, inTrace, sharing }: RankedFunction): readonly Reason[] {
  const lines = { kind: "lines", path, start: symbol.start, end: symbol.end } as const;
  const reasons: Reason[] = [];
  if (inTrace)
    reasons.push({
      signal: "stack frame",
      text: "a frame of the reported stack trace lies in it",
      citations: [lines],
    });
  if (sharing > 0)
    reasons.push({
      signal: "name",
      text:
        sharing === 1
          ? "the issue writes its name"
          : `the issue writes its name, which ${sharing} functions share`,
      citations: [lines, { kind: "issue", quote: symbol.name }],
    });
  if (words.length > 0)
    reasons.push({
      signal: "words",
      text: `holds the issue's words ${words.map((word) => `\`${word}\``).join(", ")}`,
      citations: [lines],
    });
  return reasons;
}
