import { LeaseLost } from "../failure.ts";
import { isSameLabel, requestLabels, labelChanges, STATE_LABELS } from "../investigation/label.ts";
import { decide } from "../investigation/decide.ts";
import type { Investigation, Stage } from "../investigation/investigation.ts";
import { reactionOf } from "../investigation/asks.ts";
import type { ReactionTarget } from "../github/github.ts";
import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import type { IssueKey, JobContext } from "../store/store.ts";
import { WITHHELD_CHECK } from "./check-head.ts";
import { repositoryFacts } from "./repository-facts.ts";
import { guarded, type Service } from "./service.ts";
import { keepInShadow, syncComment } from "./sync-comment.ts";
import { answerOf, isFinding } from "../github/report/answer.ts";
import { syncPulls } from "./sync-pulls.ts";
import type { SyncContext } from "./sync-context.ts";
import { sha256 } from "../text/hash.ts";

/**
 * Makes GitHub show what the investigation says: reactions, labels, the pull request with its check, the status comment.
 * It compares and writes only what differs, so it can be cut off anywhere and done again. What GitHub refuses for good
 * in one place does not keep the others from being right.
 */
export async function syncIssue(service: Service, of: IssueKey, { signal }: JobContext): Promise<void> {
  const { store, log } = service;
  const lease = await store.takeLease(`sync:${of.repository}#${of.issue}`);
  const installation = (await store.repository(of.repository))?.installation;
  if (installation === undefined) return;
  const facts = await repositoryFacts(service, { installation, repository: of.repository });
  const investigation = await store.investigation(of);
  if (facts.kind === "unreachable" || investigation === undefined || investigation.stage === "gone") return;
  const answer = await facts.github.issue(facts.repository, of.issue);
  if (answer.kind !== "issue") return;
  const github = guarded(service, facts.github, async () => {
    signal.throwIfAborted();
    if (!(await store.holdsLease(`sync:${of.repository}#${of.issue}`, lease)))
      throw new LeaseLost("the sync");
  });
  const context: SyncContext = {
    service,
    facts,
    github,
    investigation: await withSpent(service, investigation),
    issue: answer.issue,
    of: { repository: of.repository, issue: of.issue },
    idempotencyRecords: await store.idempotencyRecords(of),
    withheld: [],
    signal,
  };
  if (context.idempotencyRecords.get(WITHHELD_CHECK) !== undefined)
    context.withheld.push({ what: "the check", why: context.idempotencyRecords.get(WITHHELD_CHECK)! });
  const parts = facts.config.shadow ? IN_SHADOW : (await staysSilent(context)) ? SILENT : PARTS;
  for (const [what, put] of parts) {
    try {
      await put(context);
    } catch (error) {
      // A locked or full thread, a rule of the repository: the rest is still shown.
      if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
      if (error.code === "would-act") context.withheld.push({ what, why: error.message });
      log.warn(`could not show ${what}`, {
        investigation: `${of.repository}#${of.issue}`,
        code: error.code,
      });
      await store.saveIdempotencyRecord(
        of,
        `refused:${what}`,
        `${error.code}: ${error.message}`.slice(0, 500),
      );
    }
  }
  await store.saveIdempotencyRecord(of, "synced", versionOf(investigation));
}

/**
 * Phases say what they cost when they end; one that was stopped or failed never does, and its calls were paid for all the
 * same. While a run is under way it changes with each call, and the same state must give the same text.
 */
async function withSpent({ modelProvider }: Service, investigation: Investigation): Promise<Investigation> {
  if (modelProvider === undefined || investigation.run !== undefined) return investigation;
  const spent = Math.max(await modelProvider.spent(investigation), investigation.spent ?? 0);
  return spent === 0 ? investigation : { ...investigation, spent };
}

/** What was shown; another state of the investigation has another one. */
function versionOf(investigation: Investigation): string {
  return sha256(JSON.stringify(investigation));
}

const PARTS = [
  ["reactions", syncReactions],
  ["labels", syncLabels],
  ["the pull request", syncPulls],
  ["the status comment", syncComment],
] as const;

/** A command of somebody without the right has its answer at the command. */
const SILENT = PARTS.filter(([what]) => what === "reactions");
const IN_SHADOW = [["the comment of shadow mode", keepInShadow]] as const;

/**
 * Research that nobody asked for is worth a word when it is done and found something. A person's command, label or answer on the issue
 * ends the silence. What was written already is kept right.
 */
async function staysSilent({
  service,
  facts,
  investigation,
  of,
  idempotencyRecords,
}: SyncContext): Promise<boolean> {
  const { bot } = await service.app.identity();
  const { startedBy, asks, stage, answers } = investigation;
  if (
    startedBy?.id !== bot.id ||
    answers !== undefined ||
    asks.some(({ by, isReactionOnly }) => by.id !== bot.id && isReactionOnly !== true)
  )
    return false;
  if (idempotencyRecords.has("comment")) return false;
  if (!SPEAKING.has(stage) || !isFinding(answerOf(investigation))) return true;
  return !(await service.store.speakByItself(of, facts.config.limits.openedComments));
}

/** Stages in which the research has come to something. */
const SPEAKING: ReadonlySet<Stage> = new Set([
  "done",
  "awaiting-approval",
  "awaiting-merge",
  "awaiting-choice",
  "needs-info",
]);

/** Each comment with a request carries exactly one reaction of ours; which, its asks say. */
async function syncReactions({
  service,
  github,
  facts,
  investigation,
  issue,
  of,
  idempotencyRecords,
}: SyncContext): Promise<void> {
  // Nobody can react in a locked conversation.
  if (issue.locked) return;
  const comments = new Map<number | undefined, Investigation["asks"][number][]>();
  for (const ask of investigation.asks)
    // Labels and reviews have no place for a reaction.
    if (ask.comment === undefined ? ask.text.startsWith("/") : ask.comment > 0)
      comments.set(ask.comment, [...(comments.get(ask.comment) ?? []), ask]);
  for (const [comment, asks] of comments) {
    const wanted = reactionOf(asks);
    const name = `reaction:${comment ?? "issue"}`;
    if (wanted === undefined || idempotencyRecords.get(name) === wanted) continue;
    const target: ReactionTarget =
      comment === undefined ? { kind: "issue", number: issue.number } : { kind: "comment", id: comment };
    try {
      const present = await facts.github.ownReactions(facts.repository, target);
      if (!present.some(({ content }) => content === wanted))
        await github.addReaction(facts.repository, target, wanted);
      for (const { id, content } of present)
        if (content !== wanted) await github.removeReaction(facts.repository, target, id);
    } catch (error) {
      // The comment was removed, or its thread was locked meanwhile: there is no place to answer at.
      if (!(error instanceof GitHubFailure) || !["gone", "refused"].includes(error.code)) throw error;
    }
    await service.store.saveIdempotencyRecord(of, name, wanted);
  }
}

/** Exactly one state label, and no request label that was taken up. */
async function syncLabels({ service, github, facts, investigation, issue, of }: SyncContext): Promise<void> {
  const { add, remove } = labelChanges(issue.labels, investigation);
  const known = [...Object.values(STATE_LABELS), ...requestLabels(facts.rules.known.map(({ type }) => type))];
  for (const name of add) {
    const label = known.find((candidate) => isSameLabel(candidate.name, name));
    if (label !== undefined && (await service.store.note(`label:${of.repository}:${name}`)) === undefined) {
      await github.createLabel(facts.repository, label);
      await service.store.saveNote(`label:${of.repository}:${name}`, "created");
    }
  }
  if (add.length > 0) await github.addLabels(facts.repository, issue.number, add);
  for (const name of remove) await github.removeLabel(facts.repository, issue.number, name);
  const taken = investigation.labelsToRemove;
  if (taken.length === 0) return;
  const installation = (await service.store.repository(of.repository))?.installation;
  if (installation !== undefined)
    await service.store.change({ ...of, installation }, (current) =>
      current === undefined
        ? undefined
        : decide(current, { kind: "labels-removed", labels: taken }, facts.rules),
    );
}
