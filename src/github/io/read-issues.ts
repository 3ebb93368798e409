import { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";
import type { Account, GitHub, IssueAnswer, RepositoryName, TrackerList } from "../github.ts";
import { ACCOUNT, COMMENT, ISSUE, REPOSITORY } from "./response-schemas.ts";
import { numberIn } from "./client.ts";
import { type InstallationContext, reading } from "./installation-context.ts";
import type { TrackedComment, TrackerCursor } from "../../store/store.ts";
import { type TrackedIssue, trackedIssue } from "../../issue/parse-tracker.ts";
import { commentsOfJson } from "../../issue/parse-issue-input.ts";
import { type ApiResponse, parseResponse } from "./api-response.ts";
import { readRepository } from "./read-repository.ts";
import { tolerate } from "./failure-of.ts";

export type IssueReads = Pick<
  GitHub,
  | "issue"
  | "comments"
  | "comment"
  | "closedBy"
  | "issuesLabelled"
  | "issuesChangedSince"
  | "trackerIssues"
  | "trackerComments"
  | "labelledBy"
  | "ownIssues"
  | "ownReactions"
>;

const ISSUES = z.array(ISSUE);
const COMMENTS = z.array(COMMENT);
const REACTIONS = z.array(
  z.object({ id: z.int(), content: z.string(), user: z.object({ id: z.int() }).nullish() }),
);
const EVENTS = z.array(
  z.object({
    event: z.string(),
    actor: ACCOUNT.nullish(),
    label: z.object({ name: z.string() }).nullish(),
  }),
);

const OID = z.string().regex(/^[0-9a-f]{40}$/);
const OF_REPOSITORY = z.object({ databaseId: z.int() });
const CLOSER = z.union([
  z.object({ __typename: z.literal("Commit"), oid: OID, repository: OF_REPOSITORY }),
  z.object({
    __typename: z.literal("PullRequest"),
    number: z.int(),
    repository: OF_REPOSITORY,
    mergeCommit: z
      .object({ oid: OID, messageHeadline: z.string(), parents: z.object({ totalCount: z.int() }) })
      .nullable(),
    commits: z.object({
      totalCount: z.int(),
      nodes: z.array(z.object({ commit: z.object({ messageHeadline: z.string() }) })),
    }),
  }),
  z.object({ __typename: z.string() }),
]);
const CLOSED = z.object({
  data: z.object({
    repository: z
      .object({
        issue: z
          .object({
            state: z.string(),
            timelineItems: z.object({ nodes: z.array(z.object({ closer: CLOSER.nullish() })) }),
          })
          .nullable(),
      })
      .nullable(),
  }),
});

/** Items of a list that is in the order of their changes. The rest of each is read by who reads exports of trackers. */
const CHANGED_ISSUES = z.array(z.looseObject({ updated_at: z.string(), user: ACCOUNT.nullish() }));
const CHANGED_COMMENTS = z.array(
  z.looseObject({ updated_at: z.string(), id: z.int(), issue_url: z.string() }),
);
/** Characters of a comment that are kept. */
const MAX_COMMENT = 20_000;

function parametersOf({ since, page }: TrackerCursor): Readonly<Record<string, unknown>> {
  return { sort: "updated", direction: "asc", page, ...(since === undefined ? {} : { since }) };
}

function listOf<T>(
  changed: readonly { readonly updated_at: string }[],
  { headers }: ApiResponse,
  items: readonly T[],
): TrackerList<T> {
  const isLast = !(headers["link"] ?? "").includes('rel="next"');
  return { items, changedAt: changed.at(-1)?.updated_at, isLast };
}

/** Issues, their comments, labels and reactions. */
export function readIssues(context: InstallationContext): IssueReads {
  const { identity } = context;
  const { read, readHere, list, page, query } = reading(context);
  const { repository: current } = readRepository(context);
  return {
    async issue(repository, number) {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}";
      const ask = async (name: RepositoryName): Promise<IssueAnswer | { readonly location: string }> => {
        const answer = await tolerate("gone", readHere(name, route, { issue_number: number }));
        if (answer === undefined) return { kind: "deleted" };
        if (answer.status !== 200) return { location: answer.headers["location"] ?? "" };
        return { kind: "issue", issue: parseResponse(ISSUE, answer, route) };
      };
      const first = await ask(repository);
      if ("kind" in first) return first;
      const to = numberIn(first.location);
      if (to !== undefined && to !== repository.id) return transferred(context, first.location);
      // The repository has a new name; if that one redirects, too, the issue moved.
      const second = await ask(await current(repository.id));
      if ("kind" in second) return second;
      if (numberIn(second.location) === repository.id)
        throw new GitHubFailure(
          "unavailable",
          `${route}: GitHub does not know the repository's new name everywhere yet`,
        );
      return transferred(context, second.location);
    },

    comments(repository, issue, since) {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const parameters = { issue_number: issue, ...(since === undefined ? {} : { since }) };
      return list(repository, route, parameters, (page) => parseResponse(COMMENTS, page, route));
    },

    async comment(repository, id) {
      const route = "GET /repos/{owner}/{repo}/issues/comments/{comment_id}";
      const answer = await tolerate("gone", read(repository, route, { comment_id: id }));
      return answer === undefined ? undefined : parseResponse(COMMENT, answer, route);
    },

    async closedBy(repository, issue) {
      const route = "POST /graphql";
      const answer = await tolerate("gone", query(repository, issue));
      const found = answer && parseResponse(CLOSED, answer, route).data.repository?.issue;
      const closer = found?.timelineItems.nodes.at(-1)?.closer;
      if (found?.state !== "CLOSED" || closer === undefined || closer === null) return undefined;
      if (!("repository" in closer) || closer.repository.databaseId !== repository.id) return undefined;
      if (closer.__typename === "Commit") return { commit: closer.oid };
      const { number: pull, mergeCommit, commits } = closer;
      return mergeCommit === null || isRebased(mergeCommit, commits)
        ? undefined
        : { commit: mergeCommit.oid, pull };
    },

    async issuesLabelled(repository, label) {
      const route = "GET /repos/{owner}/{repo}/issues";
      const issues = await list(repository, route, { labels: label, state: "open" }, (page) =>
        parseResponse(ISSUES, page, route),
      );
      return issues.filter(({ isPullRequest }) => !isPullRequest).map(({ number }) => number);
    },

    async issuesChangedSince(repository, since) {
      const route = "GET /repos/{owner}/{repo}/issues";
      const parameters = { since, state: "open", sort: "updated", direction: "asc" };
      const issues = await list(repository, route, parameters, (page) => parseResponse(ISSUES, page, route));
      return issues
        .filter(({ isPullRequest }) => !isPullRequest)
        .map(({ number, labels }) => ({ number, labels }));
    },

    async trackerIssues(repository, from) {
      const route = "GET /repos/{owner}/{repo}/issues";
      const { bot } = await identity();
      const answer = await page(repository, route, { ...parametersOf(from), state: "all" });
      const changed = parseResponse(CHANGED_ISSUES, answer, route);
      const items = changed.flatMap((entry): readonly TrackedIssue[] => {
        const issue = entry.user?.id === bot.id ? undefined : trackedIssue(entry);
        if (issue === undefined) return [];
        // Its address holds the repository's name of today.
        const { url: _, ...kept } = issue;
        return [{ ...kept, comments: [] }];
      });
      return listOf(changed, answer, items);
    },

    async trackerComments(repository, from) {
      const route = "GET /repos/{owner}/{repo}/issues/comments";
      const answer = await page(repository, route, parametersOf(from));
      const changed = parseResponse(CHANGED_COMMENTS, answer, route);
      const items = changed.flatMap((entry): readonly TrackedComment[] => {
        const issue = Number(/\/issues\/(\d{1,10})$/.exec(entry.issue_url)?.[1]);
        if (!(issue > 0)) return [];
        const [comment] = commentsOfJson([entry]);
        const kept = comment && { ...comment, body: comment.body.slice(0, MAX_COMMENT) };
        return [{ id: entry.id, issue, comment: kept }];
      });
      return listOf(changed, answer, items);
    },

    async labelledBy(repository, issue, label) {
      const route = "GET /repos/{owner}/{repo}/issues/{issue_number}/events";
      const events = await list(repository, route, { issue_number: issue }, (page) =>
        parseResponse(EVENTS, page, route),
      );
      const last = events.findLast(
        (event) => event.event === "labeled" && event.label?.name.toLowerCase() === label.toLowerCase(),
      );
      const actor: Account | null | undefined = last?.actor;
      return actor ?? undefined;
    },

    async ownIssues(repository) {
      const route = "GET /repos/{owner}/{repo}/issues";
      const { bot } = await identity();
      const parameters = { creator: bot.login, state: "all", sort: "created", direction: "asc" };
      const issues = await list(repository, route, parameters, (page) => parseResponse(ISSUES, page, route));
      return issues
        .filter(({ isPullRequest, author }) => !isPullRequest && author.id === bot.id)
        .map(({ number, state, body }) => ({ number, state, body }));
    },

    async ownReactions(repository, target) {
      const { bot } = await identity();
      const [route, parameters] =
        target.kind === "comment"
          ? ([
              "GET /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
              { comment_id: target.id },
            ] as const)
          : ([
              "GET /repos/{owner}/{repo}/issues/{issue_number}/reactions",
              { issue_number: target.number },
            ] as const);
      const reactions = await list(repository, route, parameters, (page) =>
        parseResponse(REACTIONS, page, route),
      );
      return reactions.filter(({ user }) => user?.id === bot.id).map(({ id, content }) => ({ id, content }));
    },
  };
}

/** The last of several commits has no second parent and keeps its message; a squashed one gets a message of its own. */
function isRebased(
  {
    messageHeadline,
    parents,
  }: { readonly messageHeadline: string; readonly parents: { readonly totalCount: number } },
  commits: {
    readonly totalCount: number;
    readonly nodes: readonly { readonly commit: { readonly messageHeadline: string } }[];
  },
): boolean {
  return (
    commits.totalCount > 1 &&
    parents.totalCount === 1 &&
    commits.nodes.at(-1)?.commit.messageHeadline === messageHeadline
  );
}

/** The page of the issue in its new repository; GitHub's API address when the App may not see that repository. */
async function transferred(
  { client, installation }: InstallationContext,
  location: string,
): Promise<IssueAnswer> {
  const repository = numberIn(location);
  if (repository === undefined) return { kind: "transferred", to: location };
  const number = /\/issues\/(\d{1,15})(?:\/|\?|$)/.exec(location)?.[1] ?? "";
  const route = "GET /repositories/{repository_id}";
  try {
    const answer = await client.ask({
      route,
      parameters: { repository_id: repository },
      rights: { installation, purpose: "list" },
    });
    const { webUrl } = parseResponse(REPOSITORY, answer, route);
    return { kind: "transferred", to: `${webUrl}/issues/${number}` };
  } catch (error) {
    if (!(error instanceof GitHubFailure) || !["gone", "refused"].includes(error.code)) throw error;
    return { kind: "transferred", to: location };
  }
}
