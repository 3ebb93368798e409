import type { TrackerList } from "../github/github.ts";
import type { TrackerCursor, TrackerState } from "../store/store.ts";
import type { RepositoryFacts } from "./repository-facts.ts";
import type { Service } from "./service.ts";
import { secondOf } from "./time.ts";

/** Days after which the whole tracker is read again: GitHub's lists do not name what was deleted. */
const ROUND_DAYS = 30;
const DAY = 86_400_000;
/** GitHub's lists are a little behind: the end of a list is read again the next time. */
const OVERLAP = 10 * 60_000;

/** The beginning of a round. */
export function newRound(before: TrackerState | undefined, now: number): TrackerState {
  return {
    round: (before?.round ?? 0) + 1,
    roundAt: now,
    isInRound: true,
    isWhole: before?.isWhole ?? false,
    list: "issues",
    issues: { page: 1 },
    comments: { page: 1 },
  };
}

/** Where a reading continues: in its round, or in a new one when that is due. A clock that is set back makes nothing due. */
function continued(state: TrackerState | undefined, changes: number, now: number): TrackerState {
  if (state === undefined || (!state.isInRound && now - state.roundAt > ROUND_DAYS * DAY))
    return { ...newRound(state, now), changes };
  const { since, isAtEnd } = state[state.list];
  return since === undefined || isAtEnd === undefined
    ? state
    : {
        ...state,
        [state.list]: { since: secondOf(Date.parse(since) - OVERLAP), page: 1 },
        ...(state.list === "issues" ? { changes } : {}),
      };
}

/**
 * Where the reading is after a page of its list. Each page starts at the change where the one before ended, so that an issue that
 * changes meanwhile moves behind the place of the reading, and none is passed over. `isEnd`: both lists were read to their end.
 */
export function afterPage(
  state: TrackerState,
  { changedAt, isLast }: Pick<TrackerList<unknown>, "changedAt" | "isLast">,
): { readonly state: TrackerState; readonly isEnd: boolean } {
  const { list } = state;
  const next = nextPage(state[list], changedAt, isLast);
  const moved = { ...state, [list]: next };
  if (next.isAtEnd === undefined) return { state: moved, isEnd: false };
  if (list === "issues") return { state: { ...moved, list: "comments" }, isEnd: false };
  return { state: { ...moved, list: "issues", isInRound: false, isWhole: true }, isEnd: true };
}

function nextPage(from: TrackerCursor, changedAt: string | undefined, isLast: boolean): TrackerCursor {
  const { since, page, backUntil } = from;
  if (backUntil !== undefined) return page > 1 ? { ...from, page: page - 1 } : { since: backUntil, page: 1 };
  const last = changedAt ?? since;
  if (isLast && page === 1) return { ...(last === undefined ? {} : { since: last }), page: 1, isAtEnd: true };
  const isOneSecond = since !== undefined && last !== undefined && Date.parse(last) <= Date.parse(since);
  // Hundreds that changed in one second are pages of one place.
  if (!isLast && (isOneSecond || last === undefined)) return { ...from, page: page + 1 };
  // What changed meanwhile left such a page, and what came after it moved to a page that was read: so they are read backwards, too.
  if (page > 1 && since !== undefined)
    return {
      since,
      page: page - 1,
      backUntil: isOneSecond ? secondOf(Date.parse(since) + 1_000) : last!,
    };
  return { since: last!, page: 1 };
}

/**
 * Reads on in a repository's tracker, one request a page, until its end or until `mayAsk` says no. Each page is stored with the place
 * of the next one, so that a killed reading is continued. Throws GitHubFailure; what was read until then is stored.
 */
export async function readTracker(
  { store, now }: Pick<Service, "store" | "now">,
  { github, repository }: Pick<RepositoryFacts, "github" | "repository">,
  mayAsk: () => boolean,
): Promise<"end" | "more"> {
  while (mayAsk()) {
    const { revision, state: before, changes } = await store.tracker(repository.id);
    const from = continued(before, changes, now());
    const issues = from.list === "issues" ? await github.trackerIssues(repository, from.issues) : undefined;
    const comments =
      from.list === "comments" ? await github.trackerComments(repository, from.comments) : undefined;
    const { state, isEnd } = afterPage(from, (issues ?? comments)!);
    const isStored = await store.saveTrackerPage(repository.id, {
      revision,
      state,
      issues: issues?.items ?? [],
      comments: comments?.items ?? [],
      isEnd,
    });
    if (isStored && isEnd) return "end";
    // Somebody else reads it, too, or the repository is gone.
    if (!isStored && (await store.repository(repository.id)) === undefined) return "more";
  }
  return "more";
}
