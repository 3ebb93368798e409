import { withSuite } from "../sandbox/with-suite.ts";
import { failingTestOf } from "../agent/failing-test.ts";
import { LeaseLost, RetryLater } from "../failure.ts";
import type { Actor, Investigation } from "../investigation/investigation.ts";
import { hasAtLeast } from "../investigation/commands/rights.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import { branchOf, issueOfBranch } from "../phases/names.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { keptDocuments } from "./kept-documents.ts";
import { type FoundChange, findChange } from "./named-change.ts";
import { readOurBranch } from "./our-branch.ts";
import type { Mirror } from "./research.ts";
import { renewsMirror } from "./renew-mirror.ts";
import { RETRY_SECONDS } from "./time.ts";
import { NO_RULES, type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { change as changeInvestigation, failureOf } from "./run-job.ts";
import { MAX_ATTEMPTS, type Service } from "./service.ts";

export interface TestJob extends IssueKey {
  readonly test: string;
}

/**
 * Runs the failing test of an investigation against somebody's change and records the verdict. What GitHub says is read again
 * here, since minutes pass between a command and its job. Doing it again from any point gives one verdict.
 */
export async function handleTest(
  service: Service,
  job: TestJob,
  { signal, attempt }: JobContext,
): Promise<void> {
  const { store, log } = service;
  const investigation = await store.investigation(job);
  const wanted = investigation?.tests?.find(({ id, verdict }) => id === job.test && verdict === undefined);
  const installation = (await store.repository(job.repository))?.installation;
  if (investigation === undefined || wanted === undefined || installation === undefined) return;
  const ids = { run: job.test, investigation: `${job.repository}#${job.issue}` };
  const facts = await repositoryFacts(service, { installation, repository: job.repository });
  const tell = async (verdict: ChangeVerdict | string): Promise<void> => {
    const rules = facts.kind === "facts" ? facts.rules : NO_RULES;
    const told = typeof verdict === "string" ? undecided(investigation, verdict) : verdict;
    await changeInvestigation(service, job, { kind: "change-tested", test: job.test, verdict: told }, rules);
    log.info(`test of a change ended: ${told.kind}`, ids);
  };
  if (facts.kind === "unreachable") return tell(facts.why.replace(/\.$/, ""));
  if (attempt > MAX_ATTEMPTS) return tell(`the run crashed ${MAX_ATTEMPTS} times and was stopped`);
  const limit = service.deadline(facts.config.limits.minutes);
  limit.restart();
  try {
    await tell(
      await verdictOn(service, facts, investigation, wanted, AbortSignal.any([signal, limit.signal])),
    );
  } catch (error) {
    if (signal.aborted || error instanceof LeaseLost) throw error;
    if (limit.signal.aborted)
      return await tell(
        `it took longer than the ${facts.config.limits.minutes} minutes that \`limits.minutes\` allows`,
      );
    if (await renewsMirror(service, facts.repository, job, job.test, error))
      throw new RetryLater(RETRY_SECONDS, "the mirror was damaged");
    const failure = failureOf(error, service.now());
    if (failure === undefined) throw error;
    if (failure.kind === "later") throw new RetryLater(failure.seconds, failure.message);
    log.warn("test of a change failed", { ...ids, code: failure.code });
    await tell(failure.message.replace(/\.$/, ""));
  } finally {
    limit.clear();
  }
}

/** The verdict, or in one clause why there is none. */
async function verdictOn(
  service: Service,
  facts: RepositoryFacts,
  investigation: Investigation,
  { change, by }: NonNullable<Investigation["tests"]>[number],
  signal: AbortSignal,
): Promise<ChangeVerdict | string> {
  const lost = await lostRight(facts, by);
  if (lost !== undefined) return lost;
  const found = await findChange(facts, change);
  if ("mistake" in found) return clause(found.mistake);
  const { github, repository } = facts;
  const mirror = await service.research.openMirror(repository, await github.readToken(repository), signal);
  const test = await sealedTest(service, facts, investigation, mirror);
  if (typeof test === "string") return test;
  const head = change.kind === "pull" ? await mirror.pull(change.number) : await mirror.resolve(change.name);
  if (head === undefined) return "GitHub does not give its commits";
  const verdict = await service.research.test(
    {
      mirror: mirror.mirror,
      change: { kind: "commit", head, onto: await mirror.resolve(found.onto) },
      test,
      sandbox: facts.config.runCode ? withSuite(service.sandbox, facts.config.suite) : undefined,
    },
    signal,
  );
  // Minutes passed: who lost the right gets no verdict, and a verdict is of the commit that it names.
  const now = await lostRight(facts, by);
  if (now !== undefined) return now;
  const after = await findChange(facts, change);
  return { ...verdict, caveats: [...movedSince(head, after), ...verdict.caveats] };
}

function movedSince(head: string, now: FoundChange | { readonly mistake: string }): readonly string[] {
  if ("mistake" in now) return [`since then: ${clause(now.mistake)}`];
  return now.head === head
    ? []
    : [`it is at \`${now.head.slice(0, 7)}\` now; the verdict is on \`${head.slice(0, 7)}\` alone`];
}

/** The test as Casebook published it; in one clause why there is none. */
async function sealedTest(
  service: Service,
  { github, repository, config }: RepositoryFacts,
  { issue, base: pinned, ...of }: Investigation,
  mirror: Mirror,
): Promise<{ readonly path: string; readonly text: string } | string> {
  const issueKey = String(issue);
  const missing = "the failing test is not there any more; `/casebook retry reproduction` writes it anew";
  if (config.destination === "comment") {
    const records = await service.store.idempotencyRecords({ repository: of.repository, issue });
    return failingTestOf(issueKey, keptDocuments(records)) ?? missing;
  }
  const base = pinned ?? (await mirror.resolve(repository.defaultBranch));
  const { bot } = await service.app.identity();
  const names = (await github.branches(repository, branchOf(issueKey))).filter(
    (name) => issueOfBranch(name) === issue,
  );
  for (const name of names) {
    const branch = await readOurBranch(github, repository, mirror, { name, base, issueKey, bot: bot.id });
    const test = failingTestOf(issueKey, branch.files);
    if (test === undefined) continue;
    const theirs = [...branch.theirs].find(
      (path) => path.includes(`issue-${issueKey}-`) && /reproduction/.test(path),
    );
    return theirs === undefined
      ? test
      : `a person changed ${inlineCode(theirs, 200)}, so the test is not the one that was seen to fail; \`/casebook retry reproduction\` writes it anew`;
  }
  return failingTestOf(issueKey, await mirror.filesOf(base, issueKey)) ?? missing;
}

async function lostRight(
  { github, repository, rules }: RepositoryFacts,
  { login }: Actor,
): Promise<string | undefined> {
  const permission = await github.permission(repository, login);
  return hasAtLeast(permission, rules.start)
    ? undefined
    : `the person who asked for it has ${permission} now, and it needs ${rules.start}`;
}

function undecided({ base = "" }: Investigation, reason: string): ChangeVerdict {
  return { kind: "undecided", base, test: "", reasons: [reason], caveats: [] };
}

/** A sentence as a part of another one. */
function clause(sentence: string): string {
  const bare = sentence.replace(/\.$/, "");
  return /^[A-Z][a-z]/.test(bare) ? bare[0]!.toLowerCase() + bare.slice(1) : bare;
}
