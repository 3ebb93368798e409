import { setTimeout as pause } from "node:timers/promises";
import type { RepositoryState } from "../../adapters/simulated-github/contract.ts";
import type { Simulation } from "./simulation.ts";
import { tellChanges } from "./tell-changes.ts";

/** Milliseconds between two looks. */
const LOOK = 200;

/** Looks at the repository again and again and tells what changed, until it is stopped. */
export interface Watch {
  readonly feed: readonly string[];
  readonly latest: RepositoryState | undefined;
  readonly isBusy: boolean;
  /** Ends when the bot has nothing to do, and all that it did was told. */
  quiet(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

export function watch(simulation: Simulation, tell: (line: string) => void): Watch {
  const stopping = new AbortController();
  const feed: string[] = [];
  let latest: RepositoryState | undefined;
  let isBusy = false;
  let calm = 0;
  const look = async (): Promise<void> => {
    const busy = await simulation.isBusy();
    const now = await simulation.state();
    for (const line of tellChanges(latest, now)) {
      feed.push(line);
      tell(line);
    }
    latest = now;
    isBusy = busy;
    calm = busy ? 0 : calm + 1;
  };
  const isCalm = (): boolean => calm >= 4;
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await look();
      await pause(LOOK, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
  })();
  return {
    feed,
    get latest() {
      return latest;
    },
    get isBusy() {
      return isBusy;
    },
    async quiet(signal) {
      // What was just done is not told yet: a few looks in a row must find nothing to do.
      calm = 0;
      do await Promise.race([pause(LOOK, undefined, { signal }), looking]);
      while (!isCalm());
    },
    async stop() {
      stopping.abort();
      await looking.catch(() => undefined);
    },
  };
}
