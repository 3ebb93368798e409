import { pino } from "pino";
import { WEBHOOK_PATH } from "../../src/server/http-server.ts";
import { storeOf } from "../../src/server/compose.ts";
import { readServerConfig } from "../../src/server/server-config.ts";
import { startServer } from "../../src/server/start-server.ts";
import type { SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { openDatabase } from "../../src/store/io/database.ts";
import { openStoreIn } from "../../src/store/io/open-store.ts";
import { openJobsOf, settingsFor } from "./app.ts";
import { cuttable } from "./cuttable.ts";
import { researchHere } from "./research-here.ts";

/** The App as an object in this process, which can be lost as a process that is killed is. */
export interface AppObject extends AsyncDisposable {
  /** Jobs and runs that wait or are at work: `sync active 1`. */
  openJobs(): Promise<readonly string[]>;
  /**
   * Cuts its connections to the database and to GitHub at once and throws it away: whatever it still does reaches nothing.
   * `afterAnswer`: the answer that GitHub is sending arrives first.
   */
  lose(how: { readonly afterAnswer: boolean }): void;
  /** Compares with GitHub now instead of in some minutes. */
  reconcile(): Promise<void>;
}

/** The App over the embedded store of a data folder. */
export async function startEmbeddedApp(
  github: SimulatedGitHub,
  data: string,
): Promise<Pick<AppObject, "openJobs" | "reconcile"> & AsyncDisposable> {
  const config = readServerConfig(settingsFor(github, data));
  const logger = pino({ level: "silent" });
  const store = await storeOf(config, logger);
  const server = await startServer(config, logger, { store, research: researchHere(data) });
  github.deliverTo(`${server.url}${WEBHOOK_PATH}`);
  return {
    openJobs: () => openJobsOf(store),
    reconcile: () => store.send({ kind: "reconcile" }, { key: "reconcile" }),
    [Symbol.asyncDispose]: () => server.stop(),
  };
}

/** Starts it over a database that no other process uses, and lets the webhooks come to it. */
export async function startAppObject(
  github: SimulatedGitHub,
  {
    data,
    databaseUrl,
    now = Date.now,
  }: { readonly data: string; readonly databaseUrl: string; readonly now?: () => number },
): Promise<AppObject> {
  const [toDatabase, toGitHub] = await Promise.all([cuttable(databaseUrl), cuttable(github.url)]);
  const database = await openDatabase({ url: toDatabase.url });
  // As in one process with the embedded store: what the lost App was doing is put back at once, no lease is waited for.
  const store = await openStoreIn(database, { isAlone: true });
  const config = readServerConfig(
    settingsFor(github, data, { DATABASE_URL: toDatabase.url, GITHUB_API_URL: toGitHub.url }),
  );
  const server = await startServer(config, pino({ level: "silent" }), {
    store,
    research: researchHere(data),
    now,
  });
  github.deliverTo(`${server.url}${WEBHOOK_PATH}`);
  let ended: Promise<void> | undefined;
  const end = (): Promise<void> =>
    (ended ??= server.stop().then(async () => {
      await database[Symbol.asyncDispose]();
      await toDatabase[Symbol.asyncDispose]();
      await toGitHub[Symbol.asyncDispose]();
    }));
  return {
    openJobs: () => openJobsOf(store),
    lose({ afterAnswer }) {
      toDatabase.cut();
      toGitHub.cut({ lateAnswers: afterAnswer });
      end().catch(() => undefined);
    },
    reconcile: () => store.send({ kind: "reconcile" }, { key: "reconcile" }),
    [Symbol.asyncDispose]: () => end(),
  };
}
