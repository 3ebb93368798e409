import { readReport, type Report } from "../../issue/report/read-report.ts";
import type { IssueForms } from "../../issue/report/issue-forms.ts";
import { visibleIssue } from "../../issue/visible-issue.ts";
import { rowsOf } from "../../issue/report/rows-of.ts";
import type { CommandIo } from "../io.ts";
import { readIssue } from "../read-issue.ts";

export interface ReadOptions {
  readonly issue?: string;
  readonly number?: string;
  readonly json?: boolean;
  readonly repo?: string;
  readonly commit: string;
}

/**
 * Prints what the issue says, in the reporter's words. It needs no repository; of one that is given it reads the issue forms.
 * Exit code 0.
 */
export async function readCommand(options: ReadOptions, io: CommandIo): Promise<number> {
  const issue = visibleIssue(await readIssue(options.issue, options.number, io));
  const report = readReport(issue, await formsOf(options, io));
  io.out(options.json === true ? JSON.stringify(toJson(report)) : rowsOf(report).join("\n"));
  return 0;
}

async function formsOf({ repo, commit }: ReadOptions, io: CommandIo): Promise<IssueForms | undefined> {
  if (repo === undefined) return undefined;
  const { repositoryOf } = await import("../place.ts");
  const { openRepository } = await import("../../repository/io/open-repository.ts");
  const { readIssueForms } = await import("../../evidence/read-issue-forms.ts");
  using repository = await openRepository(repositoryOf(repo, io));
  const tree = await repository.tree(await repository.resolve(commit), io.signal);
  return await readIssueForms(tree, io.signal);
}

/** The reading as JSON: keys in snake case, null for what the report does not name. */
export function toJson({ innermostFrame, frames, regression, ...report }: Report): object {
  const plain = ({ path, line, function: fn }: Report["frames"][number]): object => ({
    path,
    line: line ?? null,
    function: fn,
  });
  return {
    ...report,
    frames: frames.map(plain),
    innermost_frame: innermostFrame === undefined ? null : plain(innermostFrame),
    regression: regression ?? null,
  };
}
