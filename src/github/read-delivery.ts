import { z } from "zod";
import { textDigest } from "../issue/text-digest.ts";
import { mayHoldCommand } from "../issue/command-lines.ts";
import type { WebhookEvent, Origin, Message, Sender } from "./webhook-event.ts";
import { type account, app, BODIES, type EventName, GHOST, type repository } from "./delivery-bodies.ts";

/** Who we are, as far as it is known: before GitHub was asked, only the App's number. */
export interface Self {
  readonly appId: number;
  readonly botId?: number;
}

const ISSUE_ACTIONS = new Set([
  "opened",
  "labeled",
  "unlabeled",
  "closed",
  "reopened",
  "locked",
  "unlocked",
  "deleted",
  "transferred",
]);
const PULL_ACTIONS = new Set(["opened", "closed", "reopened", "synchronize", "edited", "ready_for_review"]);
const REPOSITORY_ACTIONS = new Set([
  "renamed",
  "transferred",
  "archived",
  "unarchived",
  "deleted",
  "privatized",
  "publicized",
]);

/**
 * What a webhook means, from its name and its signed body alone. Our own acts come first and mean nothing: the bot never
 * answers itself. An action that is not known means nothing too, since GitHub adds new ones.
 */
export function readDelivery(event: string, payload: unknown, self: Self): WebhookEvent {
  if (!isEvent(event)) return { kind: "ignored", why: `the event ${event} is not one of ours` };
  if (isOwn(payload, self)) return { kind: "ignored", why: "our own act" };
  switch (event) {
    case "issues":
      return read(BODIES.issues, payload, readIssue);
    case "issue_comment":
      return read(BODIES.issue_comment, payload, readComment);
    case "pull_request":
      return read(BODIES.pull_request, payload, ({ action, pull_request, ...rest }) =>
        PULL_ACTIONS.has(action)
          ? {
              kind: "pull",
              place: placeOf(rest),
              number: pull_request.number,
              branch: pull_request.head.ref,
              sender: senderOf(rest.sender),
              approves: false,
            }
          : notOurs(action),
      );
    case "pull_request_review":
      return read(BODIES.pull_request_review, payload, readReview);
    case "push":
      return read(BODIES.push, payload, readPush);
    case "repository":
      return read(BODIES.repository, payload, ({ action, ...rest }) =>
        REPOSITORY_ACTIONS.has(action)
          ? { kind: "repository", place: placeOf(rest), action }
          : notOurs(action),
      );
    case "check_run":
      return read(BODIES.check_run, payload, ({ action, check_run, ...rest }) =>
        action === "rerequested" && check_run.app?.id === self.appId
          ? {
              kind: "rerequested",
              place: placeOf(rest),
              head: check_run.head_sha,
              sender: senderOf(rest.sender),
            }
          : notOurs(action),
      );
    case "installation":
      return read(BODIES.installation, payload, ({ action, installation }) =>
        installation.app_id !== self.appId
          ? { kind: "ignored", why: "the installation of another App" }
          : {
              kind: "installation",
              installation: installation.id,
              action:
                action === "created" || action === "deleted" || action === "suspend" || action === "unsuspend"
                  ? action
                  : "changed",
              removed: [],
            },
      );
    case "installation_repositories":
      return read(BODIES.installation_repositories, payload, ({ installation, repositories_removed }) => ({
        kind: "installation",
        installation: installation.id,
        action: "changed",
        removed: repositories_removed.map((removed) => removed.id),
      }));
  }
}

/** Compiled once: that takes longer than reading a delivery. */
const AUTHORSHIP = z.object({
  action: z.string().optional(),
  sender: z.object({ id: z.number() }).nullish(),
  comment: z.object({ performed_via_github_app: app }).nullish(),
});

/** True when the sender is our bot, or the text was written by our App. Looks at no more of the body than it must. */
function isOwn(payload: unknown, self: Self): boolean {
  const part = AUTHORSHIP.safeParse(payload);
  if (!part.success) return false;
  const { action, sender, comment } = part.data;
  if (self.botId !== undefined && sender?.id === self.botId) return true;
  // A person who edits or removes our comment is not us; the author of one that our App creates is.
  return action === "created" && comment?.performed_via_github_app?.id === self.appId;
}

function isEvent(name: string): name is EventName {
  return Object.hasOwn(BODIES, name);
}

function read<T>(schema: z.ZodType<T>, payload: unknown, then: (body: T) => WebhookEvent): WebhookEvent {
  const parsed = schema.safeParse(payload);
  if (parsed.success) return then(parsed.data);
  const [issue] = parsed.error.issues;
  return { kind: "malformed", why: `${issue?.path.join(".") ?? ""}: ${issue?.message ?? "unknown shape"}` };
}

function readIssue(body: z.infer<typeof BODIES.issues>): WebhookEvent {
  if (body.action === "edited") return { kind: "said", place: placeOf(body) };
  if (!ISSUE_ACTIONS.has(body.action)) return notOurs(body.action);
  if (body.action.endsWith("labeled") && !/^casebook[:/]/i.test(body.label?.name ?? ""))
    return { kind: "ignored", why: "a label that is not ours" };
  return {
    kind: "issue",
    place: placeOf(body),
    number: body.issue.number,
    isPull: body.issue.pull_request !== undefined,
    // A transfer opens an issue too: its words are still those of whoever wrote it, not of whoever moved it.
    sender: senderOf(
      body.action === "opened" ? body.issue.user : body.sender,
      body.issue.performed_via_github_app,
    ),
    ...(body.action === "opened"
      ? {
          message: {
            body: body.issue.body ?? "",
            at: body.issue.created_at,
            issueText: digestOf(body.issue),
          },
        }
      : {}),
    ...(body.action === "labeled" && body.label !== undefined ? { labelled: body.label.name } : {}),
  };
}

function readComment(body: z.infer<typeof BODIES.issue_comment>): WebhookEvent {
  // A removed comment stops nothing, and is not quoted any more.
  if (body.action === "deleted")
    return { kind: "comment-removed", place: placeOf(body), comment: body.comment.id };
  const { comment } = body;
  // An edit starts nothing.
  if (body.action === "edited" && comment.user?.type !== "Bot") return { kind: "said", place: placeOf(body) };
  if (body.action !== "created") return notOurs(body.action);
  const isPull = body.issue.pull_request !== undefined;
  const sender = senderOf(comment.user ?? body.sender, comment.performed_via_github_app);
  // Most comments are talk between people, and only in an issue can one of them answer what we asked. Bots never do.
  const hasNoCommand = !mayHoldCommand(comment.body ?? "");
  if (hasNoCommand && sender.isBot) return { kind: "ignored", why: "no command in it" };
  if (hasNoCommand && isPull) return { kind: "said", place: placeOf(body) };
  return {
    kind: "issue",
    place: placeOf(body),
    number: body.issue.number,
    isPull,
    sender,
    ...(hasNoCommand ? { hasNoCommand } : {}),
    message: {
      comment: comment.id,
      body: comment.body ?? "",
      at: comment.created_at,
      // Of a pull request the body holds its own text.
      ...(isPull ? {} : { issueText: digestOf(body.issue) }),
    },
  };
}

function digestOf({
  title,
  body,
}: {
  readonly title: string;
  readonly body?: string | null | undefined;
}): string {
  return textDigest({ title, body: body ?? "" });
}

function readReview(body: z.infer<typeof BODIES.pull_request_review>): WebhookEvent {
  if (body.action !== "submitted") return notOurs(body.action);
  const { review, pull_request } = body;
  // Reviews are numbered apart from comments: below zero they meet none.
  const message: Message = { comment: -review.id, body: review.body ?? "", at: review.submitted_at ?? "" };
  return {
    kind: "pull",
    place: placeOf(body),
    number: pull_request.number,
    branch: pull_request.head.ref,
    sender: senderOf(body.sender),
    message,
    approves: review.state.toLowerCase() === "approved",
  };
}

function readPush(body: z.infer<typeof BODIES.push>): WebhookEvent {
  const branch = /^refs\/heads\/(.{1,255})$/.exec(body.ref)?.[1];
  if (branch === undefined) return { kind: "ignored", why: "not a branch" };
  return {
    kind: "push",
    place: placeOf(body),
    branch,
    isDefault: branch === body.repository.default_branch,
    ...(body.deleted === true ? {} : { head: body.after }),
    sender: senderOf(body.sender),
  };
}

function placeOf(body: {
  readonly installation: { readonly id: number };
  readonly repository: z.infer<typeof repository>;
}): Origin {
  const { owner, id: number, name } = body.repository;
  return {
    installation: body.installation.id,
    repository: number,
    // `push` gives the owner's login in both; older bodies only in `name`.
    owner: owner.login ?? owner.name ?? "",
    name,
  };
}

function senderOf(given: z.infer<typeof account> | null | undefined, via?: z.infer<typeof app>): Sender {
  const { id: number, login, type } = given ?? GHOST;
  return {
    id: number,
    login,
    isBot: type === "Bot",
    ...(via === null || via === undefined ? {} : { appId: via.id }),
  };
}

function notOurs(action: string): WebhookEvent {
  return { kind: "ignored", why: `nothing follows from ${action.slice(0, 40)}` };
}
