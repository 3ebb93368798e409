import type { Block, StatedClaim } from "../../documents/finding.ts";
import { checkClaim } from "../../claims/claim-types.ts";
import {
  type FixedBy,
  fixedBy,
  leadsTo,
  namesNumber,
  quotesMessage,
  recordOf,
} from "../../claims/fixed-by.ts";
import { fixedIssues } from "../../repository/fixed-issues.ts";
import type { CommitRecord } from "../../repository/history.ts";
import type { ResearchContext } from "./research-context.ts";
import { claimsBlock } from "./statements.ts";

/** Fixes that are named: the newest, which may mend an older one. */
const MAX_SHOWN = 2;
const MAX_LINES = 20;

/** Commits of the base commit's history that fix the issue, each by a check; never by likeness alone. */
export async function alreadyFixed(context: ResearchContext): Promise<readonly Block[]> {
  const found = new Map<string, StatedClaim>();
  for (const look of [byMessage, byPull, byRecord, byQuotation]) {
    for await (const { commit, by } of look(context)) {
      if (found.size >= MAX_SHOWN || found.has(commit.oid)) continue;
      const tag = (await context.history.facts(commit.oid))?.tag;
      const claim = fixedBy.of({
        oid: commit.oid,
        subject: commit.subject,
        ...(tag === undefined ? {} : { tag }),
        by,
      });
      if ((await checkClaim(claim, context)).verdict === "holds") found.set(commit.oid, claim);
    }
    if (found.size > 0) break;
  }
  return claimsBlock("list", [...found.values()]);
}

interface Candidate {
  readonly commit: CommitRecord;
  readonly by: FixedBy;
}

function numberOf({ issue }: ResearchContext): string | undefined {
  return /^\d{1,10}$/.test(issue.key) ? issue.key : undefined;
}

async function* byMessage(context: ResearchContext): AsyncGenerator<Candidate> {
  const issue = numberOf(context);
  if (issue === undefined) return;
  const { history, baseCommit, signal } = context;
  for (const commit of await history.commitsNaming(baseCommit, [Number(issue)], signal))
    if (fixedIssues(commit, undefined).includes(issue)) yield { commit, by: { kind: "message", issue } };
}

async function* byPull(context: ResearchContext): AsyncGenerator<Candidate> {
  const issue = numberOf(context);
  if (issue === undefined) return;
  const { history, baseCommit } = context;
  for (const { pull, oid } of (await context.related?.())?.ownFixes ?? []) {
    const commit = await history.commit(baseCommit, oid);
    if (commit !== undefined) yield { commit, by: { kind: "pull", issue, pull } };
  }
}

/** A test or a changelog's line that names the issue is written with its fix. */
async function* byRecord(context: ResearchContext): AsyncGenerator<Candidate> {
  const issue = numberOf(context);
  if (issue === undefined) return;
  const { history, baseCommit, codebase, signal } = context;
  const pattern = `(#|/issues/|:issue:\`|[gG][hH][-_ ]?|[iI]ssue[-_ #]?[-_ #]?)${issue}([^0-9]|$)`;
  const { hits } = await context.search({ kind: "regex", pattern, include: [], exclude: [] });
  for (const { path, line } of hits.slice(0, MAX_LINES)) {
    const kind = recordOf(path, codebase);
    if (kind === undefined) continue;
    if (!namesNumber((await codebase.text(path))?.lines[line - 1] ?? "", issue)) continue;
    const [blamed] = (await history.blame(baseCommit, path, line, line, signal)) ?? [];
    const commit = blamed === undefined ? undefined : await history.commit(baseCommit, blamed.oid);
    const changed = commit === undefined ? undefined : await ledTo(commit, context);
    if (commit !== undefined && changed !== undefined)
      yield { commit, by: { kind, issue, path, line, changed } };
  }
}

async function* byQuotation(context: ResearchContext): AsyncGenerator<Candidate> {
  for (const commit of await context.commits())
    for (const words of context.report.messages)
      if (quotesMessage(commit, words)) {
        const changed = await ledTo(commit, context);
        if (changed !== undefined) yield { commit, by: { kind: "quotes", words, changed } };
      }
}

/** A source file that the commit changed and that the report leads to. */
async function ledTo({ files }: CommitRecord, context: ResearchContext): Promise<string | undefined> {
  for (const path of files)
    if (context.codebase.roleOf(path) === "source" && (await leadsTo(path, context))) return path;
  return undefined;
}
