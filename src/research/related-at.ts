import { readIssueForms } from "../evidence/read-issue-forms.ts";
import type { Related } from "../evidence/related/find-related.ts";
import type { Shortlist } from "../issue/parse-tracker.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { researchContext } from "../phases/builtin/research-context.ts";
import type { Workbench } from "./workbench.ts";

/** Entries of the tracker that have to do with the issue, compared at a commit (40 hex digits). Throws RunFailure, and for the signal. */
export async function relatedAt(
  {
    issue,
    commit,
    tracker,
  }: { readonly issue: VisibleIssue; readonly commit: string; readonly tracker: Shortlist },
  workbench: Workbench,
  signal: AbortSignal,
): Promise<Related> {
  const { repository } = workbench;
  const codebase = await workbench.codebase(commit);
  const context = researchContext({
    issue,
    codebase,
    history: repository.history,
    webUrl: repository.webUrl,
    forms: await readIssueForms(codebase.tree, signal),
    at: undefined,
    tracker: async () => tracker,
    signal,
  });
  return (await context.related!())!;
}
