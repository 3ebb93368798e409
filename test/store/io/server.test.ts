import { RetryLater } from "../../../src/failure.ts";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type { PgBoss } from "pg-boss";
import { openBoss } from "../../../src/store/io/queues.ts";
import { type Connection, type Database, openDatabase } from "../../../src/store/io/database.ts";
import { type OpenStore, openStore } from "../../../src/store/io/open-store.ts";
import { sendOnce } from "../../../src/store/io/queues.ts";
import { newInvestigation } from "../../../src/investigation/investigation.ts";
import { handlers, heldJobs, untilAborted } from "../../fakes/handlers.ts";
import { type PostgresServer, startPostgres } from "../../fakes/postgres-server.ts";
import { killProcess, startStoreProcess } from "../../fakes/store-process.ts";

let server: PostgresServer;
let tests = 0;
beforeAll(async () => {
  server = await startPostgres();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const freshSchema = (): string => `s${++tests}`;
const open = (schema: string): Promise<OpenStore> => openStore({ url: server.url, schema });

const ISSUE = { repository: 7, issue: 42, installation: 1 };
const LIMITS = { perRepository: 100, perInstallation: 100 };
/** What a client says of a server that is gone; the first one may have had a connection still. */
const AWAY = /ECONNREFUSED|terminated/;
/** Seconds; no test meets its end. */
const DECADE = 10 * 365 * 86_400;
const WORK = { runs: 1, reconcileSeconds: 3_600 };

describe("several processes on one server", () => {
  test("they may start for the first time together", async () => {
    const schema = freshSchema();
    const stores = await Promise.all([open(schema), open(schema), open(schema), open(schema)]);
    await stores[0].saveNote("a", "b");
    expect(await stores[3].note("a")).toBe("b");
    await Promise.all(stores.map((store) => store[Symbol.asyncDispose]()));
  });

  test("two runs of one investigation are never worked at once", async () => {
    const schema = freshSchema();
    await using one = await open(schema);
    await using two = await open(schema);
    for (let i = 0; i < 40; i++) await start(one, { ...ISSUE, issue: i % 5 }, `r${i}`);
    await one.admitRuns(LIMITS);
    const atWork = new Set<number>();
    const worked: string[] = [];
    const all = Promise.withResolvers<void>();
    const run = async ({ run, issue }: { readonly run: string; readonly issue: number }): Promise<void> => {
      if (atWork.has(issue)) all.reject(new Error(`two runs of ${issue} at once`));
      atWork.add(issue);
      // A turn of the database, so that others get the chance.
      await one.ping();
      atWork.delete(issue);
      worked.push(run);
      if (worked.length === 40) all.resolve();
    };
    const workers = [
      await one.work(handlers({ run }), { ...WORK, runs: 3 }),
      await two.work(handlers({ run }), { ...WORK, runs: 3 }),
    ];
    await all.promise;
    expect(new Set(worked).size).toBe(40);
    await Promise.all(workers.map((worker) => worker.stop(4_000)));
  });

  test("to admit at the same time lets in no more than the limits allow", async () => {
    const schema = freshSchema();
    await using one = await open(schema);
    await using two = await open(schema);
    for (let i = 0; i < 10; i++) await start(one, { ...ISSUE, repository: i }, `r${i}`);
    const limits = { perRepository: 1, perInstallation: 3 };
    const admitted = await Promise.all([one, two, one, two].map((store) => store.admitRuns(limits)));
    expect(admitted.reduce((sum, count) => sum + count)).toBe(3);
  });

  test("a run that is stopped in the moment in which it is let in does not begin", async () => {
    const schema = freshSchema();
    await using database = await openDatabase(server);
    await using one = await open(schema);
    await using two = await open(schema);
    await start(one, ISSUE, "r1");
    const both: Promise<unknown>[] = [];
    await database.transaction(async (connection) => {
      // Holds up the admission between its look at the runs and its first job.
      await connection.query(`LOCK TABLE ${schema}_queue.job IN EXCLUSIVE MODE`);
      both.push(one.admitRuns(LIMITS));
      await isHeldUp(database, `%INSERT INTO ${schema}_queue.job%`);
      const stopped = stop(two, "r1");
      both.push(stopped);
      await Promise.race([stopped, isHeldUp(database, `%UPDATE ${schema}.run %`)]);
    });
    await Promise.all(both);
    expect(await one.beginRun("r1", "w")).toBeUndefined();
    expect(await statesOf(database, schema)).toEqual(["cancelled"]);
  });

  test("a run that is handed back and stopped at the same time is locked by both in one order", async () => {
    const schema = freshSchema();
    await using database = await openDatabase(server);
    await using store = await open(schema);
    await start(store, ISSUE, "r1");
    await store.admitRuns(LIMITS);
    const run = heldJobs<"run">();
    const workers = await store.work(handlers({ run: run.handler }), WORK);
    const { end } = await run.next();
    await database.transaction(async (connection) => {
      // The first step of who stops it, …
      await connection.query(`SELECT 1 FROM ${schema}.run WHERE id = 'r1' FOR UPDATE`);
      end(new RetryLater(600, "GitHub asked to wait"));
      await isHeldUp(database, `%${schema}.run %`);
      // … and the second, which must not wait for who waits for the first.
      await connection.query(`SELECT 1 FROM ${schema}_queue.job WHERE name = 'run' FOR UPDATE NOWAIT`);
    });
    await workers.stop(4_000);
    await stop(store, "r1");
    expect(await statesOf(database, schema)).toEqual(["cancelled", "completed"]);
  });

  test("a run is stopped from another process", async () => {
    const schema = freshSchema();
    await using web = await open(schema);
    await using worker = await open(schema);
    await start(web, ISSUE, "r1");
    await web.admitRuns(LIMITS);
    const run = heldJobs<"run">();
    const workers = await worker.work(handlers({ run: run.handler }), WORK);
    const { context, end } = await run.next();
    await stop(web, "r1");
    await expect(untilAborted(context.signal)).rejects.toThrow("no longer active");
    end(new Error("stopped"));
    await workers.stop(4_000);
  });

  test("what is to happen once in a period happens once, whichever of them asks", async () => {
    const schema = freshSchema();
    await using database = await openDatabase(server);
    await using one = await openQueue(database, schema);
    await using two = await openQueue(database, schema);
    const send = ({ boss }: typeof one, once: { readonly everySeconds?: number }): Promise<void> =>
      database.transaction((connection) =>
        sendOnce(boss, connection, schema, "reconcile", {}, { key: "reconcile", ...once }),
      );
    await send(one, { everySeconds: DECADE });
    const [job] = await one.boss.fetch("reconcile");
    await one.boss.complete("reconcile", job!.id);
    await send(two, { everySeconds: DECADE });
    expect(await two.boss.fetch("reconcile")).toEqual([]);
    await send(two, {});
    expect(await two.boss.fetch("reconcile")).toHaveLength(1);
  });

  test("a job is not taken before what it must see is stored", async () => {
    const schema = freshSchema();
    await using database = await openDatabase(server);
    await using queue = await openQueue(database, schema);
    const job = { repository: 7, issue: 42 };
    const send = (connection: Connection): Promise<void> =>
      sendOnce(queue.boss, connection, schema, "sync", job, { key: "7#42" });
    await database.transaction(send);
    await database.transaction(async (connection) => {
      await send(connection);
      // One waits, and whoever took it now would read what was there before this transaction.
      expect(await queue.boss.fetch("sync")).toEqual([]);
    });
    expect(await queue.boss.fetch("sync")).toMatchObject([{ data: job }]);
    expect(await queue.boss.fetch("sync")).toEqual([]);
  });
});

describe("a process that ends without a word", () => {
  test("is found, and its run is taken up", async () => {
    const schema = freshSchema();
    await using store = await open(schema);
    await start(store, ISSUE, "r1");
    await store.admitRuns(LIMITS);
    const child = await startStoreProcess({ place: server, schema, behaviour: "hold" });
    await killProcess(child);
    const run = heldJobs<"run">();
    const workers = await store.work(handlers({ run: run.handler }), WORK);
    const { context, end } = await run.next();
    expect(context.attempt).toBe(2);
    expect(await store.beginRun("r1", "me")).toMatchObject({ crashes: 1 });
    end();
    await workers.stop(4_000);
  });

  test("and one that stands still in the middle of a change holds up nobody", async () => {
    const schema = freshSchema();
    await using store = await open(schema);
    await start(store, ISSUE, "r1");
    await store.admitRuns(LIMITS);
    const child = await startStoreProcess({ place: server, schema, behaviour: "stand-still" });
    try {
      const changed = store.change(ISSUE, (current) => ({
        investigation: { ...newInvestigation(7, 42), stage: "running", run: current!.run! },
        effects: [],
      }));
      const run = heldJobs<"run">();
      const workers = await store.work(handlers({ run: run.handler }), WORK);
      expect((await changed)?.stage).toBe("running");
      const { end } = await run.next();
      end();
      await workers.stop(4_000);
    } finally {
      await killProcess(child);
    }
  });
});

test("a server that crashes and comes back loses nothing that was stored, and work goes on", async () => {
  const own = await startPostgres();
  try {
    await using store = await openStore({ url: own.url });
    const held = heldJobs<"delivery">();
    await store.acceptDelivery(delivery("before"));
    await own.crash();
    await expect(store.acceptDelivery(delivery("while it is away"))).rejects.toThrow(AWAY);
    await expect(store.ping()).rejects.toThrow(AWAY);
    await own.restart();
    expect(await store.acceptDelivery(delivery("after"))).toBe("stored");
    const workers = await store.work(handlers({ delivery: held.handler }), WORK);
    const both = [await held.next(), await held.next()];
    expect(new Set(both.map(({ job }) => job.key))).toEqual(new Set(["before", "after"]));
    for (const { end } of both) end();
    await workers.stop(4_000);
  } finally {
    await own[Symbol.asyncDispose]();
  }
});

test("a connection that breaks in the middle of a transaction fails that one, not the process", async () => {
  await using database = await openDatabase(server);
  const broken = database.transaction(async (connection) => {
    const { rows } = await connection.query<{ pid: number }>("SELECT pg_backend_pid() AS pid");
    // Gives an answer when the connection's other end is gone.
    await database.query("SELECT pg_terminate_backend($1, 10000)", [rows[0]!.pid]);
    await connection.query("SELECT 1");
  });
  await expect(broken).rejects.toThrow(/terminat|not queryable/);
  const { rows } = await database.transaction((connection) => connection.query("SELECT 1 AS one"));
  expect(rows).toEqual([{ one: 1 }]);
});

async function openQueue(
  database: Database,
  schema: string,
): Promise<AsyncDisposable & { readonly boss: PgBoss }> {
  const boss = await openBoss(database, schema, () => undefined);
  return { boss, [Symbol.asyncDispose]: () => boss.stop({ graceful: false }) };
}

/** The states of the jobs that runs have, each once. */
async function statesOf(database: Database, schema: string): Promise<readonly string[]> {
  const { rows } = await database.query<{ state: string }>(
    `SELECT DISTINCT state::text FROM ${schema}_queue.job WHERE name = 'run' ORDER BY 1`,
  );
  return rows.map(({ state }) => state);
}

function delivery(key: string): Parameters<OpenStore["acceptDelivery"]>[0] {
  return { key, guid: key, event: "issues", payload: {}, wanted: true };
}

async function stop(store: OpenStore, run: string): Promise<void> {
  await store.change(ISSUE, (current) => ({
    investigation: current!,
    effects: [{ kind: "stop-run", run }],
  }));
}

/** Waits until a statement like this one waits for somebody's lock. */
async function isHeldUp(database: Database, statement: string): Promise<void> {
  for (;;) {
    const { rows } = await database.query(
      "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE $1",
      [statement],
    );
    if (rows.length > 0) return;
  }
}

async function start(
  store: OpenStore,
  of: { readonly repository: number; readonly issue: number; readonly installation: number },
  run: string,
): Promise<void> {
  await store.change(of, () => ({
    investigation: { ...newInvestigation(of.repository, of.issue), stage: "queued", run: { id: run } },
    effects: [{ kind: "start-run", run }],
  }));
}
