import type { Code, InlineCode, Link, Nodes, Parent, Text } from "mdast";
import { isSourcePath } from "../languages/languages.ts";
import { roleOfPath } from "../languages/role-of-path.ts";
import { type Location, splitLocation } from "../text/location.ts";
import { parseMarkdown, plainText } from "../text/parse-markdown.ts";
import { type RecordedRun, parseRun, RUN_LANGUAGE } from "./recorded-run.ts";
import { CLAIMS_LANGUAGE, MARK_WORDS } from "./render-document.ts";
import { parseSearch, SEARCH_LANGUAGE, type SearchRecord } from "./search-block.ts";

/** Something that can be checked, with its 1-based line in the document. */
interface At<T> {
  readonly line: number;
  readonly value: T;
}

/** Lines of a file as a document shows them. */
export interface Excerpt extends Location {
  readonly text: string;
}

/** A reference to lines; `commit` when it names one itself, as a permalink does. */
export interface LineReference extends Location {
  readonly commit?: string;
}

/** The answer, one list item or table row: what a reader takes for a statement. */
interface Statement {
  readonly line: number;
  /** As a reader sees it, without markup. */
  readonly text: string;
  readonly citations: number;
}

export interface DocumentSection {
  readonly heading: string;
  readonly level: number;
  readonly line: number;
  readonly statements: readonly Statement[];
  /** Blocks of any kind below the heading, up to the next. */
  readonly blocks: number;
}

/** Everything that can be checked in a Markdown document of any author. */
export interface ParsedDocument {
  /** 40 hexadecimal digits, from the line `Base commit:`. */
  readonly baseCommit: string | undefined;
  readonly sections: readonly DocumentSection[];
  readonly lines: readonly At<LineReference>[];
  readonly commits: readonly At<{ readonly oid: string; readonly subject: string | undefined }>[];
  readonly excerpts: readonly At<Excerpt>[];
  /** A text says why the block cannot be read. */
  readonly searches: readonly At<SearchRecord | string>[];
  /** Quotations of the issue: inline ones and block quotations that Casebook rendered. */
  readonly quotes: readonly At<string>[];
  /** Runs of Casebook; a text says why the block cannot be read. */
  readonly runs: readonly At<RecordedRun | string>[];
  /** The data of its claims, as `readClaims` takes it. */
  readonly claims: readonly At<string>[];
  /** Words that a run printed according to the document; undefined where only the run is named. */
  readonly runQuotes: readonly At<{ readonly run: string; readonly quote: string | undefined }>[];
}

/**
 * Finds the references of a document. It reads text, inline code and link targets outside quotations; fenced blocks only
 * when their info string names lines (`python src/a.py:3-9`) or a search. Linear in the text.
 */
export function parseDocument(text: string): ParsedDocument {
  const root = parseMarkdown(text);
  const reader = new Reader(/^Base commit: `([0-9a-f]{40})`/m.exec(text)?.[1]);
  for (const node of root.children) reader.block(node);
  return reader.result();
}

class Reader {
  private readonly sections: {
    heading: string;
    level: number;
    line: number;
    statements: Statement[];
    blocks: number;
  }[] = [];
  private readonly lines: At<LineReference>[] = [];
  private readonly commits: At<{ oid: string; subject: string | undefined }>[] = [];
  private readonly excerpts: At<Excerpt>[] = [];
  private readonly searches: At<SearchRecord | string>[] = [];
  private readonly quotes: At<string>[] = [];
  private readonly runs: At<RecordedRun | string>[] = [];
  private readonly claims: At<string>[] = [];
  private readonly runQuotes: At<{ run: string; quote: string | undefined }>[] = [];
  /** Citations seen so far: what a statement holds is the difference. */
  private count = 0;
  private readonly base: string | undefined;

  constructor(base: string | undefined) {
    this.base = base;
  }

  result(): ParsedDocument {
    const { sections, lines, commits, excerpts, searches, quotes, runs, claims, runQuotes } = this;
    return {
      baseCommit: this.base,
      sections,
      lines,
      commits,
      excerpts,
      searches,
      quotes,
      runs,
      claims,
      runQuotes,
    };
  }

  block(node: Nodes): void {
    const section = this.sections.at(-1);
    const line = node.position?.start.line ?? 1;
    if (node.type === "heading") {
      this.sections.push({ heading: plainText(node), level: node.depth, line, statements: [], blocks: 0 });
      // The title of one of our documents has the words of the issue's.
      if (node.depth > 1 || this.base === undefined) this.inline(node);
      return;
    }
    // The marks of a fold are no content.
    if (section !== undefined && node.type !== "html") section.blocks++;
    switch (node.type) {
      case "code":
        return this.code(node);
      case "blockquote":
        return this.quotation(node);
      case "list":
        for (const item of node.children) this.item(item);
        return;
      case "table":
        for (const row of node.children.slice(1)) this.statement(row);
        return;
      case "paragraph":
        if (section?.level === 1 && node.children[0]?.type === "strong") return this.headline(node);
        return this.inline(node);
      default:
        this.inline(node);
    }
  }

  private item(item: Parent & Nodes): void {
    const own = item.children.filter((child) => child.type === "paragraph");
    const before = this.count;
    for (const child of own) this.inline(child);
    this.sections.at(-1)?.statements.push({
      line: item.position?.start.line ?? 1,
      text: own.map(plainText).join(" "),
      citations: this.count - before,
    });
    for (const child of item.children) if (child.type !== "paragraph") this.block(child);
  }

  /** The answer of a document. */
  private headline(node: Parent & Nodes): void {
    const before = this.count;
    this.inline(node);
    this.sections.at(-1)?.statements.push({
      line: node.position?.start.line ?? 1,
      text: plainText(node),
      citations: this.count - before,
    });
  }

  private statement(row: Parent & Nodes): void {
    const before = this.count;
    // Of somebody's words only the last cell is ours: a place in them is no reference of the document.
    const last = row.children.at(-1);
    const isReported = last !== undefined && plainText(last).startsWith(MARK_WORDS.reported);
    this.inline(isReported ? last : row);
    const text = row.children.map(plainText).join(" | ");
    this.sections
      .at(-1)
      ?.statements.push({ line: row.position?.start.line ?? 1, text, citations: this.count - before });
  }

  private code({ lang, meta, value, position }: Code): void {
    const line = position?.start.line ?? 1;
    if (lang === SEARCH_LANGUAGE) {
      this.searches.push({ line, value: parseSearch(value) });
      return;
    }
    if (lang === CLAIMS_LANGUAGE) {
      this.claims.push({ line, value });
      return;
    }
    if (lang === RUN_LANGUAGE) {
      this.runs.push({ line, value: parseRun(value) });
      return;
    }
    const place = meta === null || meta === undefined ? lang : meta;
    const reference = place === null || place === undefined ? undefined : linesOfText(place.trim());
    if (reference === undefined) return;
    this.excerpts.push({
      line,
      value: { path: reference.path, start: reference.start, end: reference.end, text: value },
    });
  }

  /** Words of people: nothing in them is a reference of the document. */
  private quotation(node: Parent & Nodes): void {
    const [first, second] = node.children;
    const code =
      first?.type === "code"
        ? first
        : second?.type === "code" && first?.type === "paragraph"
          ? second
          : undefined;
    if (code !== undefined && code.lang === "text")
      this.quotes.push({ line: code.position?.start.line ?? 1, value: code.value });
  }

  private inline(node: Nodes): void {
    if (!("children" in node)) return;
    const children = node.children as Nodes[];
    let isCited = false;
    for (const [i, child] of children.entries()) {
      const line = child.position?.start.line ?? 1;
      if (child.type === "text") isCited = CITES.test(child.value) || (isCited && child.value === ", ");
      const before = children[i - 1];
      const lead = before?.type === "text" ? before.value : "";
      const run = runBefore(children, i);
      if (run !== undefined && child.type === "inlineCode") {
        this.runQuotes.push({ line, value: { run, quote: child.value } });
        this.count++;
      } else if (child.type === "inlineCode")
        this.inlineCode(
          child,
          line,
          isAuthors(children, i) ? "comment: " : lead,
          children.slice(i + 1, i + 3),
          isCited,
        );
      else if (child.type === "text") this.text(child, line);
      else if (child.type === "link") this.link(child, line);
      else this.inline(child);
    }
  }

  private inlineCode(
    node: InlineCode,
    line: number,
    lead: string,
    next: readonly Nodes[],
    isCited: boolean,
  ): void {
    if (lead.endsWith("comment by ")) return;
    if (lead.endsWith("issue: ") || lead === "comment: ") {
      this.quotes.push({ line, value: node.value });
      this.count++;
      return;
    }
    if (/^[0-9a-f]{7,40}$/.test(node.value) && /commit $/i.test(lead)) {
      const [open, subject] = next;
      const told =
        open?.type === "text" && open.value === " (" && subject?.type === "inlineCode"
          ? subject.value
          : undefined;
      this.commits.push({ line, value: { oid: node.value, subject: told } });
      this.count++;
      return;
    }
    if (RUN_NAME.test(node.value) && /\brun $/.test(lead)) {
      // With a colon and words after it, the words are the reference.
      const [after, quote] = next;
      if (after?.type === "text" && after.value === ": " && quote?.type === "inlineCode") return;
      this.runQuotes.push({ line, value: { run: node.value, quote: undefined } });
      this.count++;
      return;
    }
    const reference = linesOfText(node.value, isCited);
    if (reference !== undefined) {
      this.lines.push({ line, value: reference });
      this.count++;
    }
  }

  private text({ value }: Text, line: number): void {
    let at = line;
    for (const part of value.split("\n")) {
      for (const token of part.split(/[\s"'“”‘’<>()[\]{},;*]+/)) {
        const reference = linesOfText(token.replace(/[.:]+$/, ""));
        if (reference === undefined || token.includes("://")) continue;
        this.lines.push({ line: at, value: reference });
        this.count++;
      }
      this.count += part.match(/\bsearch S[1-9]\d{0,3}\b/gi)?.length ?? 0;
      at++;
    }
  }

  /** A permalink of a code host, or a relative link with line anchors. */
  private link(node: Link, line: number): void {
    const reference = linkedLines(node.url);
    if (reference === undefined) return this.inline(node);
    this.lines.push({ line, value: reference });
    this.count++;
  }
}

/** The words before what a statement of ours cites. */
const CITES = new RegExp(`(?:^|\\()(?:${Object.values(MARK_WORDS).join("|")}): $`);
const RUN_NAME = /^run-[1-9]\d{0,3}$/;

/** True for the words in ``comment by `ada`: `words` ``. */
function isAuthors(children: readonly Nodes[], i: number): boolean {
  const [lead, name, colon] = [children[i - 3], children[i - 2], children[i - 1]];
  return (
    colon?.type === "text" &&
    colon.value === ": " &&
    name?.type === "inlineCode" &&
    lead?.type === "text" &&
    lead.value.endsWith("comment by ")
  );
}

/** Of the words in ``run `run-1`: `words` `` the name of the run. */
function runBefore(children: readonly Nodes[], i: number): string | undefined {
  const [lead, name, colon] = [children[i - 3], children[i - 2], children[i - 1]];
  return colon?.type === "text" &&
    colon.value === ": " &&
    name?.type === "inlineCode" &&
    RUN_NAME.test(name.value) &&
    lead?.type === "text" &&
    /\brun $/.test(lead.value)
    ? name.value
    : undefined;
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/**
 * Lines that a text names; undefined for what only looks alike (`localhost:8080`, `12:30`, `python:3`): the path must hold
 * a folder or carry an ending that files in repositories have. A path that leads nowhere is a reference, and a wrong one.
 * What stands where we cite is a path, whatever it looks like: `Makefile:3`, `src/run:5`.
 */
function linesOfText(text: string, isCited = false): LineReference | undefined {
  const written = splitLocation(text);
  if (written === undefined || written.link !== undefined) return undefined;
  const { path, start, end } = written;
  if (path.startsWith("/") || path.includes("://") || path.includes("\n")) return undefined;
  const name = path.slice(path.lastIndexOf("/") + 1);
  if (isCited) return name === "" || start < 1 || end < start ? undefined : { path, start, end };
  if (!name.includes(".") && !path.includes("/")) return undefined;
  if (name === "" || /^\d+$/.test(name)) return undefined;
  if (!isSourcePath(name) && roleOfPath(path) === "other") return undefined;
  return start < 1 || end < start ? undefined : { path, start, end };
}

/** Lines that the target of a link names. A link to a branch is none: what it shows changes. */
function linkedLines(url: string): LineReference | undefined {
  const written = url.includes("#L") ? splitLocation(url) : undefined;
  if (written === undefined) return undefined;
  const { start, end, link } = written;
  if (start < 1 || end < start) return undefined;
  if (link !== undefined)
    return /^[0-9a-f]{40}$/.test(link.revision)
      ? { path: written.path, start, end, commit: link.revision }
      : undefined;
  const [path] = written.path.split("?");
  return path === "" || path!.includes("://") ? undefined : { path: decodePath(path!), start, end };
}
