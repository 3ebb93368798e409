import { readMarker, withMarker } from "../github/report/marker.ts";
import { pullRequest } from "../github/report/pull-request.ts";
import { decide } from "../investigation/decide.ts";
import type { Investigation } from "../investigation/investigation.ts";
import { branchFor } from "../phases/names.ts";
import type { PullInfo } from "../github/github.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import { sendCheck } from "./check-head.ts";
import { recordRejection } from "./gate-specs.ts";
import { RunFailure } from "../failure.ts";
import { githubPublisher } from "./github-publisher.ts";
import { refuseLostRights } from "./research-run.ts";
import { readOurBranch } from "./our-branch.ts";
import { readingMirror } from "./renew-mirror.ts";
import { secondOf } from "./time.ts";
import { capOf, type SyncContext } from "./sync-context.ts";

/** Stages in which results are proposed; before, the branch may hold half of a run. */
const PROPOSING: ReadonlySet<string> = new Set([
  "done",
  "failed",
  "awaiting-approval",
  "awaiting-merge",
  "needs-info",
  "awaiting-choice",
  "stopped",
  "paused",
]);

/** A branch of ours that is on GitHub. */
interface Branch {
  readonly name: string;
  readonly head: string;
  /** The phase that has this branch for itself. */
  readonly phase?: string;
}

/**
 * One open pull request from each branch of ours that has results: found by its branch, made when there is none, its
 * text brought up to date. One that a person closed stays closed.
 */
export async function syncPulls(context: SyncContext): Promise<void> {
  const branches = await ourBranches(context);
  for (const branch of branches) {
    const pull = await openPull(context, branch);
    if (pull?.state !== "open") continue;
    await recordPull(context, pull);
    await requestCheck(context, branch);
  }
  if (context.investigation.stage === "rejected")
    await readingMirror(context.service, context.facts.repository, context.of, () =>
      recordInSpecs(context, branches),
    );
}

async function ourBranches({ facts, investigation, of }: SyncContext): Promise<readonly Branch[]> {
  const { github, repository, config, rules } = facts;
  if (config.destination === "comment" || investigation.runs + investigation.phases.length === 0) return [];
  const phases = rules.perPhase ? investigation.phases.map(({ type }) => type) : [];
  const found: Branch[] = [];
  for (const phase of [undefined, ...phases]) {
    const name = branchFor(of.issue, phase);
    const head = await github.branchHead(repository, name);
    if (head !== undefined) found.push({ name, head, ...(phase === undefined ? {} : { phase }) });
  }
  return found;
}

async function openPull(context: SyncContext, branch: Branch): Promise<PullInfo | undefined> {
  const { service, facts, github, investigation, issue } = context;
  const { repository } = facts;
  const { appId, bot } = await service.app.identity();
  const pulls = (await facts.github.pullsFrom(repository, branch.name)).filter(
    ({ isOwnBranch, author }) => isOwnBranch && author.id === bot.id,
  );
  const found = pulls.find(({ state }) => state === "open");
  const cap = capOf(context);
  const marker = { appId, kind: "pull", subject: String(issue.number) };
  const wanted = (): ReturnType<typeof pullRequest> => {
    const text = pullRequest({
      investigation,
      issue: { number: issue.number, title: issue.title },
      repository,
      rules: facts.rules,
      branch: branch.name,
      ...(branch.phase === undefined ? {} : { phase: branch.phase }),
      ...(cap === undefined ? {} : { cap }),
    });
    return { title: text.title, body: withMarker(text.body, marker) };
  };
  if (found !== undefined) {
    if (investigation.stage === "rejected" || investigation.stage === "gone") {
      await github.updatePull(repository, found.number, { state: "closed" });
      return { ...found, state: "closed" };
    }
    const { body, title } = wanted();
    // The title may be a person's by now and stays, but for the one word that a fix changes; our text is ours as long as our
    // marker is in it.
    const isOurText = readMarker(found.body)?.kind === marker.kind;
    const change = {
      ...(isOurText && found.body !== body ? { body } : {}),
      ...(found.title !== title && withoutKind(found.title) === withoutKind(title) ? { title } : {}),
    };
    if (Object.keys(change).length > 0) await github.updatePull(repository, found.number, change);
    return found;
  }
  const [newest] = pulls;
  const isAnswered =
    newest !== undefined && newest.number > (investigation.pullsOver ?? 0) && newest.state !== "open";
  // Merged or closed by a person: that is an answer. `retry` puts it behind us.
  if (isAnswered) return newest;
  if (!PROPOSING.has(investigation.stage) || !hasResults(investigation, branch)) return undefined;
  if (await isRightLost(context)) return undefined;
  try {
    const number = await github.createPull(repository, {
      head: branch.name,
      base: repository.defaultBranch,
      ...wanted(),
    });
    return await facts.github.pull(repository, number);
  } catch (error) {
    if (error instanceof GitHubFailure && error.code === "exists") {
      const [present] = await facts.github.pullsFrom(repository, branch.name);
      return present;
    }
    if (error instanceof GitHubFailure && error.code === "nothing-to-publish") return undefined;
    throw error;
  }
}

/** True when the person who started the research may not do so any more: nothing more is proposed for them. */
async function isRightLost({ service, facts, investigation, of }: SyncContext): Promise<boolean> {
  try {
    await refuseLostRights(service, facts, investigation);
    return false;
  } catch (error) {
    if (!(error instanceof RunFailure)) throw error;
    service.log.warn("no pull request: the right to start was lost", {
      investigation: `${of.repository}#${of.issue}`,
    });
    return true;
  }
}

/** `Research: #42 Lost writes (documents only)` and `fix: #42 Lost writes` are the same title. */
function withoutKind(title: string): string {
  return title.replace(/^(?:Research|fix): /, "").replace(/ \([a-z -]+ only\)$/, "");
}

function hasResults({ phases }: Investigation, { phase }: Branch): boolean {
  return phases.some(({ type, files = [] }) => files.length > 0 && (phase === undefined || type === phase));
}

async function recordPull({ service, facts, investigation, of }: SyncContext, pull: PullInfo): Promise<void> {
  if (investigation.pull?.number === pull.number && investigation.pull.state === pull.state) return;
  const installation = (await service.store.repository(of.repository))?.installation;
  if (installation === undefined) return;
  await service.store.change({ ...of, installation }, (current) =>
    current === undefined
      ? undefined
      : decide(current, { kind: "pull", number: pull.number, state: pull.state }, facts.rules),
  );
}

/** The check of a head is made once; its idempotency record says so. */
async function requestCheck(
  { service, idempotencyRecords, of }: SyncContext,
  { head }: Branch,
): Promise<void> {
  if (idempotencyRecords.has(`check:${head}`)) return;
  await sendCheck(service.store, of, head);
}

/** A rejection is written where its approval would be, before the branch rests. */
async function recordInSpecs(context: SyncContext, branches: readonly Branch[]): Promise<void> {
  const { service, facts, github, investigation, of, signal } = context;
  const { repository } = facts;
  if (branches.length === 0) return;
  const { bot } = await service.app.identity();
  const mirror = await service.research.openMirror(
    repository,
    await facts.github.readToken(repository),
    signal,
  );
  for (const { name, head } of branches) {
    const branch = await readOurBranch(facts.github, repository, mirror, {
      name,
      base: repository.defaultBranch,
      issueKey: String(of.issue),
      bot: bot.id,
    });
    if (branch.byPeople.length > 0) continue;
    await recordRejection(
      githubPublisher(github, repository, branch, head),
      { investigation, phases: facts.phases },
      secondOf(service.now()),
    );
  }
}
