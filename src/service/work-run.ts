import { deadlineOf } from "../process/clock.ts";
import { lowerBudget } from "../investigation/settings/merge-configs.ts";
import { branchFor } from "../phases/names.ts";
import { LeaseLost, RetryLater, RunFailure } from "../failure.ts";
import { hasAtLeast } from "../investigation/commands/rights.ts";
import { decide } from "../investigation/decide.ts";
import type { InvestigationEvent, Rules } from "../investigation/event.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { runnable } from "../investigation/plan.ts";
import { memoryPublisher } from "../repository/memory-publisher.ts";
import type { Publisher } from "../repository/repository.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { admitRuns, guarded, MAX_ATTEMPTS, type Service } from "./service.ts";
import { recordApprovals, writeShutGate } from "./gate-specs.ts";
import { githubPublisher } from "./github-publisher.ts";
import { issueForResearch } from "./issue-for-research.ts";
import { readOurBranch } from "./our-branch.ts";
import { NO_RULES, type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { secondOf, RETRY_SECONDS, secondsUntil } from "./time.ts";
import { keepDocuments, keptDocuments } from "./kept-documents.ts";

/** Milliseconds between two words about what a phase is doing. */
const STEP_SPACING = 10_000;
/** Seconds that a run waits for a model at most before it asks again. */
const LONGEST_WAIT = 600;
/** Failures of a run that may pass: the run is tried again, and nothing is said. */
const PASSING: ReadonlySet<string> = new Set([
  "repository-unreachable",
  "busy",
  "no-space",
  "model-unavailable",
]);

interface RunJob extends IssueKey {
  readonly run: string;
}

/**
 * One run: researches the wanted phases up to the first gate and publishes each as it ends. Everything that it says and
 * writes is bound to its attempt: a run that was stopped, or taken up by somebody else, writes nothing any more. Doing it
 * again from any point leads to the same branch.
 */
export async function workRun(service: Service, job: RunJob, context: JobContext): Promise<void> {
  const { store, settings, log } = service;
  const ids = { run: job.run, investigation: `${job.repository}#${job.issue}` };
  const begun = await store.beginRun(job.run, settings.worker);
  if (begun === undefined) return;
  const { attempt, crashes } = begun;
  const end = async (): Promise<void> => {
    await store.endRun(job.run, attempt);
    await admitRuns(service);
  };
  const tell = (rules: Rules, event: InvestigationEvent): Promise<unknown> =>
    change(service, job, event, rules);
  const installation = (await store.repository(job.repository))?.installation;
  if (installation === undefined) return end();
  const facts = await repositoryFacts(service, { installation, repository: job.repository });
  if (facts.kind === "unreachable") {
    await tell(NO_RULES, { kind: "reach", unreachable: facts.why });
    return end();
  }
  if ((await crashesInPlace(service, facts, job, crashes)) >= MAX_ATTEMPTS) {
    await tell(facts.rules, {
      kind: "run-failed",
      run: job.run,
      message: `It ended without a word ${MAX_ATTEMPTS} times, so it is put aside; \`/casebook retry\` tries again.`,
    });
    return end();
  }
  log.info("run begins", { ...ids, count: attempt });
  try {
    await research(service, facts, job, attempt, context, (event) => tell(facts.rules, event));
    await end();
    log.info("run ended", ids);
  } catch (error) {
    if (error instanceof LeaseLost) {
      log.info("run lost its lease", ids);
      // If nobody took it up, its place is free for another at once.
      return end();
    }
    // Stopped, or the process ends: whoever takes the run up begins a new attempt.
    if (context.signal.aborted) throw error;
    const failure = failureOf(error, service.now());
    if (failure === undefined) throw error;
    if (failure.kind === "later")
      throw new RetryLater(await secondsOf(service, job, failure), failure.message);
    log.warn("run failed", { ...ids, code: failure.code });
    await tell(facts.rules, { kind: "run-failed", run: job.run, message: failure.message });
    await end();
  }
}

/**
 * How often the run ended without a word since it last got anywhere. A machine that is restarted again and again still
 * gets to the end of a long run; a run that ends the process each time does not get further.
 */
async function crashesInPlace(
  { store }: Service,
  { github, repository, rules }: RepositoryFacts,
  { repository: id, issue, run }: RunJob,
  crashes: number,
): Promise<number> {
  if (crashes === 0) return 0;
  const of = { repository: id, issue };
  const investigation = await store.investigation(of);
  const name = branchFor(issue, rules.perPhase ? investigation?.wanted[0] : undefined);
  const place = `${run} ${(await github.branchHead(repository, name)) ?? "no branch"}`;
  const [before, since] = (await store.idempotencyRecords(of)).get("run-place")?.split("\n") ?? [];
  if (before === place) return crashes - Number(since);
  await store.saveIdempotencyRecord(of, "run-place", `${place}\n${crashes}`);
  return 0;
}

/**
 * Seconds until a run is tried again. Each try asks GitHub a dozen things: a model that is away for a night must not use up
 * the installation's requests, so the wait doubles until a phase ends. People see what is waited for.
 */
async function secondsOf(
  service: Service,
  job: RunJob,
  { seconds, isModel }: Extract<Failure, { kind: "later" }>,
): Promise<number> {
  if (!isModel) return seconds;
  const waited = Number((await service.store.idempotencyRecords(job)).get("model-wait") ?? 0);
  const next = Math.min(Math.max(seconds, waited * 2), LONGEST_WAIT);
  await service.store.saveIdempotencyRecord(job, "model-wait", String(next));
  await showStep(service, job, `no model answers; it is asked again in ${sayTime(next)}`);
  return next;
}

function sayTime(seconds: number): string {
  return seconds < 60 ? `${seconds} seconds` : `${Math.round(seconds / 60)} minutes`;
}

type Failure =
  | { readonly kind: "failed"; readonly code: string; readonly message: string }
  | {
      readonly kind: "later";
      readonly seconds: number;
      readonly message: string;
      /** It is a model that is waited for. */
      readonly isModel: boolean;
    };

/** What a person is told, or when to try again; undefined for what is a bug. */
function failureOf(error: unknown, now: number): Failure | undefined {
  if (error instanceof GitHubFailure) {
    const { code, message } = error;
    if (GITHUB_FAILURES[code].retry === "later")
      return { kind: "later", seconds: secondsUntil(error.retryAt, now), message, isModel: false };
    return { kind: "failed", code, message: `GitHub did not take it: ${message}` };
  }
  if (error instanceof RunFailure)
    return PASSING.has(error.code)
      ? {
          kind: "later",
          seconds: RETRY_SECONDS,
          message: error.message,
          isModel: error.code === "model-unavailable",
        }
      : { kind: "failed", code: error.code, message: `${error.message}.` };
  return undefined;
}

async function change(
  { store }: Service,
  job: IssueKey,
  event: InvestigationEvent,
  rules: Rules,
): Promise<Investigation | undefined> {
  const installation = (await store.repository(job.repository))?.installation;
  if (installation === undefined) return undefined;
  return store.change({ repository: job.repository, issue: job.issue, installation }, (current) =>
    current === undefined ? undefined : decide(current, event, rules),
  );
}

async function research(
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
  let isAsked = false;
  const github = guarded(facts.github, async () => {
    await guard();
    // Research takes minutes; who lost the right meanwhile gets nothing published.
    if (!isAsked) await refuseLostRights(service, facts, investigation);
    isAsked = true;
  });
  const publisher = await openPublisher(service, facts, github, mirror, {
    investigation,
    name: branchFor(job.issue, own),
    base,
    issueKey: issue.key,
    tell,
  });
  if (publisher === undefined) throw new LeaseLost("the branch");
  // Where no phase is worked nothing is read, and a comment that came since may be an answer.
  await tell({ kind: "run-started", run: job.run, base, ...(endedBy === undefined ? { readUpTo } : {}) });
  const gates = { investigation, issueTitle: answer.issue.title, phases: facts.phases, rules };
  await recordApprovals(publisher.publisher, gates);

  const limit = deadlineOf(config.limits.minutes);
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
          ...(investigation.at === undefined ? {} : { at: investigation.at }),
          ...(model === undefined ? {} : { model: model.research }),
        },
        {
          publisher: publisher.publisher,
          ...(model === undefined ? {} : { gateway: model.gateway }),
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
              // Before it is said that the phase ended: an attempt after this one does not work it again.
              if (publisher.documents !== undefined) await keepDocuments(service, job, publisher.documents());
              await tell({
                kind: "phase-finished",
                run: job.run,
                at: secondOf(service.now()),
                result: event.result,
              });
            }
          },
          onStep(step) {
            if (service.now() - steppedAt < STEP_SPACING) return;
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

/** Where this run publishes; undefined when a person's commit is in the way, which was told. */
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

/** Asked again when work begins: who lost the right to start, or left, gets nothing published. */
async function refuseLostRights(
  { app }: Service,
  { github, repository, rules }: RepositoryFacts,
  { startedBy }: Investigation,
): Promise<void> {
  const { bot } = await app.identity();
  // A new issue that starts by the repository's own configuration was started by nobody.
  if (startedBy === undefined || startedBy.id === bot.id) return;
  const permission = await github.permission(repository, startedBy.login);
  if (!hasAtLeast(permission, rules.start))
    throw new RunFailure(
      "no-permission",
      `Who started this has ${permission} now, and it needs ${rules.start}`,
    );
}

async function showStep(
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
