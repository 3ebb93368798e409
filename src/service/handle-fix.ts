import { RetryLater } from "../failure.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { documentsIn, keptDocuments } from "./kept-documents.ts";
import { readOurBranch } from "./our-branch.ts";
import type { Mirror } from "./research.ts";
import { renewsMirror } from "./renew-mirror.ts";
import { type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { change, failureOf } from "./run-job.ts";
import type { Service } from "./service.ts";
import { RETRY_SECONDS } from "./time.ts";

/** Minutes in which a fix is compared; a large repository is read for that. */
const MINUTES = 20;

/**
 * Compares what an investigation said with the commit or pull request that closed its issue, and keeps the result with it. GitHub is asked
 * what closed it, so that doing it again gives the same. Does nothing where a person closed it, or it is open again.
 */
export async function handleFix(service: Service, of: IssueKey, { signal }: JobContext): Promise<void> {
  const { store, log } = service;
  const known = await store.investigation(of);
  const installation = (await store.repository(of.repository))?.installation;
  if (known?.conditions.closed !== true || installation === undefined) return;
  const facts = await repositoryFacts(service, { installation, repository: of.repository });
  if (facts.kind === "unreachable") return;
  const ids = { investigation: `${of.repository}#${of.issue}` };
  const limit = service.deadline(MINUTES);
  limit.restart();
  try {
    await compare(service, facts, of, AbortSignal.any([signal, limit.signal]));
  } catch (error) {
    if (signal.aborted) throw error;
    if (limit.signal.aborted) return log.warn("a fix took too long to be compared", ids);
    if (await renewsMirror(service, facts.repository, of, "fix", error))
      throw new RetryLater(RETRY_SECONDS, "the mirror was damaged");
    const failure = failureOf(error, service.now());
    if (failure?.kind !== "failed") throw error;
    log.warn("a fix was not compared", { ...ids, code: failure.code });
  } finally {
    limit.clear();
  }
}

async function compare(
  service: Service,
  facts: RepositoryFacts,
  of: IssueKey,
  signal: AbortSignal,
): Promise<void> {
  const { github, repository, rules } = facts;
  const fix = await github.closedBy(repository, of.issue);
  if (fix === undefined) return;
  const mirror = await service.research.openMirror(repository, await github.readToken(repository), signal);
  const documents = await said(service, facts, of, mirror);
  if (documents.size === 0) return;
  const phases = await service.research.compareFix(
    { mirror: mirror.mirror, fix: fix.commit, documents },
    signal,
  );
  if (phases.length === 0) return;
  await change(service, of, { kind: "fix-compared", fix: { ...fix, phases } }, rules);
  service.log.info("a fix was compared", { investigation: `${of.repository}#${of.issue}` });
}

/** The documents as Casebook published them, by phase: on our branches, else in the store, else where they were merged. */
async function said(
  { app, store }: Service,
  { github, repository }: RepositoryFacts,
  of: IssueKey,
  mirror: Mirror,
): Promise<ReadonlyMap<string, string>> {
  const issueKey = String(of.issue);
  const base = await mirror.resolve(repository.defaultBranch);
  const { bot } = await app.identity();
  const files = new Map<string, string>();
  for (const name of await github.branches(repository, branchOf(issueKey))) {
    if (issueOfBranch(name) !== of.issue) continue;
    const branch = await readOurBranch(github, repository, mirror, { name, base, issueKey, bot: bot.id });
    // What a person changed is not what Casebook said.
    for (const [path, text] of branch.files) if (!branch.theirs.has(path)) files.set(path, text);
  }
  if (files.size > 0) return documentsIn(files, of.issue);
  const kept = keptDocuments(await store.idempotencyRecords(of));
  return documentsIn(kept.size > 0 ? kept : await mirror.filesOf(base, issueKey), of.issue);
}
