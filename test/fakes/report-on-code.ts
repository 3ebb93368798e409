import { createHash } from "node:crypto";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import type { Citation } from "../../src/documents/citation.ts";
import { understandIssue } from "../../src/issue/understand-issue.ts";
import { buildQuery, type Query } from "../../src/evidence/ranking/query.ts";
import type {
  DirectRanking,
  NearSignal,
  Reason,
  Signal,
  SignalContext,
} from "../../src/evidence/ranking/signal.ts";
import { type IndexedCodebase, openCodebase } from "../../src/repository/open-codebase.ts";
import type { CommitRecord } from "../../src/repository/history.ts";
import type { SourceTree, TreeEntry } from "../../src/repository/source-tree.ts";
import { memoryCache } from "./memory-cache.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";

export interface ReportOnCode {
  /** Path to text. */
  readonly files: Readonly<Record<string, string>>;
  readonly title: string;
  /** Markdown. */
  readonly body?: string;
  /** Newest first. */
  readonly commits?: readonly {
    readonly subject: string;
    readonly body?: string;
    readonly files: readonly string[];
  }[];
  /** Lists the files as they are given here instead of by path. */
  readonly inGivenOrder?: boolean;
}

/** An issue and the codebase it was reported on: what a signal is asked with. */
export interface Report {
  readonly codebase: IndexedCodebase;
  readonly query: Query;
  readonly commits: readonly CommitRecord[];
  readonly context: SignalContext;
  /** What a reader of the issue's page sees. */
  readonly issueText: string;
}

/** A small codebase in memory and an issue on it, both read for real; a file is parsed when a signal asks for it. */
export async function reportOn(given: ReportOnCode): Promise<Report> {
  const { title, body = "", commits: changes = [] } = given;
  const codebase = await openCodebase(treeOf(given), {
    cache: memoryCache(),
    // With 0 threads there is nothing to dispose of.
    reader: treeSitterSyntax({ workers: 0 }),
  });
  const issue = visibleIssue({ key: "1", title, body, comments: [] });
  const reading = understandIssue(issue);
  const query = buildQuery(reading.textBlocks, reading);
  const commits = changes.map(({ subject, body: text = "", files }, at): CommitRecord => ({
    oid: hashOf(`${at} ${subject}`),
    time: 1_700_000_000 - at * 86_400,
    author: "Ada",
    subject,
    body: text,
    files,
  }));
  const candidates = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => codebase.roleOf(path) === "source" && codebase.invertedIndex(path) !== undefined);
  return {
    codebase,
    query,
    commits,
    context: { codebase, candidates, commits },
    issueText: issue.text,
  };
}

function treeOf({ files, inGivenOrder = false }: ReportOnCode): SourceTree {
  const entries = Object.entries(files).map(([path, text]): TreeEntry => ({
    path,
    nameIsText: true,
    oid: hashOf(text),
    size: Buffer.byteLength(text),
    kind: "file",
  }));
  if (!inGivenOrder) entries.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    commit: hashOf("commit"),
    entries,
    find: (path) => entries.find((entry) => entry.path === path),
    linkTarget: async () => undefined,
    async *read(wanted) {
      for (const entry of wanted) yield { entry, bytes: Buffer.from(files[entry.path]!) };
    },
  };
}

function hashOf(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}

/** What the direct signals alone would rank, by hand: path to score, best first. */
export function rankedFirst(scores: Readonly<Record<string, number>>): DirectRanking {
  return Object.entries(scores).map(([path, score]) => ({ path, score, shares: new Map() }));
}

/** What a signal gives each file, by path; files that it says nothing of are left out. */
export async function scoresBy(
  signal: Signal | NearSignal,
  { query, context }: Report,
  first: DirectRanking = [],
): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(await signal.score(query, context, first));
}

/**
 * The one reason that a signal tells for a file: its words, then what each citation points at (`src/a.py:1 def a():`,
 * `issue: a.py`, `commit: Mend a`). Throws when there are more reasons, or when a citation is not true.
 */
export async function toldBy(
  signal: Signal | NearSignal,
  path: string,
  report: Report,
  first: DirectRanking = [],
): Promise<readonly string[]> {
  const reasons = await signal.explain(path, report.query, report.context, first);
  const untrue = await untrueIn(reasons, report);
  if (untrue.length > 0) throw new Error(untrue.join("; "));
  if (reasons.length > 1) throw new Error(`${reasons.length} reasons: ${JSON.stringify(reasons)}`);
  const [reason] = reasons;
  if (reason === undefined) return [];
  if (reason.signal !== signal.name) throw new Error(`a reason of ${reason.signal}`);
  return [reason.text, ...(await Promise.all(reason.citations.map((one) => shown(one, report.codebase))))];
}

async function shown(citation: Citation, codebase: IndexedCodebase): Promise<string> {
  switch (citation.kind) {
    case "lines": {
      const { path, start, end } = citation;
      const line = (await codebase.text(path))?.lines[start - 1] ?? "";
      return `${path}:${start === end ? start : `${start}-${end}`} ${line.trim()}`.trim();
    }
    case "issue":
      return `issue: ${citation.quote}`;
    case "commit":
      return `commit: ${citation.subject}`;
    case "search":
    case "run":
      return citation.kind;
  }
}

/** Why reasons are not true of the code, its history and the issue, a sentence each; none when they are. */
export async function untrueIn(reasons: readonly Reason[], report: Report): Promise<readonly string[]> {
  const found: string[] = [];
  for (const { signal, text, citations } of reasons) {
    if (text.trim() === "") found.push(`${signal}: a reason without words`);
    if (citations.length === 0) found.push(`${signal}: "${text}" rests on nothing`);
    for (const citation of citations) {
      const why = await whyUntrue(citation, report);
      if (why !== undefined) found.push(`${signal}: ${why}`);
    }
  }
  return found;
}

async function whyUntrue(
  citation: Citation,
  { codebase, commits, issueText }: Report,
): Promise<string | undefined> {
  switch (citation.kind) {
    case "lines": {
      const { path, start, end, quote } = citation;
      const lines = (await codebase.text(path))?.lines;
      if (lines === undefined) return `there is no file ${path}`;
      if (start < 1 || end < start || end > lines.length)
        return `${path} has ${lines.length} lines, not ${start}-${end}`;
      if (
        quote !== undefined &&
        !lines
          .slice(start - 1, end)
          .join("\n")
          .includes(quote)
      )
        return `"${quote}" does not stand in ${path}:${start}-${end}`;
      return undefined;
    }
    case "commit": {
      const commit = commits.find(({ oid }) => oid === citation.oid);
      if (commit?.subject !== citation.subject) return `there is no commit "${citation.subject}"`;
      if (citation.path !== undefined && !commit.files.includes(citation.path))
        return `"${citation.subject}" did not change ${citation.path}`;
      return undefined;
    }
    case "issue":
      return folded(issueText).includes(folded(citation.quote))
        ? undefined
        : `the issue does not say "${citation.quote}"`;
    case "search":
    case "run":
      return "no signal searches or runs";
  }
}

function folded(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
