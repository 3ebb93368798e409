import type { Block, StatedClaim } from "../../documents/finding.ts";
import type { DefinitionData } from "../../claims/claim-data.ts";
import { isTestLine } from "../../claims/claim-evidence.ts";
import { calls } from "../../claims/calls.ts";
import { lastChanged } from "../../claims/last-changed.ts";
import { MIN_GUESS, noSuspect } from "../../claims/no-suspect.ts";
import { personNamed } from "../../claims/person-named.ts";
import { resolvedCalls } from "../../claims/resolved-call.ts";
import { sequenceExplains } from "../../claims/sequence-explains.ts";
import { sequenceStep } from "../../claims/sequence-step.ts";
import { MIN_NAMED, othersThan, suspect as suspectClaim } from "../../claims/suspect.ts";
import { fenceWord } from "../../languages/languages.ts";
import { dateOf } from "../../text/date-of.ts";
import { isBrought, type Pointer, pointers } from "./pointers.ts";
import type { ResearchContext } from "./research-context.ts";
import { claimsBlock, unknown } from "./statements.ts";
import { definitionOf, type Suspect } from "./suspects.ts";

/** Lines of code that a page shows at most. */
const MAX_EXCERPT = 12;
const MAX_CALLS_SHOWN = 6;
/** Guesses that are named where no suspect stands out. */
const MAX_GUESSES = 3;
/** In whole percent; a suspect below it decides nothing. */
const MIN_PERCENT = 10;

/** What speaks for the leading suspect besides shared words; undefined where nothing does, so that none stands out. */
export async function leadingClaim(context: ResearchContext): Promise<StatedClaim | undefined> {
  const [leading] = await context.suspects();
  if (leading === undefined) return undefined;
  if (leading.given) return givenClaim(leading, context);
  const [first] = await pointersTo(leading, context);
  // The reporter's own line says more than a sequence that we know.
  if (first?.claim.type === "named-place") return first.claim;
  const pattern = leading.patterns[0]?.pattern.name;
  if (leading.symbol !== undefined && pattern !== undefined)
    return sequenceExplains.of({ pattern, in: definitionOf(leading.path, leading.symbol) });
  if (first === undefined) return undefined;
  // A name in the text is a weak sign, so the ranking has to agree; in the title it is what the issue is about.
  const isLikely = (leading.likelihood ?? 0) >= 0.5;
  return first.claim.type !== "names-definition" || first.inTitle || isLikely ? first.claim : undefined;
}

/**
 * The answer of a root cause in one sentence: what a run of the report's own program showed comes before what is read and concluded, and
 * a person's word before both. Its document holds the run.
 */
export async function rootCauseHeadline(context: ResearchContext): Promise<StatedClaim> {
  const [point] = await context.points();
  return point === undefined || context.at !== undefined ? readHeadline(context) : point.claim;
}

/** The same without a run. */
export async function readHeadline(context: ResearchContext): Promise<StatedClaim> {
  const leading = await leadingClaim(context);
  if (leading !== undefined) return leading;
  // What the report itself leads to says more than a list of guesses.
  const all = await pointers(context);
  const brought =
    all.find(isBrought) ?? all.find(({ claim, inTitle }) => inTitle && claim.type === "names-definition");
  if (brought !== undefined) return brought.claim;
  const best = (await context.ranking()).functions
    .map(({ path, symbol, confidence }) => ({
      at: definitionOf(path, symbol),
      percent: Math.round(confidence * 100),
    }))
    .filter(({ percent }) => percent >= MIN_GUESS)
    .toSorted((a, b) => b.percent - a.percent);
  return noSuspect.of({ best: best.slice(0, MAX_GUESSES), from: MIN_GUESS });
}

async function pointersTo(
  { path, start, end }: Suspect,
  context: ResearchContext,
): Promise<readonly Pointer[]> {
  return (await pointers(context)).filter(
    (pointer) =>
      pointer.path === path &&
      pointer.start <= end &&
      // A person marks a little more than the function: `#L1-L19`.
      (pointer.claim.type === "named-place" ? pointer.end : pointer.start) >= start,
  );
}

function givenClaim({ path, symbol, start, end }: Suspect, { at }: ResearchContext): StatedClaim {
  return personNamed.of({
    lines: at === undefined ? { path, start, end } : { path: at.path, start: at.start, end: at.end },
    ...(symbol === undefined ? {} : { name: definitionOf(path, symbol).name }),
  });
}

/** The code of the leading suspect and what happens in it, step by step. */
export async function sequence(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  const claim = await leadingClaim(context);
  const headline = JSON.stringify(await rootCauseHeadline(context));
  const isFurther = (one: StatedClaim): boolean => JSON.stringify(one) !== headline;
  if (leading === undefined || claim === undefined)
    return claimsBlock(
      "list",
      (await pointers(context))
        .filter(isBrought)
        .map((one) => one.claim)
        .filter(isFurther),
    );
  const [pattern] = leading.patterns;
  const at = leading.symbol === undefined ? undefined : definitionOf(leading.path, leading.symbol);
  const steps =
    pattern === undefined || at === undefined
      ? []
      : pattern.steps.map(({ line, what }) =>
          sequenceStep.of({ pattern: pattern.pattern.name, in: at, line, what }),
        );
  const pointed = [
    ...new Set([...(await pointersTo(leading, context)), ...(await pointers(context)).filter(isBrought)]),
  ].map(({ claim }) => claim);
  const others = pointed.filter(isFurther);
  const lines = [
    ...(pattern?.steps.map(({ line }) => line) ?? []),
    ...(await pointersTo(leading, context)).slice(0, 1).map(({ start }) => start),
  ];
  return [
    ...(await excerptOf(leading, lines, context)),
    ...claimsBlock("steps", steps),
    ...claimsBlock("list", others),
  ];
}

/** Of a long function the lines around the evidence. */
async function excerptOf(
  { path, start, end }: Suspect,
  evidence: readonly number[],
  { codebase }: ResearchContext,
): Promise<readonly Block[]> {
  const source = await codebase.text(path);
  if (source === undefined) return [];
  const inside = evidence.filter((line) => line >= start && line <= end);
  const first =
    end - start < MAX_EXCERPT || inside.length === 0
      ? start
      : Math.max(start, Math.min(Math.min(...inside) - 3, end - MAX_EXCERPT + 1));
  const last = Math.min(end, first + MAX_EXCERPT - 1);
  const text = source.lines
    .slice(first - 1, last)
    .map((line) => line.trimEnd())
    .join("\n");
  if (/[^\P{Cc}\t\n]/u.test(text)) return [];
  return [{ kind: "excerpt", path, start: first, end: last, text, language: fenceWord(path) }];
}

/** Why no root cause is written: no function answers to the issue, and the report leads to no line. Undefined: one is written. */
export async function whyNoCause(context: ResearchContext): Promise<string | undefined> {
  if ((await context.suspects()).length > 0 || (await pointers(context)).some(isBrought)) return undefined;
  const [file] = (await context.ranking()).files;
  return file === undefined
    ? "Casebook found no file that answers to the issue"
    : `Casebook found no function that answers to the issue in ${file.path}, the likeliest file; name the place with \`/casebook at PATH:LINE\``;
}

/** Every place that may hold the cause, best first, each open unless a person named it. */
export async function suspects(context: ResearchContext): Promise<readonly Block[]> {
  const found = await context.suspects();
  if (found.length === 0)
    return [unknown("any suspect; Casebook found no function that answers to the issue")];
  const first = found.slice(0, 1).filter(({ given, patterns }) => given || patterns.length > 0);
  const others = found
    .filter((one) => !first.includes(one))
    .toSorted((a, b) => (b.likelihood ?? 0) - (a.likelihood ?? 0));
  const items: StatedClaim[] = [];
  for (const one of [...first, ...others]) {
    if (await isTestLine({ path: one.path, line: one.start }, context)) continue;
    if (one.given) items.push(givenClaim(one, context));
    else if (one.symbol !== undefined && one.likelihood !== undefined) {
      const percent = Math.round(one.likelihood * 100);
      if (percent >= (items.length === 0 ? 0 : items.length === 1 ? MIN_NAMED : MIN_PERCENT))
        items.push(
          suspectClaim.of({
            at: definitionOf(one.path, one.symbol),
            ...(first.includes(one) ? {} : { percent }),
          }),
        );
    }
  }
  // One suspect alone is no ranking, and a name of 1 % says nothing.
  const [beside] = items.flatMap(({ type, data }) =>
    type === "suspect" ? [(data as { readonly at: DefinitionData }).at] : [],
  );
  if (items.length === 1 && beside !== undefined) {
    const [next] = othersThan(beside, await context.ranking());
    if (next !== undefined) items.push(suspectClaim.of({ at: definitionOf(next.path, next.symbol), beside }));
  }
  return claimsBlock("ranking", items);
}

/** The suspect that the headline names; undefined where none stands out, so that nothing more is worth saying of the best guess. */
export async function standing(context: ResearchContext): Promise<Suspect | undefined> {
  const found = await context.suspects();
  if ((await leadingClaim(context)) !== undefined) return found[0];
  const [best] = found.toSorted((a, b) => (b.likelihood ?? 0) - (a.likelihood ?? 0));
  return (best?.likelihood ?? 0) >= 0.5 ? best : undefined;
}

/** Who calls the leading suspect, each caller once, those of the program alone. */
export async function callersOfSuspects(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  if (leading?.symbol === undefined) return [];
  const callee = definitionOf(leading.path, leading.symbol);
  const found = await resolvedCalls({ path: leading.path, symbol: leading.symbol }, context);
  const seen = new Set<string>();
  return claimsBlock(
    "list",
    found
      .filter(({ inTest }) => !inTest)
      .flatMap(({ line, caller }) => (caller === undefined ? [] : [calls.of({ caller, line, callee })]))
      .filter(({ text }) => !seen.has(text) && seen.add(text))
      .slice(0, MAX_CALLS_SHOWN),
  );
}

/** The newest change of the leading suspect's lines. */
export async function lineHistory(context: ResearchContext): Promise<readonly Block[]> {
  const [leading] = await context.suspects();
  const newest = leading === undefined ? undefined : await newestChange(leading, context);
  return newest === undefined ? [] : claimsBlock("list", [newest.claim]);
}

/** A change that is older has been lived with: it broke nothing that is reported now. */
const RECENT_DAYS = 90;
const MAX_FILES_OF_A_CHANGE = 30;

/** The newest change of the lines of the suspect that stands out, where it can have broken what is reported. */
export async function recentChange(context: ResearchContext): Promise<readonly Block[]> {
  const leading = await standing(context);
  if (leading === undefined || context.reading.kind === "feature") return [];
  const newest = await newestChange(leading, context);
  if (newest === undefined) return [];
  const { history, baseCommit, report } = context;
  // What changes files by the dozen, a formatter or a rename, is about none of them.
  const { files } = (await history.commit(baseCommit, newest.oid)) ?? { files: [] };
  if (files.length > MAX_FILES_OF_A_CHANGE) return [];
  const now = (await history.commit(baseCommit, baseCommit))?.time ?? newest.time;
  const isRecent = report.regression !== undefined || now - newest.time <= RECENT_DAYS * 86_400;
  return isRecent ? claimsBlock("list", [newest.claim]) : [];
}

async function newestChange(
  { path, start, end, name, symbol }: Suspect,
  { history, baseCommit, signal }: ResearchContext,
): Promise<{ readonly claim: StatedClaim; readonly oid: string; readonly time: number } | undefined> {
  const lines = await history.blame(baseCommit, path, start, end, signal);
  const newest = [...(lines ?? [])].sort((a, b) => b.time - a.time)[0];
  if (newest === undefined) return undefined;
  const { oid, subject, author, time } = newest;
  const claim = lastChanged.of({
    lines: { path, start, end },
    ...(symbol === undefined ? {} : { name }),
    oid,
    subject,
    author,
    date: dateOf(time),
    count: lines!.filter((line) => line.oid === oid).length,
  });
  return { claim, oid, time };
}
