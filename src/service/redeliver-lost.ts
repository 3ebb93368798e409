import { GITHUB_FAILURES, GitHubFailure } from "../github/github-failure.ts";
import { LIMITS } from "../text/github-limits.ts";
import type { Service } from "./service.ts";

/** Milliseconds until a delivery is asked for again that did not come; doubled each time, since it may be one that we refuse. */
const FIRST_PAUSE = 2_000;
const LONGEST_PAUSE = 6 * 3_600_000;
const DAY = 86_400_000;
/** GitHub lists a delivery some time after it sent it: so far back, the log is read again. */
const OVERLAP = 15 * 60_000;
/** Up to where GitHub's log was read, in milliseconds since 1970 by GitHub's clock. */
const READ_TO = "deliveries-read";
/** A delivery that did not come: its number, when it was sent, the tries so far and the last of them. */
const LOST = "redelivered:";

interface Lost {
  readonly guid: string;
  readonly id: string;
  readonly sentAt: number;
  readonly tries: number;
  readonly lastTry: number;
}

/**
 * Asks GitHub again for deliveries that are not in the store: failed ones, and those that a lost disk took with it. One that is on
 * its way just now comes twice by that, and twice is once. Of GitHub's log only what is new is read. One that GitHub does not send
 * again holds up no other.
 */
export async function redeliverLost(
  { app, store, now, log }: Pick<Service, "app" | "store" | "now" | "log">,
  signal: AbortSignal,
): Promise<number> {
  const oldest = now() - LIMITS.deliveryDays * DAY;
  const readTo = Number((await store.note(READ_TO)) ?? 0);
  const deliveries = await app.deliveries(new Date(Math.max(oldest, readTo - OVERLAP)).toISOString());
  const lost = new Map((await lostBefore(store)).map((delivery) => [delivery.guid, delivery]));
  for (const { id, guid, deliveredAt } of deliveries)
    if (!lost.has(guid)) lost.set(guid, { guid, id, sentAt: Date.parse(deliveredAt), tries: 0, lastTry: 0 });
  const known = await store.knownGuids([...lost.keys()]);
  let count = 0;
  // In the order in which they happened.
  for (const delivery of [...lost.values()].sort((a, b) => a.sentAt - b.sentAt)) {
    signal.throwIfAborted();
    const name = `${LOST}${delivery.guid}`;
    if (known.has(delivery.guid) || delivery.sentAt < oldest) {
      if (delivery.tries > 0) await store.saveNote(name, undefined);
      continue;
    }
    if (!isDue(delivery, now())) continue;
    const { id, sentAt, tries } = delivery;
    await store.saveNote(name, [tries + 1, now(), id, sentAt].join(" "));
    try {
      await app.redeliver(id);
      count++;
    } catch (error) {
      // Not sent again for good, or not this one: the others are asked for all the same.
      if (!(error instanceof GitHubFailure) || GITHUB_FAILURES[error.code].retry === "later") throw error;
      log.warn("GitHub does not send a delivery again", { delivery: delivery.guid, code: error.code });
    }
  }
  const newest = Math.max(readTo, ...deliveries.map(({ deliveredAt }) => Date.parse(deliveredAt)));
  if (newest > readTo) await store.saveNote(READ_TO, String(newest));
  return count;
}

async function lostBefore(store: Pick<Service["store"], "notesNamed">): Promise<readonly Lost[]> {
  return [...(await store.notesNamed(LOST))].flatMap(([guid, value]) => {
    const [tries, lastTry, id, sentAt] = value.split(" ");
    // The version before stored no more than the tries; the log has the rest.
    return id === undefined || sentAt === undefined
      ? []
      : [{ guid, id, sentAt: Number(sentAt), tries: Number(tries), lastTry: Number(lastTry) }];
  });
}

/** A clock that was set back makes nobody wait. */
function isDue({ tries, lastTry }: Lost, now: number): boolean {
  if (tries === 0) return true;
  return now < lastTry || now >= lastTry + Math.min(FIRST_PAUSE * 2 ** tries, LONGEST_PAUSE);
}
