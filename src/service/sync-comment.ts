import { RetryLater } from "../failure.ts";
import { readMarker, withMarker } from "../github/report/marker.ts";
import { saysNothing, statusComment } from "../github/report/status-comment.ts";
import { withheldComment } from "../github/report/withheld.ts";
import type { CommentInfo } from "../github/github.ts";
import { GitHubFailure } from "../github/github-failure.ts";
import type { SafeText } from "../text/safe-text.ts";
import { keptTexts } from "./kept-documents.ts";
import { SHADOW } from "./shadow.ts";
import { capOf, type SyncContext } from "./sync-context.ts";

/** The record of when GitHub was asked to make the comment. */
const ASKED = "comment-asked";

/**
 * The one status comment, edited in place. It is found by its number, else among our own comments by its marker; of
 * several the oldest stays. A marker in somebody else's comment means nothing. A text that is not published because it would do more
 * than show is replaced by a sentence that says so.
 */
export async function syncComment(context: SyncContext): Promise<void> {
  const { service, facts, github, investigation, issue, of, idempotencyRecords } = context;
  const { store } = service;
  const { appId, bot } = await service.app.identity();
  const marker = { appId, kind: "status", subject: String(issue.number) };
  const wanted = withMarker(textOf(context), marker);
  const known = idempotencyRecords.get("comment");
  if (known === undefined && saysNothing(investigation)) return;
  try {
    await put(wanted);
  } catch (error) {
    if (!(error instanceof GitHubFailure) || error.code !== "would-act") throw error;
    service.log.warn("could not show the status comment", {
      investigation: `${of.repository}#${of.issue}`,
      code: error.code,
    });
    await put(withMarker(withheldComment(error.message), marker));
  }

  async function put(body: SafeText): Promise<void> {
    const shown = idempotencyRecords.get("comment-body");
    if (known !== undefined && shown === body) return;
    if (known !== undefined) {
      const { editSpacing } = service.settings;
      const since = Math.max(0, service.now() - Number(idempotencyRecords.get("comment-at") ?? 0));
      const wait = editSpacing - since;
      // Only the phase that runs moved on: the edit can wait, so that a run does not use up the installation's writes.
      if (
        wait > 0 &&
        investigation.stage === "running" &&
        idempotencyRecords.get("comment-stage") === "running"
      ) {
        await store.send(
          { kind: "sync", ...of },
          { key: `${of.repository}#${of.issue}:later`, inSeconds: Math.ceil(wait / 1000) },
        );
        return;
      }
      try {
        await github.updateComment(facts.repository, Number(known), body);
        await remember(Number(known), body);
        return;
      } catch (error) {
        // Somebody removed it; what it says must still be somewhere.
        if (!(error instanceof GitHubFailure) || error.code !== "gone") throw error;
        await store.saveIdempotencyRecord(of, "comment", undefined);
      }
    }
    const isOurs = ({ author, body: text }: CommentInfo): boolean => {
      const found = author.id === bot.id ? readMarker(text) : undefined;
      return found?.appId === appId && found.kind === marker.kind && found.subject === marker.subject;
    };
    const [first, ...more] = (await facts.github.comments(facts.repository, issue.number)).filter(isOurs);
    for (const { id } of more) await github.deleteComment(facts.repository, id);
    if (first === undefined) {
      await create(body);
    } else {
      if (first.body !== body) await github.updateComment(facts.repository, first.id, body);
      await remember(first.id, body);
    }
  }

  /** A process that died may have made the comment a moment ago, and GitHub's lists may be behind: it is looked for once more. */
  async function create(body: SafeText): Promise<void> {
    const since = service.now() - Number(idempotencyRecords.get(ASKED) ?? Number.NEGATIVE_INFINITY);
    const wait = service.settings.listsBehind - since;
    // A clock that was set back makes nobody wait.
    if (since >= 0 && wait > 0)
      throw new RetryLater(Math.ceil(wait / 1000), "the comment may be there and not listed yet");
    await store.saveIdempotencyRecord(of, ASKED, String(service.now()));
    try {
      await remember(await github.createComment(facts.repository, issue.number, body), body);
    } catch (error) {
      // GitHub said that it did not make it.
      if (error instanceof GitHubFailure && error.code !== "unavailable")
        await store.saveIdempotencyRecord(of, ASKED, undefined);
      throw error;
    }
  }

  async function remember(id: number, body: SafeText): Promise<void> {
    await store.saveIdempotencyRecord(of, "comment", String(id));
    await store.saveIdempotencyRecord(of, "comment-body", body);
    await store.saveIdempotencyRecord(of, "comment-at", String(service.now()));
    await store.saveIdempotencyRecord(of, "comment-stage", investigation.stage);
  }
}

function textOf(context: SyncContext): SafeText {
  const { facts, investigation, of, idempotencyRecords, withheld } = context;
  const cap = capOf(context);
  // What was worked in shadow is on no branch, also after the mode has ended.
  const destination = idempotencyRecords.has(SHADOW) ? "comment" : facts.config.destination;
  return statusComment({
    investigation,
    repository: facts.repository,
    rules: facts.rules,
    destination,
    documents: destination === "comment" ? keptTexts(idempotencyRecords, of.issue) : new Map(),
    ...(idempotencyRecords.has("brief") ? { brief: idempotencyRecords.get("brief")! } : {}),
    ...(idempotencyRecords.has("step") ? { step: idempotencyRecords.get("step")! } : {}),
    ...(cap === undefined ? {} : { cap }),
    withheld,
  });
}

/** In shadow mode the comment is kept and nothing is written. */
export async function keepInShadow(context: SyncContext): Promise<void> {
  const { service, investigation, of } = context;
  if (!saysNothing(investigation)) await service.store.saveIdempotencyRecord(of, SHADOW, textOf(context));
}
