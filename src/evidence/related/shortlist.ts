import type { Shortlist, Sought, TrackedIssue, Tracker } from "../../issue/parse-tracker.ts";
import { fixedIssues } from "../../repository/fixed-issues.ts";

/** A sign that more entries hold says nothing about two of them. */
export const MAX_HOLDERS = 5;
const MAX_ENTRIES = 60;
/** Entries that name so many others are lists of a release. */
export const MAX_CITED = 15;
/** More pull requests that say that they fix one issue are no fix of it. */
const MAX_OWN_FIXES = 5;
/** Characters of one text that are read; GitHub takes no longer ones. */
const MAX_TEXT = 65_536;
const MAX_COMMENTS = 50;
/** Characters of all entries: they pass from one process to another. */
const MAX_CHARACTERS = 8_000_000;

/** One pass over a tracker for one issue: each entry is given once, in any number of steps, and none is read as a report. */
export interface TrackerPass {
  add(entry: TrackedIssue): void;
  /** Numbers of the entries that are worth reading, when all were given. */
  chosen(): readonly string[];
  /** What of the tracker can be related to the issue. `entries`: those that `chosen` named, in that order. */
  shortlist(entries: readonly TrackedIssue[]): Shortlist;
}

/**
 * Starts a pass that finds entries that hold a sign which few others hold, that the issue cites, or that cite it. It keeps numbers
 * and no texts. `repository`: `owner/name`.
 */
export function passOver(asked: Sought, repository: string | undefined): TrackerPass {
  const form = /^\d+$/.test(asked.key) ? new RegExp(`(?:#|/(?:issues|pull)/)${asked.key}(?!\\d)`) : undefined;
  const cited = new Set(asked.cited.length <= MAX_CITED ? asked.cited.map(String) : []);
  const holders = new Map<string, number>();
  /** By a sign's key: its first holders. */
  const held = new Map<string, string[]>();
  const scores = new Map<string, { readonly at: number; score: number }>();
  const closed = new Set<string>();
  const fixes = new Map<string, { readonly pull: string; readonly commit?: string | undefined }>();
  const ownFixes: { readonly pull: string; readonly commit?: string | undefined }[] = [];
  let size = 0;
  let last = 0;
  const score = (key: string, more: number): void => {
    const known = scores.get(key) ?? { at: size, score: 0 };
    known.score += more;
    scores.set(key, known);
  };
  return {
    add(entry) {
      const { key, title, body, url } = entry;
      if (isElsewhere(url, repository)) return;
      last = Math.max(last, Number(key));
      if (key === asked.key) return;
      size++;
      const text = [title, body, ...entry.comments.map((comment) => comment.body)].join("\n");
      const known = new Map<string, boolean>();
      const has = (word: string): boolean => {
        const found = known.get(word) ?? text.includes(word);
        known.set(word, found);
        return found;
      };
      for (const { key: sign, words } of asked.signs) {
        if (!words.every(has)) continue;
        const count = (holders.get(sign) ?? 0) + 1;
        holders.set(sign, count);
        if (count === 1) held.set(sign, [key]);
        else if (count <= MAX_HOLDERS) held.get(sign)!.push(key);
        else held.delete(sign);
        // Its order among entries of one score.
        score(key, 0);
      }
      if (cited.has(key)) score(key, 100);
      if (form?.test(text) === true) score(key, 50);
      if (entry.isOpen === false) closed.add(key);
      if (entry.isMerged)
        for (const number of fixedIssues({ subject: title, body: body.slice(0, MAX_TEXT) }, repository)) {
          const fix = { pull: key, commit: entry.mergeCommit };
          if (number === asked.key) ownFixes.push(fix);
          else fixes.set(number, fix);
        }
    },
    chosen() {
      const total = new Map([...scores].map(([key, one]) => [key, { ...one }]));
      for (const [sign, keys] of held)
        // A name alone relates nothing.
        if (!sign.startsWith("name ")) for (const key of keys) total.get(key)!.score++;
      return [...total]
        .filter(([, one]) => one.score > 0)
        .toSorted(([, a], [, b]) => b.score - a.score || a.at - b.at)
        .slice(0, MAX_ENTRIES)
        .map(([key]) => key);
    },
    shortlist(entries) {
      const kept = new Set(entries.map(({ key }) => key).filter((key) => closed.has(key)));
      return {
        entries: asManyAsPass(entries.map(cut)),
        holders,
        fixes: new Map([...fixes].filter(([number]) => kept.has(number))),
        ownFixes: ownFixes.toSorted((a, b) => Number(b.pull) - Number(a.pull)).slice(0, MAX_OWN_FIXES),
        size,
        last,
      };
    },
  };
}

/** The same for a tracker that is at hand as a whole. */
export function shortlist(asked: Sought, tracker: Tracker, repository: string | undefined): Shortlist {
  const pass = passOver(asked, repository);
  for (const entry of tracker.issues.values()) pass.add(entry);
  return pass.shortlist(pass.chosen().map((key) => tracker.issues.get(key)!));
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

/** Its address is of another repository: it was transferred, or is of another export, which may be private. */
function isElsewhere(url: string | undefined, repository: string | undefined): boolean {
  const [, name] =
    /^https?:\/\/[^/\s]+\/(?:api\/v3\/)?(?:repos\/)?([\w.-]+\/[\w.-]+?)\/(?:issues|pulls?)\//.exec(
      url ?? "",
    ) ?? [];
  return name !== undefined && repository !== undefined && name.toLowerCase() !== repository.toLowerCase();
}
