import { z } from "zod";
import { RunFailure } from "../failure.ts";

/** An issue's page on GitHub, a comment in it included. */
const ADDRESS =
  /^https?:\/\/([\w.-]+(?::\d{1,5})?)\/([\w.-]{1,100})\/([\w.-]{1,100})\/issues\/([1-9]\d{0,9})\/?(?:[?#].*)?$/i;
export const API = "https://api.github.com";
/** 1,000 comments; longer threads are cut. */
const MAX_PAGES = 10;
const TIMEOUT = 30_000;

const account = z.object({ login: z.string(), type: z.string().nullish() }).nullish();
const issueSchema = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullish(),
  html_url: z.string(),
  user: account,
  pull_request: z.unknown().optional(),
  state: z.string().nullish(),
  created_at: z.string().nullish(),
});
const commentSchema = z.object({
  body: z.string().nullish(),
  user: account,
  author_association: z.string().nullish(),
  created_at: z.string().nullish(),
  minimized: z.object({}).nullish(),
});

export interface FetchOptions {
  /** `GITHUB_API_URL`: for GitHub Enterprise Server. */
  readonly apiUrl: string | undefined;
  readonly signal: AbortSignal;
}

interface Place {
  readonly owner: string;
  readonly name: string;
  readonly number: string;
}

/**
 * A public issue with its comments, as JSON for `parseIssueInput`. Uses no key. Throws RunFailure `usage` for an address
 * that is no issue of GitHub, else `issue-unreachable`.
 */
export async function fetchIssue(address: string, { apiUrl, signal }: FetchOptions): Promise<string> {
  const { host, ...place } = placeOf(address);
  if (apiUrl === undefined && !/^(?:www\.)?github\.com$/i.test(host))
    throw new RunFailure(
      "usage",
      `Casebook reads issues from github.com; for GitHub Enterprise Server set GITHUB_API_URL to https://${host}/api/v3`,
    );
  const api = (apiUrl ?? API).replace(/\/+$/, "");
  const repository = `${api}/repos/${place.owner}/${place.name}`;
  const ask = (url: string): Promise<Response> => send(url, signal);
  const answer = await ask(`${repository}/issues/${place.number}`);
  if (answer.status === 404) throw await missing(place, ask(repository));
  const issue = await readAnswer(answer, issueSchema, place);
  if (issue.pull_request !== undefined && issue.pull_request !== null)
    throw new RunFailure("usage", `${nameOf(place)} is a pull request, not an issue`);
  // Followed from the answer: an issue that moved has another number.
  const comments: z.infer<typeof commentSchema>[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const found = await readAnswer(
      await ask(`${answer.url}/comments?per_page=100&page=${page}`),
      z.array(commentSchema),
      place,
    );
    comments.push(...found);
    if (found.length < 100) break;
  }
  const { pull_request: _, ...rest } = issue;
  return JSON.stringify({ ...rest, comments });
}

/** Issues of a repository that were read, and why no more were. */
export interface FetchedIssues {
  readonly issues: readonly unknown[];
  /** A clause for people; undefined when each was read or does not exist. */
  readonly stopped?: string;
}

/**
 * Public issues by their numbers, without comments and without a key, one question each; numbers of pull requests and of nothing are
 * left out. Ends at the first question that GitHub refuses or does not answer. `repository`: `owner/name`. Throws nothing but an abort.
 */
export async function fetchIssues(
  repository: string,
  numbers: readonly string[],
  wanted: number,
  { apiUrl, signal }: FetchOptions,
): Promise<FetchedIssues> {
  const api = (apiUrl ?? API).replace(/\/+$/, "");
  const [owner = "", name = ""] = repository.split("/");
  const issues: unknown[] = [];
  for (const number of numbers) {
    if (issues.length >= wanted) break;
    try {
      const answer = await send(`${api}/repos/${owner}/${name}/issues/${number}`, signal);
      if (answer.status === 404 || answer.status === 410) {
        await answer.body?.cancel();
        continue;
      }
      const issue = await readAnswer(answer, issueSchema, { owner, name, number });
      if (issue.pull_request === undefined || issue.pull_request === null) issues.push(issue);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RunFailure) return { issues, stopped: error.message };
      throw error;
    }
  }
  return { issues };
}

function placeOf(address: string): Place & { readonly host: string } {
  const [, host, owner, name, number] = ADDRESS.exec(address) ?? [];
  if (host === undefined || owner === undefined || name === undefined || number === undefined)
    throw new RunFailure(
      "usage",
      "The address is not an issue's; expected https://github.com/OWNER/NAME/issues/NUMBER",
    );
  return { host, owner, name, number };
}

/** A GET of the API without a key. Throws RunFailure `issue-unreachable`, or `cancelled` for the signal. */
export async function send(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      headers: {
        accept: "application/vnd.github+json",
        "x-github-api-version": "2022-11-28",
        "user-agent": "casebook",
      },
      signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT)]),
    });
  } catch (error) {
    throw unreachable(url, error, signal);
  }
}

/** The JSON of an answer in the form that the schema wants. Throws RunFailure `issue-unreachable`. */
export async function readAnswer<T>(answer: Response, schema: z.ZodType<T>, place: Place): Promise<T> {
  if (answer.status !== 200) throw refused(answer, place);
  let data: unknown;
  try {
    data = await answer.json();
  } catch (error) {
    throw new RunFailure("issue-unreachable", `${hostOf(answer.url)} did not answer with JSON`, error);
  }
  const result = schema.safeParse(data);
  if (result.success) return result.data;
  const [problem] = result.error.issues;
  throw new RunFailure(
    "issue-unreachable",
    `${hostOf(answer.url)} did not answer as GitHub's API does: ${problem?.path.join(".") || "it"}: ${problem?.message ?? ""}`,
  );
}

/** GitHub answers the same for what is private and for what does not exist. */
async function missing(place: Place, asked: Promise<Response>): Promise<RunFailure> {
  const repository = await asked;
  await repository.body?.cancel();
  return repository.status === 200
    ? new RunFailure(
        "issue-unreachable",
        `The repository ${place.owner}/${place.name} has no issue #${place.number}`,
      )
    : new RunFailure(
        "issue-unreachable",
        `There is no public repository ${place.owner}/${place.name}: it is private, or it does not exist`,
      );
}

function refused(answer: Response, place: Place): RunFailure {
  const { status, headers } = answer;
  if (status === 410)
    return new RunFailure(
      "issue-unreachable",
      `The issue ${nameOf(place)} was deleted, or issues are off there`,
    );
  const isLimit = headers.get("x-ratelimit-remaining") === "0" || headers.has("retry-after");
  if (status === 429 || (status === 403 && isLimit))
    return new RunFailure(
      "issue-unreachable",
      `GitHub's limit for requests without a key is used up on this network${untilOf(headers)}`,
    );
  return new RunFailure("issue-unreachable", `GitHub answered ${status} for the issue ${nameOf(place)}`);
}

/** When the limit ends, as a time that needs no clock here. */
function untilOf(headers: Headers): string {
  const after = Number(headers.get("retry-after") ?? Number.NaN);
  if (after > 0) return `; it ends in ${after} s`;
  const reset = Number(headers.get("x-ratelimit-reset") ?? Number.NaN);
  if (!(reset > 0 && reset < 1e11)) return "";
  return `; it ends at ${new Date(reset * 1000).toISOString().slice(11, 16)} UTC`;
}

function unreachable(url: string, error: unknown, signal: AbortSignal): RunFailure {
  if (signal.aborted) return new RunFailure("cancelled", "Stopped while reading the issue", error);
  const isLate = error instanceof Error && error.name === "TimeoutError";
  const { cause } = error as { readonly cause?: { readonly code?: string } };
  const why = isLate ? `no answer in ${TIMEOUT / 1000} s` : (cause?.code ?? "no connection");
  return new RunFailure("issue-unreachable", `Casebook cannot reach ${hostOf(url)} (${why})`, error);
}

function hostOf(url: string): string {
  return new URL(url).host;
}

function nameOf({ owner, name, number }: Place): string {
  return `${owner}/${name}#${number}`;
}
