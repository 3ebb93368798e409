import type { CommitRecord, History } from "../repository/history.ts";
import type { IndexedCodebase } from "../repository/open-codebase.ts";
import type { RecordedSearch, SearchQuery } from "../repository/recorded-search.ts";
import type { Ranking } from "../evidence/ranking/locate.ts";
import type { SymbolIndex } from "../evidence/references/build-symbol-index.ts";
import type { UseFinder } from "../evidence/references/find-uses.ts";
import type { Query } from "../evidence/ranking/query.ts";
import type { Report } from "../issue/report/read-report.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
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
  /** Undefined where there is no issue at hand; so are the three below. */
  readonly issue?: VisibleIssue | undefined;
  readonly report?: Report | undefined;
  readonly query?: Query | undefined;
  readonly ranking?: (() => Promise<Ranking>) | undefined;
  /** The location that a person named as the cause. */
  readonly at?: Location | undefined;
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

/** The text of one line, white space at its ends removed; undefined where the file has no such line. */
export async function lineText(
  { path, line }: { readonly path: string; readonly line: number },
  { codebase }: ClaimEvidence,
): Promise<string | undefined> {
  return (await codebase.text(path))?.lines[line - 1]?.trim();
}
