import { setTimeout as pause } from "node:timers/promises";
import type { RepositoryState } from "../github/contract.ts";
import type { Simulation } from "./simulation.ts";
import { tellChanges } from "./tell-changes.ts";

/** Milliseconds between two looks. */
const LOOK = 200;
/** Looks in a row that must find nothing to do before the bot counts as done. */
const CALM = 4;
/** Lines that are kept for the page. */
const MAX_FEED = 500;

/** Looks at the repository again and again and tells what changed, until it is stopped. */
export interface Watch {
  /** What happened, the newest last. */
  readonly feed: readonly string[];
  /** What the last look saw. */
  readonly latest: RepositoryState | undefined;
  readonly isBusy: boolean;
  /** Ends when the bot has nothing to do, and all that it did was told. Throws when it is stopped or nobody answers. */
  quiet(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

/** `tell` gets each line; `changed` is called after a look that saw something else than the one before. */
export function watch(
  simulation: Pick<Simulation, "isBusy" | "state">,
  tell: (line: string) => void,
  changed: () => void = () => undefined,
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
      await look();
      await pause(LOOK, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  // Whoever waits for quiet is told; without anybody waiting it is no reason to end the process.
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
      // What was just done is not told yet.
      calm = 0;
      while (!isCalm()) {
        await Promise.race([pause(LOOK, undefined, { signal }), looking]);
        stopping.signal.throwIfAborted();
      }
    },
    async stop() {
      stopping.abort();
      await looking.catch(() => undefined);
    },
  };
}
