import { readReport, type Report } from "../../issue/report/read-report.ts";
import type { IssueForms } from "../../issue/report/issue-forms.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { rowsOf } from "../../issue/report/rows-of.ts";
import { type IssueInput, parseIssueInput } from "../../issue/parse-issue-input.ts";
import { looksLikeVulnerability } from "../../issue/report/vulnerability.ts";
import type { ReaderIo } from "../io.ts";

export interface ReadOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly json?: boolean;
  readonly repo?: string;
  readonly commit: string;
}

/** Reads the issue and the forms of the repository. */
export async function readHere(
  { input }: { readonly input: IssueInput },
  options: ReadOptions,
  io: ReaderIo,
): Promise<number> {
  const issue = parseIssueInput(input);
  const report = readReport(visibleIssue(issue), await formsOf(options, io));
  const json = (): object => ({ ...toJson(report), looks_like_vulnerability: looksLikeVulnerability(issue) });
  io.out(options.json === true ? JSON.stringify(json()) : rowsOf(report).join("\n"));
  return 0;
}

async function formsOf({ repo, commit }: ReadOptions, io: ReaderIo): Promise<IssueForms | undefined> {
  if (repo === undefined) return undefined;
  const { repositoryOf } = await import("../place.ts");
  const { openRepository } = await import("../../repository/io/open-repository.ts");
  const { readIssueForms } = await import("../../evidence/read-issue-forms.ts");
  using repository = await openRepository(repositoryOf(repo, io));
  const tree = await repository.tree(await repository.resolve(commit), io.signal);
  return await readIssueForms(tree, io.signal);
}

/** The reading as JSON: keys in snake case, null for what the report does not name. */
export function toJson({ innermostFrame, frames, references, regression, ...report }: Report): object {
  const plain = ({ path, line, function: fn }: Report["frames"][number]): object => ({
    path,
    line: line ?? null,
    function: fn,
  });
  return {
    ...report,
    frames: frames.map(plain),
    // The state that somebody used is no place or change that is pointed to.
    references: references.filter(({ kind }) => kind !== "revision"),
    innermost_frame: innermostFrame === undefined ? null : plain(innermostFrame),
    regression: regression ?? null,
  };
}
