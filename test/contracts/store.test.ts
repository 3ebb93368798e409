import { createHash } from "node:crypto";
import { RetryLater } from "../../src/failure.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { type Database, openDatabase } from "../../src/store/io/database.ts";
import { type OpenStore, openStoreIn } from "../../src/store/io/open-store.ts";
import type { Decision, Effect } from "../../src/investigation/event.ts";
import { type Investigation, newInvestigation } from "../../src/investigation/investigation.ts";
import { enter } from "../../src/investigation/change.ts";
import { followClock } from "../../src/store/io/clock.ts";
import { sendCheck } from "../../src/service/check-head.ts";
import type { TrackedIssue } from "../../src/issue/parse-tracker.ts";
import { MAX_TRACKED_COMMENTS } from "../../src/store/queue-rules.ts";
import type { NewDelivery, Store, TrackedComment, TrackerState } from "../../src/store/store.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { handlers, heldJobs, untilAborted } from "../fakes/handlers.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";
import { type MemoryStore, memoryStore } from "../fakes/memory-store.ts";
import { prepareStore } from "../fakes/prepared-store.ts";

/** Every database that the store runs on, opened once; each test has a schema of its own in it. */
const DATABASES: readonly (readonly [string, (() => Promise<Database>) | undefined])[] = [
  [
    "the embedded PostgreSQL",
    async () => {
      const folder = temporaryFolder();
      await prepareStore(folder.path);
      const database = await openDatabase({ folder: folder.path });
      return {
        ...database,
        async [Symbol.asyncDispose]() {
          await database[Symbol.asyncDispose]();
          folder[Symbol.dispose]();
        },
      };
    },
  ],
  [
    "a PostgreSQL server",
    async () => {
      const server = await freshDatabase();
      const database = await openDatabase(server);
      return {
        ...database,
        async [Symbol.asyncDispose]() {
          await database[Symbol.asyncDispose]();
          await server[Symbol.asyncDispose]();
        },
      };
    },
  ],
  // The one of the simulation of the service.
  ["memory", undefined],
];

/** Of the tables, or the store in memory with a clock that the test moves. */
type TestedStore = { readonly schema: string } & (OpenStore | MemoryStore);

const ISSUE = { repository: 7, issue: 42, installation: 1 };
const LIMITS = { perRepository: 1, perInstallation: 3 };

describe.each(DATABASES)("the store on %s", (_, openBackend) => {
  let database: Database;
  let tests = 0;
  let offset = 0;
  beforeAll(async () => {
    if (openBackend !== undefined) database = await openBackend();
  });
  afterAll(async () => {
    if (openBackend !== undefined) await database[Symbol.asyncDispose]();
  });
  /** What is done to rows is for a store that has some. */
  const testRows = openBackend === undefined ? (): void => undefined : test;

  const open = async (): Promise<TestedStore> => {
    const schema = `t${++tests}`;
    return openBackend === undefined
      ? { schema, ...memoryStore(() => Date.now() + offset) }
      : { schema, ...(await openStoreIn(database, { schema })) };
  };
  const jobs = async (store: TestedStore, queue: string): Promise<Readonly<Record<string, number>>> => {
    if ("jobs" in store) return store.jobs(queue);
    const { schema } = store;
    const { rows } = await database.query<{ state: string; count: number }>(
      `SELECT state::text, count(*)::int AS count FROM ${schema}_queue.job WHERE name = $1 GROUP BY state`,
      [queue],
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };

  describe("deliveries", () => {
    test("one is stored with its job once, whatever its GUID", async () => {
      await using store = await open();
      expect(await store.acceptDelivery(delivery("a"))).toBe("stored");
      expect(await store.acceptDelivery({ ...delivery("a"), guid: "another" })).toBe("known");
      expect(await store.delivery("a")).toMatchObject({
        key: "a",
        guid: "guid of a",
        event: "issues",
        payload: { action: "opened" },
        wanted: true,
      });
      expect(await jobs(store, "delivery")).toEqual({ created: 1 });
    });

    test("those that come together are each answered for themselves", async () => {
      await using store = await open();
      const keys = Array.from({ length: 250 }, (_, i) => `k${i % 125}`);
      const answers = await Promise.all(keys.map((key) => store.acceptDelivery(delivery(key))));
      expect(answers.filter((answer) => answer === "stored")).toHaveLength(125);
      expect(answers.filter((answer) => answer === "known")).toHaveLength(125);
      expect(await jobs(store, "delivery")).toEqual({ created: 125 });
    });

    test("one that nothing follows from has no job", async () => {
      await using store = await open();
      expect(await store.acceptDelivery({ ...delivery("a"), wanted: false })).toBe("stored");
      expect((await store.delivery("a"))?.outcome).toBeDefined();
      expect(await jobs(store, "delivery")).toEqual({});
    });

    test("one that could not be stored is refused, and the next is taken", async () => {
      await using store = await open();
      await expect(store.acceptDelivery({ ...delivery("a"), event: "nul\0" })).rejects.toThrow(
        "invalid byte sequence",
      );
      expect(await store.delivery("a")).toBeUndefined();
      expect(await store.acceptDelivery(delivery("a"))).toBe("stored");
    });

    test("text that PostgreSQL's JSON refuses is kept as it is", async () => {
      await using store = await open();
      const payload = { body: "nul \0, half a character \ud83d, ünïcode \u202e" };
      await store.acceptDelivery({ ...delivery("a"), payload });
      expect((await store.delivery("a"))?.payload).toEqual(payload);
    });

    test("what people wrote goes when it is worked, the rest after some days", async () => {
      await using store = await open();
      await store.acceptDelivery(delivery("done"));
      await store.acceptDelivery(delivery("waits"));
      await store.finishDelivery("done", "started a run");
      expect(await store.delivery("done")).toMatchObject({ payload: null, outcome: "started a run" });
      expect(await store.knownGuids(["guid of done", "guid of another"])).toEqual(new Set(["guid of done"]));
      expect(await store.forgetDeliveries(1)).toBe(0);
      expect(await store.forgetDeliveries(0)).toBe(1);
      expect(await store.delivery("done")).toBeUndefined();
      expect((await store.delivery("waits"))?.outcome).toBeUndefined();
    });

    test("the time of the last one is known", async () => {
      await using store = await open();
      expect(await store.lastDeliveryAt()).toBeUndefined();
      await store.acceptDelivery(delivery("a"));
      expect(await store.lastDeliveryAt()).toBe((await store.delivery("a"))?.receivedAt);
    });
  });

  describe("changing an investigation", () => {
    test("what was decided is stored and given back", async () => {
      await using store = await open();
      const made = await store.change(ISSUE, decide("queued"));
      expect(made?.stage).toBe("queued");
      expect(await store.investigation(ISSUE)).toEqual(made);
      expect(await store.investigations(7)).toMatchObject([{ investigation: made, installation: 1 }]);
      expect(await store.investigations(8)).toEqual([]);
    });

    test("no decision changes nothing, and the delivery is finished all the same", async () => {
      await using store = await open();
      await store.acceptDelivery(delivery("a"));
      const also = { finishDelivery: { key: "a", outcome: "nothing to do" } };
      expect(await store.change(ISSUE, () => undefined, also)).toBeUndefined();
      expect(await store.investigation(ISSUE)).toBeUndefined();
      expect((await store.delivery("a"))?.outcome).toBe("nothing to do");
    });

    test("of changes at the same time none is lost", async () => {
      await using store = await open();
      const next = (current: Investigation | undefined): Decision<Investigation> => ({
        investigation: { ...newInvestigation(7, 42), runs: (current?.runs ?? 0) + 1 },
        effects: [],
      });
      await Promise.all(Array.from({ length: 20 }, () => store.change(ISSUE, next)));
      expect((await store.investigation(ISSUE))?.runs).toBe(20);
    });

    test("a crash in the middle leaves nothing of it", async () => {
      await using store = await open();
      await store.acceptDelivery(delivery("a"));
      const cut = {
        *[Symbol.iterator](): Generator<Effect> {
          yield { kind: "start-run", run: "r1" };
          yield { kind: "sync" };
          throw new Error("cut off");
        },
      } as unknown as readonly Effect[];
      const change = store.change(
        ISSUE,
        () => ({ investigation: { ...newInvestigation(7, 42), startedBy: ADA }, effects: cut }),
        { finishDelivery: { key: "a", outcome: "done" } },
      );
      await expect(change).rejects.toThrow("cut off");
      expect(await store.investigation(ISSUE)).toBeUndefined();
      expect((await store.delivery("a"))?.outcome).toBeUndefined();
      expect(await store.startsInLastHour(1, ADA.id)).toBe(0);
      expect(await jobs(store, "sync")).toEqual({});
      expect(await store.admitRuns(LIMITS)).toBe(0);
    });

    test("starts are counted for who started, in the installation", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await start(store, { ...ISSUE, issue: 43 }, "r2");
      expect(await store.startsInLastHour(1, ADA.id)).toBe(2);
      expect(await store.startsInLastHour(1, ADA.id + 1)).toBe(0);
      expect(await store.startsInLastHour(2, ADA.id)).toBe(0);
    });

    test("a forgotten one leaves no row, run or idempotency record", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      await store.saveIdempotencyRecord(ISSUE, "comment", "1");
      await store.forget(ISSUE);
      expect(await store.investigation(ISSUE)).toBeUndefined();
      expect(await store.idempotencyRecords(ISSUE)).toEqual(new Map());
      expect(await store.beginRun("r1", "w")).toBeUndefined();
      expect(await jobs(store, "run")).toEqual({ cancelled: 1 });
    });

    test("to forget is a job of its own", async () => {
      await using store = await open();
      await store.change(ISSUE, decide("gone", { kind: "forget" }));
      const forget = heldJobs<"forget">();
      const workers = await store.work(handlers({ forget: forget.handler }), WORK);
      const { job, end } = await forget.next();
      expect(job).toEqual({ kind: "forget", ...ISSUE });
      end();
      await workers.stop(4_000);
    });
  });

  describe("showing it", () => {
    test("many reasons while none is shown make one job", async () => {
      await using store = await open();
      for (let i = 0; i < 5; i++) await store.change(ISSUE, decide("queued", { kind: "sync" }));
      await store.send({ kind: "sync", repository: 7, issue: 42 }, { key: "7#42" });
      await store.change({ ...ISSUE, issue: 43 }, decide("queued", { kind: "sync" }));
      expect(await jobs(store, "sync")).toEqual({ created: 2 });
    });

    test("a reason that comes while it is shown makes it be shown again afterwards, never at once", async () => {
      await using store = await open();
      const sync = heldJobs<"sync">();
      const workers = await store.work(handlers({ sync: sync.handler }), WORK);
      await store.change(ISSUE, decide("queued", { kind: "sync" }));
      const first = await sync.next();
      await store.change(ISSUE, decide("running", { kind: "sync" }));
      await store.change(ISSUE, decide("done", { kind: "sync" }));
      // Another installation's issue is shown meanwhile, so a worker was free and passed this one over.
      await store.change({ ...ISSUE, issue: 43, installation: 2 }, decide("queued", { kind: "sync" }));
      const other = await sync.next();
      expect(other.job.issue).toBe(43);
      first.end();
      other.end();
      const second = await sync.next();
      expect(second.job).toEqual({ kind: "sync", repository: 7, issue: 42 });
      expect(sync.atWork()).toBe(1);
      second.end();
      await workers.stop(4_000);
      expect(await jobs(store, "sync")).toEqual({ completed: 3 });
    });

    test("one that waits for later does not hold up one that is wanted now", async () => {
      await using store = await open();
      const job = { kind: "sync", repository: 7, issue: 42 } as const;
      await store.send(job, { key: "7#42", inSeconds: 600 });
      await store.send(job, { key: "7#42" });
      const sync = heldJobs<"sync">();
      const workers = await store.work(handlers({ sync: sync.handler }), WORK);
      (await sync.next()).end();
      await workers.stop(4_000);
      expect(await jobs(store, "sync")).toEqual({ completed: 1, created: 1 });
    });

    test("the check of a new head is wanted although that of an older one still waits; each head once", async () => {
      await using store = await open();
      for (const head of ["older", "newer", "newer"]) await sendCheck(store, ISSUE, head);
      const check = heldJobs<"check">();
      const workers = await store.work(handlers({ check: check.handler }), WORK);
      const heads: string[] = [];
      for (let i = 0; i < 2; i++) {
        const { job, end } = await check.next();
        heads.push(job.head);
        end();
      }
      await workers.stop(4_000);
      expect(heads.sort()).toEqual(["newer", "older"]);
      expect(await jobs(store, "check")).toEqual({ completed: 2 });
    });
  });

  describe("runs", () => {
    test("they are let in as the limits allow, and the next when one ends", async () => {
      await using store = await open();
      for (const [repository, issue, run] of [
        [7, 1, "r1"],
        [7, 2, "r2"],
        [8, 1, "r3"],
        [9, 1, "r4"],
        [10, 1, "r5"],
      ] as const)
        await start(store, { repository, issue, installation: 1 }, run);
      // One in each repository, three in the installation.
      expect(await store.admitRuns(LIMITS)).toBe(3);
      expect(await store.admitRuns(LIMITS)).toBe(0);
      const { attempt } = (await store.beginRun("r1", "w"))!;
      await store.endRun("r1", attempt);
      expect(await store.admitRuns(LIMITS)).toBe(1);
      expect(await jobs(store, "run")).toEqual({ created: 4 });
    });

    test("a repository's own limit goes before the common one", async () => {
      await using store = await open();
      await store.saveRepository({ id: 7, installation: 1, owner: "o", name: "n", runLimit: 2 });
      for (const issue of [1, 2, 3]) await start(store, { ...ISSUE, issue }, `r${issue}`);
      expect(await store.admitRuns(LIMITS)).toBe(2);
    });

    test("an installation that floods waits behind itself", async () => {
      await using store = await open();
      for (let i = 1; i <= 4; i++)
        await start(store, { repository: i, issue: 1, installation: 1 }, `flood-${i}`);
      await start(store, { repository: 100, issue: 1, installation: 2 }, "other-1");
      await start(store, { repository: 101, issue: 1, installation: 2 }, "other-2");
      await store.admitRuns({ perRepository: 1, perInstallation: 10 });
      const order: string[] = [];
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      for (let i = 0; i < 6; i++) {
        const held = await run.next();
        order.push(held.job.run);
        held.end();
      }
      await workers.stop(4_000);
      expect(order.slice(0, 2).toSorted()).toEqual(["flood-1", "other-1"]);
      expect(order.slice(2, 4).toSorted()).toEqual(["flood-2", "other-2"]);
      expect(order.slice(4)).toEqual(["flood-3", "flood-4"]);
    });

    test("an investigation has one run at work at a time, however many are let in", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await start(store, ISSUE, "r2");
      await store.admitRuns({ perRepository: 5, perInstallation: 5 });
      await start(store, { ...ISSUE, issue: 43 }, "r3");
      await store.admitRuns({ perRepository: 5, perInstallation: 5 });
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), { ...WORK, runs: 3 });
      const [first, second] = [await run.next(), await run.next()];
      expect(new Set([first.job.issue, second.job.issue])).toEqual(new Set([42, 43]));
      expect(run.atWork()).toBe(2);
      first.end();
      second.end();
      const third = await run.next();
      expect(third.job.issue).toBe(42);
      third.end();
      await workers.stop(4_000);
    });

    test("a later attempt makes every earlier one stale", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      const first = (await store.beginRun("r1", "one"))!;
      expect(first.crashes).toBe(0);
      expect(await store.isCurrent("r1", first.attempt)).toBe(true);
      const second = (await store.beginRun("r1", "two"))!;
      expect(second.attempt).toBeGreaterThan(first.attempt);
      // Nothing was heard of the first, so it counts as a crash.
      expect(second.crashes).toBe(1);
      expect(await store.isCurrent("r1", first.attempt)).toBe(false);
      await store.endRun("r1", first.attempt);
      expect(await store.isCurrent("r1", second.attempt)).toBe(true);
      await store.endRun("r1", second.attempt);
      expect(await store.isCurrent("r1", second.attempt)).toBe(false);
      expect(await store.beginRun("r1", "three")).toBeUndefined();
    });

    test("one that is stopped while it waits never begins", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.change(ISSUE, decide("cancelled", { kind: "stop-run", run: "r1" }));
      expect(await store.admitRuns(LIMITS)).toBe(0);
      expect(await store.beginRun("r1", "w")).toBeUndefined();
    });

    test("one that is stopped in the queue leaves it", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      await store.change(ISSUE, decide("cancelled", { kind: "stop-run", run: "r1" }));
      expect(await jobs(store, "run")).toEqual({ cancelled: 1 });
      await start(store, ISSUE, "r2");
      expect(await store.admitRuns(LIMITS)).toBe(1);
    });

    test("one that is stopped at work hears of it", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      const { job, context, end } = await run.next();
      const { attempt } = (await store.beginRun(job.run, "w"))!;
      await store.change(ISSUE, decide("cancelled", { kind: "stop-run", run: "r1" }));
      expect(await store.isCurrent("r1", attempt)).toBe(false);
      await expect(untilAborted(context.signal)).rejects.toThrow("no longer active");
      end(new Error("stopped"));
      await workers.stop(4_000);
      // It ended by being cancelled; nobody tries it again.
      expect(await jobs(store, "run")).toEqual({ cancelled: 1 });
    });

    test("one whose process ended after its result was stored gives its place to the next", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await start(store, { ...ISSUE, issue: 43 }, "r2");
      expect(await store.admitRuns(LIMITS)).toBe(1);
      await store.beginRun("r1", "w");
      await store.change(ISSUE, (current) => {
        return { investigation: enter(current!, { stage: "done" }), effects: [] };
      });
      // Taken up again, its job finds nothing left to do.
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      (await run.next()).end();
      await workers.stop(4_000);
      expect(await store.recoverRuns()).toEqual([]);
      expect(await store.beginRun("r1", "w")).toBeUndefined();
      expect(await store.admitRuns(LIMITS)).toBe(1);
      expect(await store.beginRun("r2", "w")).toBeDefined();
    });

    testRows("one that no row or no job knows of any more is found again, once", async () => {
      await using store = await open();
      const lost: Investigation = {
        ...newInvestigation(7, 42),
        stage: "queued",
        // Half a character, as a text that was cut has it.
        run: { id: "r1", endedBy: "\ud83d\0" },
      };
      await store.change(ISSUE, () => ({ investigation: lost, effects: [] }));
      await start(store, { ...ISSUE, repository: 8 }, "r2");
      await store.admitRuns(LIMITS);
      await database.query(`DELETE FROM ${store.schema}_queue.job WHERE name = 'run'`);
      expect((await store.recoverRuns()).toSorted()).toEqual(["r1", "r2"]);
      expect(await store.recoverRuns()).toEqual([]);
      expect(await store.admitRuns(LIMITS)).toBe(2);
      expect(await store.recoverRuns()).toEqual([]);
    });
  });

  describe("working jobs", () => {
    test("a job that waits comes back, and it does not count as a failure", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      const first = await run.next();
      expect(await store.beginRun("r1", "w")).toMatchObject({ crashes: 0 });
      first.end(new RetryLater(1, "GitHub asked to wait"));
      const second = await run.next();
      expect(second.context.attempt).toBe(1);
      expect(await store.beginRun("r1", "w")).toMatchObject({ crashes: 0 });
      // The job that came back is the run's job: it is found to stop it.
      await store.change(ISSUE, decide("cancelled", { kind: "stop-run", run: "r1" }));
      second.end();
      await workers.stop(4_000);
      expect(await jobs(store, "run")).toEqual({ completed: 1, cancelled: 1 });
    });

    test("a job that comes back joins one of the same key that waits", async () => {
      await using store = await open();
      const sync = heldJobs<"sync">();
      const workers = await store.work(handlers({ sync: sync.handler }), WORK);
      const job = { kind: "sync", repository: 7, issue: 42 } as const;
      await store.send(job, { key: "7#42" });
      const first = await sync.next();
      // It waits until the first one ends.
      await store.send(job, { key: "7#42" });
      first.end(new RetryLater(600, "GitHub does not answer"));
      (await sync.next()).end(new RetryLater(600, "GitHub does not answer"));
      await workers.stop(4_000);
      expect(await jobs(store, "sync")).toEqual({ completed: 2, created: 1 });
    });

    test("a job that always fails is tried again later, while the others go on", async () => {
      await using store = await open();
      const done: string[] = [];
      const finished = Promise.withResolvers<void>();
      for (let i = 0; i < 40; i++) await store.acceptDelivery(delivery(i === 0 ? "poison" : `k${i}`));
      const workers = await store.work(
        handlers({
          delivery({ key }) {
            if (key === "poison") return Promise.reject(new Error("cannot read this"));
            done.push(key);
            if (done.length === 39) finished.resolve();
            return Promise.resolve();
          },
        }),
        WORK,
      );
      await finished.promise;
      await workers.stop(4_000);
      expect(await jobs(store, "delivery")).toEqual({ completed: 39, retry: 1 });
    });

    testRows("a job that failed too often is put aside, where an operator sees it", async () => {
      await using store = await open();
      await store.acceptDelivery(delivery("poison"));
      const table = `${store.schema}_queue.job`;
      const { rows } = await database.query(`UPDATE ${table} SET retry_limit = 0 RETURNING dead_letter`);
      expect(rows).toEqual([{ dead_letter: "dead" }]);
      const held = heldJobs<"delivery">();
      const workers = await store.work(handlers({ delivery: held.handler }), WORK);
      (await held.next()).end(new Error("cannot read this"));
      await workers.stop(4_000);
      expect(await jobs(store, "delivery")).toEqual({ failed: 1 });
      expect(await jobs(store, "dead")).toEqual({ created: 1 });
    });

    testRows(
      "one that was put aside is sent anew after a pause, and its delivery ends when it was so too often",
      async () => {
        await using store = await open();
        await store.acceptDelivery({ ...delivery("poison"), installation: 1 });
        const table = `${store.schema}_queue.job`;
        await database.query(`UPDATE ${table} SET retry_limit = 0`);
        const held = heldJobs<"delivery">();
        const workers = await store.work(handlers({ delivery: held.handler }), WORK);
        (await held.next()).end(new Error("cannot read this"));
        await workers.stop(4_000);
        expect(await store.reviveJobs()).toBe(0);
        const wait = (minutes: number): Promise<unknown> =>
          database.query(
            `UPDATE ${table} SET created_on = created_on - make_interval(mins => $1) WHERE name = 'dead'`,
            [minutes],
          );
        await wait(11);
        expect(await store.reviveJobs()).toBe(1);
        expect(await store.reviveJobs()).toBe(0);
        expect(await jobs(store, "dead")).toEqual({});
        expect(await jobs(store, "delivery")).toEqual({ failed: 1, created: 1 });
        const { rows } = await database.query(`SELECT data, group_id FROM ${table} WHERE state = 'created'`);
        expect(rows).toEqual([{ data: { key: "poison", revived: 1 }, group_id: "1" }]);

        await database.query(
          `UPDATE ${table} SET retry_limit = 0, data = '{"key":"poison","revived":8}' WHERE state = 'created'`,
        );
        const again = await store.work(handlers({ delivery: held.handler }), WORK);
        (await held.next()).end(new Error("cannot read this"));
        await again.stop(4_000);
        await wait(1_000);
        expect((await store.delivery("poison"))?.outcome).toBeUndefined();
        expect(await store.reviveJobs()).toBe(0);
        expect(await jobs(store, "dead")).toEqual({ created: 1 });
        expect(await store.delivery("poison")).toMatchObject({
          outcome: "given up: its job failed too often",
          payload: null,
        });
      },
    );

    test("the second try says that it is one", async () => {
      await using store = await open();
      await store.acceptDelivery(delivery("a"));
      const held = heldJobs<"delivery">();
      const workers = await store.work(handlers({ delivery: held.handler }), WORK);
      const first = await held.next();
      expect(first.context.attempt).toBe(1);
      first.end(new Error("not yet"));
      const second = await held.next();
      expect(second.context.attempt).toBe(2);
      second.end();
      await workers.stop(4_000);
    });

    test("to stop lets a job end that is nearly done, and takes no other", async () => {
      await using store = await open();
      for (let i = 0; i < 8; i++) await store.acceptDelivery(delivery(`k${i}`));
      const held = heldJobs<"delivery">();
      const workers = await store.work(handlers({ delivery: held.handler }), WORK);
      const present = await Promise.all(Array.from({ length: 6 }, () => held.next()));
      const stopped = workers.stop(4_000);
      for (const { context, end } of present) {
        expect(context.signal.aborted).toBe(false);
        end();
      }
      await stopped;
      expect(await jobs(store, "delivery")).toEqual({ completed: 6, created: 2 });
    });

    test("to stop hands back what takes longer, at once and not as a failure", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      const { context, end } = await run.next();
      await store.beginRun("r1", "one");
      const stopped = workers.stop(2_000);
      await untilAborted(context.signal).catch((error: Error) => end(error));
      await stopped;
      const again = await store.work(handlers({ run: run.handler }), WORK);
      const second = await run.next();
      expect(second.context.attempt).toBe(1);
      expect(await store.beginRun("r1", "two")).toMatchObject({ crashes: 0 });
      second.end();
      await again.stop(4_000);
    });

    test("to stop ends also when a job does not listen", async () => {
      await using store = await open();
      await start(store, ISSUE, "r1");
      await store.admitRuns(LIMITS);
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      const deaf = await run.next();
      const { attempt } = (await store.beginRun("r1", "one"))!;
      await workers.stop(1_000);
      expect(await jobs(store, "run")).toEqual({ completed: 1, created: 1 });
      // Somebody else takes it up; what the deaf one does now does not count.
      expect(await store.beginRun("r1", "two")).toMatchObject({ crashes: 0 });
      expect(await store.isCurrent("r1", attempt)).toBe(false);
      deaf.end();
    });

    test("it is compared with GitHub again and again", async () => {
      await using store = await open();
      const reconcile = heldJobs<"reconcile">();
      const workers = await store.work(handlers({ reconcile: reconcile.handler }), {
        ...WORK,
        reconcileSeconds: 1,
      });
      (await reconcile.next()).end();
      (await reconcile.next()).end();
      await workers.stop(4_000);
      expect((await jobs(store, "reconcile"))["completed"]).toBeGreaterThanOrEqual(2);
    });
  });

  describe("rows", () => {
    test("idempotency records are kept by the effect's name until they are taken back", async () => {
      await using store = await open();
      await store.saveIdempotencyRecord(ISSUE, "comment", "17");
      await store.saveIdempotencyRecord(ISSUE, "comment", "18");
      await store.saveIdempotencyRecord(ISSUE, "check:abc", "success\0");
      expect(await store.idempotencyRecords(ISSUE)).toEqual(
        new Map([
          ["check:abc", "success\ufffd"],
          ["comment", "18"],
        ]),
      );
      await store.saveIdempotencyRecord(ISSUE, "comment", undefined);
      expect([...(await store.idempotencyRecords(ISSUE)).keys()]).toEqual(["check:abc"]);
      expect(await store.idempotencyRecords({ ...ISSUE, issue: 43 })).toEqual(new Map());
    });

    test("repositories are kept by GitHub's number, so that a new name is the same one", async () => {
      await using store = await open();
      const repository = { id: 2 ** 40, installation: 1, owner: "o", name: "old" };
      await store.saveRepository({ ...repository, unreachable: "archived" });
      await store.saveRepository({ ...repository, name: "new", configurationProblem: "no", runLimit: 3 });
      const stored = { ...repository, name: "new", configurationProblem: "no", runLimit: 3 };
      expect(await store.repository(2 ** 40)).toEqual(stored);
      expect(await store.repositories(1)).toEqual([stored]);
      expect(await store.repositories(2)).toEqual([]);
      await store.removeRepository(2 ** 40);
      expect(await store.repositories()).toEqual([]);
    });

    test("the newest holder of a lease is the only one", async () => {
      await using store = await open();
      const first = await store.takeLease("sync:7#42");
      expect(await store.holdsLease("sync:7#42", first)).toBe(true);
      const second = await store.takeLease("sync:7#42");
      expect(await store.holdsLease("sync:7#42", first)).toBe(false);
      expect(await store.holdsLease("sync:7#42", second)).toBe(true);
      expect(await store.holdsLease("sync:7#43", second)).toBe(false);
    });

    test("turns to write are spaced, in each installation for itself", async () => {
      await using store = await open();
      const waits = await Promise.all(Array.from({ length: 5 }, () => store.reserveWrite(1, 60_000)));
      for (const [i, wait] of waits.toSorted((a, b) => a - b).entries()) {
        expect(wait).toBeLessThanOrEqual(i * 60_000);
        expect(wait).toBeGreaterThan((i - 0.5) * 60_000);
      }
      expect(await store.reserveWrite(2, 60_000)).toBe(0);
    });

    test("nobody writes before GitHub allows it again, and an earlier time takes nothing back", async () => {
      await using store = await open();
      expect(await store.heldFor(1)).toBe(0);
      await store.holdWrites(1, 120_000);
      await store.holdWrites(1, 60_000);
      expect(await store.heldFor(1)).toBeGreaterThan(100_000);
      expect(await store.reserveWrite(1, 1_000)).toBeGreaterThan(100_000);
      await store.holdWrites(2, 0);
      expect(await store.heldFor(2)).toBe(0);
    });

    test("notes are small values by name", async () => {
      await using store = await open();
      expect(await store.note("cursor")).toBeUndefined();
      await store.saveNote("cursor", "1");
      await store.saveNote("cursor", "2");
      expect(await store.note("cursor")).toBe("2");
      await store.saveNote("cursor of another", "3");
      expect(await store.notesNamed("cursor")).toEqual(
        new Map([
          ["", "2"],
          [" of another", "3"],
        ]),
      );
      await store.saveNote("cursor", undefined);
      expect(await store.note("cursor")).toBeUndefined();
      await store.ping();
    });

    testRows("what nobody uses any more is removed, and the rest stays", async () => {
      await using store = await open();
      const old = (table: string, column: string, where = "true"): Promise<unknown> =>
        database.query(
          `UPDATE ${store.schema}.${table} SET ${column} = ${column} - 40 * 86400000.0 WHERE ${where}`,
        );
      const first = await store.takeLease("sync:7#1");
      await store.takeLease("sync:7#2");
      await old("lease", "at", "name = 'sync:7#1'");
      for (const [issue, run] of [
        [1, "ended"],
        [2, "new"],
        [3, "waits"],
      ] as const)
        await start(store, { ...ISSUE, issue }, run);
      await store.admitRuns({ perRepository: 9, perInstallation: 9 });
      for (const run of ["ended", "new"]) await store.endRun(run, (await store.beginRun(run, "w"))!.attempt);
      await old("run", "requested_at", "id <> 'new'");
      await old("start", "at");
      await store.saveNote("redelivered:a", "1");
      await store.saveNote("redelivered:b", "1");
      await store.saveNote("bot-id", "1");
      await old("note", "at", "name <> 'redelivered:b'");
      expect(await store.forgetOld(30)).toBe(1 + 1 + 3 + 1);
      const runs = await database.query<{ id: string }>(`SELECT id FROM ${store.schema}.run ORDER BY id`);
      expect(runs.rows.map(({ id }) => id)).toEqual(["new", "waits"]);
      expect([...(await store.notesNamed("redelivered:")).keys()]).toEqual(["b"]);
      expect(await store.note("bot-id")).toBe("1");
      // Who holds a lease whose row was removed does not hold the one that comes after it.
      expect(await store.takeLease("sync:7#1")).toBeGreaterThan(first);
      expect(await store.holdsLease("sync:7#1", first)).toBe(false);
    });

    test("the time of the last comparison is kept, whatever else is learned of a repository", async () => {
      await using store = await open();
      const repository = { id: 7, installation: 1, owner: "o", name: "r" };
      await store.saveRepository(repository);
      expect(await store.lookedAt(7)).toBeUndefined();
      expect(await store.lookedAt(7, 1_000)).toBe(1_000);
      await store.saveRepository({ ...repository, name: "new" });
      expect(await store.lookedAt(7)).toBe(1_000);
    });

    test("repositories are looked at in turn, and those where something happened are known", async () => {
      await using store = await open();
      for (const id of [7, 8, 9, 10]) {
        await store.saveRepository({ id, installation: id === 10 ? 2 : 1, owner: "o", name: "r" });
        if (id !== 9) await store.lookedAt(id, 1_000 - id);
      }
      const order = async (count: number, activeSince?: number): Promise<readonly number[]> =>
        (await store.repositoriesToLook(1, count, activeSince === undefined ? {} : { activeSince })).map(
          ({ id }) => id,
        );
      expect(await order(9)).toEqual([9, 8, 7]);
      expect(await order(1)).toEqual([9]);
      await store.change(ISSUE, decide("queued"));
      expect(await order(9, Date.now() - 60_000)).toEqual([7]);
      expect(await order(9, Date.now() + 60_000)).toEqual([]);
    });

    describe("the index of a tracker", () => {
      const issue = (number: number, body = "b"): TrackedIssue => ({
        key: String(number),
        title: `Report ${number}`,
        body,
        author: "eve",
        comments: [],
        isPull: false,
        isOpen: true,
        created: 1,
        isMerged: false,
        mergeCommit: undefined,
      });
      const said = (id: number, of: number, body: string): TrackedComment => ({
        id,
        issue: of,
        comment: { author: "ann", maintainer: false, body },
      });
      const state = (more: Partial<TrackerState> = {}): TrackerState => ({
        round: 1,
        roundAt: 5,
        isInRound: true,
        isWhole: false,
        list: "issues",
        issues: { since: "2026-01-01T00:00:00Z", page: 1 },
        comments: { page: 1 },
        ...more,
      });
      const save = async (
        store: TestedStore,
        page: Partial<Parameters<Store["saveTrackerPage"]>[1]>,
        repository = 7,
      ): Promise<boolean> =>
        store.saveTrackerPage(repository, {
          revision: (await store.tracker(repository)).revision,
          state: state(),
          issues: [],
          comments: [],
          isEnd: false,
          ...page,
        });
      const openWith = async (...ids: readonly number[]): Promise<TestedStore> => {
        const store = await open();
        for (const id of ids) await store.saveRepository({ id, installation: 1, owner: "o", name: `r${id}` });
        return store;
      };

      test("keeps pages by number, with the first comments, in each repository for itself", async () => {
        await using store = await openWith(7, 8);
        expect(await store.tracker(7)).toEqual({ revision: 0, state: undefined, changes: 0 });
        expect(
          await save(store, { issues: [issue(10), issue(3), issue(1), issue(3, "nul \0 and \ud83d")] }),
        ).toBe(true);
        expect(await save(store, { issues: [issue(2, "private")] }, 8)).toBe(true);
        const many = Array.from({ length: MAX_TRACKED_COMMENTS + 2 }, (_, at) => said(100 + at, 3, `c${at}`));
        expect(
          await save(store, { comments: [...many, said(9, 3, "first"), said(5, 4, "of nothing")] }),
        ).toBe(true);
        const all = await store.trackedAfter(7, 0, 10);
        expect(all.map(({ key }) => key)).toEqual(["1", "3", "10"]);
        expect(all[1]).toMatchObject({ body: "nul \0 and \ud83d", isOpen: true });
        expect(all[1]!.comments.map(({ body }) => body)).toEqual([
          "first",
          ...many.slice(0, MAX_TRACKED_COMMENTS - 1).map(({ comment }) => comment!.body),
        ]);
        expect((await store.trackedAfter(7, 1, 10)).map(({ key }) => key)).toEqual(["3", "10"]);
        expect((await store.trackedAfter(7, 0, 1)).map(({ key }) => key)).toEqual(["1"]);
        expect((await store.tracked(7, [3, 2])).map(({ key }) => key)).toEqual(["3"]);
        expect(await store.tracked(7, [])).toEqual([]);
        expect((await store.tracker(7)).state).toEqual(state());
      });

      test("of two readings at the same time one is stored", async () => {
        await using store = await openWith(7);
        const { revision } = await store.tracker(7);
        const pages = await Promise.all(
          [1, 2].map((number) => save(store, { revision, issues: [issue(number)] })),
        );
        expect(pages.filter(Boolean)).toHaveLength(1);
        expect(await store.trackedAfter(7, 0, 10)).toHaveLength(1);
      });

      test("what was forgotten does not come back with a page that was read before", async () => {
        await using store = await openWith(7);
        await save(store, { issues: [issue(1), issue(2)], comments: [said(10, 1, "x"), said(11, 2, "y")] });
        const { revision } = await store.tracker(7);
        await store.forgetTracked(7, { issue: 1 });
        expect(await save(store, { revision, issues: [issue(1)] })).toBe(false);
        await store.forgetTracked(7, { comment: 11 });
        expect(await store.trackedAfter(7, 0, 10)).toEqual([{ ...issue(2), comments: [] }]);
        expect(await save(store, { comments: [said(12, 2, "z")] })).toBe(true);
        expect(await save(store, { comments: [{ id: 12, issue: 2, comment: undefined }] })).toBe(true);
        expect((await store.tracked(7, [2]))[0]!.comments).toEqual([]);
      });

      test("a round ends with what it met", async () => {
        await using store = await openWith(7);
        await save(store, { issues: [issue(1), issue(2)], comments: [said(10, 2, "x")], isEnd: true });
        await save(store, { state: state({ round: 2 }), issues: [issue(2)] });
        expect(await store.trackedAfter(7, 0, 10)).toHaveLength(2);
        await save(store, { state: state({ round: 2, isInRound: false }), isEnd: true });
        expect(await store.trackedAfter(7, 0, 10)).toEqual([{ ...issue(2), comments: [] }]);
      });

      test("goes with its repository, and nothing comes after it", async () => {
        await using store = await openWith(7, 8);
        for (const id of [7, 8]) await save(store, { issues: [issue(1)] }, id);
        const { revision } = await store.tracker(7);
        await store.removeRepository(7);
        for (const from of [0, revision])
          expect(await save(store, { revision: from, issues: [issue(2)] })).toBe(false);
        await store.forgetTracked(7, { issue: 1 });
        await store.saveRepository({ id: 7, installation: 1, owner: "o", name: "again" });
        expect(await save(store, { revision, issues: [issue(2)] })).toBe(false);
        expect(await store.trackedAfter(7, 0, 10)).toEqual([]);
        expect(await store.trackedAfter(8, 0, 10)).toHaveLength(1);
      });

      test("one that changed is read on, once for all changes until the reading began", async () => {
        await using store = await openWith(7);
        const due = async (): Promise<boolean> => (await store.trackersToRead(1, 60_000)).length === 1;
        // Before the first page there is nothing that could be out of date.
        await store.trackerChanged(7);
        expect((await store.tracker(7)).changes).toBe(0);
        await save(store, { issues: [issue(1)], isEnd: true });
        expect(await due()).toBe(false);
        await store.trackerChanged(7);
        await store.trackerChanged(7);
        const { revision, changes } = await store.tracker(7);
        expect([await due(), changes]).toEqual([true, 2]);
        await store.trackerChanged(7);
        await save(store, { revision, state: state({ changes: 2 }), isEnd: true });
        expect(await due()).toBe(true);
        await save(store, { state: state({ changes: 3 }) });
        expect(await due()).toBe(true);
        await save(store, { state: state({ changes: 3 }), isEnd: true });
        expect(await due()).toBe(false);
      });

      test("one that nobody wants is empty, and is not looked at for a while", async () => {
        await using store = await openWith(7, 8, 9);
        await store.saveRepository({
          id: 9,
          installation: 1,
          owner: "o",
          name: "r",
          unreachable: "archived",
        });
        const wanted = async (milliseconds = 60_000): Promise<readonly number[]> =>
          (await store.trackersToRead(1, milliseconds)).map(({ id }) => id);
        expect(await wanted()).toEqual([7, 8]);
        await store.trackerTurn(7);
        expect(await wanted()).toEqual([8, 7]);
        await save(store, { issues: [issue(1)] });
        expect(await wanted()).toEqual([8, 7]);
        await save(store, { isEnd: true });
        expect(await wanted()).toEqual([8]);
        expect(await wanted(-60_000)).toEqual([8, 7]);
        const { revision } = await store.tracker(7);
        await store.forgetTracker(7);
        expect(await store.trackedAfter(7, 0, 10)).toEqual([]);
        expect((await store.tracker(7)).state).toBeUndefined();
        expect(await save(store, { revision, issues: [issue(1)] })).toBe(false);
        expect(await wanted()).toEqual([8]);
      });
    });

    test("investigations that wait for their repository, and those that are not shown, are found", async () => {
      await using store = await open();
      const unreachable = (current: Investigation | undefined): Decision<Investigation> => ({
        investigation: {
          ...newInvestigation(7, 1),
          ...current,
          conditions: { closed: false, locked: false, held: false, unreachable: "gone" },
        },
        effects: [],
      });
      await store.change({ ...ISSUE, issue: 1 }, unreachable);
      await store.change({ ...ISSUE, issue: 2 }, decide("queued"));
      await store.change({ ...ISSUE, issue: 3 }, decide("gone"));
      expect(await store.outOfReach(7)).toEqual([1]);
      expect(await store.unshown()).toEqual([1, 2].map((issue) => ({ repository: 7, issue })));
      const shown = await store.investigation({ repository: 7, issue: 2 });
      const digest = createHash("sha256").update(JSON.stringify(shown)).digest("hex");
      await store.saveIdempotencyRecord({ repository: 7, issue: 2 }, "synced", digest);
      expect(await store.unshown()).toEqual([{ repository: 7, issue: 1 }]);
    });

    testRows(
      "new issues start runs by themselves up to the caps of a day, and each counts once",
      async () => {
        await using store = await open();
        const caps = { perDay: 3, perPerson: 2, perMonth: 5 };
        const by = (author: number, issue: number): Promise<string> =>
          store.startByItself({ repository: 7, issue }, author, caps);
        expect([await by(1, 1), await by(1, 2), await by(1, 2), await by(1, 3)]).toEqual([
          "allowed",
          "allowed",
          "allowed",
          "person",
        ]);
        expect([await by(2, 4), await by(3, 5), await by(3, 4)]).toEqual([
          "allowed",
          "repository",
          "allowed",
        ]);
        expect(await store.startByItself({ repository: 8, issue: 1 }, 1, caps)).toBe("allowed");
        await database.query(`UPDATE ${store.schema}.automatic_start SET at = at - 86400000.0`);
        expect([await by(1, 6), await by(1, 7), await by(2, 8)]).toEqual(["allowed", "allowed", "month"]);
        expect(await by(1, 6)).toBe("allowed");
        expect(await store.forgetOld(7)).toBe(0);
        await database.query(`UPDATE ${store.schema}.automatic_start SET at = at - 32 * 86400000.0`);
        expect(await by(2, 8)).toBe("allowed");
        expect(await store.forgetOld(7)).toBe(6);
      },
    );

    testRows("words that nobody asked for are counted by issue, up to so many in 7 days", async () => {
      await using store = await open();
      const speaks = (issue: number, repository = 7): Promise<boolean> =>
        store.speakByItself({ repository, issue }, 2);
      await store.startByItself({ repository: 7, issue: 1 }, 1, { perDay: 9, perPerson: 9, perMonth: 9 });
      expect([await speaks(1), await speaks(1), await speaks(2), await speaks(3), await speaks(2)]).toEqual([
        true,
        true,
        true,
        false,
        true,
      ]);
      expect(await speaks(3, 8)).toBe(true);
      await database.query(`UPDATE ${store.schema}.automatic_start SET spoke_at = spoke_at - 604800001.0`);
      expect([await speaks(3), await speaks(1)]).toEqual([true, true]);
    });
  });

  describe("a clock that is set back", () => {
    /** As the store looks after the database's clock was set back by two hours: everything lies two hours ahead. */
    const setBack = async (store: TestedStore): Promise<void> => {
      const hours = 2 * 3_600_000;
      if ("jobs" in store) {
        offset -= hours;
        return;
      }
      const { schema } = store;
      await database.query(
        `UPDATE ${schema}.note SET value = (value::bigint + ${hours})::text WHERE name = 'clock'`,
      );
      await database.query(
        `UPDATE ${schema}.pacing SET next_at = next_at + ${hours}, held_until = held_until + ${hours}`,
      );
      await database.query(
        `UPDATE ${schema}_queue.job SET start_after = start_after + interval '2 hours', heartbeat_on = heartbeat_on + interval '2 hours'`,
      );
    };

    const follow = async (store: TestedStore): Promise<number> =>
      "jobs" in store ? store.followClock() : followClock(database, store.schema);

    test("stops nobody's writes", async () => {
      await using store = await open();
      await follow(store);
      await store.reserveWrite(1, 1_000);
      await store.holdWrites(2, 3_000_000);
      await setBack(store);
      expect(await store.reserveWrite(1, 0)).toBeGreaterThan(7_000_000);
      expect(await follow(store)).toBeGreaterThan(7_000_000);
      // Not the two hours; what the test itself takes does not matter.
      expect(await store.reserveWrite(1, 0)).toBeLessThan(3_600_000);
      // What GitHub asked for is still kept to.
      expect(await store.heldFor(2)).toBeLessThan(3_600_000);
      expect(await store.heldFor(2)).toBeGreaterThan(1_000_000);
      expect(await follow(store)).toBe(0);
    });

    test("stops no job, and one that was put off still waits for its time", async () => {
      await using store = await open();
      await follow(store);
      await store.change(ISSUE, decide("queued", { kind: "sync" }));
      await store.send({ kind: "sync", repository: 7, issue: 43 }, { key: "7#43", inSeconds: 600 });
      await setBack(store);
      await follow(store);
      const sync = heldJobs<"sync">();
      const workers = await store.work(handlers({ sync: sync.handler }), WORK);
      const { job, end } = await sync.next();
      expect(job.issue).toBe(42);
      end();
      await workers.stop(4_000);
      expect(await jobs(store, "sync")).toEqual({ completed: 1, created: 1 });
    });
  });

  describe("an installation that floods", () => {
    test("holds up no other one's job of any kind, although its own wait for their turn to write", async () => {
      await using store = await open();
      await store.saveRepository({ id: 7, installation: 1, owner: "o", name: "r" });
      await store.saveRepository({ id: 8, installation: 2, owner: "o", name: "s" });
      for (let issue = 1; issue <= 60; issue++) {
        await store.send({ kind: "sync", repository: 7, issue }, { key: `7#${issue}` });
        await store.acceptDelivery({ ...delivery(`flood-${issue}`), installation: 1 });
      }
      const sync = heldJobs<"sync">();
      const deliveries = heldJobs<"delivery">();
      const workers = await store.work(handlers({ sync: sync.handler, delivery: deliveries.handler }), WORK);
      // They wait, and nothing ends them.
      await sync.next();
      await deliveries.next();
      await store.send({ kind: "sync", repository: 8, issue: 1 }, { key: "8#1" });
      await store.acceptDelivery({ ...delivery("other"), installation: 2 });
      expect((await sync.next()).job.repository).toBe(8);
      expect((await deliveries.next()).job.key).toBe("other");
      expect([sync.atWork(), deliveries.atWork()]).toEqual([2, 2]);
      await workers.stop(4_000);
    });

    test("waits behind itself where one job runs at a time", async () => {
      await using store = await open();
      await store.saveRepository({ id: 7, installation: 1, owner: "o", name: "r" });
      await store.saveRepository({ id: 8, installation: 2, owner: "o", name: "s" });
      for (let issue = 1; issue <= 5; issue++) await sendCheck(store, { repository: 7, issue }, "head");
      await sendCheck(store, { repository: 8, issue: 1 }, "head");
      await sendCheck(store, { repository: 8, issue: 2 }, "head");
      const check = heldJobs<"check">();
      const workers = await store.work(handlers({ check: check.handler }), WORK);
      const order: number[] = [];
      for (let i = 0; i < 5; i++) {
        const { job, end } = await check.next();
        order.push(job.repository);
        end();
      }
      await workers.stop(4_000);
      expect(order).toEqual([7, 8, 7, 8, 7]);
    });
  });
});

const ADA = { id: 5, login: "ada" };
const WORK = { runs: 1, reconcileSeconds: 3_600 };

function delivery(key: string): NewDelivery {
  return { key, guid: `guid of ${key}`, event: "issues", payload: { action: "opened" }, wanted: true };
}

function decide(
  stage: Investigation["stage"],
  ...effects: readonly Effect[]
): (current: Investigation | undefined) => Decision<Investigation> {
  // The store keeps what it is given, whatever the stage holds.
  return (current) => ({
    investigation: { ...(current ?? newInvestigation(7, 42)), stage } as Investigation,
    effects,
  });
}

/** What happens when a person asks for a run. */
async function start(
  store: Pick<Store, "change">,
  of: { readonly repository: number; readonly issue: number; readonly installation: number },
  run: string,
): Promise<void> {
  await store.change(of, (current) => ({
    investigation: {
      ...newInvestigation(of.repository, of.issue),
      ...(current === undefined ? {} : { runs: current.runs }),
      stage: "queued",
      startedBy: ADA,
      run: { id: run },
    },
    effects: [{ kind: "start-run", run }],
  }));
}
