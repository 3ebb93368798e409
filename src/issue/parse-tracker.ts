import { z } from "zod";
import { RunFailure } from "../failure.ts";
import type { Issue } from "./issue.ts";
import { issueOfJson } from "./parse-issue-input.ts";

/** One entry of a tracker. */
export interface TrackedIssue extends Issue {
  readonly isPull: boolean;
  /** Undefined where the export does not say. */
  readonly isOpen: boolean | undefined;
  /** Seconds since 1970; undefined where the export does not say. */
  readonly created: number | undefined;
}

export interface Tracker {
  /** By number, the first of each. */
  readonly issues: ReadonlyMap<string, TrackedIssue>;
  /** Entries that are no issue in the form of GitHub's API: left out. */
  readonly unreadable: number;
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
});

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
  try {
    return {
      ...issueOfJson(entry),
      key: String(number),
      isPull:
        (pull_request !== undefined && pull_request !== null) || /\/pulls?\/\d+/.test(html_url ?? url ?? ""),
      isOpen: state === undefined || state === null ? undefined : state.toLowerCase() === "open",
      created: Number.isFinite(created) ? created : undefined,
    };
  } catch {
    return undefined;
  }
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
