import { textDigest } from "../issue/text-digest.ts";
import { lowerBudget } from "../investigation/settings/merge-configs.ts";
import { withSuite } from "../sandbox/with-suite.ts";
import { branchFor } from "../phases/names.ts";
import { LeaseLost, RunFailure } from "../failure.ts";
import { hasAtLeast } from "../investigation/commands/rights.ts";
import type { InvestigationEvent } from "../investigation/event.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { runnable } from "../investigation/plan.ts";
import { memoryPublisher } from "../repository/memory-publisher.ts";
import type { Publisher } from "../repository/repository.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { guarded, type Service } from "./service.ts";
import { recordApprovals, writeShutGate } from "./gate-specs.ts";
import { whyConfidential } from "./confidential.ts";
import { githubPublisher } from "./github-publisher.ts";
import { issueForResearch } from "./issue-for-research.ts";
import { readOurBranch } from "./our-branch.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import { relatedInTracker } from "./related-in-tracker.ts";
import { SHADOW } from "./shadow.ts";
import { secondOf } from "./time.ts";
import { keepDocuments, keptDocuments } from "./kept-documents.ts";

/** Milliseconds between two words about what a phase is doing. */
const STEP_SPACING = 10_000;

export interface RunJob extends IssueKey {
  readonly run: string;
}

export async function research(
  service: Service,
  facts: RepositoryFacts,
  job: RunJob,
  attempt: number,
  { signal }: JobContext,
  tell: (event: InvestigationEvent) => Promise<unknown>,
): Promise<void> {
  const { store } = service;
  const { repository, rules, config } = facts;
  const guard = async (): Promise<void> => {
    signal.throwIfAborted();
    if (!(await store.isCurrent(job.run, attempt))) throw new LeaseLost("the run");
  };
  const investigation = await store.investigation(job);
  if (investigation?.run?.id !== job.run) throw new LeaseLost("the run");
  await refuseLostRights(service, facts, investigation);
  const answer = await facts.github.issue(repository, job.issue);
  if (answer.kind !== "issue") throw new RunFailure("unreadable-issue", `The issue was ${answer.kind}`);
  const why = await whyConfidential(facts, answer.issue);
  if (why !== undefined && investigation.isPublic !== true) {
    // It was edited after the start.
    await tell({ kind: "confidential", why });
    throw new LeaseLost("the run");
  }
  const text = { digest: textDigest(answer.issue), at: secondOf(service.now()) };
  if (wasEdited(investigation, text.digest)) {
    await tell({ kind: "text-edited", run: job.run, text });
    throw new LeaseLost("the approval");
  }
  const comments = await facts.github.comments(repository, job.issue);
  const readUpTo = comments.reduce((newest, { id }) => Math.max(newest, id), 0);
  const issue = await issueForResearch(facts, answer.issue, comments);

  const mirror = await service.research.openMirror(
    repository,
    await facts.github.readToken(repository),
    signal,
  );
  // An attempt that was killed after an outcome, or after the one phase that its pull request is for, left only the end of
  // the run to be done.
  const endedBy =
    investigation.run.endedBy ??
    (rules.perPhase && investigation.run.worked === true ? lastEnded(investigation) : undefined);
  const wanted = endedBy === undefined ? runnable(investigation, rules) : [];
  const own = rules.perPhase ? (endedBy ?? wanted[0]) : undefined;
  // A merged phase is part of what the next one reads.
  const pinned = rules.perPhase ? undefined : investigation.base;
  const base = pinned ?? (await mirror.resolve(investigation.from ?? repository.defaultBranch));
  const github = guarded(service, facts.github, async () => {
    await guard();
    // Research takes minutes, and each of its phases publishes: who lost the right meanwhile gets nothing more published.
    await refuseLostRights(service, facts, investigation);
  });
  const publisher = await openPublisher(service, facts, github, mirror, {
    investigation,
    name: branchFor(job.issue, own),
    base,
    issueKey: issue.key,
    tell,
  });
  if (publisher === undefined) throw new LeaseLost("the branch");
  // What this run publishes is where the settings say.
  if (!config.shadow) await store.saveIdempotencyRecord(job, SHADOW, undefined);
  // A run of no phase reads no comment, so a newer comment may still be an answer.
  await tell({
    kind: "run-started",
    run: job.run,
    base,
    ...(endedBy === undefined ? { readUpTo, text } : {}),
  });
  const gates = { investigation, issueTitle: answer.issue.title, phases: facts.phases, rules };
  await recordApprovals(publisher.publisher, gates);

  const sandbox = config.runCode ? withSuite(service.sandbox, config.suite) : undefined;
  const limit = service.deadline(config.limits.minutes);
  const stop = AbortSignal.any([signal, limit.signal]);
  let steppedAt = 0;
  try {
    const model = usesModel(service, facts)
      ? service.modelProvider?.open({
          repository: job.repository,
          issue: job.issue,
          run: job.run,
          customer: facts.customer,
          wanted: investigation.model,
          models: config.models,
          budget: lowerBudget(facts.budget, {}, investigation.budget),
          minutes: config.limits.minutes,
        })
      : undefined;
    if (wanted.length > 0)
      await service.research.investigate(
        {
          mirror: mirror.mirror,
          base,
          issue,
          phases: wanted,
          include: config.paths.include,
          exclude: config.paths.exclude,
          impactFrom: config.impactFrom,
          doubtful: config.doubtful,
          ...(investigation.at === undefined ? {} : { at: investigation.at }),
          ...(sandbox === undefined ? {} : { sandbox }),
          runsReport: await isByPerson(service, investigation),
          hasTracker: config.tracker,
          ...(model === undefined ? {} : { model: model.research }),
        },
        {
          publisher: publisher.publisher,
          ...(model === undefined ? {} : { gateway: model.gateway }),
          tracker: (sought) => relatedInTracker(service, facts, sought, stop),
          async onPhase(event) {
            await guard();
            if (event.kind === "start") {
              limit.restart();
              await tell({
                kind: "phase-started",
                run: job.run,
                phase: event.phase,
                at: secondOf(service.now()),
              });
            } else {
              await store.saveIdempotencyRecord(job, "step", undefined);
              await store.saveIdempotencyRecord(job, "model-wait", undefined);
              // Stored before the phase is recorded as ended: a later attempt does not run it again.
              if (publisher.documents !== undefined) await keepDocuments(service, job, publisher.documents());
              if (event.brief !== undefined) await store.saveIdempotencyRecord(job, "brief", event.brief);
              await tell({
                kind: "phase-finished",
                run: job.run,
                at: secondOf(service.now()),
                result: event.result,
              });
            }
          },
          onStep(step) {
            const since = service.now() - steppedAt;
            // A clock that is set back silences nobody.
            if (since >= 0 && since < STEP_SPACING) return;
            steppedAt = service.now();
            void showStep(service, job, step);
          },
        },
        stop,
      );
  } catch (error) {
    if (limit.signal.aborted && !signal.aborted)
      throw new RunFailure(
        "too-large",
        `A phase took longer than the ${config.limits.minutes} minutes that \`limits.minutes\` allows`,
        error,
      );
    throw error;
  } finally {
    limit.clear();
    await store.saveIdempotencyRecord(job, "step", undefined);
  }
  await guard();
  const after = await store.investigation(job);
  // After an outcome the phases that are still wanted wait for no approval.
  if (after !== undefined && !rules.perPhase && after.run?.endedBy === undefined)
    await writeShutGate(publisher.publisher, { ...gates, investigation: after });
  if (publisher.documents !== undefined) await keepDocuments(service, job, publisher.documents());
  const head = publisher.head();
  await tell({ kind: "run-finished", run: job.run, ...(head === undefined ? {} : { head }) });
}

/** A gate that is still to be passed was opened on another text of the issue. */
function wasEdited({ approvals, wanted }: Investigation, digest: string): boolean {
  return approvals.some(({ phase, text }) => text !== undefined && text !== digest && wanted.includes(phase));
}

/** The phase that ended last. */
function lastEnded({ phases }: Investigation): string | undefined {
  return phases.reduce<Investigation["phases"][number] | undefined>(
    (last, phase) => ((phase.endedAt ?? "") > (last?.endedAt ?? "") ? phase : last),
    undefined,
  )?.type;
}

/** A repository that wants the built-in researcher has none, and neither has one that may use no model. */
function usesModel({ modelProvider }: Service, { customer, rules }: RepositoryFacts): boolean {
  return rules.models.length > 0 && (modelProvider?.names(customer).length ?? 0) > 0;
}

interface OpenPublisher {
  readonly publisher: Publisher;
  readonly head: () => string | undefined;
  /** What was published without a branch. */
  readonly documents?: () => ReadonlyMap<string, string>;
}

/** Where this run publishes; undefined when a person's commit is in the way, which is recorded. */
async function openPublisher(
  service: Service,
  { config, repository }: RepositoryFacts,
  github: RepositoryFacts["github"],
  mirror: Awaited<ReturnType<Service["research"]["openMirror"]>>,
  {
    investigation,
    name,
    base,
    issueKey,
    tell,
  }: {
    readonly investigation: Investigation;
    readonly name: string;
    readonly base: string;
    readonly issueKey: string;
    readonly tell: (event: InvestigationEvent) => Promise<unknown>;
  },
): Promise<OpenPublisher | undefined> {
  if (config.destination === "comment") {
    const memory = memoryPublisher(keptDocuments(await service.store.idempotencyRecords(investigation)));
    return { publisher: memory, head: () => undefined, documents: () => memory.files };
  }
  const { bot } = await service.app.identity();
  const branch = await readOurBranch(github, repository, mirror, { name, base, issueKey, bot: bot.id });
  const accepted = branch.byPeople.findIndex(({ oid }) => oid === investigation.acceptedHead);
  const newest = branch.byPeople.at(-1);
  if (newest !== undefined && accepted !== branch.byPeople.length - 1) {
    await tell({ kind: "person-committed", sha: newest.oid, login: newest.author });
    return undefined;
  }
  const publisher = githubPublisher(github, repository, branch, base);
  return { publisher, head: publisher.head };
}

/** Checks again that the person who started the run still has the right: without it nothing is published. */
export async function refuseLostRights(
  service: Service,
  { github, repository, rules }: RepositoryFacts,
  investigation: Investigation,
): Promise<void> {
  if (!(await isByPerson(service, investigation))) return;
  const permission = await github.permission(repository, investigation.startedBy!.login);
  if (!hasAtLeast(permission, rules.start))
    throw new RunFailure(
      "no-permission",
      `The person who started the run has ${permission} now, and it needs ${rules.start}`,
    );
}

/** False for a new issue that starts by the repository's own configuration: nobody started it. */
async function isByPerson({ app }: Service, { startedBy }: Investigation): Promise<boolean> {
  return startedBy !== undefined && startedBy.id !== (await app.identity()).bot.id;
}

export async function showStep(
  { store, log }: Service,
  { repository, issue, run }: RunJob,
  step: string,
): Promise<void> {
  try {
    await store.saveIdempotencyRecord({ repository, issue }, "step", step.slice(0, 200));
    await store.send({ kind: "sync", repository, issue }, { key: `${repository}#${issue}` });
  } catch (error) {
    log.error("progress was not stored", { run }, error);
  }
}
