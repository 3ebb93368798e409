import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { MeasuredFunction } from "./measure-functions.ts";
import { functionMeasures } from "./measure-functions.ts";
import type { Query } from "./query.ts";
import type { DirectRanking, SignalContext } from "./signal.ts";
import type { ReportedPlace } from "../reported-places/reported-place.ts";
import { isMeant } from "./signals/mention.ts";

export interface RankedFunction {
  readonly path: string;
  readonly symbol: SymbolDefinition;
  /** A logit, as for files; only comparable within one ranking. */
  readonly score: number;
  /** The words in it, as the issue writes them, the most specific first. */
  readonly words: readonly string[];
  /** True when a stack frame of the issue lies in its lines or carries its name. */
  readonly inTrace: boolean;
  /** True when the failure of the report's own program passes it. */
  readonly inRun: boolean;
  /** How the issue points to lines of it. */
  readonly pointedTo: string | undefined;
  /** How many ranked functions carry the name, when the issue writes it as a name of code; 0 when it does not. */
  readonly sharing: number;
}

/** What the most of each part adds to a function's logit; learned and printed as the weights of the files' signals. */
export const FUNCTION_WEIGHTS = {
  words: 1.2,
  file: 3.66,
  size: 2.06,
  "name share": 1.1,
  "name words": 0.42,
  "container words": 0.94,
  cover: 1.7,
  named: 0.62,
  "stack frame": 0.76,
  // By hand, as for files; learned it is 0.37.
  "named line": 2,
  "named change": 0.92,
  "no test": 0.46,
  "place in file": 0.94,
  "few in file": 1.26,
  // By hand: docs/benchmarks.md.
  executed: 2,
} as const;

/** What speaks for a function, each 0 to 1: the features of the learned ranking. */
export type FunctionFeatures = Readonly<Record<keyof typeof FUNCTION_WEIGHTS, number>>;

const FEATURE_NAMES = Object.keys(FUNCTION_WEIGHTS) as readonly (keyof FunctionFeatures)[];

/** The functions of the best `files`, best first: the words in them, and the rank of their file. */
export async function rankFunctions(
  files: DirectRanking,
  query: Query,
  context: SignalContext,
  weights: FunctionFeatures = FUNCTION_WEIGHTS,
): Promise<readonly RankedFunction[]> {
  return (await functionFeatures(files, query, context))
    .filter(
      ({ measured, inTrace, inRun, pointedTo, parts }) =>
        measured.words > 0 || inTrace || inRun || pointedTo !== undefined || parts.executed > 0,
    )
    .map(({ measured: { path, symbol, strongest }, parts, inTrace, inRun, pointedTo, sharing }) => ({
      path,
      symbol,
      score: FEATURE_NAMES.reduce((sum, name) => sum + parts[name] * weights[name], 0),
      words: strongest,
      inTrace,
      inRun,
      pointedTo,
      sharing,
    }))
    .sort(
      (a, b) =>
        b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start),
    );
}

export interface FunctionWithFeatures {
  readonly measured: MeasuredFunction;
  readonly parts: FunctionFeatures;
  readonly inTrace: boolean;
  readonly inRun: boolean;
  readonly pointedTo: string | undefined;
  readonly sharing: number;
}

/** Every function of the files with its parts, files in their order. */
export async function functionFeatures(
  files: DirectRanking,
  query: Query,
  context: SignalContext,
): Promise<readonly FunctionWithFeatures[]> {
  const all = await functionMeasures(query, context)(files.map(({ path }) => path));
  const scoreOf = new Map(files.map(({ path, score }) => [path, score]));
  const identifiers = new Set(query.identifiers);
  const sharing = new Map<string, number>();
  for (const { symbol } of all)
    if (identifiers.has(symbol.name) && !isConstructor(symbol))
      sharing.set(symbol.name, (sharing.get(symbol.name) ?? 0) + 1);
  const most = (value: (one: MeasuredFunction) => number): number =>
    all.reduce((best, one) => Math.max(best, value(one)), 0) || 1;
  const top = {
    file: files[0]?.score ?? 1,
    words: most((one) => one.words),
    nameWords: most((one) => one.nameWords),
    containerWords: most((one) => one.containerWords),
    cover: most((one) => one.cover),
    size: most(sizeOf),
  };
  const inFile = Map.groupBy(all, ({ path }) => path);
  const placeOf = new Map(
    [...inFile.values()].flatMap((own) =>
      own.toSorted((a, b) => b.words - a.words).map((one, place) => [one, place] as const),
    ),
  );
  return all.map((measured) => {
    const { path, symbol } = measured;
    const shared = isConstructor(symbol) ? 0 : (sharing.get(symbol.name) ?? 0);
    const inTrace = isInTrace(measured, query);
    const inRun = query.ran.frames.some(
      (frame) => frame.path === path && symbol.start <= frame.line && frame.line <= symbol.end,
    );
    const pointedTo = query.reported.places.find(
      // A name is often the interface to what changes: of six named functions one was in the fix.
      (place) => place.lines !== undefined && isFunctionOf(place, measured),
    )?.named;
    return {
      measured,
      inTrace,
      inRun,
      pointedTo,
      sharing: shared,
      parts: {
        words: measured.words / top.words,
        file: scoreOf.get(path)! / top.file,
        size: sizeOf(measured) / top.size,
        "name share": measured.nameShare,
        "name words": measured.nameWords / top.nameWords,
        "container words": measured.containerWords / top.containerWords,
        cover: measured.cover / top.cover,
        named: shared === 0 ? 0 : 1 / Math.sqrt(shared),
        "stack frame": inTrace || inRun ? 1 : 0,
        "named line": pointedTo === undefined ? 0 : 1,
        "named change": holdsChange(measured, query) ? 1 : 0,
        "no test": isTest(symbol) ? 0 : 1,
        // The best function of every good file comes before the tenth of the best file.
        "place in file": 1 / (1 + placeOf.get(measured)!),
        "few in file": 1 / Math.sqrt(inFile.get(path)!.length),
        executed: isRan(measured, query) ? 1 : 0,
      },
    };
  });
}

/** A fix changes lines, and long functions have more of them. */
function sizeOf({ lines }: MeasuredFunction): number {
  return Math.log(1 + lines);
}

/** A constructor has the name of its class, which is no evidence for itself. */
function isConstructor({ name, container }: SymbolDefinition): boolean {
  return name === container.at(-1);
}

/** Tests among the sources, as in Rust. */
function isTest({ name, container }: SymbolDefinition): boolean {
  return /test/i.test(name) || container.some((part) => /^tests?$/.test(part));
}

function isFunctionOf(place: ReportedPlace, { path, symbol }: MeasuredFunction): boolean {
  const { basePath, function: named } = place;
  return basePath === path && named?.start === symbol.start && named.name === symbol.name;
}

/** The report's own program executes it. */
function isRan({ path, symbol }: MeasuredFunction, { ran }: Query): boolean {
  return ran.places.some((one) => one.path === path && one.start === symbol.start && one.end === symbol.end);
}

/** Holds lines that a named change wrote. */
function holdsChange({ path, symbol }: MeasuredFunction, { reported }: Query): boolean {
  return reported.changes.some(({ left }) =>
    left.some((at) => at.path === path && at.start <= symbol.end && symbol.start <= at.end),
  );
}

function isInTrace(measured: MeasuredFunction, { frames, reported }: Query): boolean {
  const { path, symbol } = measured;
  if (reported.frames.some((frame) => isFunctionOf(frame, measured))) return true;
  return frames.some((frame) => {
    if (!isMeant(path, frame.path)) return false;
    const named = frame.function !== undefined && lastPart(frame.function) === symbol.name;
    if (frame.line === undefined) return named;
    const within = symbol.start <= frame.line && frame.line <= symbol.end;
    return frame.function === undefined ? within : named;
  });
}

/** `Store.set` and `Store::set` give set. */
function lastPart(name: string): string {
  return name.split(/[.:#]/).at(-1) ?? name;
}
