import type { Citation, LineCitation } from "../../documents/citation.ts";
import type { RecordedSearch, SearchQuery } from "../../repository/recorded-search.ts";
import { formatLocation } from "../../text/location.ts";
import { inlineCode, printable } from "../../text/inline-code.ts";
import type { VisibleIssue } from "../../issue/visible-issue.ts";
import type { CitedText } from "./grounding.ts";
import type { PlainStatement } from "./plain-statement.ts";
import type { SubmittedCitation } from "./submission.ts";
import { printedBy, type RecordedRun } from "../../documents/recorded-run.ts";
import type { CheckSource } from "../../documents/check-document.ts";

/** What a model's findings are compared with. */
export interface FindingSource {
  readonly source: CheckSource;
  readonly issue: VisibleIssue;
  /** Names of the definitions that these lines stand in or hold, qualified: `Store.set`. */
  symbolsAt(path: string, start: number, end: number): Promise<readonly string[]>;
  /** A run of this investigation by its name. */
  run(name: string): RecordedRun | undefined;
  /** What the model itself gave to a run, its command and its files; that this is printed shows nothing. */
  given(name: string): string;
}

/** Lines that one citation may cover: more is no pointer. */
const MAX_LINES = 40;
/** Hits of a search whose lines are read. */
export const MAX_HITS_READ = 50;

export interface ReadCitation extends CitedText {
  readonly citation: Citation;
  /** Names that a model chose itself and that therefore show nothing unless something is said to be missing. */
  readonly sought?: readonly string[];
  /** Words of the cited code: what they hold is not missing there. */
  readonly code?: readonly string[];
  readonly note?: string;
}

export function citedTextOf(read: readonly ReadCitation[], saysNo: boolean): CitedText {
  return {
    texts: read.flatMap(({ texts }) => texts),
    printed: read.flatMap(({ printed = [] }) => printed),
    names: read.flatMap(({ names = [], sought = [] }) => [...names, ...(saysNo ? sought : [])]),
    counts: read.flatMap(({ counts = [] }) => counts),
    lines: read.flatMap(({ lines = [] }) => lines),
  };
}

/** "Takes no lock" about lines that hold the word: the one negation that a machine can see to be doubtful. */
export function contradicted(
  statements: readonly PlainStatement[],
  read: readonly ReadCitation[],
): readonly string[] {
  const code = read
    .flatMap((one) => one.code ?? [])
    .filter((line) => !/\b(?:no|without|not|never)\b|n't\b/i.test(line));
  const said = statements.flatMap(({ words }) => [
    ...words.matchAll(
      /\b(?:no|without (?:a|an|any)) (lock|mutex|semaphore|transaction|retry|timeout|cache|await|flush|fsync)\b/gi,
    ),
  ]);
  return said
    .map((match) => match[1]!.toLowerCase())
    .filter((word) => code.some((line) => line.toLowerCase().includes(word)))
    .map(
      (word) =>
        `The cited lines hold “${word}”, and the statement says that there is none; say what is there.`,
    );
}

/** Reads one citation at the commit, in the issue or in the runs; a text says what does not hold, for the model. */
export async function readCitation(
  given: SubmittedCitation,
  from: FindingSource,
): Promise<ReadCitation | string> {
  const named = (["path", "commit", "issue", "search", "run"] as const).filter(
    (key) => given[key] !== undefined,
  );
  // A path beside a search or a run says nothing more.
  const kind = named.find((key) => key !== "path") ?? named[0];
  switch (kind) {
    case "path":
      return readLines(given, from);
    case "commit":
      return readCommit(given.commit!, from);
    case "issue":
      return readIssue(given.issue!, from.issue);
    case "search":
      return readSearch(given.search!, from);
    case "run":
      return readRun(given, from);
    default:
      return "A citation needs `path` with `start` and `quote`, or `commit`, `issue`, `search` or `run`.";
  }
}

async function readLines(
  { path: written, start, end = start, quote }: SubmittedCitation,
  from: FindingSource,
): Promise<ReadCitation | string> {
  const { source } = from;
  const path = written!.replace(/^\.?\//, "");
  const text = await source.text(path);
  if (text === undefined) return `There is no text file ${inlineCode(path)} at the base commit.`;
  const count = text.lines.length;
  if (start === undefined || end === undefined) return `${inlineCode(path)}: give \`start\` and \`quote\`.`;
  if (quote === undefined || quote.trim() === "")
    return `${inlineCode(`${path}:${start}`)}: give \`quote\`, words copied from these lines.`;
  const wanted = quote.split("\n").map((line) => line.trim());
  if (!isEnough(wanted, text.lines))
    return `${inlineCode(`${path}:${start}`)}: ${inlineCode(quote, 40)} is too short to be recognised; quote a whole line.`;
  let [first, last] = [start, end];
  let note: string | undefined;
  if (first > last || last > count || !standsIn(wanted, text.lines.slice(first - 1, last))) {
    const places = placesOf(wanted, text.lines);
    if (places.length === 0)
      return `${inlineCode(`${path}:${start}-${end}`)}: the quotation does not stand there${last > count ? `; the file has ${count} lines` : ""}, nor anywhere else in the file. Copy it from \`read_file\`.`;
    if (places.length > 1)
      return `${inlineCode(`${path}:${start}-${end}`)}: the quotation does not stand there, but on lines ${places
        .slice(0, 6)
        .map(([one, other]) => (one === other ? one : `${one}-${other}`))
        .join(", ")}; give the right ones.`;
    [first, last] = places[0]!;
    note = `${path}: the quotation stands on lines ${first}-${last}, which is what was taken.`;
  }
  if (last - first >= MAX_LINES)
    return `${inlineCode(`${path}:${first}-${last}`)}: at most ${MAX_LINES} lines are cited at once.`;
  const citation: LineCitation = { kind: "lines", path, start: first, end: last, quote };
  return {
    citation,
    texts: text.lines.slice(first - 1, last),
    code: text.lines.slice(first - 1, last),
    names: [formatLocation(citation), path, ...(await from.symbolsAt(path, first, last))],
    lines: Array.from({ length: last - first + 1 }, (_, i) => first + i),
    ...(note === undefined ? {} : { note }),
  };
}

function standsIn(wanted: readonly string[], lines: readonly string[]): boolean {
  return lines
    .map((line) => line.trim())
    .join("\n")
    .includes(wanted.join("\n"));
}

/** First and last line of each place where the quotation stands. */
function placesOf(wanted: readonly string[], lines: readonly string[]): readonly [number, number][] {
  const places: [number, number][] = [];
  for (let at = 0; at + wanted.length <= lines.length && places.length < 20; at++)
    if (standsIn(wanted, lines.slice(at, at + wanted.length))) places.push([at + 1, at + wanted.length]);
  return places;
}

async function readCommit(oid: string, { source }: FindingSource): Promise<ReadCitation | string> {
  if (!/^[0-9a-f]{7,40}$/i.test(oid)) return `${inlineCode(oid, 60)} is not the hash of a commit.`;
  const found = await source.ancestor(oid.toLowerCase());
  return found === undefined
    ? `The base commit does not reach a commit ${inlineCode(oid, 60)}.`
    : {
        citation: { kind: "commit", oid: found.oid, subject: found.subject },
        texts: [],
        printed: [found.subject],
        names: [found.oid],
      };
}

function readIssue(quote: string, issue: VisibleIssue): ReadCitation | string {
  const wanted = printable(quote);
  if ((wanted.match(/[\p{L}\p{N}]/gu) ?? []).length < MIN_ISSUE_LETTERS)
    return `A quotation of the issue has at least ${MIN_ISSUE_LETTERS} letters; quote a few words more.`;
  const parts = [
    { author: undefined, text: `${issue.title.text}\n${issue.body.text}` },
    ...issue.comments.map(({ author, body }) => ({ author, text: withoutReplies(body.text) })),
  ];
  const found = parts.find(({ text }) => standsAlone(printable(text), wanted));
  if (found === undefined)
    return `${inlineCode(quote, 80)} does not stand in the issue as words of whoever wrote there; copy the words as they are.`;
  return {
    citation: {
      kind: "issue",
      quote: wanted,
      ...(found.author === undefined ? {} : { author: found.author }),
    },
    texts: [wanted],
    names: found.author === undefined ? [] : [found.author],
  };
}

/** Fewer stand anywhere. */
const MIN_ISSUE_LETTERS = 8;

/** What a comment quotes is somebody else's: whoever answers to it did not say it. */
function withoutReplies(text: string): string {
  return text
    .split("\n")
    .filter((line) => !/^\s{0,3}>/.test(line))
    .join("\n");
}

/** The words, not cut out of longer ones: "able" is no quotation of "unable". */
function standsAlone(text: string, wanted: string): boolean {
  const isLetter = (character: string | undefined): boolean => /[\p{L}\p{N}]/u.test(character ?? " ");
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + 1))
    if (
      !(isLetter(text[at - 1]) && isLetter(wanted[0])) &&
      !(isLetter(text[at + wanted.length]) && isLetter(wanted.at(-1)))
    )
      return true;
  return false;
}

async function readSearch(query: SearchQuery, from: FindingSource): Promise<ReadCitation | string> {
  const search = await runAgain(query, from);
  if (typeof search === "string") return search;
  // What stands on the lines that it found can be said of them, too; of a search that finds half of the files, nothing.
  const shown: string[] = [];
  const names: string[] = [];
  if (search.hits.length <= MAX_HITS_READ)
    for (const { path, line } of search.hits) {
      shown.push((await from.source.text(path))?.lines[line - 1] ?? "");
      names.push(`${path}:${line}`, path, ...(await from.symbolsAt(path, line, line)));
    }
  return {
    citation: { kind: "search", search },
    texts: [],
    printed: shown,
    names,
    sought: [query.pattern],
    counts: [search.hits.length, new Set(search.hits.map(({ path }) => path)).size],
  };
}

/** A text when the pattern is none. */
export async function runAgain(
  query: SearchQuery,
  { source }: FindingSource,
): Promise<RecordedSearch | string> {
  try {
    return await source.search(query);
  } catch (error) {
    if (error instanceof Error && (error.name === "SyntaxError" || error.name === "RangeError"))
      return `The search for ${inlineCode(query.pattern, 80)} cannot be run: ${error.message}`;
    throw error;
  }
}

function readRun({ run: name, quote }: SubmittedCitation, from: FindingSource): ReadCitation | string {
  const run = from.run(name!);
  if (run === undefined) return `There was no run ${inlineCode(name!, 30)}.`;
  if (quote === undefined || quote.trim() === "")
    return `${name}: give \`quote\`, words copied from its output.`;
  // Program output is quoted on one line; longer quotations are cut to their first.
  const wanted = printable(quote.split("\n").find((line) => line.trim() !== "") ?? "");
  if (!standsAlone(printable(printedBy(run)), wanted))
    return `${name}: ${inlineCode(wanted, 80)} does not stand in what it printed.`;
  if ((wanted.match(/[\p{L}\p{N}]/gu) ?? []).length < MIN_RUN_LETTERS)
    return `${name}: ${inlineCode(wanted, 40)} is too short to be recognised; quote a whole line.`;
  const given = printable(from.given(name!));
  if (wanted !== printable(run.end) && given.includes(wanted))
    return `${name}: ${inlineCode(wanted, 80)} stands in what you gave to the run yourself; that it is printed shows nothing. Quote what came out of it.`;
  return {
    citation: { kind: "run", run, quote: wanted },
    texts: [],
    printed: [
      ...run.output.split("\n").filter((line) => line.trim() !== "" && !given.includes(printable(line))),
      run.end,
      `${run.milliseconds} ms`,
    ],
    names: run.changed,
  };
}

/** As many as `exit 1` has. */
const MIN_RUN_LETTERS = 5;

/** Letters and digits that a quotation of lines needs when it is a part of a line. */
const MIN_LETTERS = 8;
/** A whole line may be shorter, if few others are like it. */
const MAX_ALIKE = 12;

/**
 * True when a quotation can only be meant for where it is: `(` or `x` is everywhere and shows that nothing was
 * read. A short line counts as a whole.
 */
function isEnough(wanted: readonly string[], lines: readonly string[]): boolean {
  const letters = (wanted.join("").match(/[\p{L}\p{N}_]/gu) ?? []).length;
  if (letters >= MIN_LETTERS) return true;
  if (letters === 0) return false;
  const alike = lines.filter((line) => line.trim() === wanted[0]).length;
  return alike > 0 && alike <= MAX_ALIKE;
}
