import { LIMITS } from "../../text/github-limits.ts";
import { member, textOf } from "./api.ts";

export interface LimitedRequest {
  readonly method: string;
  /** `POST /repos/{owner}/{repo}/pulls`; `POST /graphql createCommitOnBranch`. */
  readonly route: string;
  /** Parts of the path by the names of the route, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Of the installation's token; undefined for people and for the App's own token, who have no rate here. */
  readonly installation: number | undefined;
  readonly isWrite: boolean;
}

export interface LimitResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

export interface LimitOptions {
  /** Refuse writes that come too fast: spacing, creations a minute and an hour. */
  readonly enforcePacing: boolean;
  readonly spacingMilliseconds?: number;
  /** GitHub answers one or the other when a rate is used up. */
  readonly limitedStatus?: 403 | 429;
  /** Other numbers, so that a test reaches a limit sooner. */
  readonly limits?: Partial<Readonly<Record<keyof typeof LIMITS, number>>>;
  /** Names of the labels that an issue has now; without it only the labels of one request are counted. */
  readonly labelsOf?: (repository: string, issue: number) => readonly string[];
}

export interface Limits {
  /** Counts a request. The answer that refuses it, or undefined when it may go on. */
  check(request: LimitedRequest): LimitResponse | undefined;
  /** `x-ratelimit-*` for an answer to that installation; nothing for others. */
  headers(installation: number | undefined): Record<string, string>;
  /** Counts a comment that was made, by whomever. `repository` as `owner/name`; deleting a comment gives nothing back. */
  noteComment(repository: string, issue: number): void;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** Requests sent a second apart can arrive a little closer. */
const NETWORK_JITTER = 100;

interface Account {
  /** The hour that is being counted. */
  windowEnd: number;
  used: number;
  lastWrite: number | undefined;
  /** When content was created in the last hour, oldest first. */
  creations: readonly number[];
}

/**
 * GitHub's limits as a front asks for them: lengths and counts of what is written, and rates by installation.
 * `clock` in milliseconds since 1970. The words of each refusal are GitHub's own as other projects quote them; the one
 * for 100 labels is not known and is ours.
 */
export function createLimits(options: LimitOptions, clock: () => number): Limits {
  const limits: Readonly<Record<keyof typeof LIMITS, number>> = { ...LIMITS, ...options.limits };
  const spacing = options.spacingMilliseconds ?? limits.writeSpacingMilliseconds - NETWORK_JITTER;
  const accounts = new Map<number, Account>();
  const comments = new Map<string, number>();

  const accountOf = (installation: number): Account => {
    const now = clock();
    const known = accounts.get(installation);
    const account = known ?? { windowEnd: now + HOUR, used: 0, lastWrite: undefined, creations: [] };
    if (known === undefined) accounts.set(installation, account);
    if (account.windowEnd <= now) {
      account.windowEnd = now + HOUR;
      account.used = 0;
    }
    return account;
  };

  const headersOf = (installation: number): Record<string, string> => {
    const { used, windowEnd } = accountOf(installation);
    return {
      "x-ratelimit-limit": String(limits.requestsPerHour),
      "x-ratelimit-remaining": String(Math.max(0, limits.requestsPerHour - used)),
      "x-ratelimit-used": String(Math.min(used, limits.requestsPerHour)),
      "x-ratelimit-reset": String(Math.ceil(windowEnd / 1_000)),
      "x-ratelimit-resource": "core",
    };
  };

  const checkRate = (request: LimitedRequest, installation: number): LimitResponse | undefined => {
    const account = accountOf(installation);
    if (account.used >= limits.requestsPerHour) {
      return {
        status: options.limitedStatus ?? 403,
        headers: headersOf(installation),
        body: refusal(
          `API rate limit exceeded for installation ID ${installation}.`,
          options.limitedStatus ?? 403,
        ),
      };
    }
    account.used++;
    if (!options.enforcePacing || !request.isWrite) return undefined;
    const now = clock();
    const wait = Math.max(
      account.lastWrite === undefined ? 0 : account.lastWrite + spacing - now,
      isCreation(request) ? waitForCreation(account.creations, now, limits) : 0,
    );
    if (wait > 0) {
      return {
        status: options.limitedStatus ?? 403,
        headers: { ...headersOf(installation), "retry-after": String(Math.ceil(wait / 1_000)) },
        body: refusal(
          "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
          options.limitedStatus ?? 403,
        ),
      };
    }
    account.lastWrite = now;
    if (isCreation(request)) {
      account.creations = [...account.creations.filter((at) => at > now - HOUR), now];
    }
    return undefined;
  };

  return {
    check(request) {
      const limited =
        request.installation === undefined ? undefined : checkRate(request, request.installation);
      if (limited !== undefined) return limited;
      const found = checkContent(request, { limits, comments, labelsOf: options.labelsOf });
      if (found === undefined) return undefined;
      const headers = request.installation === undefined ? {} : headersOf(request.installation);
      return { ...found, headers };
    },
    headers: (installation) => (installation === undefined ? {} : headersOf(installation)),
    noteComment(repository, issue) {
      const key = threadKey(repository, issue);
      comments.set(key, (comments.get(key) ?? 0) + 1);
    },
  };
}

/** What makes content: every POST of an installation and the commit through GraphQL (docs: secondary rate limits). */
function isCreation({ method, isWrite }: LimitedRequest): boolean {
  return isWrite && method === "POST";
}

/** Milliseconds until one more creation is allowed. */
function waitForCreation(
  creations: readonly number[],
  now: number,
  { creationsPerMinute, creationsPerHour }: Readonly<Record<keyof typeof LIMITS, number>>,
): number {
  const waitIn = (window: number, most: number): number => {
    const inWindow = creations.filter((at) => at > now - window);
    const first = inWindow[inWindow.length - most];
    return first === undefined ? 0 : first + window - now;
  };
  return Math.max(waitIn(MINUTE, creationsPerMinute), waitIn(HOUR, creationsPerHour));
}

interface ContentRules {
  readonly limits: Readonly<Record<keyof typeof LIMITS, number>>;
  readonly comments: ReadonlyMap<string, number>;
  readonly labelsOf: LimitOptions["labelsOf"];
}

type Refusal = Omit<LimitResponse, "headers">;

/** Lengths in UTF-16 units: never less than what GitHub counts in characters. */
function checkContent(
  { route, params, body }: LimitedRequest,
  { limits, comments, labelsOf }: ContentRules,
): Refusal | undefined {
  const repository = `${params["owner"] ?? ""}/${params["repo"] ?? ""}`;
  const issue = Number(params["issue_number"]);
  switch (route) {
    case "POST /repos/{owner}/{repo}/issues/{issue_number}/comments":
      if ((comments.get(threadKey(repository, issue)) ?? 0) >= limits.commentsPerIssue) {
        const most = limits.commentsPerIssue;
        return {
          status: 403,
          body: refusal(`Commenting is disabled on issues with more than ${most} comments`, 403),
        };
      }
      return checkComment(body, limits);
    case "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}":
      return checkComment(body, limits);
    case "POST /repos/{owner}/{repo}/issues":
      return checkThread("Issue", body, limits) ?? checkLabels([], textsOf(body, "labels"), limits);
    case "PATCH /repos/{owner}/{repo}/issues/{issue_number}":
      return checkThread("Issue", body, limits) ?? checkLabels([], textsOf(body, "labels"), limits);
    case "POST /repos/{owner}/{repo}/pulls":
    case "PATCH /repos/{owner}/{repo}/pulls/{pull_number}":
      return checkThread("PullRequest", body, limits);
    case "POST /repos/{owner}/{repo}/issues/{issue_number}/labels":
      return checkLabels(labelsOf?.(repository, issue) ?? [], textsOf(body, "labels"), limits);
    case "POST /repos/{owner}/{repo}/labels":
      return (
        checkLabels([], textsOf(body, "name"), limits) ??
        tooLong("Label", "description", textOf(body, "description"), limits.labelDescriptionCharacters)
      );
    case "POST /repos/{owner}/{repo}/check-runs":
    case "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}":
      return checkOutput(member(body, "output"), limits);
    default:
      return undefined;
  }
}

type Numbers = ContentRules["limits"];

function checkComment(body: unknown, { bodyCharacters }: Numbers): Refusal | undefined {
  if ((textOf(body, "body")?.length ?? 0) <= bodyCharacters) return undefined;
  return invalid({
    resource: "IssueComment",
    code: "unprocessable",
    field: "data",
    message: `Body is too long (maximum is ${bodyCharacters} characters)`,
  });
}

function checkThread(resource: string, body: unknown, limits: Numbers): Refusal | undefined {
  return (
    tooLong(resource, "title", textOf(body, "title"), limits.titleCharacters) ??
    tooLong(resource, "body", textOf(body, "body"), limits.bodyCharacters)
  );
}

/** Names are compared without case: the same label again is not one more. */
function checkLabels(
  present: readonly string[],
  added: readonly string[],
  { labelsPerIssue, labelNameCharacters }: Numbers,
): Refusal | undefined {
  const long = added.find((name) => name.length > labelNameCharacters);
  if (long !== undefined) return invalid({ value: long, resource: "Label", field: "name", code: "invalid" });
  if (new Set([...present, ...added].map((name) => name.toLowerCase())).size <= labelsPerIssue)
    return undefined;
  return invalid({
    resource: "Issue",
    code: "custom",
    field: "labels",
    message: `labels are too many (maximum is ${labelsPerIssue} labels)`,
  });
}

function checkOutput(output: unknown, limits: Numbers): Refusal | undefined {
  for (const name of ["summary", "text"]) {
    const length = textOf(output, name)?.length ?? 0;
    const most = limits.checkTextCharacters;
    if (length > most) {
      return badRequest(`Only ${most} characters are allowed; ${length} were supplied.`);
    }
  }
  const annotations = member(output, "annotations");
  const count = Array.isArray(annotations) ? annotations.length : 0;
  const most = limits.annotationsPerRequest;
  return count > most
    ? badRequest(`No more than ${most} items are allowed; ${count} were supplied.`)
    : undefined;
}

function tooLong(
  resource: string,
  field: string,
  text: string | undefined,
  most: number,
): Refusal | undefined {
  if ((text?.length ?? 0) <= most) return undefined;
  return invalid({
    resource,
    code: "custom",
    field,
    message: `${field} is too long (maximum is ${most} characters)`,
  });
}

function invalid(error: Readonly<Record<string, string>>): Refusal {
  return { status: 422, body: { ...refusal("Validation Failed", 422), errors: [error] } };
}

function badRequest(message: string): Refusal {
  return { status: 422, body: refusal(`Invalid request.\n\n${message}`, 422) };
}

function refusal(message: string, status: number): Readonly<Record<string, string>> {
  return { message, documentation_url: "https://docs.github.com/rest", status: String(status) };
}

function threadKey(repository: string, issue: number): string {
  return `${repository.toLowerCase()}#${issue}`;
}

/** Texts of a list, of objects with a name in a list, or the one text. */
function textsOf(value: unknown, name: string): readonly string[] {
  const found = Array.isArray(value) ? value : member(value, name);
  const list: readonly unknown[] = Array.isArray(found) ? found : [found];
  return list
    .map((one) => (typeof one === "string" ? one : textOf(one, "name")))
    .filter((one) => one !== undefined);
}
