import { isFunctionLike, qualifiedName } from "../languages/syntax.ts";
import type { Codebase } from "../repository/codebase.ts";
import { functionsOfHunk, type Hunk, hunksOf, withHunks } from "./hunks.ts";
import { endOf, type Files, intervene, type Intervened, runFile, type Situation } from "./intervene.ts";
import type { TestRun } from "../reproduction/run-tests.ts";

/** A function of the commit. */
interface Place {
  readonly path: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

interface FixHunk extends Hunk {
  readonly path: string;
  /** The functions it lies in; none for a hunk outside of all. */
  readonly functions: readonly Place[];
}

/** What a change that removes the failure shows of its parts. */
export type FixShown =
  | {
      readonly kind: "shown";
      readonly whole: Extract<Intervened, { kind: "gone" }>;
      /** Functions without whose hunks the same failure is back, each with that run. */
      readonly necessary: readonly { readonly place: Place; readonly run: TestRun }[];
      /** Of these, functions whose hunks remove the failure by themselves, each with that run. */
      readonly sufficient: readonly { readonly place: Place; readonly run: TestRun }[];
      /** Hunks without which the failure stays gone and no test is worse. */
      readonly unneeded: readonly FixHunk[];
      /** What is left; the smallest set that dropping one after the other finds. */
      readonly needed: readonly FixHunk[];
      /** Files of the change that were not taken apart: new ones, removed ones. */
      readonly whollyTaken: readonly string[];
    }
  | { readonly kind: "none"; readonly why: string };

/** Hunks that are dropped one by one; a larger change is not taken apart. */
const MOST_HUNKS = 16;

/**
 * Takes a fix apart. In: the situation and the files of the fix. First the whole change must remove the failure; then each function's
 * hunks are left out (the same failure back: necessary) and run alone (failure gone: sufficient), then single hunks are left out (failure
 * still gone, nothing worse: unneeded).
 */
export async function takeApart(
  situation: Situation,
  files: Files,
  codebase: Pick<Codebase, "text" | "syntax">,
  signal: AbortSignal,
): Promise<FixShown> {
  const whole = await intervene(situation, files, signal);
  if (whole.kind !== "gone") return { kind: "none", why: `with the change, ${whole.why}` };
  const texts = new Map<string, string>();
  const hunks: FixHunk[] = [];
  for (const [path, after] of files) {
    const before = (await codebase.text(path))?.text;
    if (before === undefined || after === undefined) continue;
    texts.set(path, before);
    const functions = ((await codebase.syntax(path))?.symbols ?? [])
      .filter(isFunctionLike)
      .map((symbol): Place => ({ path, name: qualifiedName(symbol), start: symbol.start, end: symbol.end }));
    for (const hunk of hunksOf(before, after))
      hunks.push({ ...hunk, path, functions: functionsOfHunk(hunk, functions) });
  }
  const whollyTaken = [...files.keys()].filter((path) => !texts.has(path));
  if (hunks.length === 0 || hunks.length > MOST_HUNKS)
    return { kind: "none", why: `the change has ${hunks.length} hunks, which are not taken apart` };

  const changesOf = (some: readonly FixHunk[]): Files =>
    new Map([
      ...whollyTaken.map((path) => [path, files.get(path)] as const),
      ...[...texts].map(
        ([path, text]) =>
          [
            path,
            withHunks(
              text,
              some.filter((hunk) => hunk.path === path),
            ),
          ] as const,
      ),
      ...situation.laid,
    ]);
  const necessary: { place: Place; run: TestRun }[] = [];
  const places = new Map(
    hunks.flatMap(({ functions }) => functions).map((place) => [JSON.stringify(place), place]),
  );
  for (const place of places.values()) {
    const others = hunks.filter(({ functions }) => !functions.includes(place));
    const run = await runFile(situation, changesOf(others), signal);
    if (endOf(run.report, situation.failing) === "same") necessary.push({ place, run });
  }
  const sufficient: { place: Place; run: TestRun }[] = [];
  for (const { place } of necessary) {
    const own = hunks.filter(({ functions }) => functions.includes(place));
    const run =
      own.length === hunks.length ? whole.with[0]! : await runFile(situation, changesOf(own), signal);
    if (endOf(run.report, situation.failing) === "gone") sufficient.push({ place, run });
  }
  let needed: readonly FixHunk[] = hunks;
  const unneeded: FixHunk[] = [];
  if (hunks.length > 1)
    for (const hunk of hunks) {
      const others = needed.filter((one) => one !== hunk);
      const run = await runFile(situation, changesOf(others), signal);
      if (endOf(run.report, situation.failing) !== "gone") continue;
      if ((await situation.guard.worse(changesOf(others), signal)) !== undefined) continue;
      needed = others;
      unneeded.push(hunk);
    }
  return { kind: "shown", whole, necessary, sufficient, unneeded, needed, whollyTaken };
}
