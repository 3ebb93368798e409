import { z } from "zod";
import { RunFailure } from "../failure.ts";
import { readFrontMatter } from "../specs/front-matter.ts";
import { type Issue, type IssueComment, isPartOfReport } from "./issue.ts";
import { sha256 } from "../text/hash.ts";

const MAX_CHARACTERS = 1_000_000;
const MAX_TITLE = 256;
const NUMBER = /^[1-9]\d{0,9}$/;

export interface IssueInput {
  readonly text: string;
  /** The file's name, without folders. */
  readonly name?: string | undefined;
  /** What the user says the number is. */
  readonly number?: string | undefined;
}

/** An issue from GitHub's API or from `gh`; other keys are ignored. */
const login = z
  .object({ login: z.string(), type: z.string().nullish(), is_bot: z.boolean().nullish() })
  .nullish();
const jsonComment = z.object({
  body: z.string().nullish(),
  user: login,
  author: login,
  author_association: z.string().nullish(),
  authorAssociation: z.string().nullish(),
  created_at: z.string().nullish(),
  createdAt: z.string().nullish(),
  minimized: z.object({}).nullish(),
  isMinimized: z.boolean().nullish(),
});
const jsonIssue = z.object({
  number: z.number().int().positive().nullish(),
  title: z.string(),
  body: z.string().nullish(),
  user: login,
  author: login,
  html_url: z.string().nullish(),
  url: z.string().nullish(),
  // In the API's answer this is their number.
  comments: z.union([z.number(), z.array(jsonComment)]).nullish(),
});

/**
 * Reads an issue from a file's text: Markdown (first heading or line is the title; front matter may give `title`,
 * `number`, `url`, `author`) or JSON from GitHub's API or `gh`. The key is the number, from the argument, the text, the
 * address or the file's name, else made from the text. Throws RunFailure `empty-issue` or `unreadable-issue`.
 */
export function parseIssueInput(input: IssueInput): Issue {
  const text = input.text.replace(/^\ufeff/, "");
  if (text.length > MAX_CHARACTERS)
    throw new RunFailure(
      "unreadable-issue",
      `The issue has ${text.length} characters; at most ${MAX_CHARACTERS} are read`,
    );
  if (text.includes("\0"))
    throw new RunFailure("unreadable-issue", "The issue is not text: it holds NUL bytes");
  if (input.number !== undefined && !NUMBER.test(input.number))
    throw new RunFailure("usage", `The issue's number must be a positive whole number`);
  if (text.trim() === "") throw new RunFailure("empty-issue", "The issue is empty");
  const isJson =
    /^[[{]/.test(text.trimStart()) &&
    (input.name?.toLowerCase().endsWith(".json") !== false || isJsonText(text));
  const parsed = isJson ? fromJson(text) : fromMarkdown(text);
  const { title, body } = parsed;
  if (title === "" && body.trim() === "")
    throw new RunFailure("empty-issue", "The issue has neither title nor text");
  const { number, ...rest } = parsed;
  const key =
    input.number ??
    number ??
    numberOfAddress(parsed.url) ??
    numberOfName(input.name) ??
    numberOfTitle(title) ??
    `local-${sha256(`${title}\n${body}`).slice(0, 6)}`;
  return { ...rest, key, title: title === "" ? shorten(firstLine(body)) : title };
}

type Parsed = Omit<Issue, "key"> & { readonly number?: string };

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function fromJson(text: string): Parsed {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch (error) {
    throw new RunFailure("unreadable-issue", "The issue is not valid JSON", error);
  }
  return issueOfJson(data);
}

/** One issue as GitHub's API or `gh` prints it, without its key. Throws RunFailure `unreadable-issue`. */
export function issueOfJson(data: unknown): Parsed {
  const result = jsonIssue.safeParse(Array.isArray(data) && data.length === 1 ? data[0] : data);
  if (!result.success) {
    const problem = result.error.issues[0];
    throw new RunFailure(
      "unreadable-issue",
      `The JSON is not an issue in the form of GitHub's API: ${problem?.path.join(".") || "it"}: ${problem?.message ?? ""}`,
    );
  }
  const { number, title, body, user, author, html_url, url, comments } = result.data;
  const by = user?.login ?? author?.login;
  const page = html_url ?? url;
  return {
    title: shorten(title),
    body: normalise(body ?? ""),
    ...(by === undefined ? {} : { author: by }),
    ...(page === null || page === undefined ? {} : { url: page }),
    ...(number === null || number === undefined ? {} : { number: String(number) }),
    comments: Array.isArray(comments) ? comments.filter(isComment).map(commentOf) : [],
  };
}

/** Comments as GitHub's API or `gh` prints them: those that can say something about the problem. */
export function commentsOfJson(data: readonly unknown[]): readonly IssueComment[] {
  return data
    .flatMap((one) => jsonComment.safeParse(one).data ?? [])
    .filter(isComment)
    .map(commentOf);
}

function isComment({ user, author, body, minimized, isMinimized }: z.infer<typeof jsonComment>): boolean {
  return isPartOfReport({
    isBot: isBot(user ?? author),
    isMinimized: isMinimized === true || (minimized !== null && minimized !== undefined),
    body: body ?? "",
  });
}

/** The API marks every account; `gh` marks who opened the issue, and prints the others by their login alone. */
function isBot(account: z.infer<typeof login>): boolean {
  const name = account?.login ?? "";
  const isApp = /^app\/|\[bot\]$/.test(name) || (account?.type === undefined && GITHUBS_OWN.has(name));
  return account?.type === "Bot" || account?.is_bot === true || isApp;
}

/** Apps that GitHub runs in every repository. GitHub reserves their names. */
const GITHUBS_OWN: ReadonlySet<string> = new Set(["github-actions", "dependabot"]);

function commentOf(comment: z.infer<typeof jsonComment>): IssueComment {
  const association = comment.author_association ?? comment.authorAssociation ?? "";
  const at = comment.created_at ?? comment.createdAt;
  return {
    author: comment.user?.login ?? comment.author?.login ?? "unknown",
    maintainer: ["OWNER", "MEMBER", "COLLABORATOR"].includes(association),
    body: normalise(comment.body ?? ""),
    ...(at === null || at === undefined ? {} : { createdAt: at }),
  };
}

function fromMarkdown(text: string): Parsed {
  const normal = normalise(text);
  const front = readFrontMatter(normal);
  const hasFront = front.source !== undefined && front.problems.length === 0;
  const field = (key: string): string | undefined => {
    const value = hasFront ? front.fields.get(key) : undefined;
    return typeof value === "string" && value.trim() !== "" ? value.trim() : undefined;
  };
  const body = hasFront ? normal.slice(front.bodyStart) : normal;
  const lines = body.split("\n");
  const first = lines.findIndex((line) => line.trim() !== "");
  const heading = /^#\s+(.+?)\s*#*$/.exec((lines[first] ?? "").trim());
  const given = field("title");
  const title = given ?? heading?.[1] ?? lines[first]?.trim() ?? "";
  const rest = given !== undefined && heading?.[1] !== given ? lines : lines.slice(first + 1);
  const number = field("number") ?? field("issue");
  const url = field("url");
  const author = field("author");
  return {
    title: shorten(title),
    // A title made of a long first line is no title alone: the text keeps it.
    body: (title.length > MAX_TITLE ? lines : rest).join("\n").trim(),
    ...(number !== undefined && NUMBER.test(number) ? { number } : {}),
    ...(url === undefined ? {} : { url }),
    ...(author === undefined ? {} : { author }),
    comments: [],
  };
}

function normalise(text: string): string {
  return text.toWellFormed().replaceAll("\r\n", "\n").replaceAll("\r", "\n");
}

function firstLine(text: string): string {
  return text.split("\n").find((line) => line.trim() !== "") ?? "";
}

function shorten(title: string): string {
  const line = title.replace(/\s+/g, " ").trim();
  const points = [...line];
  return points.length > MAX_TITLE ? `${points.slice(0, MAX_TITLE - 1).join("")}…` : line;
}

/** `https://github.com/OWNER/NAME/issues/42`. */
function numberOfAddress(url: string | undefined): string | undefined {
  return /\/issues\/([1-9]\d{0,9})\/?(?:[?#]|$)/.exec(url ?? "")?.[1];
}

/** `issue-42.md`, `42.json`, `issue_42.txt`. */
function numberOfName(name: string | undefined): string | undefined {
  return /^(?:issue|bug|gh|ticket)?[-_ #]?([1-9]\d{0,9})\.\w{1,10}$/i.exec(name ?? "")?.[1];
}

/** `#42: Title`, `[#42] Title`. */
function numberOfTitle(title: string): string | undefined {
  return /^\[?#([1-9]\d{0,9})(?:\]|:|\s)/.exec(title)?.[1];
}
