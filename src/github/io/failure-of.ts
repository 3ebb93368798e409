import { z } from "zod";
import { GitHubFailure, type GitHubFailureCode } from "../github-failure.ts";
import type { ApiResponse } from "./api-response.ts";

/** GitHub's message beside a status, or in the errors of GraphQL. */
interface Words {
  /** The whole message in one line. */
  readonly text: string;
  /** Codes of validation (`already_exists`), types of GraphQL (`STALE_DATA`). */
  readonly codes: readonly string[];
}

/** The failure that a response means; undefined for a success or a redirect. */
export function failureOf(route: string, answer: ApiResponse, now: number): GitHubFailure | undefined {
  const isRefusedInside = route === "POST /graphql" && answer.status === 200 && hasErrors(answer.data);
  if (answer.status < 400 && !isRefusedInside) return undefined;
  const words = wordsOf(answer.data);
  const code = isRefusedInside ? codeOfGraphql(answer, words) : codeOf(answer, words);
  const needed = answer.headers["x-accepted-github-permissions"];
  const status = isRefusedInside ? "GraphQL" : String(answer.status);
  const message = [
    `${route}: ${status} ${words.text.slice(0, MAX_WORDS)}`,
    ...(code === "refused" && needed !== undefined
      ? [`needs the permission ${needed.slice(0, MAX_WORDS)}`]
      : []),
  ].join("; ");
  return new GitHubFailure(code, message, code === "limited" ? { retryAt: retryAt(answer, now) } : {});
}

const MAX_WORDS = 300;

function codeOf(answer: ApiResponse, words: Words): GitHubFailureCode {
  const { status } = answer;
  const says = (...parts: readonly string[]): boolean => saysOneOf(words, parts);
  if (status >= 500) return "unavailable";
  if (status === 429) return "limited";
  switch (status) {
    case 401:
      return "unauthorised";
    case 403:
      if (isLimit(answer, words)) return "limited";
      if (says("suspended")) return "suspended";
      if (says("commenting is disabled on issues with more than")) return "thread-full";
      if (says("rule violations", "protected branch")) return "rule-violated";
      return "refused";
    case 404:
    case 410:
      return "gone";
    case 408:
      return "unavailable";
    case 451:
      return "refused";
    case 409:
    case 422:
      return codeOfConflict(words);
    default:
      return "invalid";
  }
}

/** Only the message distinguishes the cases of 409 and 422. */
function codeOfConflict(words: Words): GitHubFailureCode {
  for (const [code, parts] of CONFLICTS) if (saysOneOf(words, parts)) return code;
  return words.codes.includes("already_exists") ? "exists" : "invalid";
}

const CONFLICTS: readonly (readonly [GitHubFailureCode, readonly string[]])[] = [
  ["rule-violated", ["rule violations", "protected branch", "protected ref"]],
  ["exists", ["a pull request already exists", "reference already exists"]],
  ["nothing-to-publish", ["no commits between"]],
  ["head-moved", ["expected branch to point to", "but expected", "update is not a fast forward"]],
  ["thread-full", ["commenting is disabled on issues with more than"]],
  [
    "gone",
    [
      "reference does not exist",
      "no commit found for sha",
      "object does not exist",
      "git repository is empty",
      // The installation has no access to the repository of the token.
      "not accessible to the parent installation",
      "not accessible to this installation",
    ],
  ],
  ["refused", ["permissions requested are not granted", "issue is locked"]],
];

function codeOfGraphql(answer: ApiResponse, words: Words): GitHubFailureCode {
  const has = (...types: readonly string[]): boolean => types.some((type) => words.codes.includes(type));
  if (has("RATE_LIMITED") || isLimit(answer, words)) return "limited";
  if (has("STALE_DATA")) return "head-moved";
  if (has("NOT_FOUND")) return "gone";
  if (has("FORBIDDEN", "INSUFFICIENT_SCOPES")) return "refused";
  if (has("SERVICE_UNAVAILABLE", "INTERNAL", "LOADING")) return "unavailable";
  // GraphQL gives its internal errors no type.
  if (saysOneOf(words, ["something went wrong", "timeout", "timed out"])) return "unavailable";
  return codeOfConflict(words);
}

function isLimit({ headers }: ApiResponse, words: Words): boolean {
  if (headers["retry-after"] !== undefined || headers["x-ratelimit-remaining"] === "0") return true;
  return saysOneOf(words, ["rate limit", "abuse detection"]);
}

/** The time of the next try, read in GitHub's order of precedence; a minute from now without a header. */
function retryAt({ headers }: ApiResponse, now: number): number {
  const after = Number(headers["retry-after"] ?? Number.NaN);
  if (after >= 0) return now + bounded(after * 1000);
  const reset = Number(headers["x-ratelimit-reset"] ?? Number.NaN) * 1000;
  if (headers["x-ratelimit-remaining"] === "0" && reset > 0) return now + bounded(reset - now);
  return now + MINUTE;
}

const MINUTE = 60_000;

/** At least a second, and at most GitHub's longest limit. */
function bounded(milliseconds: number): number {
  return Math.min(Math.max(milliseconds, 1_000), 60 * MINUTE + 1_000);
}

function saysOneOf({ text }: Words, parts: readonly string[]): boolean {
  const small = text.toLowerCase();
  return parts.some((part) => small.includes(part));
}

const ERROR = z.union([
  z.string(),
  z.object({
    message: z.string().optional(),
    code: z.string().optional(),
    type: z.string().optional(),
    field: z.string().optional(),
  }),
]);
const REFUSAL = z.object({
  message: z.string().catch(""),
  errors: z.array(ERROR).catch([]),
});

function wordsOf(data: unknown): Words {
  const { message, errors } = REFUSAL.catch({ message: "", errors: [] }).parse(data);
  const said = errors.map((error) =>
    typeof error === "string" ? error : [error.field, error.code, error.message].filter(Boolean).join(" "),
  );
  return {
    text: [message, ...said].join(" ").slice(0, 2_000).replaceAll(/\s+/g, " ").trim(),
    codes: errors
      .flatMap((error) => (typeof error === "string" ? [] : [error.code, error.type]))
      .filter((code) => code !== undefined),
  };
}

function hasErrors(data: unknown): boolean {
  if (typeof data !== "object" || data === null || !("errors" in data)) return false;
  return Array.isArray(data.errors) && data.errors.length > 0;
}

/** GitHub gave no token, so no request was sent and the state is unknown. */
export class NoToken extends GitHubFailure {
  constructor({ code, message, retryAt }: GitHubFailure) {
    super(code, message, retryAt === undefined ? {} : { retryAt });
    this.name = "GitHubFailure";
  }
}

/** The result of `work`; undefined when it fails with this code, which then means that nothing is left to do. */
export async function tolerate<T>(code: GitHubFailureCode, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GitHubFailure && error.code === code && !(error instanceof NoToken))
      return undefined;
    throw error;
  }
}
