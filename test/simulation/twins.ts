import type { GitHub, GitHubApp } from "../../src/github/github.ts";
import { BOT } from "../fakes/memory-github.ts";
import type { SimulationOptions } from "./simulate.ts";
import type { Ports, Twin, World } from "./world.ts";

/** A guard of the service, a twin of the service without it, and the seed that notices. */
export interface BrokenTwin {
  readonly guard: string;
  readonly twin: Twin;
  readonly seed: number;
  readonly options: Omit<SimulationOptions, "twin">;
}

const CALM = { isRough: false } as const;

/** The ports with other methods of the store. */
function store(change: (ports: Ports, world: World) => Partial<Ports["store"]>): Twin {
  return (ports, world) => ({ ...ports, store: { ...ports.store, ...change(ports, world) } });
}

/** The ports with other methods of GitHub's view of an installation. */
function github(change: (view: GitHub, world: World, installation: number) => Partial<GitHub>): Twin {
  return (ports, world) => ({
    ...ports,
    app: {
      ...ports.app,
      forInstallation: (installation) => {
        const view = ports.app.forInstallation(installation);
        return { ...view, ...change(view, world, installation) };
      },
    },
  });
}

function app(change: (app: GitHubApp) => Partial<GitHubApp>): Twin {
  return (ports) => ({ ...ports, app: { ...ports.app, ...change(ports.app) } });
}

export const TWINS: readonly BrokenTwin[] = [
  {
    guard: "a cancelled run is stopped in the transaction of the change",
    twin: store(({ store: real }) => ({
      change: (of, decide, also) =>
        real.change(
          of,
          (current) => {
            const decision = decide(current);
            return decision === undefined
              ? undefined
              : { ...decision, effects: decision.effects.filter(({ kind }) => kind !== "stop-run") };
          },
          also,
        ),
    })),
    seed: 6,
    options: { faults: [], ...CALM },
  },
  {
    guard: "our comment is looked for before one is made",
    twin: github((view) => ({
      comments: async (...args) =>
        (await view.comments(...args)).filter(({ author }) => author.id !== BOT.id),
    })),
    seed: 1,
    options: { faults: ["answer"], ...CALM },
  },
  {
    guard: "our check run is looked for before one is made",
    twin: github(() => ({ ownCheckRuns: async () => [] })),
    seed: 1,
    options: { faults: ["answer"], ...CALM },
  },
  {
    guard: "our reactions are looked for before one is made",
    twin: github(() => ({ ownReactions: async () => [] })),
    seed: 1,
    options: { faults: [], ...CALM },
  },
  {
    guard: "a delivery is known by its body",
    twin: store(({ store: real }, world) => ({
      acceptDelivery: (delivery) =>
        real.acceptDelivery({ ...delivery, key: `${delivery.key}${world.now()}` }),
    })),
    seed: 1,
    options: { faults: ["delivery"], ...CALM },
  },
  {
    guard: "a delivery is stored before it is answered",
    twin: store(({ store: real }, world) => ({
      async acceptDelivery(delivery) {
        world.scheduler.after(3_000, () => void real.acceptDelivery(delivery).catch(() => undefined));
        return "stored";
      },
    })),
    seed: 1,
    options: { faults: ["crash"], crashShare: 0.02, ...CALM },
  },
  {
    guard: "money is reserved before a call",
    twin: (ports) => ({
      ...ports,
      journal: {
        ...ports.journal,
        begin: (task, at, entries, reservation, caps) =>
          ports.journal.begin(task, at, entries, { ...reservation, micros: 0 }, caps),
      },
    }),
    seed: 1,
    options: { faults: [], ...CALM },
  },
  {
    guard: "a call whose answer was lost stays counted",
    twin: (ports, world) => {
      const open = openCalls(world);
      const { journal } = ports;
      return {
        ...ports,
        journal: {
          ...journal,
          async begin(...args) {
            const begun = await journal.begin(...args);
            if (begun.kind === "begun") open.set(begun.call, args[0].payer.investigation);
            return begun;
          },
          settle: (call, ...rest) => (open.delete(call), journal.settle(call, ...rest)),
          release: (call) => (open.delete(call), journal.release(call, 0)),
          async transcript(task) {
            for (const [call, investigation] of open)
              if (investigation === task.payer.investigation) await journal.release(call, 0);
            return journal.transcript(task);
          },
        },
      };
    },
    seed: 2,
    options: { faults: ["model", "crash"], ...CALM },
  },
  {
    guard: "who asks has the right",
    twin: github(() => ({ permission: async () => "admin" })),
    seed: 3,
    options: { faults: [], ...CALM },
  },
  {
    guard: "the repository's gates are read",
    twin: github(() => ({ file: async () => undefined })),
    seed: 1,
    options: { faults: [], ...CALM },
  },
  {
    guard: "the jobs of a dead worker are found",
    twin: (ports, world) => {
      world.missesHeartbeats = false;
      return ports;
    },
    seed: 1,
    options: { faults: ["crash"], ...CALM },
  },
  {
    guard: "runs without a job are found",
    twin: store(() => ({ recoverRuns: async () => [] })),
    seed: 4,
    options: { faults: ["crash"], crashShare: 0.03, ...CALM },
  },
  {
    guard: "lost deliveries are asked for again",
    twin: app(() => ({ deliveries: async () => [] })),
    seed: 1,
    options: { faults: ["delivery"], ...CALM },
  },
  {
    guard: "runs at once have a limit",
    twin: store(({ store: real }) => ({
      admitRuns: () => real.admitRuns({ perRepository: 99, perInstallation: 99 }),
    })),
    seed: 7,
    options: { faults: [], ...CALM },
  },
  {
    guard: "each use of git has a token of its own",
    twin: (ports, world, process) => {
      const tokens = new Map<number, Promise<string>>();
      return github((view) => ({
        readToken: (repository) => {
          const token = tokens.get(repository.id) ?? view.readToken(repository);
          tokens.set(repository.id, token);
          return token;
        },
      }))(ports, world, process);
    },
    seed: 2,
    options: { faults: ["outage"], processes: 1, ...CALM },
  },
  {
    guard: "a damaged mirror is thrown away",
    twin: (ports) => ({ ...ports, research: { ...ports.research, discardMirror: () => undefined } }),
    seed: 3,
    options: { faults: ["git"], processes: 1, ...CALM },
  },
  {
    guard: "jobs that were put aside are sent anew",
    twin: store(() => ({ reviveJobs: async () => 0 })),
    seed: 4,
    options: { faults: ["crash"], crashShare: 0.03 },
  },
  {
    guard: "a comment is looked for once more before it is made again",
    twin: store(({ store: real }) => ({
      saveIdempotencyRecord: async (of, name, value) =>
        name === "comment-asked" ? undefined : real.saveIdempotencyRecord(of, name, value),
    })),
    seed: 22,
    options: { faults: ["crash", "lag"], crashShare: 0.02 },
  },
];

const opened = new WeakMap<World, Map<string, string>>();

/** The calls of models that no answer came to, over all processes of a world. */
function openCalls(world: World): Map<string, string> {
  const known = opened.get(world) ?? new Map<string, string>();
  opened.set(world, known);
  return known;
}
