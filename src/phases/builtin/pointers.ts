import type { StatedClaim } from "../../documents/finding.ts";
import { checkClaim } from "../../claims/claim-types.ts";
import { frameIn, ownInnermost, pathOfFrame } from "../../claims/frame-in.ts";
import { messageAt } from "../../claims/message-at.ts";
import { namedPlace, placeOfReference } from "../../claims/named-place.ts";
import { namesDefinition, onlyDefinition } from "../../claims/names-definition.ts";
import { holdsWord } from "../../repository/run-search.ts";
import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../../languages/syntax.ts";
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

const MAX_EACH = 3;
/** Names of the report that are looked up. */
const MAX_NAMES = 40;

const known = new WeakMap<ResearchContext["report"], Promise<readonly Pointer[]>>();

/** What points to places, strongest first: the reporter's own line, the failing frame, the message, a name that is written. */
export function pointers(context: ResearchContext): Promise<readonly Pointer[]> {
  let found = known.get(context.report);
  if (found === undefined) known.set(context.report, (found = findPointers(context)));
  return found;
}

async function findPointers(context: ResearchContext): Promise<readonly Pointer[]> {
  const found: Pointer[] = [];
  for (const sort of [places, frames, messages, names]) {
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
  for (const { quote } of context.report.references) {
    const lines = await placeOfReference(quote, context);
    if (lines === undefined) continue;
    const around = await functionAround(lines.path, lines.start, context);
    yield {
      ...lines,
      inTitle: false,
      claim: namedPlace.of({
        written: quote,
        lines,
        ...(around === undefined ? {} : { in: qualifiedName(around) }),
      }),
    };
  }
}

async function* frames(context: ResearchContext): AsyncGenerator<Pointer> {
  const innermost = ownInnermost(context.report, context);
  const all = context.report.frames;
  for (const frame of innermost === undefined ? all : [innermost, ...all]) {
    if (frame.line === undefined) continue;
    const path = pathOfFrame(frame.path, context);
    if (path === undefined || context.codebase.roleOf(path) !== "source") continue;
    const around = await functionAround(path, frame.line, context);
    const text = (await context.codebase.text(path))?.lines[frame.line - 1]?.trim();
    // The trace is of another version where the function has another name.
    if (around === undefined || text === undefined || text === "") continue;
    if (frame.function !== "" && !frame.function.includes(around.name)) continue;
    yield {
      path,
      start: frame.line,
      end: frame.line,
      inTitle: false,
      claim: frameIn.of({
        frame: { path: frame.path, line: frame.line },
        at: definitionOf(path, around),
        text,
        innermost: frame === innermost,
      }),
    };
    if (frame === innermost) return;
  }
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
    const inTitle = holdsWord(context.issue.title.text, written);
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
