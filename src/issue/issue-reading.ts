import type { Hidden } from "../text/hidden.ts";
import type { ReportPart } from "./report/report-part.ts";
import type { ReportReference } from "./report/report-references.ts";
import type { ReportRegression } from "./report/report-regression.ts";

/** A stretch of the issue and its kind, which says how much its words count. */
export interface TextBlock {
  readonly kind: TextBlockKind;
  readonly text: string;
}

export type TextBlockKind =
  "title" | "prose" | "inline-code" | "code" | "trace" | "data" | "environment" | "boilerplate";

/** One frame of a stack trace as the issue shows it. */
export interface Frame {
  /** `/` between parts; may hold more than the repository's path (an installed copy) or less. */
  readonly path: string;
  readonly line?: number;
  readonly function?: string;
}

/** Words of the issue, exactly as a reader of the page sees them: a contiguous stretch of the title, the body or one comment. */
export interface Quote {
  readonly text: string;
  /** Login of the comment's author; absent for title and body. */
  readonly author?: string;
}

/** A program or package and the version that the issue states for it. */
interface ReportedVersion {
  /** Empty for the project itself. */
  readonly name: string;
  readonly version: string;
  readonly quote: Quote;
}

/** A code block of a report. */
interface ReadCode {
  readonly language?: string;
  readonly text: string;
  /** What the section around it is for. */
  readonly part?: ReportPart;
  /** The last line of the text before it. */
  readonly before?: string;
}

export type IssueKind = "bug" | "feature" | "question" | "documentation" | "unclear";

/** What a report should hold and this one does not. */
export type MissingPart =
  "expected" | "actual" | "steps" | "version" | "environment" | "message" | "frequency";

/**
 * What an issue says, quoted word by word: the visible text contains every quote, nothing is concluded but
 * the kind, and what was not found is listed as missing.
 */
export interface IssueReading {
  readonly kind: IssueKind;
  /** The title; none for `unclear`. */
  readonly kindQuotes: readonly Quote[];
  /** Title first, then body and comments in order. */
  readonly textBlocks: readonly TextBlock[];
  /** Paths and file names, `/` between parts. */
  readonly paths: readonly string[];
  /** Outermost call first; the last is where it broke. */
  readonly frames: readonly Frame[];
  /** Places in code or tracker that it points to. */
  readonly references: readonly ReportReference[];
  readonly regression: ReportRegression | undefined;
  /** Error messages, output and log lines that it quotes. */
  readonly messages: readonly string[];
  /** Names of code as written, most telling first: from inline code, traces, code blocks, and words written like code. */
  readonly identifiers: readonly string[];
  /** Words in small letters that it holds without saying them: see `unsaidWords`. */
  readonly unsaid: ReadonlySet<string>;
  /** What the reporter experiences: the title, then the first sentences that describe it. Never empty. */
  readonly symptom: readonly Quote[];
  readonly expected: readonly Quote[];
  readonly actual: readonly Quote[];
  /** In order. */
  readonly steps: readonly Quote[];
  readonly environment: readonly Quote[];
  readonly versions: readonly ReportedVersion[];
  /** How often, since when, how many. */
  readonly frequency: readonly Quote[];
  /** What was tried, and workarounds. */
  readonly tried: readonly Quote[];
  readonly codeBlocks: readonly ReadCode[];
  /** Parts of the text that a reader of the page does not see. */
  readonly hidden: readonly Hidden[];
  readonly missing: readonly MissingPart[];
}
