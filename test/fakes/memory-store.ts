import { RetryLater } from "../../src/failure.ts";
import type { Effect } from "../../src/investigation/event.ts";
import { parseInvestigation } from "../../src/investigation/stored.ts";
import { sha256 } from "../../src/text/hash.ts";
import {
  AT_ONCE,
  DEAD,
  GIVEN_UP,
  HEARTBEAT_SECONDS,
  KINDS,
  MAX_REVIVALS,
  MAX_TRACKED_COMMENTS,
  QUEUES,
  REVIVAL_MINUTES,
  REVIVED,
} from "../../src/store/queue-rules.ts";
import type { IssueComment } from "../../src/issue/issue.ts";
import type { TrackedIssue } from "../../src/issue/parse-tracker.ts";
import type {
  IssueKey,
  Job,
  JobContext,
  JobHandlers,
  JobKind,
  Store,
  StoredDelivery,
  StoredRepository,
  TrackerState,
  Workers,
} from "../../src/store/store.ts";

/** The time of one process, and what it does later. */
export interface Timers {
  /** Milliseconds since 1970. */
  now(): number;
  /** Gives a function that takes it back. */
  after(milliseconds: number, work: () => void): () => void;
}

interface MemoryWork {
  readonly runs: number;
  readonly reconcileSeconds: number;
  /** Seconds between two looks at the store's clock. */
  readonly clockSeconds?: number;
}

export interface MemoryStore extends Store, AsyncDisposable {
  /** Works jobs as `OpenStore.work` does, in the time of one process. */
  work(handlers: JobHandlers, options: MemoryWork, timers?: Timers): Promise<MemoryWorkers>;
  /** Jobs by their state. */
  jobs(queue: string): Readonly<Record<string, number>>;
  /** As `followClock` of the other stores. */
  followClock(): number;
  /** Runs that hold a place now. */
  admitted(): readonly { readonly run: string; readonly repository: number; readonly installation: number }[];
  /** Deliveries that are stored and have no outcome. */
  waiting(): readonly StoredDelivery[];
  /** Every job that waits or is at work. */
  open(): readonly OpenJob[];
  /** Every run that did not end. */
  openRunIds(): readonly string[];
  /** `isCurrent` and `holdsLease`, for who looks on. */
  isCurrentNow(run: string, attempt: number): boolean;
  holdsLeaseNow(name: string, lease: number): boolean;
  /** Every write fails, as on a full disk. */
  full: boolean;
}

export interface MemoryWorkers extends Workers {
  /** The process is gone: it takes no job and ends none. */
  kill(): void;
  /** Its heartbeats were missed: the jobs that it works go back to the queue. */
  miss(): void;
}

type OpenJob = Readonly<
  Pick<QueueJob, "kind" | "data" | "state" | "createdAt" | "startAfter" | "installation">
>;

interface QueueJob {
  readonly id: number;
  readonly kind: JobKind;
  readonly data: Readonly<Record<string, unknown>>;
  readonly key: string | undefined;
  readonly installation: number | undefined;
  readonly priority: number;
  readonly createdAt: number;
  state: "created" | "retry" | "active" | "completed" | "cancelled" | "failed";
  startAfter: number;
  retryCount: number;
  startedAt: number;
  /** Tells the process that works it that it is its job no longer. */
  lose: (() => void) | undefined;
}

interface Run {
  readonly id: string;
  readonly repository: number;
  readonly issue: number;
  readonly installation: number;
  requestedAt: number;
  state: "waiting" | "admitted" | "stopped" | "ended";
  attempt: number;
  crashes: number;
  job: QueueJob | undefined;
}

interface Timed {
  value: number;
  at: number;
}

/** The jobs' clock is looked at so often for one whose time has come. */
const POLL = 60_000;
/** A process learns within this time that a job is its own no longer. */
const REFRESH = 1_000;
const SLACK = 2_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;

const REAL: Timers = {
  now: Date.now,
  after(milliseconds, work) {
    const timer = setTimeout(work, milliseconds);
    return () => clearTimeout(timer);
  },
};

/** The store in memory. Each call is one transaction; any number of processes share one. `now`: the database's clock. */
export function memoryStore(now: () => number = Date.now): MemoryStore {
  const deliveries = new Map<string, StoredDelivery & { endedAt?: number }>();
  const investigations = new Map<
    string,
    { readonly of: IssueKey; installation: number; state: string; digest: string; changedAt: number }
  >();
  const records = new Map<string, Map<string, string>>();
  const runs = new Map<string, Run>();
  const repositories = new Map<number, StoredRepository>();
  const looked = new Map<number, number>();
  const leases = new Map<string, Timed>();
  const pacing = new Map<number, { nextAt: number; heldUntil: number }>();
  const notes = new Map<string, { value: string; at: number }>();
  let starts: { readonly installation: number; readonly actor: number; readonly at: number }[] = [];
  let automatic: {
    readonly repository: number;
    readonly issue: number;
    readonly author: number;
    readonly at: number;
    readonly spokeAt?: number;
  }[] = [];
  const open = new Map<JobKind, Set<QueueJob>>(KINDS.map((kind) => [kind, new Set()]));
  const ended = new Map<string, Record<string, number>>();
  let dead: { readonly job: QueueJob; readonly at: number }[] = [];
  const slots = new Map<string, number>();
  const listeners = new Set<() => void>();
  let lastJob = 0;
  let lastLease = 0;

  const trackers = new Map<number, Tracker>();
  const trackerOf = (id: number): Tracker => {
    const known = trackers.get(id) ?? newTracker();
    trackers.set(id, known);
    return known;
  };
  const trackedIn = (id: number, isWanted: (number: number) => boolean): readonly TrackedIssue[] => {
    const { issues, comments } = trackers.get(id) ?? newTracker();
    const said = [...comments].sort(([a], [b]) => a - b).map(([, comment]) => comment);
    return [...issues]
      .filter(([number]) => isWanted(number))
      .sort(([a], [b]) => a - b)
      .map(([number, { entry }]) => ({
        ...entry,
        comments: said
          .filter(({ issue }) => issue === number)
          .slice(0, MAX_TRACKED_COMMENTS)
          .map((one) => one.said),
      }));
  };
  const keyOf = ({ repository, issue }: IssueKey): string => `${repository}#${issue}`;
  const storable = (text: string): string => text.replaceAll("\0", "\ufffd");
  /** Every method that changes something starts with it. */
  const write = (): void => {
    if (store.full) throw new Error("could not extend file: No space left on device");
  };
  const wake = (): void => {
    for (const listener of listeners) listener();
  };
  const isOpen = (job: QueueJob | undefined): boolean =>
    job !== undefined && (job.state === "created" || job.state === "retry" || job.state === "active");

  const end = (job: QueueJob, state: "completed" | "cancelled" | "failed"): void => {
    if (!isOpen(job)) return;
    job.state = state;
    open.get(job.kind)!.delete(job);
    const counts = ended.get(job.kind) ?? {};
    counts[state] = (counts[state] ?? 0) + 1;
    ended.set(job.kind, counts);
    if (state === "failed") dead.push({ job, at: now() });
    job.lose?.();
  };
  const add = (
    kind: JobKind,
    data: Readonly<Record<string, unknown>>,
    more: {
      readonly key?: string;
      readonly installation?: number;
      readonly startAfter?: number;
      readonly priority?: number;
    },
  ): QueueJob => {
    const { installation } = more;
    const before =
      installation === undefined
        ? 0
        : [...open.get(kind)!].filter((other) => other.installation === installation).length;
    const job: QueueJob = {
      id: ++lastJob,
      kind,
      data,
      key: more.key,
      installation,
      priority: more.priority ?? -before,
      createdAt: now(),
      state: "created",
      startAfter: now() + (more.startAfter ?? 0),
      retryCount: 0,
      startedAt: 0,
      lose: undefined,
    };
    open.get(kind)!.add(job);
    wake();
    return job;
  };
  const addOnce = (
    kind: JobKind,
    data: Readonly<Record<string, unknown>>,
    more: {
      readonly key: string;
      readonly installation: number | undefined;
      readonly inSeconds?: number;
      readonly everySeconds?: number;
    },
  ): void => {
    const { key, installation, inSeconds = 0, everySeconds } = more;
    for (const job of open.get(kind)!)
      if (job.key === key && job.state === "created" && job.startAfter <= now() + inSeconds * 1000) return;
    if (everySeconds !== undefined) {
      const slot = Math.floor(now() / 1000 / everySeconds);
      if (slots.get(`${kind} ${key}`) === slot) return;
      slots.set(`${kind} ${key}`, slot);
    }
    add(kind, data, {
      key,
      ...(installation === undefined ? {} : { installation }),
      startAfter: inSeconds * 1000,
    });
  };
  const fail = (job: QueueJob): void => {
    if (job.state !== "active") return;
    const { retryLimit, retryDelay, retryDelayMax } = QUEUES[job.kind];
    if (job.retryCount >= retryLimit) return end(job, "failed");
    const { lose } = job;
    job.state = "retry";
    job.lose = undefined;
    job.startAfter = now() + Math.min(retryDelayMax, retryDelay * 2 ** job.retryCount) * 1000;
    lose?.();
    wake();
  };
  /** The next job of a kind that may start now. */
  const take = (kind: JobKind, busy: ReadonlySet<number | undefined>): QueueJob | undefined => {
    let best: QueueJob | undefined;
    const jobs = open.get(kind)!;
    for (const job of jobs) {
      if (job.state === "active" || job.startAfter > now()) continue;
      if (job.installation !== undefined && busy.has(job.installation)) continue;
      if (QUEUES[kind].policy === "singleton" && job.key !== undefined && isKeyBusy(jobs, job.key)) continue;
      if (best === undefined || job.priority > best.priority) best = job;
    }
    if (best === undefined) return undefined;
    if (best.state === "retry") best.retryCount++;
    best.state = "active";
    best.startedAt = now();
    return best;
  };
  const finish = (key: string, outcome: string): void => {
    const known = deliveries.get(key);
    if (known === undefined || known.outcome !== undefined) return;
    deliveries.set(key, { ...known, outcome: outcome.slice(0, 500), payload: null, endedAt: now() });
  };
  const installationOf = (data: Readonly<Record<string, unknown>>): number | undefined =>
    (data["installation"] as number | undefined) ??
    repositories.get(data["repository"] as number)?.installation;
  const countStart = (installation: number, actor: number): void => {
    starts = starts.filter((start) => start.at >= now() - HOUR || start.actor !== actor);
    starts.push({ installation, actor, at: now() });
  };
  const putBack = (job: QueueJob, seconds: number): void => {
    if (job.state !== "active") return;
    const run = job.kind === "run" ? runs.get(job.data["run"] as string) : undefined;
    job.lose = undefined;
    const isSame = (other: QueueJob): boolean =>
      other.key === job.key && other.state === "created" && other.startAfter <= now() + seconds * 1000;
    if (job.kind !== "run" && job.key !== undefined && [...open.get(job.kind)!].some(isSame))
      return end(job, "completed");
    const again = add(job.kind, job.data, {
      ...(job.key === undefined ? {} : { key: job.key }),
      ...(job.installation === undefined ? {} : { installation: job.installation }),
      priority: job.priority,
      startAfter: seconds * 1000,
    });
    end(job, "completed");
    if (job.kind !== "run") return;
    if (run?.state === "admitted") {
      run.job = again;
      run.crashes = Math.max(0, run.crashes - 1);
    } else end(again, "cancelled");
  };

  const store: MemoryStore = {
    full: false,
    async acceptDelivery(delivery) {
      write();
      if (delivery.event.includes("\0")) throw new Error("invalid byte sequence");
      if (deliveries.has(delivery.key)) return "known";
      deliveries.set(delivery.key, {
        ...structuredClone(delivery),
        receivedAt: now(),
        ...(delivery.wanted ? {} : { outcome: "nothing follows from it", payload: null, endedAt: now() }),
      });
      const { key, installation } = delivery;
      if (delivery.wanted) add("delivery", { key }, installation === undefined ? {} : { installation });
      return "stored";
    },
    async delivery(key) {
      const known = deliveries.get(key);
      if (known === undefined) return undefined;
      const { installation: _, endedAt: __, ...rest } = known;
      return structuredClone(rest);
    },
    async finishDelivery(key, outcome) {
      write();
      finish(key, outcome);
    },
    async knownGuids(guids) {
      const known = new Set([...deliveries.values()].map(({ guid }) => guid));
      return new Set(guids.filter((guid) => known.has(guid)));
    },
    async forgetDeliveries(days) {
      write();
      const before = now() - days * DAY;
      const old = [...deliveries].filter(([, { endedAt }]) => endedAt !== undefined && endedAt <= before);
      for (const [key] of old) deliveries.delete(key);
      return old.length;
    },
    async lastDeliveryAt() {
      return deliveries.size === 0
        ? undefined
        : Math.max(...[...deliveries.values()].map(({ receivedAt }) => receivedAt));
    },

    async investigation(of) {
      const known = investigations.get(keyOf(of));
      return known === undefined ? undefined : parseInvestigation(known.state);
    },
    async investigations(repository) {
      return [...investigations.values()]
        .filter(({ of }) => of.repository === repository)
        .sort((a, b) => a.of.issue - b.of.issue)
        .map(({ state, installation, changedAt }) => ({
          investigation: parseInvestigation(state),
          installation,
          changedAt,
        }));
    },
    async unshown() {
      return [...investigations]
        .filter(
          ([key, { state, digest }]) =>
            records.get(key)?.get("synced") !== digest && !state.includes('"stage":"gone"'),
        )
        .map(([, { of }]) => of)
        .sort((a, b) => a.repository - b.repository || a.issue - b.issue);
    },
    async change({ repository, issue, installation }, decide, also = {}) {
      write();
      const of = { repository, issue };
      const known = investigations.get(keyOf(of));
      const current = known === undefined ? undefined : parseInvestigation(known.state);
      const decision = decide(current);
      if (decision !== undefined) {
        const { investigation } = decision;
        // Read before anything is stored: what throws in between leaves nothing.
        const effects = [...decision.effects];
        const state = JSON.stringify(investigation);
        if (known === undefined || known.state !== state)
          investigations.set(keyOf(of), {
            of,
            installation,
            state,
            digest: sha256(state),
            changedAt: now(),
          });
        const done = new Set<Effect["kind"]>();
        for (const effect of effects) {
          switch (effect.kind) {
            case "start-run":
              if (!runs.has(effect.run))
                runs.set(effect.run, newRun(effect.run, { ...of, installation }, now()));
              if (investigation.startedBy !== undefined) countStart(installation, investigation.startedBy.id);
              break;
            case "start-test":
              countStart(installation, effect.by);
              addOnce("test", { ...of, test: effect.test }, { key: effect.test, installation });
              break;
            case "stop-test":
              for (const job of Array.from(open.get("test")!))
                if (job.key === effect.test) end(job, "cancelled");
              break;
            case "stop-run": {
              const run = runs.get(effect.run);
              if (run === undefined || run.state === "ended") break;
              run.state = "stopped";
              if (run.job !== undefined) end(run.job, "cancelled");
              break;
            }
            case "sync":
            case "compare-fix":
              if (!done.has(effect.kind)) addOnce(effect.kind, of, { key: keyOf(of), installation });
              break;
            case "forget":
              if (!done.has("forget"))
                addOnce("forget", { ...of, installation }, { key: keyOf(of), installation });
          }
          done.add(effect.kind);
        }
      }
      if (also.finishDelivery !== undefined) finish(also.finishDelivery.key, also.finishDelivery.outcome);
      return decision?.investigation ?? current;
    },
    async forget(of) {
      write();
      for (const run of runs.values()) {
        if (run.repository !== of.repository || run.issue !== of.issue) continue;
        if (run.job !== undefined && (run.state === "waiting" || run.state === "admitted"))
          end(run.job, "cancelled");
        runs.delete(run.id);
      }
      investigations.delete(keyOf(of));
      records.delete(keyOf(of));
    },
    async startsInLastHour(installation, actor) {
      return starts.filter(
        (start) =>
          start.installation === installation &&
          start.actor === actor &&
          start.at > now() - HOUR &&
          start.at <= now(),
      ).length;
    },
    async startByItself({ repository, issue }, author, { perDay, perPerson, perMonth }) {
      write();
      const month = automatic.filter((one) => one.repository === repository && one.at > now() - 30 * DAY);
      const here = month.filter((one) => one.at > now() - DAY);
      if (here.some((one) => one.issue === issue)) return "allowed";
      if (month.filter((one) => one.issue !== issue).length >= perMonth) return "month";
      if (here.length >= perDay) return "repository";
      if (here.filter((one) => one.author === author).length >= perPerson) return "person";
      automatic = automatic.filter((one) => one.repository !== repository || one.issue !== issue);
      automatic.push({ repository, issue, author, at: now() });
      return "allowed";
    },
    async speakByItself({ repository, issue }, perWeek) {
      write();
      const spoken = automatic.filter((one) => one.repository === repository && one.spokeAt !== undefined);
      if (spoken.some((one) => one.issue === issue)) return true;
      if (spoken.filter(({ spokeAt }) => spokeAt! > now() - 7 * DAY).length >= perWeek) return false;
      const known = automatic.find((one) => one.repository === repository && one.issue === issue);
      automatic = automatic.filter((one) => one !== known);
      automatic.push({ ...(known ?? { repository, issue, author: 0, at: now() }), spokeAt: now() });
      return true;
    },

    async beginRun(id) {
      write();
      const run = runs.get(id);
      if (run === undefined || (run.state !== "waiting" && run.state !== "admitted")) return undefined;
      run.attempt++;
      run.crashes++;
      return { attempt: run.attempt, crashes: run.crashes - 1 };
    },
    async reviveJobs() {
      write();
      const revived = dead.filter(({ job, at }) => {
        const times = (job.data["revived"] as number | undefined) ?? 0;
        if (times >= MAX_REVIVALS) {
          if (job.kind === "delivery") finish(job.data["key"] as string, GIVEN_UP);
          return false;
        }
        const { first, longest } = REVIVAL_MINUTES;
        const pause = Math.min(first * 2 ** times, longest) * 60_000;
        return REVIVED.includes(job.kind) && (at > now() || at + pause <= now());
      });
      dead = dead.filter((row) => !revived.includes(row));
      for (const { job } of revived)
        add(
          job.kind,
          { ...job.data, revived: ((job.data["revived"] as number | undefined) ?? 0) + 1 },
          {
            ...(job.key === undefined ? {} : { key: job.key }),
            ...(job.installation === undefined ? {} : { installation: job.installation }),
          },
        );
      return revived.length;
    },
    isCurrent: async (run, attempt) => store.isCurrentNow(run, attempt),
    async endRun(id, attempt) {
      write();
      const run = runs.get(id);
      if (run?.attempt === attempt) run.state = "ended";
    },
    async admitRuns({ perRepository, perInstallation }) {
      write();
      let count = 0;
      const all = [...runs.values()];
      const waiting = all.filter(({ state }) => state === "waiting");
      waiting.sort((a, b) => a.requestedAt - b.requestedAt || (a.id < b.id ? -1 : 1));
      for (const run of waiting) {
        const admitted = all.filter(({ state }) => state === "admitted");
        const here = admitted.filter(({ repository }) => repository === run.repository).length;
        const ofOwner = admitted.filter(({ installation }) => installation === run.installation).length;
        const limit = repositories.get(run.repository)?.runLimit ?? perRepository;
        if (here >= limit || ofOwner >= perInstallation) continue;
        run.state = "admitted";
        run.job = add(
          "run",
          { run: run.id, repository: run.repository, issue: run.issue },
          { key: keyOf(run), installation: run.installation, priority: -ofOwner },
        );
        count++;
      }
      return count;
    },
    async recoverRuns() {
      write();
      const wanted = new Set<string>();
      const recovered: string[] = [];
      for (const { of, installation, state } of investigations.values()) {
        const run = parseInvestigation(state).run?.id;
        if (run === undefined) continue;
        wanted.add(run);
        if (runs.has(run)) continue;
        runs.set(run, newRun(run, { ...of, installation }, now()));
        recovered.push(run);
      }
      for (const run of runs.values()) {
        if (run.state !== "admitted" || isOpen(run.job)) continue;
        run.state = wanted.has(run.id) ? "waiting" : "ended";
        run.job = undefined;
        if (run.state === "waiting") recovered.push(run.id);
      }
      return recovered;
    },

    async takeLease(name) {
      write();
      const known = leases.get(name);
      const value = (lastLease = known === undefined ? Math.max(lastLease + 1, now()) : known.value + 1);
      leases.set(name, { value, at: now() });
      return value;
    },
    holdsLease: async (name, lease) => store.holdsLeaseNow(name, lease),

    async idempotencyRecords(of) {
      return new Map([...(records.get(keyOf(of)) ?? [])].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
    async saveIdempotencyRecord(of, name, value) {
      write();
      const own = records.get(keyOf(of)) ?? new Map<string, string>();
      if (value === undefined) own.delete(name);
      else own.set(name, storable(value));
      records.set(keyOf(of), own);
    },

    async saveRepository(repository) {
      write();
      repositories.set(repository.id, { ...repository });
    },
    async repository(id) {
      return repositories.get(id);
    },
    async repositories(installation) {
      return [...repositories.values()]
        .filter((one) => installation === undefined || one.installation === installation)
        .sort((a, b) => a.id - b.id);
    },
    async removeRepository(id) {
      write();
      repositories.delete(id);
      looked.delete(id);
      for (const name of notes.keys()) if (name.startsWith(`label:${id}:`)) notes.delete(name);
      trackers.delete(id);
    },
    async tracker(id) {
      const { revision = 0, state, changes = 0 } = trackers.get(id) ?? {};
      return { revision, state, changes };
    },
    async trackerChanged(id) {
      write();
      const index = trackers.get(id);
      if (index?.state !== undefined) index.changes++;
    },
    async saveTrackerPage(id, { revision, state, issues, comments, isEnd }) {
      write();
      if (!repositories.has(id)) return false;
      const index = trackerOf(id);
      if (index.revision !== revision) return false;
      index.revision++;
      index.state = structuredClone(state);
      if (isEnd) {
        index.readAt = now();
        index.readChanges = state.changes ?? 0;
      }
      for (const { comments: _, ...entry } of issues)
        index.issues.set(Number(entry.key), { round: state.round, entry: structuredClone(entry) });
      for (const { id: comment, issue, comment: said } of comments)
        if (said === undefined) index.comments.delete(comment);
        else index.comments.set(comment, { round: state.round, issue, said: structuredClone(said) });
      if (isEnd)
        for (const rows of [index.issues, index.comments])
          for (const [key, { round }] of rows) if (round < state.round) rows.delete(key);
      return true;
    },
    trackedAfter: async (id, after, count) => trackedIn(id, (number) => number > after).slice(0, count),
    tracked: async (id, numbers) => trackedIn(id, (number) => numbers.includes(number)),
    async forgetTracked(id, what) {
      write();
      if (!repositories.has(id)) return;
      const index = trackerOf(id);
      index.revision++;
      if ("comment" in what) return void index.comments.delete(what.comment);
      index.issues.delete(what.issue);
      for (const [comment, { issue }] of index.comments)
        if (issue === what.issue) index.comments.delete(comment);
    },
    async forgetTracker(id) {
      write();
      if (!repositories.has(id)) return;
      const { revision, turnAt } = trackerOf(id);
      trackers.set(id, { ...newTracker(), revision: revision + 1, turnAt, readAt: now() });
    },
    async trackersToRead(installation, milliseconds) {
      const isRead = ({ readAt, changes, readChanges }: Tracker = newTracker()): boolean =>
        readAt !== undefined && changes <= readChanges && readAt <= now() && readAt >= now() - milliseconds;
      const turn = (id: number): number => trackers.get(id)?.turnAt ?? 0;
      return [...repositories.values()]
        .filter(
          ({ id, installation: of, unreachable }) =>
            of === installation && unreachable === undefined && !isRead(trackers.get(id)),
        )
        .sort((a, b) => turn(a.id) - turn(b.id) || a.id - b.id);
    },
    async trackerTurn(id) {
      write();
      if (repositories.has(id)) trackerOf(id).turnAt = now();
    },
    async repositoriesToLook(installation, count, { activeSince }) {
      const isActive = (id: number): boolean =>
        activeSince === undefined ||
        [...investigations.values()].some(
          ({ of, changedAt }) => of.repository === id && changedAt >= activeSince,
        );
      const order = (id: number): number => looked.get(id) ?? Number.NEGATIVE_INFINITY;
      return [...repositories.values()]
        .filter((one) => one.installation === installation && isActive(one.id))
        .sort((a, b) => (order(a.id) === order(b.id) ? a.id - b.id : order(a.id) - order(b.id)))
        .slice(0, count);
    },
    async outOfReach(repository) {
      return [...investigations.values()]
        .filter(
          ({ of, state }) =>
            of.repository === repository &&
            (state.includes('"unreachable":') || state.includes('"pausedBy":"reach"')),
        )
        .map(({ of }) => of.issue)
        .sort((a, b) => a - b);
    },
    async lookedAt(id, at) {
      if (at !== undefined) {
        write();
        if (repositories.has(id)) looked.set(id, at);
      }
      return looked.get(id);
    },

    async send({ kind, ...data }: Job, { key, inSeconds = 0 } = {}) {
      write();
      const installation = installationOf(data);
      if (key !== undefined) return addOnce(kind, data, { key, installation, inSeconds });
      add(kind, data, {
        ...(installation === undefined ? {} : { installation }),
        startAfter: inSeconds * 1000,
      });
    },

    async reserveWrite(installation, spacing) {
      write();
      const known = pacing.get(installation);
      const at = known === undefined ? now() : Math.max(known.nextAt, known.heldUntil, now());
      pacing.set(installation, { nextAt: at + spacing, heldUntil: known?.heldUntil ?? 0 });
      return Math.max(0, Math.ceil(at - now()));
    },
    async holdWrites(installation, milliseconds) {
      write();
      const known = pacing.get(installation) ?? { nextAt: 0, heldUntil: 0 };
      pacing.set(installation, {
        ...known,
        heldUntil: Math.max(known.heldUntil, now() + milliseconds),
      });
    },
    async heldFor(installation) {
      return Math.max(0, Math.ceil((pacing.get(installation)?.heldUntil ?? 0) - now()));
    },

    async note(name) {
      return notes.get(name)?.value;
    },
    async saveNote(name, value) {
      write();
      if (value === undefined) notes.delete(name);
      else notes.set(name, { value, at: now() });
    },
    async notesNamed(prefix) {
      return new Map(
        [...notes]
          .filter(([name]) => name.startsWith(prefix))
          .sort(([a], [b]) => (a < b ? -1 : 1))
          .map(([name, { value }]) => [name.slice(prefix.length), value]),
      );
    },
    async forgetOld(days) {
      write();
      const before = now() - days * DAY;
      const sizes = (): number => leases.size + runs.size + starts.length + automatic.length + notes.size;
      const size = sizes();
      for (const [name, { at }] of leases) if (at < before) leases.delete(name);
      for (const [id, { state, requestedAt }] of runs)
        if ((state === "ended" || state === "stopped") && requestedAt < before) runs.delete(id);
      starts = starts.filter(({ at }) => at >= before);
      automatic = automatic.filter(({ at }) => at >= Math.min(before, now() - 31 * DAY));
      for (const [name, { at }] of notes)
        if (name.startsWith("redelivered:") && at < before) notes.delete(name);
      return size - sizes();
    },

    async counts() {
      return KINDS.flatMap((queue) =>
        Object.entries(store.jobs(queue))
          .filter(([state]) => state !== "completed" && state !== "cancelled")
          .map(([state, count]) => ({ queue, state, count })),
      );
    },
    async openRuns() {
      return (["admitted", "waiting"] as const)
        .map((state) => ({ state, count: [...runs.values()].filter((run) => run.state === state).length }))
        .filter(({ count }) => count > 0);
    },
    async ping() {
      write();
    },

    isCurrentNow(id, attempt) {
      const run = runs.get(id);
      return run?.attempt === attempt && (run.state === "waiting" || run.state === "admitted");
    },
    holdsLeaseNow: (name, lease) => leases.get(name)?.value === lease,
    jobs(queue) {
      if (queue === DEAD) return dead.length === 0 ? {} : { created: dead.length };
      const counts: Record<string, number> = { ...ended.get(queue) };
      for (const { state } of open.get(queue as JobKind) ?? []) counts[state] = (counts[state] ?? 0) + 1;
      return counts;
    },
    admitted: () =>
      [...runs.values()]
        .filter(({ state }) => state === "admitted")
        .map(({ id, repository, installation }) => ({ run: id, repository, installation })),
    waiting: () => [...deliveries.values()].filter(({ outcome }) => outcome === undefined),
    open: () => [...open.values()].flatMap((jobs) => [...jobs]),
    openRunIds: () =>
      [...runs.values()]
        .filter(({ state }) => state === "waiting" || state === "admitted")
        .map(({ id }) => id),
    followClock() {
      write();
      const known = notes.get("clock");
      if (known === undefined) {
        notes.set("clock", { value: String(now()), at: now() });
        return 0;
      }
      const back = Number(known.value) - now();
      if (back > SLACK) {
        for (const turn of pacing.values()) {
          turn.nextAt -= back;
          turn.heldUntil -= back;
        }
        for (const jobs of open.values())
          for (const job of jobs) {
            if (job.state !== "active" && job.startAfter > now()) job.startAfter -= back;
            if (job.state === "active" && job.startedAt > now()) job.startedAt -= back;
          }
        slots.clear();
        wake();
      }
      if (Math.abs(back) > SLACK) known.value = String(now());
      return back > SLACK ? back : 0;
    },

    async work(handlers, { runs: atOnce, reconcileSeconds, clockSeconds = 5 }, timers = REAL) {
      const stopping = new AbortController();
      /** A job can be here twice: lost by a process that stood still, and taken by it again. */
      const atWork = new Set<{ readonly job: QueueJob; isLost: boolean }>();
      /** Their handler is through, and the disk was too full to say so. */
      const unsettled = new Set<{ readonly job: QueueJob; isLost: boolean }>();
      let isStopped = false;
      let due: (() => void) | undefined;
      const idle = new Set<() => void>();

      const fetch = (): void => {
        if (isStopped) return;
        for (const kind of store.full ? [] : KINDS) {
          const limit = kind === "run" ? atOnce : AT_ONCE[kind];
          for (;;) {
            const here = [...atWork].flatMap(({ job }) => (job.kind === kind ? [job] : []));
            if (here.length >= limit) break;
            const busy = new Set(kind === "run" ? [] : here.map(({ installation }) => installation));
            const job = take(kind, busy);
            if (job === undefined) break;
            void carryOut(job);
          }
        }
        const next = Math.min(
          ...[...open.values()].flatMap((jobs) =>
            [...jobs]
              .filter((job) => job.state !== "active" && job.startAfter > now())
              .map((job) => job.startAfter),
          ),
        );
        due?.();
        due = timers.after(Math.min(POLL, Math.max(1, next - now())), fetch);
      };
      const soon = (): void => void timers.after(0, fetch);

      const carryOut = async (job: QueueJob): Promise<void> => {
        const lost = new AbortController();
        const signal = AbortSignal.any([lost.signal, stopping.signal]);
        const held = { job, isLost: false };
        job.lose = () => {
          held.isLost = true;
          timers.after(REFRESH, () => lost.abort(new Error("the job is no longer active")));
        };
        atWork.add(held);
        const settle = (how: () => void): void => {
          unsettled.delete(held);
          if (held.isLost) return;
          // Nothing is stored, not even a failure: the job stays with a worker that sends no heartbeat.
          if (store.full) {
            unsettled.add(held);
            timers.after(2 * REFRESH + HEARTBEAT_SECONDS * 1000, () => settle(() => fail(job)));
            return;
          }
          job.lose = undefined;
          how();
        };
        const handler = handlers[job.kind] as (data: object, context: JobContext) => Promise<void>;
        try {
          await handler({ ...job.data, kind: job.kind }, { signal, attempt: job.retryCount + 1 });
          settle(() => end(job, "completed"));
        } catch (error) {
          settle(() => {
            if (error instanceof RetryLater) putBack(job, Math.max(1, Math.ceil(error.seconds)));
            else if (stopping.signal.aborted) putBack(job, 0);
            else fail(job);
          });
        } finally {
          atWork.delete(held);
          soon();
          for (const tell of idle) tell();
        }
      };

      listeners.add(soon);
      soon();
      const every = (seconds: number, work: () => void): (() => void) => {
        let cancel = timers.after(seconds * 1000, again);
        function again(): void {
          if (isStopped) return;
          try {
            work();
          } catch {
            // The next interval tries again.
          }
          cancel = timers.after(seconds * 1000, again);
        }
        return () => cancel();
      };
      const stops = [
        every(reconcileSeconds, () => {
          write();
          addOnce(
            "reconcile",
            {},
            { key: "reconcile", installation: undefined, everySeconds: reconcileSeconds },
          );
        }),
        every(clockSeconds, () => void store.followClock()),
        every(clockSeconds * 6, () => {
          for (const [kind, jobs] of open)
            for (const job of Array.from(jobs))
              if (job.state === "active" && now() - job.startedAt > QUEUES[kind].expireInSeconds * 1000)
                fail(job);
        }),
      ];
      const leave = (): void => {
        isStopped = true;
        listeners.delete(soon);
        due?.();
        for (const stop of stops) stop();
      };

      return {
        async stop(milliseconds) {
          leave();
          const within = (time: number): Promise<void> =>
            new Promise((resolve) => {
              const done = (): void => {
                if (atWork.size > 0) return;
                idle.delete(done);
                cancel();
                resolve();
              };
              const cancel = timers.after(time, () => {
                idle.delete(done);
                resolve();
              });
              idle.add(done);
              done();
            });
          await within(milliseconds / 4);
          stopping.abort(new Error("the process stops"));
          await within(milliseconds / 2);
          for (const { job, isLost } of atWork) if (!isLost) putBack(job, 0);
        },
        kill: leave,
        miss() {
          for (const { job, isLost } of [...atWork, ...unsettled]) if (!isLost) fail(job);
        },
      };
    },
    async [Symbol.asyncDispose]() {
      listeners.clear();
    },
  };
  return store;
}

interface Tracker {
  revision: number;
  state: TrackerState | undefined;
  readAt: number | undefined;
  changes: number;
  readChanges: number;
  turnAt: number;
  readonly issues: Map<number, { readonly round: number; readonly entry: Omit<TrackedIssue, "comments"> }>;
  readonly comments: Map<
    number,
    { readonly round: number; readonly issue: number; readonly said: IssueComment }
  >;
}

function newTracker(): Tracker {
  return {
    revision: 0,
    state: undefined,
    readAt: undefined,
    changes: 0,
    readChanges: 0,
    turnAt: 0,
    issues: new Map(),
    comments: new Map(),
  };
}

function newRun(id: string, of: IssueKey & { readonly installation: number }, at: number): Run {
  const { repository, issue, installation } = of;
  return {
    id,
    repository,
    issue,
    installation,
    requestedAt: at,
    state: "waiting",
    attempt: 0,
    crashes: 0,
    job: undefined,
  };
}

function isKeyBusy(jobs: Iterable<QueueJob>, key: string): boolean {
  for (const job of jobs) if (job.state === "active" && job.key === key) return true;
  return false;
}
