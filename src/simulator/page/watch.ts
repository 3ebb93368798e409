import { setTimeout as pause } from "node:timers/promises";
import type { RepositoryState } from "../github/contract.ts";
import type { Simulation } from "./simulation.ts";
import { tellChanges } from "./tell-changes.ts";

/** Milliseconds between two polls; `--fast` waits as little as a test can use. */
export const POLL = { fast: 50, normal: 200 } as const;
/** Milliseconds between two polls where one takes long. */
const LONGEST = 1_000;
/** A poll takes at most this share of the time: it costs the App more than most of what it does. */
const SHARE = 1 / 10;
/** Consecutive idle polls before the bot counts as done. */
const CALM = 4;
/** Lines kept for the page. */
const MAX_FEED = 500;

/** Polls the repository and reports changes, until it is stopped. */
export interface Watch {
  /** Events, the newest last. */
  readonly feed: readonly string[];
  /** The last polled state. */
  readonly latest: RepositoryState | undefined;
  readonly isBusy: boolean;
  /** Resolves when the bot is idle and every change was reported. Throws when it is stopped or the App does not answer. */
  quiet(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** `tell` gets each line; `changed` is called after a poll that found a change. */
export function watch(
  simulation: Pick<Simulation, "isBusy" | "state">,
  tell: (line: string) => void,
  changed: () => void = () => undefined,
  milliseconds: number = POLL.normal,
): Watch {
  const stopping = new AbortController();
  const feed: string[] = [];
  let latest: RepositoryState | undefined;
  let isBusy = false;
  let calm = 0;
  const look = async (): Promise<void> => {
    const busy = await simulation.isBusy();
    const now = await simulation.state();
    const lines = tellChanges(latest, now);
    const isOther = latest === undefined || busy !== isBusy || JSON.stringify(now) !== JSON.stringify(latest);
    latest = now;
    isBusy = busy;
    calm = busy || lines.length > 0 ? 0 : calm + 1;
    feed.push(...lines);
    feed.splice(0, feed.length - MAX_FEED);
    for (const line of lines) tell(line);
    if (isOther) changed();
  };
  const isCalm = (): boolean => calm >= CALM;
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      const began = performance.now();
      await look();
      const rest = Math.max(milliseconds, Math.min(LONGEST, (performance.now() - began) / SHARE));
      await pause(rest, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  // The failure reaches a caller of `quiet`; without one it must not end the process.
  looking.catch(() => undefined);
  return {
    feed,
    get latest() {
      return latest;
    },
    get isBusy() {
      return isBusy;
    },
    async quiet(signal) {
      // The latest change is not reported yet.
      calm = 0;
      while (!isCalm()) {
        await Promise.race([pause(milliseconds, undefined, { signal }), looking]);
        stopping.signal.throwIfAborted();
      }
    },
    async stop() {
      stopping.abort();
      await looking.catch(() => undefined);
    },
  };
}
