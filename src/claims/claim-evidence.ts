import type { RecordedRun } from "../documents/recorded-run.ts";
import type { CommitRecord, History } from "../repository/history.ts";
import type { IndexedCodebase } from "../repository/open-codebase.ts";
import type { RecordedSearch, SearchQuery } from "../repository/recorded-search.ts";
import type { Ranking } from "../evidence/ranking/locate.ts";
import type { Premise } from "../evidence/premises/premise.ts";
import type { Related } from "../evidence/related/find-related.ts";
import type { Reported } from "../evidence/reported-places/reported-place.ts";
import type { SymbolIndex } from "../evidence/references/build-symbol-index.ts";
import type { UseFinder } from "../evidence/references/find-uses.ts";
import type { RanCode } from "../evidence/ranking/query.ts";
import type { Query } from "../evidence/ranking/query.ts";
import type { IssueReading } from "../issue/issue-reading.ts";
import type { Report } from "../issue/report/read-report.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import type { TextRules } from "../languages/language.ts";
import { qualifiedName, type SymbolDefinition } from "../languages/syntax.ts";
import type { Location } from "../text/location.ts";
import type { DefinitionData } from "./claim-data.ts";

/** What decides about claims: one commit of a repository, and the issue where it is at hand. Each answer is worked out once. */
export interface ClaimEvidence {
  /** 40 hexadecimal digits. */
  readonly baseCommit: string;
  readonly codebase: IndexedCodebase;
  readonly history: History;
  /** The newest commits that the base commit reaches. */
  readonly commits: () => Promise<readonly CommitRecord[]>;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly uses: () => Promise<UseFinder>;
  readonly search: (query: SearchQuery) => Promise<RecordedSearch>;
  /** Undefined where there is no issue at hand; so are the seven below. */
  readonly issue?: VisibleIssue | undefined;
  readonly report?: Report | undefined;
  readonly reading?: Pick<IssueReading, "codeBlocks" | "messages" | "textBlocks" | "versions"> | undefined;
  readonly query?: Query | undefined;
  /** What the report names, found in the repository. */
  readonly reported?: (() => Promise<Reported>) | undefined;
  /** What the report takes for granted and the repository does not have. */
  readonly premises?: (() => Promise<readonly Premise[]>) | undefined;
  /** Entries of the tracker that have to do with the issue; undefined where no tracker is at hand. */
  readonly related?: (() => Promise<Related | undefined>) | undefined;
  readonly ranking?: (() => Promise<Ranking>) | undefined;
  /** The ranking that knows what a run executed. */
  readonly rankingWith?: ((ran: RanCode) => Promise<Ranking>) | undefined;
  /** Runs that the document holds, by name; undefined where no document is at hand. */
  readonly documentRuns?: ReadonlyMap<string, RecordedRun> | undefined;
  /** The location that a person named as the cause. */
  readonly at?: Location | undefined;
  /** Runs that Casebook made in this investigation, by name; undefined where what it ran is not at hand. */
  readonly runs?: ((name: string) => RecordedRun | undefined) | undefined;
}

/** The definition with exactly this name and these lines at the commit. */
export async function definitionAt(
  { path, name, start, end }: DefinitionData,
  { codebase }: ClaimEvidence,
): Promise<SymbolDefinition | undefined> {
  return (await codebase.syntax(path))?.symbols.find(
    (symbol) => symbol.start === start && symbol.end === end && qualifiedName(symbol) === name,
  );
}

/** True for a line of a test: in a test file, or in a module or function of tests that a source file of Rust holds. */
export async function isTestLine(
  { path, line }: { readonly path: string; readonly line: number },
  { codebase }: Pick<ClaimEvidence, "codebase">,
): Promise<boolean> {
  if (codebase.roleOf(path) === "test") return true;
  if (!path.endsWith(".rs")) return false;
  const symbols = ((await codebase.syntax(path))?.symbols ?? []).filter(
    ({ start, end }) => start <= line && line <= end,
  );
  if (symbols.some(({ container, name }) => [...container, name].some(isTestModule))) return true;
  const lines = (await codebase.text(path))?.lines ?? [];
  // A definition begins with its attributes.
  return symbols.some(({ start, nameLine }) =>
    lines
      .slice(start - 1, nameLine)
      .some((text) => /^\s*#\[(?:\w+::)*(?:test|rstest|cfg\(test\))\b/.test(text)),
  );
}

function isTestModule(name: string): boolean {
  return name === "tests" || name === "test";
}

/** A line without its comments and quotations, as far as the line itself shows them. */
export function codeOf(line: string, rules: TextRules): string {
  return partsOf(line, rules).code;
}

/** The comments of a line, as far as the line itself shows them. */
export function remarkOf(line: string, rules: TextRules): string {
  return rules.block.length > 0 && /^\s*\*/.test(line) ? line.trim() : partsOf(line, rules).remark.trim();
}

function partsOf(line: string, rules: TextRules): { readonly code: string; readonly remark: string } {
  let code = "";
  let remark = "";
  for (let at = 0; at < line.length;) {
    if (rules.line.some((mark) => line.startsWith(mark, at))) {
      remark += line.slice(at);
      break;
    }
    const opened = rules.block.find(([open]) => line.startsWith(open, at));
    const quote = line[at]!;
    if (opened !== undefined) {
      const end = line.indexOf(opened[1], at + opened[0].length);
      const after = end < 0 ? line.length : end + opened[1].length;
      remark += line.slice(at, after);
      at = after;
    } else if (rules.quotes.includes(quote)) {
      // A quote that is not closed on the line starts no string: it is a Rust lifetime or an apostrophe.
      const end = line.indexOf(quote, at + 1);
      if (end < 0) code += line[at++];
      else at = end + 1;
    } else code += line[at++];
  }
  return { code, remark };
}

/** The text of one line, white space at its ends removed; undefined where the file has no such line. */
export async function lineText(
  { path, line }: { readonly path: string; readonly line: number },
  { codebase }: ClaimEvidence,
): Promise<string | undefined> {
  return (await codebase.text(path))?.lines[line - 1]?.trim();
}
