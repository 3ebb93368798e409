import { branchFor } from "../phases/names.ts";
import { LeaseLost, RetryLater, RunFailure } from "../failure.ts";
import { decide } from "../investigation/decide.ts";
import type { InvestigationEvent, Rules } from "../investigation/event.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { admitRuns, MAX_ATTEMPTS, type Service } from "./service.ts";
import { NO_RULES, type RepositoryFacts, repositoryFacts } from "./repository-facts.ts";
import { renewsMirror } from "./renew-mirror.ts";
import { RETRY_SECONDS, secondsUntil } from "./time.ts";
import { type RunJob, research, showStep } from "./research-run.ts";

/** Seconds that a run waits for a model at most before it asks again. */
const LONGEST_WAIT = 600;
/** Failures of a run that may pass: the run is tried again, and nothing is said. */
const PASSING: ReadonlySet<string> = new Set([
  "repository-unreachable",
  "busy",
  "no-space",
  "model-unavailable",
]);

/**
 * One run: researches the wanted phases up to the first gate and publishes each as it ends. Everything that it says and
 * writes is bound to its attempt: a run that was stopped, or taken up by somebody else, writes nothing any more. Doing it
 * again from any point leads to the same branch.
 */
export async function handleRun(service: Service, job: RunJob, context: JobContext): Promise<void> {
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
  if ((await crashesWithoutProgress(service, facts, job, crashes)) >= MAX_ATTEMPTS) {
    await tell(facts.rules, {
      kind: "run-failed",
      run: job.run,
      message: `The run crashed ${MAX_ATTEMPTS} times and was stopped; \`/casebook retry\` starts it again.`,
    });
    return end();
  }
  log.info("run starts", { ...ids, count: attempt });
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
    // Stopped, or the process ends: the next worker starts a new attempt.
    if (context.signal.aborted) throw error;
    const failure = failureOf(error, service.now());
    if (failure === undefined) throw error;
    if (await renewsMirror(service, facts.repository, job, job.run, error))
      throw new RetryLater(RETRY_SECONDS, failure.message);
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
async function crashesWithoutProgress(
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
  await showStep(service, job, `no model answers; the next try is in ${formatDuration(next)}`);
  return next;
}

function formatDuration(seconds: number): string {
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

/** The message for people, or when to retry; undefined for a bug. */
export function failureOf(error: unknown, now: number): Failure | undefined {
  if (error instanceof GitHubFailure) {
    const { code, message } = error;
    if (GITHUB_FAILURES[code].retry === "later")
      return { kind: "later", seconds: secondsUntil(error.retryAt, now), message, isModel: false };
    const said = code === "would-act" ? "Casebook did not publish its own text" : "GitHub refused it";
    return { kind: "failed", code, message: `${said}: ${message}` };
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

export async function change(
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
