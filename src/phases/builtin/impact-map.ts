import type { Block, StatedClaim } from "../../documents/finding.ts";
import { calledBy, otherLines } from "../../claims/called-by.ts";
import { changedWith, commitsOf } from "../../claims/changed-with.ts";
import { convention, conventionFiles, conventionsOf } from "../../claims/convention.ts";
import { hasSequence } from "../../claims/has-sequence.ts";
import { importersOf } from "../../claims/importers.ts";
import { importedBy } from "../../claims/imported-by.ts";
import { docsOf, inDocs, isHistory } from "../../claims/in-docs.ts";
import { isPublic, visibilityOf } from "../../claims/is-public.ts";
import { appearances, isOnlyDefinition, nameAppears, testFileOf } from "../../claims/name-appears.ts";
import { nameHits } from "../../claims/name-hits.ts";
import { resolvedCalls } from "../../claims/resolved-call.ts";
import { sameStructure } from "../../claims/same-structure.ts";
import { scope as scopeClaim } from "../../claims/scope.ts";
import { target as targetClaim, type WhyTarget } from "../../claims/target.ts";
import { testThatReaches } from "../../claims/test-reaches.ts";
import { MAX_UNPARSED_SHOWN, unparsedFiles } from "../../claims/unparsed-files.ts";
import { hasForeignBase } from "../../claims/foreign-base.ts";
import { isUsedByMembers, usedOnlyByTests } from "../../claims/used-only-by-tests.ts";
import { isFunctionLike } from "../../languages/syntax.ts";
import type { ResearchContext, Target } from "./research-context.ts";
import { leadingClaim } from "./root-cause.ts";
import { claimsBlock, NO_TARGET, unknown } from "./statements.ts";
import { definitionOf, type Suspect } from "./suspects.ts";

const MAX_SIMILAR = 5;
const MAX_SHOWN = 3;
const MAX_TARGETS = 8;
const MAX_DOC_LINES = 20;
/** Files that changed together less often than this did so by chance. */
const MIN_TOGETHER = 3;
const MIN_SHARE = 0.3;

/** Why no impact map is written: nothing but wording speaks for a place, and that too weakly. Undefined: one is written. */
export async function whyNoImpact(context: ResearchContext): Promise<string | undefined> {
  const [leading] = await context.suspects();
  if (leading === undefined) return "Casebook found no suspect";
  if (leading.given || leading.proposed === true) return undefined;
  if ((leading.likelihood ?? 0) >= context.impactFrom) return undefined;
  return (await leadingClaim(context)) === undefined
    ? `no suspect is likelier than ${Math.round(context.impactFrom * 100)} %; name the place with \`/casebook at PATH:LINE\``
    : undefined;
}

/** What a fix would change: the leading suspect and every function with the same sequence, then functions built like it. */
export async function similar(context: ResearchContext): Promise<readonly Block[]> {
  const targets = await context.targets();
  const [first] = targets;
  if (first === undefined) return [unknown(NO_TARGET)];
  const [leading] = await context.suspects();
  const pattern = leading?.patterns[0]?.pattern.name;
  const why = leading === undefined ? undefined : await whyFirst(leading, context);
  const of = definitionOf(first.path, first.symbol);
  const rows: StatedClaim[] = targets.map((target, place) => {
    const at = definitionOf(target.path, target.symbol);
    return pattern === undefined || target.steps.length === 0
      ? targetClaim.of(place === 0 && why !== undefined ? { ...at, why } : at)
      : hasSequence.of({ pattern, in: at, lines: target.steps.map(({ line }) => line) });
  });
  const alike = (await context.similar()).filter(({ path }) => context.codebase.roleOf(path) === "source");
  for (const { path, symbol, similarity } of alike.slice(0, MAX_SIMILAR))
    rows.push(
      sameStructure.of({ of, other: definitionOf(path, symbol), percent: Math.round(similarity * 100) }),
    );
  return [{ kind: "claims", form: "table", columns: ["function", "why"], items: rows }];
}

/** Why the first suspect is first; undefined: none is likelier. */
async function whyFirst(leading: Suspect, context: ResearchContext): Promise<WhyTarget | undefined> {
  if (leading.given) return "given";
  if (leading.proposed === true) return "proposed";
  if ((await context.suspects()).every(({ likelihood = 0 }) => likelihood <= (leading.likelihood ?? 0)))
    return undefined;
  return (await leadingClaim(context))?.type === "frame-in" ? "frame" : "pointed";
}

/** Who uses what would change, for certain; where that is not known, where the name appears. */
export async function callers(context: ResearchContext): Promise<readonly Block[]> {
  const targets = (await context.targets()).slice(0, MAX_TARGETS);
  if (targets.length === 0) return [unknown(NO_TARGET)];
  const items: StatedClaim[] = [];
  const owners = new Set<string>();
  for (const target of targets) {
    const isCalled = await addCalls(target, "program", items, context);
    const owner = await ownerOf(target, context);
    const key = owner === undefined ? "" : `${owner.path}\0${owner.symbol.start}`;
    // Where only tests use the class, its members need no line of their own.
    if (owner !== undefined && (owners.has(key) || (await addOnlyTests(owner, items, context)))) {
      owners.add(key);
      continue;
    }
    if (isCalled) continue;
    if (await addOnlyTests(target, items, context)) continue;
    await addAppearance(target, "program", items, context);
  }
  // Where a caller is named, the files around it add nothing.
  const known = new Set(
    items.some(({ type }) => type !== "name-appears") ? targets.map(({ path }) => path) : [],
  );
  for (const path of new Set(targets.map((target) => target.path))) {
    if (known.has(path)) continue;
    const there = await importersOf(path, context);
    if (there.length > 0)
      items.push(importedBy.of({ path, count: there.length, shown: there.slice(0, MAX_SHOWN) }));
  }
  return [table(items), ...(await unparsed(context))];
}

/** A call in a file that was not parsed is in no count, which a reader of the counts must know. */
async function unparsed(context: ResearchContext): Promise<readonly Block[]> {
  const { unparsed: paths } = await context.symbolIndex();
  return paths.length === 0
    ? []
    : claimsBlock("list", [
        unparsedFiles.of({ count: paths.length, shown: paths.slice(0, MAX_UNPARSED_SHOWN) }),
      ]);
}

/** Tests that call what would change. */
export async function tests(context: ResearchContext): Promise<readonly Block[]> {
  const targets = (await context.targets()).slice(0, MAX_TARGETS);
  if (targets.length === 0) return [unknown(NO_TARGET)];
  const items: StatedClaim[] = [];
  for (const target of targets)
    if (!(await addCalls(target, "test", items, context))) {
      const through = await testThatReaches(definitionOf(target.path, target.symbol), context);
      if (through === undefined) await addAppearance(target, "test", items, context);
      else items.push(through);
    }
  return [table(items)];
}

/** Who calls a definition, in the program and in tests; where that is not certain, where its name appears. */
export async function usesOf(target: At, context: ResearchContext): Promise<readonly StatedClaim[]> {
  const items: StatedClaim[] = [];
  for (const from of ["program", "test"] as const)
    if (!(await addCalls(target, from, items, context))) await addAppearance(target, from, items, context);
  return items;
}

function table(items: readonly StatedClaim[]): Block {
  return { kind: "claims", form: "table", columns: ["", "what"], items };
}

type At = Pick<Target, "path" | "symbol">;

async function ownerOf({ path, symbol }: At, context: ResearchContext): Promise<At | undefined> {
  const name = symbol.container.at(-1);
  const owner = (await context.codebase.syntax(path))?.symbols.find(
    (one) => one.name === name && one.start <= symbol.start && one.end >= symbol.end && !isFunctionLike(one),
  );
  return owner === undefined ? undefined : { path, symbol: owner };
}

async function addCalls(
  target: At,
  from: "program" | "test",
  items: StatedClaim[],
  context: ResearchContext,
): Promise<boolean> {
  const found = (await resolvedCalls(target, context)).filter(({ inTest }) => inTest === (from === "test"));
  if (found.length === 0) return false;
  const shown = found.slice(0, MAX_SHOWN).map(({ path, line, caller }) => ({
    path,
    line,
    ...(caller === undefined ? {} : { name: caller.name }),
  }));
  items.push(
    calledBy.of({
      callee: definitionOf(target.path, target.symbol),
      from,
      count: found.length,
      more: (await otherLines(target, found, from, context)).length,
      shown,
    }),
  );
  return true;
}

async function addOnlyTests(target: At, items: StatedClaim[], context: ResearchContext): Promise<boolean> {
  if ((await hasForeignBase(target, context)) || (await isUsedByMembers(target, context))) return false;
  const hits = await nameHits(target, context);
  if (hits.uses.length + hits.unread.length + hits.data.length > 0) return false;
  const seen = new Set<string>();
  items.push(
    usedOnlyByTests.of({
      of: definitionOf(target.path, target.symbol),
      lines: hits.testUses.length,
      files: new Set(hits.testUses.map(({ path }) => path)).size,
      imports: hits.imports.length,
      docs: hits.docs.length,
      shown: hits.testUses
        .filter(({ path }) => !seen.has(path) && seen.add(path))
        .slice(0, MAX_SHOWN)
        .map(({ path, line }) => ({ path, line })),
    }),
  );
  return true;
}

async function addAppearance(
  target: At,
  from: "program" | "test",
  items: StatedClaim[],
  context: ResearchContext,
): Promise<void> {
  const { lines, others, called, isUnclear } = await appearances(target, from, context);
  items.push(
    nameAppears.of({
      of: definitionOf(target.path, target.symbol),
      from,
      count: lines.length,
      others,
      shown: isUnclear ? [] : lines.slice(0, 2).map(({ path, line }) => ({ path, line })),
      ...(called === undefined ? {} : { called }),
      ...(isUnclear ? { unclear: true as const } : {}),
      ...(from === "test" && lines.length === 0 ? near(target.path, context) : {}),
      ...(from === "program" && lines.length === 0 && (await hasForeignBase(target, context))
        ? { foreignBase: true as const }
        : {}),
    }),
  );
}

/** A file of tests that is named after the file: it may test the function by another way in. */
function near(path: string, context: ResearchContext): { readonly near?: string } {
  const file = testFileOf(path, context);
  return file === undefined ? {} : { near: file };
}

/** Files, functions and lines that a fix would touch: the answer of an impact map. Undefined without a function to change. */
export async function scopeOf(context: ResearchContext): Promise<StatedClaim | undefined> {
  const places = (await context.targets()).slice(0, 40);
  return places.length === 0
    ? undefined
    : scopeClaim.of({ places: places.map(({ path, symbol }) => definitionOf(path, symbol)) });
}

/** The same where it is no answer of a document. */
export async function scope(context: ResearchContext): Promise<readonly Block[]> {
  const counted = await scopeOf(context);
  return counted === undefined ? [unknown(NO_TARGET)] : claimsBlock("list", [counted]);
}

/** What makes a change of the targets dangerous: who else may rely on them. */
export async function risks(context: ResearchContext): Promise<readonly Block[]> {
  const found = [];
  for (const { path, symbol } of await context.targets()) {
    const at = definitionOf(path, symbol);
    found.push({ at, as: await visibilityOf(at, symbol, context) });
  }
  const by = Map.groupBy(found, ({ as }) => as);
  // Where something is public, what is not adds nothing.
  const as = (["public", "internal", "hidden"] as const).find((one) => by.has(one));
  if (as === undefined)
    return found.length === 0 ? [] : [unknown("who else may use it; its declaration does not say")];
  const at = by
    .get(as)!
    .slice(0, 12)
    .map((one) => one.at);
  return claimsBlock("list", [isPublic.of(as === "public" ? { at } : { at, as })]);
}

/** Documentation that writes the name of a target as code, where nothing else has the name. */
export async function docs(context: ResearchContext): Promise<readonly Block[]> {
  const items: StatedClaim[] = [];
  for (const { symbol } of await context.targets()) {
    const { name } = symbol;
    if (items.length === MAX_SHOWN) break;
    if (name.length <= 3 || items.some(({ data }) => (data as { name?: string }).name === name)) continue;
    if (!(await isOnlyDefinition(name, context))) continue;
    const hits = await docsOf(name, context);
    // More lines than a person reads say nothing about this function.
    if (hits.length === 0 || hits.length > MAX_DOC_LINES) continue;
    items.push(inDocs.of({ name, count: hits.length, shown: hits.slice(0, MAX_SHOWN) }));
  }
  return claimsBlock("list", items);
}

/** Commands and sentences of the files for agents that are shown. */
const MAX_COMMANDS = 2;
const MAX_LEAVE_ALONE = 3;

/** How the project's files for agents say that its tests are run, and what they say that nobody should edit. */
export async function conventions(context: ResearchContext): Promise<readonly Block[]> {
  const [first] = await context.targets();
  if (first === undefined) return [];
  const all = [];
  for (const path of conventionFiles(first.path, context.codebase))
    all.push(...(await conventionsOf(path, context.codebase)));
  // `CLAUDE.md` is often a copy of `AGENTS.md`.
  const seen = new Set<string>();
  const own = all.filter(({ kind, words }) => !seen.has(`${kind} ${words}`) && seen.add(`${kind} ${words}`));
  return claimsBlock(
    "list",
    [
      ...own.filter(({ kind }) => kind === "test-command").slice(0, MAX_COMMANDS),
      ...own.filter(({ kind }) => kind === "leave-alone").slice(0, MAX_LEAVE_ALONE),
    ].map((one) => convention.of(one)),
  );
}

/** Folders of editors and services: what changes in them follows no change of the code. */
const IN_SETTINGS = /(?:^|\/)\.[^/]+\//;

/** Files that often changed in the same commits as the target files. */
export async function coChange(context: ResearchContext): Promise<readonly Block[]> {
  const commits = await context.commits();
  const items: StatedClaim[] = [];
  for (const path of [...new Set((await context.targets()).map((target) => target.path))].slice(
    0,
    MAX_SHOWN,
  )) {
    const own = commitsOf(path, commits);
    const shared = new Map<string, number>();
    for (const other of own.flatMap(({ files }) => files))
      if (
        other !== path &&
        !isHistory(other) &&
        !IN_SETTINGS.test(other) &&
        context.codebase.tree.find(other) !== undefined
      )
        shared.set(other, (shared.get(other) ?? 0) + 1);
    const often = [...shared]
      .filter(([, count]) => count >= MIN_TOGETHER && count / own.length >= MIN_SHARE)
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
    for (const [other, count] of often.slice(0, MAX_SHOWN)) {
      const { oid, subject } = own.find(({ files }) => files.includes(other))!;
      items.push(changedWith.of({ path, other, count, of: own.length, newest: oid, subject }));
    }
  }
  return items.length === 0 ? [] : [{ kind: "claims", form: "table", columns: ["file", "how often"], items }];
}
