import { visibleIssue, type VisibleIssue } from "../../issue/visible-issue.ts";
import type { Issue } from "../../issue/issue.ts";
import type { Sign, Sought } from "../../issue/parse-tracker.ts";
import type { IssueReading } from "../../issue/issue-reading.ts";
import { type Report, readReport } from "../../issue/report/read-report.ts";
import { understandIssue } from "../../issue/understand-issue.ts";
import { fileNameOf } from "../../languages/paths.ts";
import { parseReference } from "../reported-places/written-reference.ts";

/** A text of the tracker as the reader of issues takes it. */
export interface ReadEntry {
  readonly issue: VisibleIssue;
  readonly report: Report;
  readonly reading: IssueReading;
}

/** Calls of a trace that are looked up, the innermost last. */
const MAX_FRAMES = 12;
const MAX_OPTIONS = 6;
/** Names beside an option. */
const MAX_NAMES = 12;
/** Comments in which numbers are looked for. */
const MAX_COMMENTS = 100;

/** Reads an entry of a tracker, or the issue that is asked about. Linear in the text. */
export function readEntry(issue: Issue | VisibleIssue): ReadEntry {
  const seen = "text" in issue ? issue : visibleIssue(issue);
  return { issue: seen, report: readReport(seen), reading: understandIssue(seen) };
}

/** What an issue lets us look for. `repository`: `owner/name`. */
export function soughtFor(asked: ReadEntry, repository: string | undefined): Sought {
  return {
    key: asked.issue.key,
    signs: signsOf(asked),
    cited: [...citedNumbers(asked, repository).keys()],
  };
}

/** What another entry of the tracker may hold, too. */
function signsOf({ issue, report, reading }: ReadEntry): readonly Sign[] {
  const signs = new Map<string, readonly string[]>();
  for (const message of report.messages)
    if (stretchOf(message) !== "") signs.set(messageSign(message), [stretchOf(message)]);
  for (const message of report.messages)
    for (const name of namesIn(message)) signs.set(nameSign(name), [name]);
  for (const { function: name, path } of reading.frames.slice(-MAX_FRAMES))
    if (name !== undefined) signs.set(frameSign(name, path), [name, fileNameOf(path)]);
  const names = compoundNames(reading);
  for (const option of optionsIn(symptomOf({ issue, report, reading })).slice(0, MAX_OPTIONS))
    for (const name of names) signs.set(optionSign(option, name), [option, name]);
  for (const { kind, hash, path } of reading.references.flatMap(placeOrHash))
    if (kind === "hash") signs.set(hashSign(hash), [hash]);
    else signs.set(placeSign(path), [fileNameOf(path)]);
  return [...signs].map(([key, words]) => ({ key, words }));
}

export const messageSign = (message: string): string => `message ${messageKey(message)}`;
export const nameSign = (name: string): string => `name ${name}`;
export const frameSign = (name: string, path: string): string => `frame ${name} ${fileNameOf(path)}`;
export const optionSign = (option: string, name: string): string => `option ${option} ${name}`;
export const hashSign = (hash: string): string => `hash ${hash.slice(0, 7)}`;
export const placeSign = (path: string): string => `place ${fileNameOf(path)}`;

function placeOrHash(
  reference: IssueReading["references"][number],
): readonly ({ kind: "hash"; hash: string; path?: never } | { kind: "place"; path: string; hash?: never })[] {
  const written = parseReference(reference);
  if (written?.kind === "place" && written.lines !== undefined)
    return [{ kind: "place", path: written.path }];
  return written?.kind === "change" && written.hash !== undefined
    ? [{ kind: "hash", hash: written.hash.slice(0, 7) }]
    : [];
}

const FOLDERS = /(?:[A-Za-z]:)?[~\w.@+-]*(?:[\\/][\w.@+~-]+)*[\\/](?=[\w.@+-])/g;

/** A message without what differs from one machine and run to the next: numbers, addresses, folders. */
export function messageKey(message: string): string {
  return message
    .replace(/^Uncaught (?:\(in promise\) )?/, "")
    .replace(/\b[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/gi, "0")
    .replace(/\b0x[0-9a-f]+\b/gi, "0")
    .replace(FOLDERS, "")
    .replace(/\d+(?:[._]\d+)*/g, "0")
    .replace(/\s+/g, " ")
    .replace(/[\s.,:;!]+$/, "")
    .trim();
}

/** The longest part of a message that no machine and no run changes; empty where that is too short to look for. */
function stretchOf(message: string): string {
  const parts = message
    .replace(/^Uncaught (?:\(in promise\) )?/, "")
    .replace(FOLDERS, "\0")
    .split(/\0|\d+|\s{2,}|0x/)
    .map((part) => part.trim().replace(/[.,:;!]+$/, ""));
  const longest = parts.reduce((best, part) => (part.length > best.length ? part : best), "");
  return longest.length >= 8 ? longest : "";
}

/** Class of an exception at the beginning of a message. */
export function classOf(message: string): string | undefined {
  return /^(?:[\w$]+[.:])*([A-Z][\w$]*(?:Error|Exception|Fault|Failure|Panic|Interrupt))\b/.exec(
    message.replace(/^Uncaught (?:\(in promise\) )?/, ""),
  )?.[1];
}

const COMPOUND = /\p{Ll}\p{Lu}|[\p{L}\p{N}]_[\p{L}\p{N}]/u;
const MIN_NAME = 6;

/** Names of several parts that a message writes, without the class of its exception: `parentNode`, `job_addresses`. */
export function namesIn(message: string): readonly string[] {
  const said = message.replace(/^(?:[\w$]+[.:]+)*[A-Z][\w$]*(?:Error|Exception)\b/, "");
  const names = said.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  return [...new Set(names)].filter((name) => name.length >= MIN_NAME && COMPOUND.test(name)).slice(0, 4);
}

function compoundNames({ identifiers }: Pick<IssueReading, "identifiers">): readonly string[] {
  return identifiers
    .map((written) => written.split(/[.:#]+/).at(-1)!)
    .filter((name) => name.length >= MIN_NAME && COMPOUND.test(name))
    .slice(0, MAX_NAMES);
}

/** What a report says that goes wrong: its title, and the sentences for that. */
export function symptomOf({ issue, report }: ReadEntry): string {
  return [issue.title.text, ...report.symptom, ...report.actual].join("\n");
}

/** Options of a command line, as a text writes them: `--max-results`. */
export function optionsIn(text: string): readonly string[] {
  return [...new Set(text.match(/(?<![\w-])--[a-z][a-z0-9]*(?:-[a-z0-9]+)*(?![\w-])/gi) ?? [])];
}

/** Numbers of this repository's issues and pull requests that a text cites, each as it is written. */
export function citedNumbers(
  { issue, report }: ReadEntry,
  repository: string | undefined,
): ReadonlyMap<number, string> {
  const cited = new Map<number, string>();
  const references = [
    ...report.references,
    ...issue.comments
      .slice(0, MAX_COMMENTS)
      .flatMap(({ body }) => readReport({ title: { ...body, text: "" }, body }).references),
  ];
  for (const reference of references) {
    const written = parseReference(reference);
    if (written?.kind !== "change" || written.number === undefined) continue;
    const isOwn =
      written.repository === undefined || written.repository.toLowerCase() === repository?.toLowerCase();
    // `#1` numbers a list as often as it cites an issue.
    const isCitation = written.number >= 10 || written.named.includes("/");
    if (isOwn && isCitation && !cited.has(written.number)) cited.set(written.number, written.named);
  }
  return cited;
}
