import PQueue from "p-queue";
import { pageProblems, plainProblems, problemWords } from "../../text/page-problems.ts";
import { GitHubFailure } from "../github-failure.ts";
import type { WriteName } from "../github.ts";
import type { Client } from "./client.ts";
import type { RateLimiter } from "./rate-limiter.ts";
import type { TokenScope } from "./tokens.ts";
import type { ApiResponse } from "./api-response.ts";

interface WriteRequest {
  /** Undefined: the App itself. */
  readonly repository?: {
    readonly installation: number;
    readonly id: number;
    /** Its pages; a text may link to them and to nothing else. */
    readonly webUrl?: string;
  };
  readonly route: `${"POST" | "PATCH" | "DELETE"} /${string}`;
  readonly parameters: Readonly<Record<string, unknown>>;
}

/** One outside effect. A request that does not belong to the effect `name` is refused. */
export type Write = (name: WriteName, request: WriteRequest) => Promise<ApiResponse>;

/** The requests of each effect. */
const ROUTES = {
  redeliver: ["POST /app/hook/deliveries/{delivery_id}/attempts"],
  createLabel: ["POST /repos/{owner}/{repo}/labels"],
  addLabels: ["POST /repos/{owner}/{repo}/issues/{issue_number}/labels"],
  removeLabel: ["DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}"],
  addReaction: [
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions",
  ],
  removeReaction: [
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
    "DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}",
  ],
  createComment: ["POST /repos/{owner}/{repo}/issues/{issue_number}/comments"],
  updateComment: ["PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}"],
  deleteComment: ["DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}"],
  createBranch: ["POST /repos/{owner}/{repo}/git/refs"],
  deleteBranch: ["DELETE /repos/{owner}/{repo}/git/refs/{ref}"],
  commit: ["POST /graphql"],
  createPull: ["POST /repos/{owner}/{repo}/pulls"],
  updatePull: ["PATCH /repos/{owner}/{repo}/pulls/{pull_number}"],
  // Annotations that do not fit into the first request are added by updates.
  createCheckRun: [
    "POST /repos/{owner}/{repo}/check-runs",
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  ],
  updateCheckRun: ["PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}"],
  createIssue: ["POST /repos/{owner}/{repo}/issues"],
  updateIssue: ["PATCH /repos/{owner}/{repo}/issues/{issue_number}"],
} as const satisfies Readonly<Record<WriteName, readonly WriteRequest["route"][]>>;

/**
 * The only way to change anything on GitHub. In this process one write of an installation runs at a time. When GitHub
 * says to wait, the rate limiter holds every writer before the failure is thrown. A text that would do more than show on a page is
 * refused with `would-act`, and nothing is sent.
 */
export function createWrite(client: Client, rateLimiter: RateLimiter): Write {
  const inTurn = turns(rateLimiter);
  return async (name, { repository, route, parameters }) => {
    const allowed: readonly string[] = ROUTES[name];
    if (!allowed.includes(route)) throw new GitHubFailure("invalid", `${route} is no request of ${name}`);
    refuseActing(parameters, repository?.webUrl);
    const installation = repository?.installation ?? 0;
    const rights: "app" | TokenScope =
      repository === undefined ? "app" : { installation, repository: repository.id, purpose: "write" };
    return inTurn(installation, () => client.change({ route, parameters, rights }));
  };
}

/** Lets writes of an installation happen one after the other, each when the rate limiter gives it its turn. */
export function turns(
  rateLimiter: RateLimiter,
): <T>(installation: number, write: () => Promise<T>) => Promise<T> {
  const queues = new Map<number, PQueue>();
  return async (installation, write) => {
    const queue = queues.get(installation) ?? new PQueue({ concurrency: 1 });
    queues.set(installation, queue);
    return queue.add(async () => {
      await rateLimiter.turn(installation);
      return holding(rateLimiter, installation, write);
    });
  };
}

/** What a request can say, by where it is. */
interface Texts {
  readonly title?: unknown;
  readonly body?: unknown;
  readonly output?: {
    readonly title?: unknown;
    readonly summary?: unknown;
    readonly annotations?: readonly { readonly message?: unknown }[];
  };
  readonly variables?: {
    readonly input?: { readonly message?: { readonly headline?: unknown; readonly body?: unknown } };
  };
}

/** The title of a fix names its issue so that tools that count versions read it; merging the fix ends that issue. */
const FIX_TITLE = /^fix: #\d+ /;

/** The last look at the words of a request. Throws GitHubFailure `would-act`. */
function refuseActing(parameters: WriteRequest["parameters"], webUrl: string | undefined): void {
  const { title, body, output, variables } = parameters as Texts;
  const message = variables?.input?.message;
  const pages = [
    body,
    output?.summary,
    ...(output?.annotations ?? []).map((annotation) => annotation.message),
  ].filter((text) => typeof text === "string");
  const lines = [
    typeof title === "string" ? title.replace(FIX_TITLE, "") : undefined,
    output?.title,
    message?.headline,
    message?.body,
  ].filter((text) => typeof text === "string");
  const [first] = [
    ...pages.flatMap((text) => pageProblems(text, { webUrl, isComment: true })),
    ...lines.flatMap((text) => plainProblems(text)),
  ];
  if (first !== undefined) throw new GitHubFailure("would-act", problemWords(first));
}

/** Holds every writer when GitHub says to wait. Reads count into the same limits. */
export async function holding<T>(
  rateLimiter: RateLimiter,
  installation: number,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof GitHubFailure && error.retryAt !== undefined)
      await rateLimiter.hold(installation, error.retryAt);
    throw error;
  }
}
