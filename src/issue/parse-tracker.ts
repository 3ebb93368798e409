import { z } from "zod";
import { RunFailure } from "../failure.ts";
import type { Issue } from "./issue.ts";
import { issueOfJson } from "./parse-issue-input.ts";

/** How an export with everything is made, for help texts. */
export const ISSUES_EXPORT =
  "gh issue list --state all --limit 50000 --json number,title,body,author,url,createdAt,state,comments";

/** One entry of a tracker. */
export interface TrackedIssue extends Issue {
  readonly isPull: boolean;
  /** Undefined where the export does not say. */
  readonly isOpen: boolean | undefined;
  /** Seconds since 1970; undefined where the export does not say. */
  readonly created: number | undefined;
  /** A pull request that was merged; false where the export does not say. */
  readonly isMerged: boolean;
  /** The commit that brought it; undefined where the export does not say. */
  readonly mergeCommit: string | undefined;
}

export interface Tracker {
  /** By number, the first of each. */
  readonly issues: ReadonlyMap<string, TrackedIssue>;
  /** Entries that are no issue in the form of GitHub's API: left out. */
  readonly unreadable: number;
}

/** Something that a report holds and another text can hold, too: that text then holds all of these words, letter by letter. */
export interface Sign {
  readonly key: string;
  readonly words: readonly string[];
}

/** What is looked for in a tracker for one issue. It is data: who reads the tracker need not read the issue. */
export interface Sought {
  /** The issue's number or key. */
  readonly key: string;
  readonly signs: readonly Sign[];
  /** Numbers that it cites. */
  readonly cited: readonly number[];
}

/** The entries of a tracker that can be related to one issue, and what their number says about the others. */
export interface Shortlist {
  /** The issue itself and entries of other repositories are left out. */
  readonly entries: readonly TrackedIssue[];
  /** How many entries of the tracker hold a sign of the issue, by the sign's key. A sign that no entry holds is not in it. */
  readonly holders: ReadonlyMap<string, number>;
  /** By an entry's number: the merged pull request that says that it fixes it, and the commit that brought it where that is known. */
  readonly fixes: ReadonlyMap<string, { readonly pull: string; readonly commit?: string | undefined }>;
  /** Merged pull requests that say that they fix the issue itself, the newest first, and the commit that brought each where that is known. */
  readonly ownFixes: readonly { readonly pull: string; readonly commit?: string | undefined }[];
  /** Entries of the tracker. */
  readonly size: number;
  /** The highest number in the tracker, the issue's own included. */
  readonly last: number;
}

const MAX_CHARACTERS = 400_000_000;
const MAX_ENTRIES = 200_000;

const facts = z.object({
  number: z.int().positive(),
  state: z.string().nullish(),
  created_at: z.string().nullish(),
  createdAt: z.string().nullish(),
  pull_request: z.unknown().optional(),
  html_url: z.string().nullish(),
  url: z.string().nullish(),
  mergedAt: z.string().nullish(),
  merged_at: z.string().nullish(),
  mergeCommit: z.object({ oid: z.string().nullish() }).nullish(),
  merge_commit_sha: z.string().nullish(),
});

const OID = /^[0-9a-f]{40}$/;

/**
 * Reads the export of a tracker: what `gh issue list --json` prints, pages of GitHub's API (one array, arrays in an array, or arrays one
 * after the other), or one issue a line. Throws RunFailure `unreadable-issue` when nothing of it is an issue.
 */
export function parseTracker(text: string): Tracker {
  if (text.length > MAX_CHARACTERS)
    throw new RunFailure(
      "unreadable-issue",
      `The tracker's export has ${text.length} characters; at most ${MAX_CHARACTERS} are read`,
    );
  const issues = new Map<string, TrackedIssue>();
  let unreadable = 0;
  for (const entry of entriesOf(text.replace(/^\ufeff/, ""))) {
    const issue = trackedIssue(entry);
    if (issue === undefined) unreadable++;
    else if (!issues.has(issue.key)) issues.set(issue.key, issue);
    if (issues.size + unreadable >= MAX_ENTRIES) break;
  }
  if (issues.size === 0)
    throw new RunFailure(
      "unreadable-issue",
      "The tracker's export holds no issue with a number and a title, in the form that `gh issue list --json` prints",
    );
  return { issues, unreadable };
}

/** One entry; undefined when it is no issue with a number. */
export function trackedIssue(entry: unknown): TrackedIssue | undefined {
  const known = facts.safeParse(entry);
  if (!known.success) return undefined;
  const { number, state, created_at, createdAt, pull_request, html_url, url } = known.data;
  const created = Date.parse(created_at ?? createdAt ?? "") / 1000;
  const { mergedAt, merged_at, mergeCommit, merge_commit_sha } = known.data;
  // The API names a commit of a trial for a pull request that was not merged.
  const isMerged =
    (mergedAt ?? merged_at ?? mergedIn(pull_request)) != null || state?.toLowerCase() === "merged";
  const merge = mergeCommit?.oid ?? merge_commit_sha ?? "";
  try {
    return {
      ...issueOfJson(entry),
      key: String(number),
      isPull:
        (pull_request !== undefined && pull_request !== null) || /\/pulls?\/\d+/.test(html_url ?? url ?? ""),
      isOpen: state === undefined || state === null ? undefined : state.toLowerCase() === "open",
      created: Number.isFinite(created) ? created : undefined,
      isMerged,
      mergeCommit: isMerged && OID.test(merge) ? merge : undefined,
    };
  } catch {
    return undefined;
  }
}

/** In a list of issues GitHub says it of a pull request in a part of its own. */
function mergedIn(pull: unknown): string | null | undefined {
  return z.object({ merged_at: z.string().nullish() }).safeParse(pull).data?.merged_at;
}

function entriesOf(text: string): readonly unknown[] {
  const whole = parsed(text) ?? parsed(`[${text.replace(/\]\s*\[/g, "],[")}]`);
  if (whole !== undefined) return flat(whole);
  return text.split("\n").flatMap((line) => (line.trim() === "" ? [] : flat(parsed(line) ?? null)));
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flat(2) : [value];
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
