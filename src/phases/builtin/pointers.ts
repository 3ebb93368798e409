import type { StatedClaim } from "../../documents/finding.ts";
import { checkClaim } from "../../claims/claim-types.ts";
import { canBeInTrace, frameIn, isNamedBy } from "../../claims/frame-in.ts";
import { messageAt } from "../../claims/message-at.ts";
import { namedChange } from "../../claims/named-change.ts";
import { namedPlace, writtenFrame } from "../../claims/named-place.ts";
import { isNamed, namesDefinition, onlyDefinition } from "../../claims/names-definition.ts";
import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../../languages/syntax.ts";
import { isSourcePath } from "../../languages/languages.ts";
import type { ResearchContext } from "./research-context.ts";
import { definitionOf } from "./suspects.ts";

/** Something in the report that leads to a place without shared words: a checked claim and its lines. */
export interface Pointer {
  readonly claim: StatedClaim;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  /** The title of the issue writes it. */
  readonly inTitle: boolean;
}

/** Claims on places and changes that the reporter names. */
const BROUGHT: ReadonlySet<string> = new Set(["named-place", "named-change"]);

/** A place or change that the reporter names, or the last call of the trace: shown whichever file it is in. */
export function isBrought({ claim: { type, data } }: Pointer): boolean {
  return type === "frame-in" ? (data as { innermost: boolean }).innermost : BROUGHT.has(type);
}

const MAX_EACH = 3;
/** Names of the report that are looked up. */
const MAX_NAMES = 40;

const known = new WeakMap<ResearchContext["report"], Promise<readonly Pointer[]>>();

/** What points to places, strongest first: a run of the report's own program, the reporter's own line, the failing frame, the message, a name that is written. */
export function pointers(context: ResearchContext): Promise<readonly Pointer[]> {
  let found = known.get(context.report);
  if (found === undefined) known.set(context.report, (found = findPointers(context)));
  return found;
}

async function findPointers(context: ResearchContext): Promise<readonly Pointer[]> {
  // A run is checked by the document that holds it.
  const found: Pointer[] = (await context.points()).map(({ claim, path, line }) => ({
    claim,
    path,
    start: line,
    end: line,
    inTitle: false,
  }));
  for (const sort of [places, frames, changes, messages, names]) {
    let kept = 0;
    for await (const pointer of sort(context)) {
      if ((await checkClaim(pointer.claim, context)).verdict !== "holds") continue;
      found.push(pointer);
      if (++kept === MAX_EACH) break;
    }
  }
  return found;
}

async function* places(context: ResearchContext): AsyncGenerator<Pointer> {
  for (const { named, ref, atBase, function: around } of (await context.reported()).places) {
    if (atBase === undefined || atBase === "gone") continue;
    const { path, start, end } = atBase;
    yield {
      path,
      start,
      end,
      inTitle: false,
      claim: namedPlace.of({
        written: named,
        ref,
        lines: { path, start, end },
        ...(around === undefined ? {} : { in: qualifiedName(around) }),
      }),
    };
  }
}

async function* frames(context: ResearchContext): AsyncGenerator<Pointer> {
  const { frames: all } = await context.reported();
  for (const one of all.toReversed()) {
    const { frame, ref, text, atBase, basePath, function: around } = one;
    if (frame.line === undefined) continue;
    // In a language whose functions are not read the line is all there is.
    if (around === undefined && atBase !== undefined && atBase !== "gone" && isSourcePath(atBase.path)) {
      const { path, start, end } = atBase;
      const claim = namedPlace.of({ written: writtenFrame(frame), ref, lines: { path, start, end } });
      yield { path, start, end, inTitle: false, claim };
      continue;
    }
    if (basePath === undefined || around === undefined || context.codebase.roleOf(basePath) !== "source")
      continue;
    const isLine = text !== undefined && canBeInTrace(text, frame.path, around);
    if (!isLine && !isNamedBy(frame, around)) continue;
    const line = !isLine || atBase === undefined || atBase === "gone" ? undefined : atBase.start;
    yield {
      path: basePath,
      start: line ?? around.start,
      end: line ?? around.start,
      inTitle: false,
      claim: frameIn.of({
        frame: { path: frame.path, line: frame.line },
        ref,
        at: definitionOf(basePath, around),
        ...(line === undefined ? {} : { line }),
        ...(isLine ? { text: text.trim() } : {}),
        innermost: one === all.at(-1),
      }),
    };
  }
}

/** Places of a named change that are looked at; for each git says who wrote its lines. */
const MAX_CHANGED = 12;

/** Lines of a named change that are in a function still, the first in each, those in the likeliest functions first. */
async function* changes(context: ResearchContext): AsyncGenerator<Pointer> {
  const { functions } = await context.ranking();
  const found: { readonly rank: number; readonly pointer: Pointer }[] = [];
  const seen = new Set<string>();
  for (const { named, commit, subject, written } of (await context.reported()).changes)
    for (const { path, start, end } of written) {
      if (context.codebase.roleOf(path) !== "source") continue;
      const around = await functionAround(path, start, context);
      // An import or a constant that it added is not where the change works.
      if (around === undefined) continue;
      const key = [commit, path, around.start].join("\0");
      if (seen.has(key)) continue;
      seen.add(key);
      const rank = functions.findIndex((one) => one.path === path && one.symbol.start === around.start);
      const claim = namedChange.of({ written: named, oid: commit, subject, left: { path, start, end } });
      found.push({
        rank: rank < 0 ? functions.length : rank,
        pointer: { path, start, end, inTitle: false, claim },
      });
    }
  // Where it wrote any of the likely functions, what else it wrote leads nowhere.
  const likely = found.filter(({ rank }) => rank < functions.length);
  for (const { pointer } of (likely.length > 0 ? likely : found)
    .toSorted((x, y) => x.rank - y.rank)
    .slice(0, MAX_CHANGED))
    yield pointer;
}

async function* messages(context: ResearchContext): AsyncGenerator<Pointer> {
  const { files } = await context.ranking();
  for (const { path, reasons } of files)
    for (const reason of reasons) {
      if (reason.signal !== "message") continue;
      const [lines] = reason.citations;
      if (lines?.kind !== "lines" || lines.quote === undefined) continue;
      const around = await functionAround(path, lines.start, context);
      yield {
        path,
        start: lines.start,
        end: lines.start,
        inTitle: false,
        claim: messageAt.of({
          path,
          line: lines.start,
          words: lines.quote,
          ...(around === undefined ? {} : { in: qualifiedName(around) }),
        }),
      };
    }
}

async function* names(context: ResearchContext): AsyncGenerator<Pointer> {
  const seen = new Set<string>();
  for (const written of context.reading.identifiers.slice(0, MAX_NAMES)) {
    const only = await onlyDefinition(written, context);
    if (only === undefined || seen.has(`${only.path}\0${only.symbol.start}`)) continue;
    seen.add(`${only.path}\0${only.symbol.start}`);
    const at = definitionOf(only.path, only.symbol);
    const inTitle = isNamed(written, context.issue.title.text);
    yield { ...at, inTitle, claim: namesDefinition.of({ written, at }) };
  }
}

async function functionAround(
  path: string,
  line: number,
  { codebase }: ResearchContext,
): Promise<SymbolDefinition | undefined> {
  return ((await codebase.syntax(path))?.symbols ?? [])
    .filter((symbol) => isFunctionLike(symbol) && symbol.start <= line && symbol.end >= line)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
}
