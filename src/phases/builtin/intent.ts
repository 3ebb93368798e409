import { type Asserted, assertedBy, assertionsOn } from "../../claims/asserted-by.ts";
import { commitMade, messageOf } from "../../claims/commit-made.ts";
import { linesRead, readLines, wholeSentences } from "../../claims/lines-read.ts";
import { isOnlyDefinition } from "../../claims/name-appears.ts";
import { isNamed } from "../../claims/names-definition.ts";
import { sentencesAround } from "../../claims/person-said.ts";
import { ownedBy, ownersOf } from "../../claims/owned-by.ts";
import { areMost, writersOf, writtenBy } from "../../claims/written-by.ts";
import type { Block, StatedClaim } from "../../documents/finding.ts";
import { holdsWord } from "../../repository/run-search.ts";
import { dateOf } from "../../text/date-of.ts";
import type { ResearchContext } from "./research-context.ts";
import { recentChange, standing } from "./root-cause.ts";
import { claimsBlock } from "./statements.ts";
import { definitionOf, type Suspect } from "./suspects.ts";

const MAX_ASSERTIONS = 3;
const MAX_REMARKS = 2;
const MAX_DOCUMENTED = 2;
const MAX_HITS = 200;
const MAX_COMMITS = 20;
/** A sentence is shown whole or not at all. */
const MAX_MESSAGE = 400;

/** Words with which people say that code is meant as it is, or that they know that it is not right. A note of work to do says neither. */
const MEANT =
  /\b(?:intentional(?:ly)?|on purpose|purposely|deliberate(?:ly)?|by design|expected behaviou?r|not a bug|known (?:issue|bug|limitation)s?)\b/i;

/**
 * What says how the suspect that stands out is meant to work: assertions of tests, remarks at the place, documentation, a commit. Each is
 * quoted; whether it is a bug stays a person's judgement.
 */
export async function intent(context: ResearchContext): Promise<readonly Block[]> {
  const suspect = await standing(context);
  if (suspect?.symbol === undefined) return [];
  return claimsBlock("list", [
    ...(await assertions(suspect, context)),
    ...(await remarks(suspect, context)),
    ...(await documented(suspect, context)),
    ...(await committed(suspect, context)),
  ]);
}

/** Assertions that share a value or a name with the report; of the others none says more than the next. */
async function assertions(
  { path, symbol }: Suspect,
  context: ResearchContext,
): Promise<readonly StatedClaim[]> {
  const found = await assertionsOn(definitionOf(path, symbol!), context);
  const { text } = context.issue;
  const shares = ({ words }: Asserted): number =>
    new Set(valuesOf(words).filter((value) => isWritten(value, text))).size;
  const valued = found.filter((one) => shares(one) > 0).toSorted((a, b) => shares(b) - shares(a));
  const named = found.filter(
    (one) =>
      !valued.includes(one) &&
      namesOf(one).some(
        (name) =>
          isNamed(name, text) &&
          found.filter((other) => namesOf(other).includes(name)).length <= MAX_ASSERTIONS,
      ),
  );
  return [...valued, ...named].slice(0, MAX_ASSERTIONS).map((one) => assertedBy.of(one));
}

/** Values between quotes. */
function valuesOf(words: string): readonly string[] {
  return [...words.matchAll(/(["'])((?:\\.|(?!\1).)+)\1/g)].map(([, , value]) => value!);
}

/** As a value, or as words that are no part of other words. */
function isWritten(value: string, text: string): boolean {
  if (!/[\p{L}\p{N}]/u.test(value)) return false;
  const plain = value.replace(/[$\\^.*+?()[\]{}|]/g, "\\$&");
  if (new RegExp(`(["'\`])${plain}\\1`).test(text)) return true;
  return value.length >= MIN_WORDS && new RegExp(`(?<![\\w$])${plain}(?![\\w$])`).test(text);
}

const MIN_WORDS = 4;
/** Names of assertions and of values that every test has. */
const OF_TESTS = /^_*(?:assert|expect|equal|should|require|check|self|this|true|false|null|none|nil|unwrap)/i;

/** Names in an assertion besides that of the function. */
function namesOf({ words, callee }: Asserted): readonly string[] {
  const own = callee.name.split(".");
  const code = words.replace(/(["'])(?:\\.|(?!\1).)*\1/g, " ");
  return (code.match(/[A-Za-z_]\w+/g) ?? []).filter(
    (name) => name.length >= MIN_WORDS && !own.includes(name) && !OF_TESTS.test(name),
  );
}

async function remarks(
  { path, start, end }: Suspect,
  context: ResearchContext,
): Promise<readonly StatedClaim[]> {
  const lines = (await context.codebase.text(path))?.lines ?? [];
  const items = new Map<string, StatedClaim>();
  for (let line = start; line <= end && items.size < MAX_REMARKS; line++) {
    const text = lines[line - 1] ?? "";
    if (!MEANT.test(text)) continue;
    const claim = await read({ path, line }, "comment", context);
    if (claim !== undefined) items.set(claim.text, claim);
  }
  return [...items.values()];
}

/** Sentences of documentation and changelogs that write the name as code and say that something is meant. */
async function documented(
  { symbol, name }: Suspect,
  context: ResearchContext,
): Promise<readonly StatedClaim[]> {
  const plain = symbol!.name;
  if (plain.length < 4 || !(await isOnlyDefinition(plain, context))) return [];
  const { hits } = await context.search({
    kind: "word",
    pattern: plain,
    include: ["*.{md,mdx,rst,adoc,txt}"],
    exclude: ["**/.chant/**", ".chant/**"],
  });
  const items = new Map<string, StatedClaim>();
  for (const { path, line } of hits.slice(0, MAX_HITS)) {
    if (items.size >= MAX_DOCUMENTED) break;
    const text = (await context.codebase.text(path))?.lines[line - 1] ?? "";
    const asCode = [...text.matchAll(/`([^`]+)`/g)].some(([, code]) =>
      [plain, name].includes(code!.replace(/\([^()]*\)$/, "")),
    );
    const claim = asCode ? await read({ path, line }, "documentation", context) : undefined;
    if (claim !== undefined && MEANT.test(claim.text)) items.set(claim.text, claim);
  }
  return [...items.values()];
}

/** The newest commit of the suspect's lines whose message says in one sentence that the suspect, by its name, is meant so. */
async function committed(
  { path, start, end, symbol }: Suspect,
  { history, baseCommit, signal }: ResearchContext,
): Promise<readonly StatedClaim[]> {
  const blamed = (await history.blame(baseCommit, path, start, end, signal)) ?? [];
  const newest = [...new Set(blamed.toSorted((a, b) => b.time - a.time).map(({ oid }) => oid))];
  for (const oid of newest.slice(0, MAX_COMMITS)) {
    const commit = await history.commit(baseCommit, oid);
    const said = commit && MEANT.exec(messageOf(commit));
    const words = said && sentencesAround(said[0], messageOf(commit));
    if (!commit || !words || symbol === undefined || !holdsWord(words, symbol.name)) continue;
    if (words.length > MAX_MESSAGE || !commit.files.includes(path)) continue;
    const { subject, author, time } = commit;
    return [commitMade.of({ oid, subject, author, date: dateOf(time), path, words })];
  }
  return [];
}

/** What somebody wrote on a line, with the rest of its sentences. */
async function read(
  { path, line }: { readonly path: string; readonly line: number },
  kind: "comment" | "documentation",
  context: ResearchContext,
): Promise<StatedClaim | undefined> {
  const lines = await wholeSentences({ path, start: line, end: line }, context);
  const there = await readLines(lines, context);
  return there?.kind === kind ? linesRead.of({ lines, ...there }) : undefined;
}

/** Whom a maintainer may ask about the suspect that stands out: owners of its file, and who wrote most of it. Nobody is mentioned. */
export async function whoKnows(context: ResearchContext): Promise<readonly Block[]> {
  const suspect = await standing(context);
  if (suspect === undefined) return [];
  const owned = await ownersOf(suspect.path, context.codebase);
  const written = (await isOneRecentChange(suspect, context)) ? undefined : await writers(suspect, context);
  return claimsBlock("list", [
    ...(owned === undefined || owned === "unreadable" ? [] : [ownedBy.of(owned)]),
    ...(written === undefined ? [] : [written]),
  ]);
}

/** One person and one commit, which the last change tells. */
async function isOneRecentChange({ path, start, end }: Suspect, context: ResearchContext): Promise<boolean> {
  const { history, baseCommit, signal } = context;
  const lines = (await history.blame(baseCommit, path, start, end, signal)) ?? [];
  return new Set(lines.map(({ oid }) => oid)).size === 1 && (await recentChange(context)).length > 0;
}

async function writers(
  { path, start, end, name, symbol }: Suspect,
  { history, baseCommit, signal }: ResearchContext,
): Promise<StatedClaim | undefined> {
  const lines = (await history.blame(baseCommit, path, start, end, signal)) ?? [];
  const now = (await history.commit(baseCommit, baseCommit))?.time;
  const people = now === undefined ? [] : writersOf(lines, now);
  return people.length === 0 || !areMost(people, lines.length)
    ? undefined
    : writtenBy.of({
        lines: { path, start, end },
        ...(symbol === undefined ? {} : { name }),
        of: lines.length,
        people: [...people],
      });
}
