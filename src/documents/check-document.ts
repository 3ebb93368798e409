import type { CommitRecord } from "../repository/history.ts";
import type { RecordedSearch, SearchQuery } from "../repository/recorded-search.ts";
import { isMasked } from "../text/find-secrets.ts";
import { formatLocation } from "../text/location.ts";
import { counted } from "../text/counted.ts";
import { inlineCode, printable } from "../text/inline-code.ts";
import type { Excerpt, LineReference, ParsedDocument } from "./parse-document.ts";
import { printedBy, type RecordedRun } from "./recorded-run.ts";
import { digestOf, type SearchRecord } from "./search-block.ts";
import type { SourceText } from "../repository/source-text.ts";

/** The commit that a document's references are compared with. */
export interface CheckSource {
  /** 40 hexadecimal digits. */
  readonly commit: string;
  /** True for every file and folder of the tree. */
  readonly exists: (path: string) => boolean;
  text(path: string): Promise<SourceText | undefined>;
  /** A commit that this one reaches, by its hash or the beginning of it. */
  ancestor(oid: string): Promise<Pick<CommitRecord, "oid" | "subject"> | undefined>;
  search(query: SearchQuery): Promise<RecordedSearch>;
  /** The source of another commit, for permalinks; undefined when the repository does not have it. */
  at(commit: string): Promise<CheckSource | undefined>;
  /** Title, body and comments as readers see them, when the issue is known. */
  readonly issueText: string | undefined;
}

export interface DocumentProblem {
  /** 1-based line of the document. */
  readonly line: number;
  readonly kind: "lines" | "excerpt" | "search" | "commit" | "quote" | "run" | "claim";
  /** One sentence: what the document says and what is there. */
  readonly message: string;
}

export interface CheckReport {
  readonly checked: Readonly<Record<DocumentProblem["kind"], number>>;
  /** Ordered by line. */
  readonly problems: readonly DocumentProblem[];
}

/** Compares every reference of a document with the commit and trusts none. */
export async function checkDocument(
  document: ParsedDocument,
  source: CheckSource,
  signal?: AbortSignal,
): Promise<CheckReport> {
  const problems: DocumentProblem[] = [];
  const report = (line: number, kind: DocumentProblem["kind"], message: string | undefined): void => {
    if (message !== undefined) problems.push({ line, kind, message });
  };
  for (const { line, value } of document.lines) {
    signal?.throwIfAborted();
    report(line, "lines", await wrongLines(value, source));
  }
  for (const { line, value } of document.excerpts) report(line, "excerpt", await wrongExcerpt(value, source));
  for (const { line, value } of document.commits) {
    const found = await source.ancestor(value.oid);
    if (found === undefined)
      report(
        line,
        "commit",
        `commit ${value.oid} is not among the commits that ${source.commit.slice(0, 12)} reaches`,
      );
    else if (value.subject !== undefined && !isSubject(value.subject, found.subject))
      report(
        line,
        "commit",
        `commit ${value.oid} has the subject ${inlineCode(found.subject)}, not ${inlineCode(value.subject)}`,
      );
  }
  for (const { line, value } of document.searches) {
    signal?.throwIfAborted();
    report(line, "search", typeof value === "string" ? value : await wrongSearch(value, source));
  }
  for (const { line, value } of document.runs)
    report(line, "run", typeof value === "string" ? value : undefined);
  const runs = new Map(
    document.runs.flatMap(({ value }) => (typeof value === "string" ? [] : [[value.name, value] as const])),
  );
  for (const { line, value } of document.runQuotes) report(line, "run", wrongRun(value, runs));
  let quotes = 0;
  if (source.issueText !== undefined) {
    const text = fold(source.issueText);
    for (const { line, value } of document.quotes) {
      quotes++;
      const words = fold(value.endsWith("…") ? value.slice(0, -1) : value);
      if (!text.includes(words))
        report(line, "quote", `${inlineCode(value, 80)} does not stand in the issue`);
    }
  }
  return {
    checked: {
      lines: document.lines.length,
      excerpt: document.excerpts.length,
      search: document.searches.length,
      commit: document.commits.length,
      quote: quotes,
      run: document.runQuotes.length,
      // `checkWhole` decides them.
      claim: 0,
    },
    problems: problems.sort((a, b) => a.line - b.line),
  };
}

async function wrongLines(reference: LineReference, base: CheckSource): Promise<string | undefined> {
  const source =
    reference.commit === undefined || reference.commit === base.commit
      ? base
      : await base.at(reference.commit);
  const place = formatLocation(reference);
  if (source === undefined) return `${place}: the repository has no commit ${reference.commit?.slice(0, 12)}`;
  const at = source.commit.slice(0, 12);
  if (!source.exists(reference.path))
    return `${place}: there is no file ${printable(reference.path)} at ${at}`;
  const text = await source.text(reference.path);
  if (text === undefined) return `${place}: ${printable(reference.path)} is not a text file at ${at}`;
  if (reference.end > text.lines.length)
    return `${place}: the file has ${counted(text.lines.length, "line")} at ${at}`;
  return undefined;
}

async function wrongExcerpt(excerpt: Excerpt, source: CheckSource): Promise<string | undefined> {
  const wrong = await wrongLines(excerpt, source);
  if (wrong !== undefined) return wrong;
  const there = (await source.text(excerpt.path))!.lines.slice(excerpt.start - 1, excerpt.end);
  const shown = excerpt.text.split("\n");
  const length = Math.max(there.length, shown.length);
  for (let i = 0; i < length; i++) {
    const [line, written] = [(there[i] ?? "").trimEnd(), (shown[i] ?? "").trimEnd()];
    if ((line === written || isMasked(written, line)) && i < there.length === i < shown.length) continue;
    return `${formatLocation(excerpt)}: line ${excerpt.start + i} is ${i < there.length ? inlineCode(there[i]!.trim(), 80) : "not in the excerpt's range"}, the excerpt shows ${inlineCode((shown[i] ?? "").trim(), 80)}`;
  }
  return undefined;
}

async function wrongSearch(record: SearchRecord, source: CheckSource): Promise<string | undefined> {
  const name = `the search for ${inlineCode(record.query.pattern, 60)}`;
  let again: RecordedSearch;
  try {
    again = await source.search(record.query);
  } catch (error) {
    if (error instanceof Error && (error.name === "SyntaxError" || error.name === "RangeError"))
      return `${name} cannot be run: ${error.message}`;
    throw error;
  }
  if (again.hits.length !== record.count)
    return `${name} gives ${counted(again.hits.length, "hit")}, the document says ${record.count}`;
  if (record.hits === undefined)
    return digestOf(again.hits) === record.digest
      ? undefined
      : `${name} gives other places than the document recorded`;
  const there = new Set(again.hits.map(({ path, line }) => `${path}:${line}`));
  const missing = record.hits.find(({ path, line }) => !there.has(`${path}:${line}`));
  return missing === undefined
    ? undefined
    : `${name} does not find ${missing.path}:${missing.line}, which the document lists`;
}

/** A run cannot be repeated here: its quotation must be in the recorded output. */
function wrongRun(
  { run: name, quote }: { readonly run: string; readonly quote: string | undefined },
  runs: ReadonlyMap<string, RecordedRun>,
): string | undefined {
  const run = runs.get(name);
  if (run === undefined) return `the document holds no run ${inlineCode(name)}`;
  const words = quote?.endsWith("…") === true ? quote.slice(0, -1) : quote;
  return words === undefined || printable(printedBy(run)).includes(printable(words))
    ? undefined
    : `${inlineCode(words, 80)} does not stand in what ${name} printed`;
}

/** A subject may be shown cut short, and with characters that do not print replaced. */
function isSubject(shown: string, real: string): boolean {
  const printed = printable(real);
  return shown.endsWith("…")
    ? printed.startsWith(printable(shown.slice(0, -1)))
    : printed === printable(shown) || real === shown;
}

/** White space folded and unprintable characters replaced, as `inlineCode` shows them. */
function fold(text: string): string {
  return printable(text);
}
