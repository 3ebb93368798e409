import type { Shortlist, TrackedIssue, Tracker } from "../../issue/parse-tracker.ts";
import { fixedIssues } from "../../repository/fixed-issues.ts";
import type { Sought } from "./signs.ts";

/** A sign that more entries hold says nothing about two of them. */
export const MAX_HOLDERS = 5;
const MAX_ENTRIES = 60;
/** Entries that name so many others are lists of a release. */
export const MAX_CITED = 15;
/** Characters of one text that are read; GitHub takes no longer ones. */
const MAX_TEXT = 65_536;
const MAX_COMMENTS = 50;
/** Characters of all entries: they pass from one process to another. */
const MAX_CHARACTERS = 8_000_000;

/**
 * What of a tracker is worth reading for one issue: entries that hold a sign which few others hold, that the issue cites, or that
 * cite it. One pass over the texts for each sign; no entry is read as a report. `repository`: `owner/name`.
 */
export function shortlist(asked: Sought, tracker: Tracker, repository: string | undefined): Shortlist {
  const own = [...tracker.issues.values()].filter(
    ({ key, url }) => key !== asked.key && !isElsewhere(url, repository),
  );
  const texts = own.map(({ title, body, comments }) =>
    [title, body, ...comments.map((comment) => comment.body)].join("\n"),
  );
  const known = new Map<string, readonly number[]>();
  const holdersOf = (word: string): readonly number[] => {
    let found = known.get(word);
    if (found === undefined) {
      found = texts.flatMap((text, at) => (text.includes(word) ? [at] : []));
      known.set(word, found);
    }
    return found;
  };
  const holders = new Map<string, number>();
  const scores = new Map<number, number>();
  const add = (at: number, score: number): void => void scores.set(at, (scores.get(at) ?? 0) + score);
  for (const { key, words } of asked.signs) {
    const [first, ...others] = words;
    const found = holdersOf(first!).filter((at) => others.every((word) => texts[at]!.includes(word)));
    if (found.length > 0) holders.set(key, found.length);
    // A name alone relates nothing.
    if (found.length <= MAX_HOLDERS && !key.startsWith("name ")) for (const at of found) add(at, 1);
  }
  const places = new Map(own.map(({ key }, at) => [key, at]));
  if (asked.cited.length <= MAX_CITED)
    for (const number of asked.cited) {
      const at = places.get(String(number));
      if (at !== undefined) add(at, 100);
    }
  if (/^\d+$/.test(asked.key)) {
    const form = new RegExp(`(?:#|/(?:issues|pull)/)${asked.key}(?!\\d)`);
    for (const [at, text] of texts.entries()) if (form.test(text)) add(at, 50);
  }
  const entries = [...scores]
    .toSorted(([a, score], [b, other]) => other - score || a - b)
    .slice(0, MAX_ENTRIES)
    .map(([at]) => cut(own[at]!));
  const numbers = own.map(({ key }) => Number(key));
  return {
    entries: asManyAsPass(entries),
    holders,
    fixes: fixesOf(entries, own),
    size: own.length,
    last: numbers.reduce((most, number) => Math.max(most, number), 0),
  };
}

function cut(entry: TrackedIssue): TrackedIssue {
  const { body, comments } = entry;
  return {
    ...entry,
    body: body.slice(0, MAX_TEXT),
    comments: comments
      .slice(0, MAX_COMMENTS)
      .map((comment) => ({ ...comment, body: comment.body.slice(0, MAX_TEXT) })),
  };
}

function asManyAsPass(entries: readonly TrackedIssue[]): readonly TrackedIssue[] {
  let characters = 0;
  return entries.filter(({ body, comments }) => {
    characters += comments.reduce((sum, comment) => sum + comment.body.length, body.length);
    return characters <= MAX_CHARACTERS;
  });
}

function fixesOf(entries: readonly TrackedIssue[], own: readonly TrackedIssue[]): Shortlist["fixes"] {
  const closed = new Set(entries.filter(({ isOpen }) => isOpen === false).map(({ key }) => key));
  const fixes = new Map<string, { readonly pull: string; readonly commit: string }>();
  if (closed.size === 0) return fixes;
  for (const { key, title, body, mergeCommit } of own)
    if (mergeCommit !== undefined)
      for (const number of fixedIssues({ subject: title, body: body.slice(0, MAX_TEXT) }, undefined))
        if (closed.has(number)) fixes.set(number, { pull: key, commit: mergeCommit });
  return fixes;
}

/** Its address is of another repository: it was transferred, or is of another export, which may be private. */
function isElsewhere(url: string | undefined, repository: string | undefined): boolean {
  const [, name] =
    /^https?:\/\/[^/\s]+\/(?:api\/v3\/)?(?:repos\/)?([\w.-]+\/[\w.-]+?)\/(?:issues|pulls?)\//.exec(
      url ?? "",
    ) ?? [];
  return name !== undefined && repository !== undefined && name.toLowerCase() !== repository.toLowerCase();
}
