import type { DefinitionData } from "../../claims/claim-data.ts";
import type { LineCitation } from "../../documents/citation.ts";
import { RunFailure } from "../../failure.ts";
import { counted } from "../../text/counted.ts";
import { MAX_BLOB_BYTES } from "../../repository/source-tree.ts";
import { formatLocation, type Location } from "../../text/location.ts";
import type { Strength } from "../../evidence/ranking/locate.ts";
import type { Ranking, LocatedFunction } from "../../evidence/ranking/locate.ts";
import type { Reason } from "../../evidence/ranking/signal.ts";
import { type BugPatternHit, findBugPatterns } from "../../evidence/bug-patterns/find-bug-patterns.ts";
import type { ReportedPlace } from "../../evidence/reported-places/reported-place.ts";
import type { Codebase } from "../../repository/codebase.ts";
import type { Query } from "../../evidence/ranking/query.ts";
import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../../languages/syntax.ts";

/** A place that may hold the cause: usually a function, else the lines a person named. */
export interface Suspect {
  readonly path: string;
  /** Undefined when a person named lines outside any function. */
  readonly symbol: SymbolDefinition | undefined;
  readonly start: number;
  readonly end: number;
  /** `Store.set`, or `path:12-14` without a symbol. */
  readonly name: string;
  readonly strength: Strength;
  /** How likely a fix changes it, 0 to 1; undefined where the ranking does not list it. */
  readonly likelihood: number | undefined;
  readonly reasons: readonly Reason[];
  readonly patterns: readonly BugPatternHit[];
  /** True when a person named this location as the cause. */
  readonly given: boolean;
  /** True when a model named it; nobody confirmed it. */
  readonly proposed?: boolean;
}

/** Suspects shown; more is no help to a reader. */
const MAX_SUSPECTS = 6;
/** Bug patterns look into this many of the best files. */
const FILES_FOR_PROBES = 8;
/** Logits: a sequence known to cause the symptom outweighs most shared words, within the files that the words lead to. */
const PROBE_BONUS = 5;

/**
 * The suspects, first the one a person named (`at`), else the one that a model proposed, then by evidence. Throws RunFailure `usage` when `at` names lines
 * that the commit does not have.
 */
export async function findSuspects(
  ranking: Ranking,
  query: Query,
  codebase: Codebase,
  at: Location | undefined,
  signal?: AbortSignal,
  proposed?: Location,
): Promise<readonly Suspect[]> {
  const files = ranking.files.slice(0, FILES_FOR_PROBES).map(({ path }) => path);
  const hits = await findBugPatterns(
    query,
    at === undefined ? files : [...new Set([...files, at.path])],
    codebase,
    signal,
  );
  const found = new Map<string, Suspect & { readonly score: number }>();
  for (const item of ranking.functions) found.set(keyOf(item.path, item.symbol), fromFunction(item, hits));
  for (const hit of hits) {
    const key = keyOf(hit.path, hit.symbol);
    if (found.has(key)) continue;
    if (!ranking.files.some(({ path }) => path === hit.path)) continue;
    found.set(
      key,
      fromFunction(
        {
          path: hit.path,
          symbol: hit.symbol,
          // Not ranked itself, so not better than the last that is.
          score: ranking.functions.at(-1)?.score ?? 0,
          confidence: 0,
          strength: "weak",
          reasons: [],
        },
        hits,
      ),
    );
  }
  const ranked = [...found.values()].sort(
    (a, b) => b.score - a.score || (a.path < b.path ? -1 : a.path > b.path ? 1 : a.start - b.start),
  );
  if (at === undefined && proposed === undefined) return ranked.slice(0, MAX_SUSPECTS);
  const given =
    at === undefined ? await fromModel(proposed!, ranked, codebase) : await fromPerson(at, ranked, codebase);
  return [
    given,
    ...ranked.filter((suspect) => keyOf(suspect.path, suspect.symbol) !== keyOf(given.path, given.symbol)),
  ].slice(0, MAX_SUSPECTS);
}

/**
 * The suspects with the function first that holds lines which the reporter names; of several the one that the ranking holds highest.
 * In: the suspects, best first, and the places of the report.
 */
export async function withNamedFirst(
  found: readonly Suspect[],
  places: readonly Pick<ReportedPlace, "atBase" | "function">[],
  codebase: Codebase,
): Promise<readonly Suspect[]> {
  const ours: Suspect[] = [];
  for (const { atBase, function: around } of places) {
    if (atBase === undefined || atBase === "gone" || around === undefined) continue;
    if (codebase.roleOf(atBase.path) !== "source") continue;
    ours.push(
      found.find((one) => keyOf(one.path, one.symbol) === keyOf(atBase.path, around)) ??
        named(atBase.path, around),
    );
  }
  const order = (one: Suspect): number => (found.includes(one) ? found.indexOf(one) : found.length);
  const [first] = ours.toSorted((a, b) => order(a) - order(b));
  return first === undefined
    ? found
    : [first, ...found.filter((one) => one !== first)].slice(0, MAX_SUSPECTS);
}

/** An error that is raised on purpose: its caller passed something wrong. */
const RAISES =
  /^(?:\}\s*)?(?:throw|raise|panic!?|assert\w*!?|abort|fail\w*|die|bail!?|unreachable!?|return (?:err|Err))\b/;

/** Whether the line of a frame raises an error on purpose; where the line is not known, whether any of its function does. */
async function mayRaise(
  frame: Pick<ReportedPlace, "basePath" | "function" | "text"> | undefined,
  codebase: Pick<Codebase, "text">,
): Promise<boolean> {
  if (frame?.text !== undefined) return RAISES.test(frame.text.trim());
  const { basePath: path, function: symbol } = frame ?? {};
  if (path === undefined || symbol === undefined) return false;
  const lines = (await codebase.text(path))?.lines.slice(symbol.start - 1, symbol.end) ?? [];
  return lines.some((line) => RAISES.test(line.trim()));
}

/** A function outside the trace with this likelihood leads before it. */
const STRONG = 0.5;

/**
 * The suspects with the last call of the reported trace first, where the one that leads is an earlier call of it, or a weak guess outside of it, and the
 * last does not raise the error on purpose: in the five traces of our audits and examples where an earlier call led, the fix changed the last. In: the suspects, best first, and the frames in the repository,
 * innermost last.
 */
export async function withLastCallFirst(
  found: readonly Suspect[],
  frames: readonly Pick<ReportedPlace, "basePath" | "function" | "text">[],
  codebase: Pick<Codebase, "roleOf" | "text">,
): Promise<readonly Suspect[]> {
  const [leading] = found;
  const { basePath: path, function: symbol } = frames.at(-1) ?? {};
  if (leading === undefined || path === undefined || symbol === undefined) return found;
  if (leading.patterns.length > 0 || (await mayRaise(frames.at(-1), codebase))) return found;
  if (codebase.roleOf(path) !== "source") return found;
  const last = keyOf(path, symbol);
  const key = keyOf(leading.path, leading.symbol);
  const isInTrace = frames.some(
    (one) => one.basePath !== undefined && key === keyOf(one.basePath, one.function),
  );
  if (key === last) return found;
  // Words that are shared with a function outside the trace say less than the trace, unless they say much.
  if (!isInTrace && (leading.likelihood ?? 0) >= STRONG) return found;
  const first = found.find((one) => keyOf(one.path, one.symbol) === last) ?? named(path, symbol);
  return [first, ...found.filter((one) => one !== first)].slice(0, MAX_SUSPECTS);
}

/** A function that the report names, and that the ranking does not hold. */
function named(path: string, symbol: SymbolDefinition): Suspect {
  return {
    path,
    symbol,
    start: symbol.start,
    end: symbol.end,
    name: qualifiedName(symbol),
    likelihood: undefined,
    strength: "strong",
    reasons: [],
    patterns: [],
    given: false,
  };
}

/** A definition as claims hold it. */
export function definitionOf(path: string, symbol: SymbolDefinition): DefinitionData {
  return { path, name: qualifiedName(symbol), start: symbol.start, end: symbol.end };
}

export function citationOf({
  path,
  start,
  end,
}: {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}): LineCitation {
  return { kind: "lines", path, start, end };
}

function keyOf(path: string, symbol: SymbolDefinition | undefined): string {
  return `${path}\0${symbol?.start ?? ""}\0${symbol?.name ?? ""}`;
}

function fromFunction(
  item: LocatedFunction,
  hits: readonly BugPatternHit[],
): Suspect & { readonly score: number } {
  const patterns = hits.filter(
    ({ path, symbol }) =>
      path === item.path && symbol.start === item.symbol.start && symbol.name === item.symbol.name,
  );
  return {
    path: item.path,
    symbol: item.symbol,
    start: item.symbol.start,
    end: item.symbol.end,
    name: qualifiedName(item.symbol),
    likelihood: item.confidence,
    strength: patterns.length > 0 && item.strength === "weak" ? "moderate" : item.strength,
    reasons: [
      ...patterns.map(({ pattern, path, steps }) => ({
        signal: pattern.name,
        text: pattern.claim,
        citations: steps.map(({ line }) => ({ kind: "lines" as const, path, start: line, end: line })),
      })),
      ...item.reasons,
    ],
    patterns,
    given: false,
    score: item.score + (patterns.length > 0 ? PROBE_BONUS : 0),
  };
}

/** A proposal leads the list and names its author; its strength is that of the evidence. */
async function fromModel(at: Location, ranked: readonly Suspect[], codebase: Codebase): Promise<Suspect> {
  const named = await fromPerson(at, ranked, codebase);
  const known = ranked.find(
    (suspect) => keyOf(suspect.path, suspect.symbol) === keyOf(named.path, named.symbol),
  );
  return {
    ...named,
    strength: known?.strength ?? "weak",
    reasons: [
      {
        signal: "model",
        text: "a model's reading names these lines; nobody confirmed it",
        citations: [citationOf(at)],
      },
      ...(known?.reasons ?? []),
    ],
    given: false,
    proposed: true,
  };
}

function whyNoText(path: string, tree: Codebase["tree"]): string {
  const size = tree.find(path)?.size ?? 0;
  return size > MAX_BLOB_BYTES
    ? `Casebook reads no file over ${counted(MAX_BLOB_BYTES, "byte")}, and ${path} has ${counted(size, "byte")}`
    : `There is no text file ${path} at commit ${tree.commit.slice(0, 12)}`;
}

async function fromPerson(at: Location, ranked: readonly Suspect[], codebase: Codebase): Promise<Suspect> {
  const source = await codebase.text(at.path);
  if (source === undefined) throw new RunFailure("usage", whyNoText(at.path, codebase.tree));
  if (at.end > source.lines.length || at.start > at.end) {
    throw new RunFailure(
      "usage",
      `${formatLocation(at)} is outside the file: it has ${source.lines.length} lines`,
    );
  }
  const syntax = await codebase.syntax(at.path);
  const around = (syntax?.symbols ?? [])
    .filter((symbol) => isFunctionLike(symbol) && symbol.start <= at.start && symbol.end >= at.end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const known = ranked.find(
    (suspect) => around !== undefined && keyOf(suspect.path, suspect.symbol) === keyOf(at.path, around),
  );
  return {
    path: at.path,
    symbol: around,
    start: around?.start ?? at.start,
    end: around?.end ?? at.end,
    name: around === undefined ? formatLocation(at) : qualifiedName(around),
    strength: "strong",
    likelihood: known?.likelihood,
    reasons: [
      { signal: "person", text: "a person says that the cause is here", citations: [citationOf(at)] },
      ...(known?.reasons ?? []),
    ],
    patterns: known?.patterns ?? [],
    given: true,
  };
}
