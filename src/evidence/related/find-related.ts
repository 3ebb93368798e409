import type { Shortlist, TrackedIssue } from "../../issue/parse-tracker.ts";
import { textRulesOf } from "../../languages/languages.ts";
import { endingOf } from "../../languages/paths.ts";
import { qualifiedName, type SymbolDefinition } from "../../languages/syntax.ts";
import { fixedIssues, pullNumbers } from "../../repository/fixed-issues.ts";
import type { History } from "../../repository/history.ts";
import type { IndexedCodebase } from "../../repository/open-codebase.ts";
import { holdsWord } from "../../repository/run-search.ts";
import { wordsOf } from "../../text/words-of.ts";
import { piecesOf } from "../ranking/signals/message.ts";
import type { SymbolIndex } from "../references/build-symbol-index.ts";
import { findReported } from "../reported-places/find-reported.ts";
import type { Reported } from "../reported-places/reported-place.ts";
import { MAX_CITED, MAX_HOLDERS } from "./shortlist.ts";
import {
  citedNumbers,
  classOf,
  frameSign,
  hashSign,
  messageKey,
  messageSign,
  nameSign,
  namesIn,
  optionSign,
  optionsIn,
  placeSign,
  readEntry,
  type ReadEntry,
  symptomOf,
} from "./signs.ts";

/** What a check found in two texts of a tracker. The kinds are in the order of their weight. */
export const RELATION_KINDS = ["line", "message", "cited", "cites", "frame", "commit", "option"] as const;

/** An entry of the tracker that has to do with the issue, by a check that anybody can repeat. */
export interface Relation {
  readonly number: number;
  readonly isPull: boolean;
  readonly state: "open" | "closed" | "unknown";
  readonly kind: (typeof RELATION_KINDS)[number];
  /** Words of the other entry and of this issue that the check compared. */
  readonly theirs: string;
  readonly ours: string;
  /** The function, line or commit that both mean; empty for a message and a citation. */
  readonly what: string;
  /** Entries of the tracker that hold the same; 0 for a citation. */
  readonly holders: number;
  /** The fix of the closed entry, and whether the base commit has it. */
  readonly fix?: { readonly oid: string; readonly inBase: boolean } | undefined;
  /** An older report of the same: it is open, or its fix is known. */
  readonly isDuplicate: boolean;
}

export interface Related {
  /** Strongest first, one for an entry. */
  readonly relations: readonly Relation[];
  /** Merged pull requests of the tracker that say that they fix the issue, with the commit of the base commit's history that brought each. */
  readonly ownFixes: readonly { readonly pull: number; readonly oid: string }[];
  /** Entries that the tracker has, and the highest number. */
  readonly size: number;
  readonly last: number;
}

export interface RelatedSources {
  readonly asked: ReadEntry;
  readonly reported: () => Promise<Reported>;
  readonly shortlist: Shortlist;
  readonly codebase: IndexedCodebase;
  readonly history: History;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  /** `owner/name`; undefined where it is not known. */
  readonly repository: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An entry, and what the repository has of what it names. */
interface Placed extends ReadEntry {
  readonly reported: Reported;
}

type Found = Pick<Relation, "kind" | "theirs" | "ours" | "what" | "holders">;

/** Files that may hold a piece of a message of the program's own. */
const MAX_FILES = 3;
/** Words of such a piece. */
const MIN_WORDS = 3;
/** Files that may hold a name for it to be a special one. */
const MAX_NAME_FILES = 12;
/** Lines of a link that mean one place. */
const MAX_LINES = 10;

/** Relations of an issue, each by a check. Never by likeness: an entry for which no check passes is not named. */
export async function findRelated(sources: RelatedSources): Promise<Related> {
  const { asked, shortlist, codebase, history, repository, signal } = sources;
  const mine: Placed = { ...asked, reported: await sources.reported() };
  const relations: Relation[] = [];
  for (const entry of shortlist.entries) {
    signal?.throwIfAborted();
    const read = readEntry(entry);
    const reported = await findReported(read.reading, codebase, history, { repository, signal });
    const found = await relationOf(mine, { ...read, reported }, sources);
    if (found !== undefined) relations.push({ ...found, ...(await stateOf(entry, found, mine, sources)) });
  }
  const weight = ({ kind, isDuplicate }: Relation): number =>
    RELATION_KINDS.indexOf(kind) - (isDuplicate ? 100 : 0);
  return {
    relations: relations.toSorted((a, b) => weight(a) - weight(b) || a.number - b.number),
    ownFixes: await ownFixesOf(sources),
    size: shortlist.size,
    last: shortlist.last,
  };
}

async function relationOf(mine: Placed, theirs: Placed, sources: RelatedSources): Promise<Found | undefined> {
  return (
    sameLine(mine, theirs, sources) ??
    (await sameMessage(mine, theirs, sources)) ??
    citation(mine, theirs, sources) ??
    sameFrame(mine, theirs, sources) ??
    sameCommit(mine, theirs, sources) ??
    (await sameOption(mine, theirs, sources))
  );
}

/** Undefined where more entries hold it than say something. */
function rare(sign: string, { shortlist }: RelatedSources): number | undefined {
  const count = shortlist.holders.get(sign) ?? 0;
  return count > 0 && count <= MAX_HOLDERS ? count : undefined;
}

type OwnFrame = Reported["frames"][number];

/** The last call of the trace in this repository, in a function that the base commit has. */
function lastCall({ reported }: Placed): (OwnFrame & { readonly function: SymbolDefinition }) | undefined {
  const last = reported.frames.at(-1);
  return last?.function === undefined || last.basePath === undefined
    ? undefined
    : { ...last, function: last.function };
}

function isSameFunction(a: ReturnType<typeof lastCall>, b: ReturnType<typeof lastCall>): boolean {
  return (
    a !== undefined &&
    b !== undefined &&
    a.basePath === b.basePath &&
    qualifiedName(a.function) === qualifiedName(b.function)
  );
}

/** Both have messages, and none in common. */
function areOtherMessages(mine: Placed, theirs: Placed): boolean {
  const [a, b] = [mine, theirs].map(({ report }) => report.messages.map(messageKey));
  return a!.length > 0 && b!.length > 0 && !a!.some((one) => b!.includes(one));
}

function sameLine(mine: Placed, theirs: Placed, sources: RelatedSources): Found | undefined {
  const [a, b] = [lastCall(mine), lastCall(theirs)];
  if (isSameFunction(a, b) && !areOtherMessages(mine, theirs)) {
    const at = a!.atBase;
    const isSame =
      at !== undefined &&
      at !== "gone" &&
      b!.atBase !== undefined &&
      b!.atBase !== "gone" &&
      at.start === b!.atBase.start;
    const holders = rare(frameSign(a!.function.name, a!.frame.path), sources);
    if (isSame && holders !== undefined)
      return {
        kind: "line",
        ours: written(a!),
        theirs: written(b!),
        what: `${a!.basePath}:${at.start}`,
        holders,
      };
  }
  for (const one of mine.reported.places)
    for (const other of theirs.reported.places) {
      if (
        one.atBase === undefined ||
        one.atBase === "gone" ||
        other.atBase === undefined ||
        other.atBase === "gone"
      )
        continue;
      const [p, q] = [one.atBase, other.atBase];
      const isSame =
        p.path === q.path && p.start === q.start && p.end === q.end && p.end - p.start < MAX_LINES;
      const holders = rare(placeSign(one.path), sources);
      if (isSame && one.lines !== undefined && other.lines !== undefined && holders !== undefined)
        return { kind: "line", ours: one.named, theirs: other.named, what: `${p.path}:${p.start}`, holders };
    }
  return undefined;
}

function written({ frame }: OwnFrame): string {
  return `${frame.path}${frame.line === undefined ? "" : `:${frame.line}`}${frame.function === undefined ? "" : ` ${frame.function}`}`;
}

async function sameMessage(
  mine: Placed,
  theirs: Placed,
  sources: RelatedSources,
): Promise<Found | undefined> {
  const [a, b] = [lastCall(mine), lastCall(theirs)];
  // Two traces that end in two functions are of two failures, whatever they print.
  if (a !== undefined && b !== undefined && !isSameFunction(a, b)) return undefined;
  for (const ours of mine.report.messages) {
    const key = messageKey(ours);
    const other = theirs.report.messages.find((one) => messageKey(one) === key);
    const holders = rare(messageSign(ours), sources);
    if (other === undefined || holders === undefined) continue;
    if (isSameFunction(a, b) || (await isSpecial(ours, sources)))
      return { kind: "message", ours, theirs: other, what: "", holders };
  }
  return undefined;
}

/** A message of this program and no runtime's: its code holds most of it, or a rare name that it writes. */
async function isSpecial(message: string, sources: RelatedSources): Promise<boolean> {
  const { codebase } = sources;
  // Before a colon is the class of an exception, or a file: the text behind it is what code writes.
  let written = 0;
  for (const whole of message.split(/:\s+/).flatMap(piecesOf)) {
    const piece = whole.replace(/^[^\p{L}]+/u, "");
    const words = [...wordsOf(piece)];
    if (words.length >= MIN_WORDS && (await isWritten(piece, words, codebase))) written += piece.length;
  }
  const said = message.slice(message.indexOf(": ") + 1);
  if (written * 2 >= said.trim().length) return true;
  for (const name of namesIn(message)) {
    if (rare(nameSign(name), sources) === undefined) continue;
    const paths = codebase.pathsWithWord(name).filter((path) => codebase.roleOf(path) === "source");
    if (paths.length > MAX_NAME_FILES) continue;
    for (const path of paths) if (holdsWord((await codebase.text(path))?.text ?? "", name)) return true;
  }
  return false;
}

async function isWritten(
  piece: string,
  words: readonly string[],
  codebase: IndexedCodebase,
): Promise<boolean> {
  const [first, ...rest] = words.map((word) => new Set(codebase.pathsWithWord(word)));
  let holders = 0;
  for (const path of first!)
    if (rest.every((paths) => paths.has(path)) && codebase.roleOf(path) === "source")
      if (prints(path, (await codebase.text(path))?.lines ?? [], piece) && ++holders > MAX_FILES)
        return false;
  return holders > 0;
}

/** A line that is no comment holds the piece in quotation marks. */
function prints(path: string, lines: readonly string[], piece: string): boolean {
  const marks = textRulesOf(endingOf(path))?.line ?? [];
  return lines.some((line) => {
    const at = line.indexOf(piece);
    const start = line.trimStart();
    return (
      at >= 0 &&
      /["'`]/.test(line.slice(0, at)) &&
      !start.startsWith("*") &&
      !marks.some((mark) => start.startsWith(mark))
    );
  });
}

function citation(mine: Placed, theirs: Placed, { repository }: RelatedSources): Found | undefined {
  const [by, to] = [citedNumbers(theirs, repository), citedNumbers(mine, repository)];
  const us = by.get(Number(mine.issue.key));
  if (us !== undefined && by.size <= MAX_CITED)
    return { kind: "cited", ours: "", theirs: us, what: "", holders: 0 };
  const them = to.get(Number(theirs.issue.key));
  return them !== undefined && to.size <= MAX_CITED
    ? { kind: "cites", ours: them, theirs: "", what: "", holders: 0 }
    : undefined;
}

function sameFrame(mine: Placed, theirs: Placed, sources: RelatedSources): Found | undefined {
  const [a, b] = [lastCall(mine), lastCall(theirs)];
  if (!isSameFunction(a, b) || areOtherMessages(mine, theirs)) return undefined;
  const holders = rare(frameSign(a!.function.name, a!.frame.path), sources);
  return holders === undefined
    ? undefined
    : { kind: "frame", ours: written(a!), theirs: written(b!), what: qualifiedName(a!.function), holders };
}

function sameCommit(mine: Placed, theirs: Placed, sources: RelatedSources): Found | undefined {
  for (const { named, commit } of mine.reported.changes) {
    const other = theirs.reported.changes.find((one) => one.commit === commit);
    const holders = rare(hashSign(commit), sources);
    if (other !== undefined && holders !== undefined)
      return { kind: "commit", ours: named, theirs: other.named, what: commit, holders };
  }
  return undefined;
}

/** The same option in what goes wrong, the same function of this program beside it, and an exception of the same class. */
async function sameOption(mine: Placed, theirs: Placed, sources: RelatedSources): Promise<Found | undefined> {
  const shared = optionsIn(symptomOf(mine)).filter((one) => optionsIn(symptomOf(theirs)).includes(one));
  const ours = mine.report.messages.find((one) => exceptionAs(one, theirs) !== undefined);
  if (shared.length === 0 || ours === undefined) return undefined;
  const names = mine.reading.identifiers.filter((one) => theirs.reading.identifiers.includes(one));
  for (const option of shared)
    for (const name of names) {
      const last = name.split(/[.:#]+/).at(-1)!;
      const holders = rare(optionSign(option, last), sources);
      if (holders === undefined) continue;
      const { symbolIndex, codebase } = sources;
      const [only, second] = (await symbolIndex()).definitions.get(last) ?? [];
      if (only === undefined || second !== undefined || codebase.roleOf(only.path) !== "source") continue;
      const what = `${option} ${qualifiedName(only.symbol)}`;
      return { kind: "option", ours, theirs: exceptionAs(ours, theirs)!, what, holders };
    }
  return undefined;
}

/** A message of the report with an exception of the same class. */
function exceptionAs(message: string, { report }: Placed): string | undefined {
  const name = classOf(message);
  return name === undefined ? undefined : report.messages.find((one) => classOf(one) === name);
}

/** What became of the entry, and whether this issue is a second report of it. */
async function stateOf(
  { key, isPull, isOpen }: TrackedIssue,
  { kind }: Found,
  { issue }: Placed,
  sources: RelatedSources,
): Promise<Pick<Relation, "number" | "isPull" | "state" | "fix" | "isDuplicate">> {
  const number = Number(key);
  const fix = isOpen === false && !isPull ? await fixOf(key, sources) : undefined;
  // A report without a number is new.
  const isOlder = /^\d+$/.test(issue.key) ? number < Number(issue.key) : true;
  return {
    number,
    isPull,
    state: isOpen === undefined ? "unknown" : isOpen ? "open" : "closed",
    ...(fix === undefined ? {} : { fix }),
    isDuplicate:
      (kind === "line" || kind === "message") && !isPull && isOlder && (isOpen === true || fix !== undefined),
  };
}

async function ownFixesOf(sources: RelatedSources): Promise<Related["ownFixes"]> {
  const { shortlist, history, codebase } = sources;
  const found = [];
  for (const { pull, commit } of shortlist.ownFixes) {
    const isKnown =
      commit !== undefined && (await history.commit(codebase.tree.commit, commit)) !== undefined;
    const oid = isKnown ? commit : await broughtBy(pull, sources);
    if (oid !== undefined) found.push({ pull: Number(pull), oid });
  }
  return found;
}

/** The commit of the base commit's history that says that it is the pull request. */
async function broughtBy(
  pull: string,
  { history, codebase, signal }: RelatedSources,
): Promise<string | undefined> {
  const naming = await history.commitsNaming(codebase.tree.commit, [Number(pull)], signal);
  return naming.find((commit) => pullNumbers(commit).includes(pull))?.oid;
}

/** The commit that says that it fixes the issue, or that brought the pull request that does. */
async function fixOf(key: string, sources: RelatedSources): Promise<Relation["fix"]> {
  const { history, codebase, shortlist, signal } = sources;
  const base = codebase.tree.commit;
  for (const commit of await history.commitsNaming(base, [Number(key)], signal))
    if (fixedIssues(commit, undefined).includes(key)) return { oid: commit.oid, inBase: true };
  const fixing = shortlist.fixes.get(key);
  if (fixing?.commit !== undefined)
    return { oid: fixing.commit, inBase: (await history.commit(base, fixing.commit)) !== undefined };
  const oid = fixing === undefined ? undefined : await broughtBy(fixing.pull, sources);
  return oid === undefined ? undefined : { oid, inBase: true };
}
