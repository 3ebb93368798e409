import type { Decision } from "../../src/investigation/event.ts";
import type { Investigation } from "../../src/investigation/investigation.ts";
import { Invariants, type Problem } from "./invariants.ts";
import { People } from "./people.ts";
import { chanceOf } from "./scheduler.ts";
import { FAULTS, type FaultKind, START, type Twin, World } from "./world.ts";

export interface SimulationOptions {
  /** Default: drawn by the seed. */
  readonly faults?: readonly FaultKind[];
  /** People push, close, edit, transfer and lose rights. Default: drawn by the seed. */
  readonly isRough?: boolean;
  /** Default: drawn by the seed, one or two. */
  readonly processes?: number;
  readonly twin?: Twin;
  /** A process dies at so many of its calls. */
  readonly crashShare?: number;
  readonly trace?: (line: string) => void;
}

export interface Outcome {
  readonly seed: number;
  readonly problem: Problem | undefined;
  readonly faults: readonly string[];
  readonly steps: number;
  /** Simulated. */
  readonly hours: number;
  readonly injected: ReadonlyMap<string, number>;
  /** What happened, so that the same seed can be seen to give the same. */
  readonly digest: string;
}

const HOUR = 3_600_000;
/** As long as the longest wait for a retry, several times. */
const SETTLE = 3 * HOUR;

/** One history of the service. The same seed and commit give the same history. */
export async function simulate(seed: number, options: SimulationOptions = {}): Promise<Outcome> {
  const chance = chanceOf(seed ^ 0x5eed);
  const faults = options.faults ?? FAULTS.filter(() => chance.is(0.35));
  const isRough = options.isRough ?? chance.is(0.7);
  const processes = options.processes ?? 1 + chance.below(2);
  const world = new World(seed, new Set(faults), options.twin);
  world.crashShare = options.crashShare ?? world.crashShare;
  const { trace } = options;
  if (trace !== undefined)
    world.trace = (line) => trace(`${((world.now() - START) / 1000).toFixed(1)} s ${line}`);
  const people = new People(world);
  const invariants = new Invariants(world, people);
  world.watcher = invariants;
  const { store } = world;
  /** The run of an investigation now. */
  const runs = new Map<string, string | undefined>();
  invariants.isStale = ({ run, attempt, lease, repository, issue }) =>
    (run !== undefined && runs.get(`${repository}#${issue}`) !== run) ||
    (run !== undefined && attempt !== undefined && !store.isCurrentNow(run, attempt)) ||
    (lease !== undefined && !store.holdsLeaseNow(lease.name, lease.number));
  const change = store.change.bind(store);
  store.change = (of, decide, also) =>
    change(
      of,
      (current): Decision<Investigation> | undefined => {
        const decision = decide(current);
        const starter = (decision?.investigation ?? current)?.startedBy?.login;
        if (starter !== undefined) invariants.starters.set(`${of.repository}#${of.issue}`, starter);
        runs.set(`${of.repository}#${of.issue}`, (decision?.investigation ?? current)?.run?.id);
        if (starter !== undefined && decision?.effects.some(({ kind }) => kind === "start-run") === true)
          invariants.started(starter, of.installation);
        return decision;
      },
      also,
    );

  for (let i = 0; i < processes; i++) await world.startProcess();
  await people.settle();
  const span = (faults.includes("outage") && chance.is(0.5) ? 5 : chance.pick([0.5, 1, 1.5])) * HOUR;
  world.faultsUntil = START + span;
  world.plan([...new Set(people.places.map(({ installation }) => installation))]);
  people.plan(span * 0.9, isRough);
  await world.scheduler.run(START + span, () => invariants.check());
  // From here on nothing goes wrong any more, and everything has to come to its end.
  if (invariants.problem === undefined)
    await world.scheduler.run(START + span + SETTLE, () => invariants.check());
  if (invariants.problem === undefined) await invariants.end();
  return {
    seed,
    problem: invariants.problem,
    faults: [...faults, ...(isRough ? ["people"] : []), `${processes} processes`],
    steps: world.scheduler.steps,
    hours: (world.now() - START) / HOUR,
    injected: world.injected,
    digest: `${world.scheduler.steps} ${world.chance.next()}`,
  };
}
