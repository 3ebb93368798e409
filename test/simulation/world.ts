import { AsyncLocalStorage } from "node:async_hooks";
import { RunFailure } from "../../src/failure.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import { type GitHub, type GitHubApp, WRITES } from "../../src/github/github.ts";
import { storeRateLimiter } from "../../src/github/io/rate-limiter.ts";
import { turns } from "../../src/github/io/write.ts";
import { readDelivery } from "../../src/github/read-delivery.ts";
import type { Journal } from "../../src/llm/journal.ts";
import { type Model, ModelFailure } from "../../src/llm/model.ts";
import type { ModelSettings } from "../../src/llm/model-settings.ts";
import { costOf } from "../../src/llm/money.ts";
import type { Deadline } from "../../src/process/clock.ts";
import { openModelProvider } from "../../src/server/open-model-provider.ts";
import { handlersOf } from "../../src/service/handlers.ts";
import type { Service } from "../../src/service/service.ts";
import type { JobContext, JobHandlers, JobKind, Store } from "../../src/store/store.ts";
import { sha256 } from "../../src/text/hash.ts";
import { type MemoryDelivery, type MemoryGitHub, memoryGitHub } from "../fakes/memory-github.ts";
import { memoryJournal } from "../fakes/memory-journal.ts";
import { type MemoryStore, type MemoryWorkers, memoryStore, type Timers } from "../fakes/memory-store.ts";
import { type Chance, chanceOf, Scheduler } from "./scheduler.ts";
import { simulatedResearch } from "./simulated-research.ts";

export const FAULTS = [
  /** A process dies before, during or after a call, and another one starts. */
  "crash",
  /** A process stands still for longer than its heartbeats may miss, and goes on. */
  "pause",
  /** A call does not reach GitHub, or its answer does not come. */
  "answer",
  /** One installation is told to wait. */
  "limit",
  /** Nothing of GitHub answers for hours. */
  "outage",
  /** GitHub's lists are behind. */
  "lag",
  /** The clock of the database or of a process jumps, in both directions. */
  "clock",
  /** The disk of the database is full. */
  "disk",
  /** Git does not answer, or a mirror is damaged. */
  "git",
  /** A model fails before or after it was paid, or is away for hours. */
  "model",
  /** Webhooks are lost, doubled, late. */
  "delivery",
  /** Somebody writes many commands at once. */
  "flood",
  /** The research of one issue ends its process each time. */
  "poison",
] as const;
export type FaultKind = (typeof FAULTS)[number];

/** What the service sees of the outside: a broken twin replaces some of it. */
export interface Ports {
  readonly app: GitHubApp;
  readonly store: Store;
  readonly journal: Journal;
  readonly research: Service["research"];
  readonly settings: Service["settings"];
}
export type Twin = (ports: Ports, world: World, process: Process) => Ports;

/** The job that is at work, as far as what it may write depends on it. */
export interface Context {
  readonly kind: JobKind;
  readonly repository: number | undefined;
  readonly issue: number | undefined;
  readonly run: string | undefined;
  readonly startedAt: number;
  /** When its run was begun for the first time, by whichever process. */
  readonly begunAt: number;
  attempt?: number;
  lease?: { readonly name: string; readonly number: number };
  /** When its run or its lease became somebody else's. */
  staleSince?: number;
}

/** One call that reached GitHub. */
export interface Call {
  readonly name: string;
  readonly installation: number;
  readonly args: readonly unknown[];
  readonly context: Context | undefined;
  /** When the service asked for it, in true time; it reaches GitHub later. */
  readonly sentAt: number;
  readonly isWrite: boolean;
}

export interface Watcher {
  /** A call is about to have its effect. */
  call(call: Call): void;
  /** A write had its effect. */
  written(call: Call): void;
  /** A person's or the service's change of rights, text or state is part of `people`. */
  billed(context: Context | undefined, micros: number, at: number): void;
  accepted(delivery: MemoryDelivery, key: string, answer: "stored" | "known"): void;
  /** A run ended its process by what it researches. */
  poisoned(run: string): void;
  /** A model was asked while it is away. */
  askedInVain(): void;
}

/** In the middle of a day and a month: a clock that jumps by hours counts money to the same ones. */
export const START = Date.UTC(2026, 0, 15, 9);
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After something that concerned everybody: jobs wait for up to five minutes when nothing answered. */
const GRACE = 7 * MINUTE;
/** The same where processes die all the time: a job that died nine times is put aside for 10 minutes and the next comparison. */
const LONG_GRACE = 20 * MINUTE;
/** GitHub's lists are behind by so much at most. */
const LAG = 30_000;
const CRASH_SHARE = 0.003;
const RUNS_PER_INSTALLATION = 2;
const RECONCILE_SECONDS = 300;
export const MODEL: ModelSettings = {
  models: [
    {
      name: "simulated",
      url: "https://model.invalid/v1",
      keyVariable: undefined,
      model: "simulated",
      contextTokens: 8_000,
      outputTokens: 500,
      price: { input: 10, output: 40 },
      tools: "auto",
      maxTokensField: "auto",
      concurrency: 4,
      timeoutSeconds: 60,
      idleSeconds: 60,
    },
  ],
  phases: { default: ["simulated"] },
  budget: { phase: 0.1, investigation: 0.15, repositoryPerDay: 0.3, installationPerMonth: 3 },
  limits: { steps: 40, tokens: 400_000, minutes: 20, rounds: 3 },
  installations: {},
};

const WRITE_NAMES: ReadonlySet<string> = new Set(WRITES);
/** An answer that never comes. */
const NEVER = new Promise<never>(() => undefined);

export class World {
  readonly chance: Chance;
  readonly scheduler = new Scheduler(START);
  readonly github: MemoryGitHub;
  readonly store: MemoryStore;
  readonly journal = memoryJournal();
  readonly contexts = new AsyncLocalStorage<Context>();
  readonly active = new Set<Context>();
  /** When each run was begun for the first time. */
  readonly begun = new Map<string, number>();
  readonly processes: Process[] = [];
  readonly faults: ReadonlySet<FaultKind>;
  readonly twin: Twin | undefined;
  readonly injected = new Map<string, number>();
  watcher: Watcher | undefined;
  /** Hears what happens, for who looks for the reason of a broken promise. */
  trace: ((line: string) => void) | undefined;
  /** Faults are drawn until then. */
  faultsUntil = START;
  storeOffset = 0;
  lag = 0;
  outageUntil = 0;
  modelAwayUntil = 0;
  readonly gitAwayUntil = new Map<number, number>();
  readonly limitedUntil = new Map<number, number>();
  /** Installations that no fault of their own hits. */
  readonly healthy = new Set<number>();
  /** When something that concerns everybody was last wrong. */
  troubledAt = Number.NEGATIVE_INFINITY;

  constructor(seed: number, faults: ReadonlySet<FaultKind>, twin?: Twin) {
    this.chance = chanceOf(seed);
    this.faults = faults;
    this.twin = twin;
    this.store = memoryStore(() => this.scheduler.now() + this.storeOffset);
    this.github = memoryGitHub({
      now: () => this.scheduler.now(),
      lag: () => this.lag,
      onDelivery: (delivery) => this.#carry(delivery),
    });
  }

  now(): number {
    return this.scheduler.now();
  }

  has(kind: FaultKind): boolean {
    return this.faults.has(kind) && this.now() < this.faultsUntil;
  }

  count(what: string): void {
    this.trace?.(`fault: ${what}`);
    this.injected.set(what, (this.injected.get(what) ?? 0) + 1);
  }

  async startProcess(): Promise<void> {
    const process = new Process(this, this.processes.length);
    this.processes.push(process);
    await process.start();
  }

  alive(): readonly Process[] {
    return this.processes.filter((process) => !process.isDead && !process.isPaused());
  }

  /** Draws what happens by itself: outages, limits, jumps, a full disk. */
  plan(installations: readonly number[]): void {
    const { chance, scheduler } = this;
    const span = this.faultsUntil - this.now();
    const at = (work: () => void, times: number): void => {
      for (let i = 0; i < times; i++) scheduler.after(chance.between(0, span), work);
    };
    const sick = installations.filter((id) => !this.healthy.has(id));
    if (this.faults.has("limit"))
      at(
        () => {
          this.count("limit");
          this.limitedUntil.set(chance.pick(sick), this.now() + chance.between(10_000, 40 * MINUTE));
        },
        1 + chance.below(4),
      );
    if (this.faults.has("outage"))
      at(() => {
        this.count("outage");
        this.outageUntil = this.#within(chance.between(MINUTE, 4 * HOUR));
      }, 1);
    if (this.faults.has("lag"))
      at(() => {
        this.count("lag");
        this.lag = chance.between(0, LAG);
        scheduler.after(20 * MINUTE, () => (this.lag = 0));
      }, 3);
    if (this.faults.has("clock"))
      at(
        () => {
          this.count("clock");
          this.troubledAt = this.now();
          const jump = chance.pick([-1, 1]) * chance.between(5_000, 3 * HOUR);
          if (chance.is(0.5)) this.storeOffset += jump;
          else for (const process of this.alive()) if (chance.is(0.5)) process.offset += jump;
        },
        1 + chance.below(3),
      );
    if (this.faults.has("disk"))
      at(() => {
        this.count("disk");
        this.store.full = true;
        scheduler.after(chance.between(MINUTE, HOUR), () => {
          this.store.full = false;
          this.troubledAt = this.now();
        });
      }, 1);
    if (this.faults.has("git"))
      at(() => {
        this.count("git");
        const repository = chance.pick([...this.sickRepositories]);
        if (chance.is(0.5)) this.gitAwayUntil.set(repository, this.#within(chance.between(MINUTE, 2 * HOUR)));
        else this.alive()[0]?.damaged.add(repository);
      }, 3);
    if (this.faults.has("model"))
      at(() => {
        this.count("model away");
        this.modelAwayUntil = this.#within(chance.between(MINUTE, 3 * HOUR));
      }, 1);
    if (this.faults.has("pause"))
      at(
        () => {
          const process = this.alive()[0];
          if (process === undefined) return;
          this.count("pause");
          process.pause(chance.between(5_000, 3 * MINUTE));
        },
        1 + chance.below(4),
      );
  }

  /** Repositories of installations that faults of their own may hit. */
  readonly sickRepositories = new Set<number>();
  /** `repository#issue` whose research ends its process. */
  poison: string | undefined;
  /** A process dies at so many of its calls. */
  crashShare = CRASH_SHARE;
  /** The jobs of a dead process are taken from it. */
  missesHeartbeats = true;

  /** The end of something that lasts so long, or ends with the faults. */
  #within(milliseconds: number): number {
    return Math.min(this.now() + milliseconds, this.faultsUntil);
  }

  isTroubled(): boolean {
    if (
      this.now() < this.outageUntil ||
      this.store.full ||
      this.alive().length < this.processes.filter((p) => !p.isDead).length
    )
      this.troubledAt = this.now();
    return this.now() - this.troubledAt < (this.crashShare > CRASH_SHARE ? LONG_GRACE : GRACE);
  }

  #carry(delivery: MemoryDelivery): void {
    const { chance, scheduler } = this;
    let times = 1;
    if (this.has("delivery")) {
      times = chance.pick([0, 1, 1, 1, 1, 1, 2]);
      if (times !== 1) this.count("delivery");
    }
    const slow = this.has("delivery") && chance.is(0.2) ? 10 * MINUTE : 2_000;
    for (let i = 0; i < times; i++)
      scheduler.after(chance.between(50, slow), () => {
        const alive = this.alive();
        if (alive.length > 0) chance.pick(alive).receive(delivery);
      });
  }
}

/** A process of the service: it can die and stand still. */
export class Process implements Timers {
  readonly world: World;
  readonly number: number;
  isDead = false;
  pausedUntil = 0;
  offset = 0;
  readonly damaged = new Set<number>();
  #workers: MemoryWorkers | undefined;
  #ports: Ports | undefined;

  constructor(world: World, number: number) {
    this.world = world;
    this.number = number;
  }

  now(): number {
    return this.world.now() + this.offset;
  }

  isPaused(): boolean {
    return this.world.now() < this.pausedUntil;
  }

  after(milliseconds: number, work: () => void): () => void {
    const fire = (): void => {
      if (this.isDead) return;
      if (this.isPaused()) cancel = this.world.scheduler.after(this.pausedUntil - this.world.now(), fire);
      else work();
    };
    let cancel = this.world.scheduler.after(milliseconds, fire);
    return () => cancel();
  }

  kill(): void {
    if (this.isDead) return;
    const { world } = this;
    this.isDead = true;
    world.troubledAt = world.now();
    this.#workers?.kill();
    const workers = this.#workers;
    world.scheduler.after(world.chance.between(10_000, 13_000), () => {
      if (world.missesHeartbeats) workers?.miss();
    });
    world.scheduler.after(world.chance.between(500, 30_000), () => void world.startProcess());
    for (const context of this.contexts) world.active.delete(context);
  }

  pause(milliseconds: number): void {
    const { world } = this;
    this.pausedUntil = world.now() + milliseconds;
    world.scheduler.after(Math.max(10_000, world.chance.between(10_000, 13_000)), () => {
      if (this.isPaused()) this.#workers?.miss();
    });
  }

  readonly contexts = new Set<Context>();

  async start(): Promise<void> {
    const { world } = this;
    const store = this.#store();
    const plain: Ports = {
      store,
      app: this.#app(store),
      journal: this.#ported("journal", world.journal),
      research: this.#research(),
      settings: {
        worker: `w${this.number}`,
        runsPerInstallation: RUNS_PER_INSTALLATION,
        editSpacing: 10_000,
        listsBehind: LAG,
        keepDays: 30,
        deliveryDays: 3,
      },
    };
    const ports = world.twin?.(plain, world, this) ?? plain;
    this.#ports = ports;
    const service: Service = {
      app: ports.app,
      store: ports.store,
      research: ports.research,
      modelProvider: openModelProvider({
        settings: MODEL,
        models: new Map([["simulated", this.#model()]]),
        journal: ports.journal,
        now: () => this.now(),
        sleep: (milliseconds, signal) => this.sleep(milliseconds, signal),
      }),
      settings: ports.settings,
      now: () => this.now(),
      deadline: (minutes) => this.#deadline(minutes),
      log: this.#log(),
    };
    this.#workers = await world.store.work(
      this.#watched(handlersOf(service)),
      { runs: 2, reconcileSeconds: RECONCILE_SECONDS, clockSeconds: 30 },
      this,
    );
  }

  #research(): Service["research"] {
    const { world } = this;
    const research = simulatedResearch({
      github: world.github,
      chance: world.chance,
      damaged: this.damaged,
      reach: (repository) => this.#git(repository),
      pause: (milliseconds, signal) => this.sleep(milliseconds, signal),
    });
    return {
      ...research,
      investigate: async (request, hooks, signal) => {
        const run = world.contexts.getStore()?.run;
        if (run !== undefined && `${request.mirror}#${request.issue.key}` === world.poison) {
          await this.sleep(world.chance.between(1_000, 20_000), signal);
          world.watcher?.poisoned(run);
          this.kill();
          return NEVER;
        }
        return research.investigate(request, hooks, signal);
      },
    };
  }

  #log(): Service["log"] {
    const { world } = this;
    const say = (what: string, ids: object): void =>
      world.trace?.(`w${this.number} ${what} ${JSON.stringify(ids)}`);
    return { info: say, warn: say, error: (what, ids, error) => say(`${what}: ${String(error)}`, ids) };
  }

  /** A webhook comes in, as `server/webhooks.ts` takes it. */
  receive(delivery: MemoryDelivery): void {
    const { event, payload, guid, installation } = delivery;
    const meaning = readDelivery(event, payload, { appId: 4711 });
    const key = sha256(`${event}\n${JSON.stringify(payload)}`);
    const accepted = { key, guid, event, payload, installation, wanted: meaning.kind !== "ignored" };
    if (meaning.kind === "malformed") throw new Error(`malformed: ${event} ${meaning.why}`);
    this.#ports?.store.acceptDelivery(accepted).then(
      (answer) => {
        delivery.ok = true;
        this.world.watcher?.accepted(delivery, key, answer);
      },
      () => undefined,
    );
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason as Error);
      const stop = (): void => {
        cancel();
        reject(signal?.reason as Error);
      };
      const cancel = this.after(milliseconds, () => {
        signal?.removeEventListener("abort", stop);
        resolve();
      });
      signal?.addEventListener("abort", stop, { once: true });
    });
  }

  #deadline(minutes: number): Deadline {
    const controller = new AbortController();
    let cancel: (() => void) | undefined;
    return {
      signal: controller.signal,
      restart: () => {
        cancel?.();
        cancel = this.after(minutes * MINUTE, () => controller.abort(new Error("the time is up")));
      },
      clear: () => cancel?.(),
    };
  }

  #watched(handlers: JobHandlers): JobHandlers {
    const { world } = this;
    const watch =
      (kind: JobKind, handler: (job: never, context: JobContext) => Promise<void>) =>
      async (
        job: { repository?: number; issue?: number; run?: string },
        given: JobContext,
      ): Promise<void> => {
        const { repository, issue, run } = job;
        const startedAt = world.now();
        const begunAt = world.begun.get(run ?? "") ?? startedAt;
        if (run !== undefined) world.begun.set(run, begunAt);
        const context: Context = { kind, repository, issue, run, startedAt, begunAt };
        world.active.add(context);
        this.contexts.add(context);
        try {
          world.trace?.(`w${this.number} begins ${kind} ${JSON.stringify(job)} try ${given.attempt}`);
          await world.contexts.run(context, () => handler(job as never, given));
          world.trace?.(`w${this.number} ends ${kind}`);
        } catch (error) {
          world.trace?.(`w${this.number} fails ${kind}: ${String(error)}`);
          throw error;
        } finally {
          world.active.delete(context);
          this.contexts.delete(context);
        }
      };
    return Object.fromEntries(
      Object.entries(handlers).map(([kind, handler]) => [kind, watch(kind as JobKind, handler as never)]),
    ) as unknown as JobHandlers;
  }

  /** A call of the outside: it leaves, has its effect, and its answer comes back; the process may die at each of these moments. */
  call<T>(perform: () => Promise<T>, latency: readonly [number, number], name: string): Promise<T> {
    const { world } = this;
    const { chance, scheduler } = world;
    if (this.isDead) return NEVER;
    const doom =
      world.has("crash") && chance.is(world.crashShare)
        ? chance.pick(["before", "during", "after"])
        : undefined;
    if (doom === "before") {
      world.count(`crash before ${name}`);
      this.kill();
      return NEVER;
    }
    return new Promise<T>((resolve, reject) => {
      scheduler.after(chance.between(...latency), () => {
        perform().then(
          (value) => this.after(chance.between(...latency), () => resolve(value)),
          (error: unknown) => this.after(chance.between(...latency), () => reject(error)),
        );
        if (doom !== undefined) {
          world.count(`crash ${doom} ${name}`);
          if (doom === "during") this.kill();
          else this.after(2 * latency[1] + 1, () => this.kill());
        }
      });
    });
  }

  #ported<T extends object>(name: string, port: T): T {
    return Object.fromEntries(
      Object.entries(port).map(([method, work]: [string, unknown]) => [
        method,
        typeof work === "function"
          ? (...args: unknown[]): unknown =>
              this.call(
                () => (work as (...args: unknown[]) => Promise<unknown>)(...args),
                [1, 15],
                `${name}.${method}`,
              )
          : work,
      ]),
    ) as T;
  }

  #store(): Store {
    const { world } = this;
    const ported = this.#ported<Store>("store", world.store);
    return {
      ...ported,
      async beginRun(run, worker) {
        const context = world.contexts.getStore();
        const begun = await ported.beginRun(run, worker);
        if (context !== undefined && begun !== undefined) context.attempt = begun.attempt;
        return begun;
      },
      async takeLease(name) {
        const context = world.contexts.getStore();
        const number = await ported.takeLease(name);
        if (context !== undefined) context.lease = { name, number };
        return number;
      },
    };
  }

  #app(store: Store): GitHubApp {
    const { world } = this;
    const inTurn = turns(
      storeRateLimiter(store, { now: () => this.now(), wait: (milliseconds) => this.sleep(milliseconds) }),
    );
    const ask = <T>(
      name: string,
      installation: number,
      args: readonly unknown[],
      perform: () => Promise<T>,
    ): Promise<T> => {
      const isWrite = WRITE_NAMES.has(name);
      const context = world.contexts.getStore();
      const call: Call = { name, installation, args, context, sentAt: world.now(), isWrite };
      const send = (): Promise<T> =>
        this.call(
          () => this.#request(call, perform),
          [20, world.chance.is(0.02) ? 6_000 : 400],
          `github.${name}`,
        );
      return isWrite ? inTurn(name === "redeliver" ? 0 : installation, send) : send();
    };
    const wrap = <P extends object>(port: P, installation: number): P =>
      Object.fromEntries(
        Object.entries(port).map(([name, work]: [string, unknown]) => [
          name,
          (...args: unknown[]): unknown =>
            ask(name, installation, args, () => (work as (...args: unknown[]) => Promise<unknown>)(...args)),
        ]),
      ) as P;
    const app = wrap(world.github.app, 0);
    const views = new Map<number, GitHub>();
    let identity: ReturnType<GitHubApp["identity"]> | undefined;
    return {
      ...app,
      // Asked once, as the client does.
      identity: () =>
        (identity ??= app.identity().catch((error: unknown) => {
          identity = undefined;
          throw error;
        })),
      forInstallation(installation) {
        const view =
          views.get(installation) ?? wrap(world.github.app.forInstallation(installation), installation);
        views.set(installation, view);
        return view;
      },
    };
  }

  /** What happens at GitHub's end. */
  async #request<T>(call: Call, perform: () => Promise<T>): Promise<T> {
    const { world } = this;
    const { chance } = world;
    const { name, installation } = call;
    if (world.now() < world.outageUntil) throw new GitHubFailure("unavailable", `${name}: 502`);
    const until = world.limitedUntil.get(installation) ?? 0;
    world.watcher?.call(call);
    if (world.now() < until)
      throw new GitHubFailure("limited", `${name}: 429`, { retryAt: this.now() + (until - world.now()) });
    const fault = world.has("answer") && !world.healthy.has(installation) ? chance.next() : 1;
    if (fault < 0.02) {
      world.count("refused call");
      throw new GitHubFailure("unavailable", `${name}: 500`);
    }
    const answer = await perform();
    if (call.isWrite) {
      const [{ id } = {}, what] = call.args as [{ readonly id?: number }?, unknown?];
      world.trace?.(`w${this.number} writes ${name} ${id} ${JSON.stringify(what)?.slice(0, 90)}`);
      world.watcher?.written(call);
    }
    if (fault < 0.05) {
      world.count("lost answer");
      throw new GitHubFailure("unavailable", `${name}: the answer was lost`);
    }
    return answer;
  }

  async #git(repository: number): Promise<void> {
    const { world } = this;
    if (world.now() < Math.max(world.outageUntil, world.gitAwayUntil.get(repository) ?? 0))
      throw new RunFailure("repository-unreachable", "git does not answer");
  }

  #model(): Model {
    const { world } = this;
    const row = MODEL.models[0]!;
    return {
      name: row.name,
      contextTokens: row.contextTokens,
      outputTokens: row.outputTokens,
      price: row.price,
      reply: (request, signal) => {
        const context = world.contexts.getStore();
        return this.call(
          async () => {
            signal.throwIfAborted();
            if (world.now() < world.modelAwayUntil) {
              world.watcher?.askedInVain();
              throw new ModelFailure("unavailable", "503");
            }
            const { chance } = world;
            const input = chance.below(request.transcript.reduce((sum, { text }) => sum + text.length, 100));
            const usage = {
              input,
              cached: 0,
              output: chance.below(request.maxOutputTokens),
              estimated: false,
            };
            world.watcher?.billed(context, costOf(usage, row.price), world.now());
            if (world.has("model") && chance.is(0.1)) {
              world.count("paid for nothing");
              throw new ModelFailure("unavailable", "cut", { mayCost: true });
            }
            return {
              kind: "reply" as const,
              text: "x".repeat(chance.below(300)),
              calls: [],
              usage,
              model: row.name,
            };
          },
          [200, 20_000],
          "model.reply",
        );
      },
    };
  }
}
