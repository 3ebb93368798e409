import { cpSync, rmSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openDatabase } from "../../../src/store/io/database.ts";
import { type OpenStore, openStore } from "../../../src/store/io/open-store.ts";
import { newInvestigation } from "../../../src/investigation/investigation.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";
import { handlers, heldJobs } from "../../fakes/handlers.ts";
import { prepareStore } from "../../fakes/prepared-store.ts";
import { killProcess, startStoreProcess } from "../../fakes/store-process.ts";

const ISSUE = { repository: 7, issue: 42, installation: 1 };
const WORK = { runs: 1, reconcileSeconds: 3_600 };

describe("the folder of the embedded PostgreSQL", () => {
  test("belongs to one process; a killed one leaves neither it nor its jobs locked", async () => {
    using folder = temporaryFolder();
    const schema = "casebook";
    {
      await using store = await openStore({ folder: folder.path });
      expect(store.isEmbedded).toBe(true);
      await store.change(ISSUE, () => ({
        investigation: { ...newInvestigation(7, 42), stage: "queued", run: { id: "r1" } },
        effects: [{ kind: "start-run", run: "r1" }],
      }));
      await store.admitRuns({ perRepository: 1, perInstallation: 1 });
    }
    const child = await startStoreProcess({ place: { folder: folder.path }, schema, behaviour: "hold" });
    try {
      await expect(openStore({ folder: folder.path })).rejects.toMatchObject({
        code: "busy",
        message: expect.stringContaining(String(child.pid)),
      });
    } finally {
      await killProcess(child);
    }
    await using store = await openStore({ folder: folder.path });
    const run = heldJobs<"run">();
    const workers = await store.work(handlers({ run: run.handler }), WORK);
    const { job, context, end } = await run.next();
    expect(job).toEqual({ kind: "run", run: "r1", repository: 7, issue: 42 });
    expect(context.attempt).toBe(2);
    expect(await store.beginRun("r1", "me")).toMatchObject({ crashes: 1 });
    end();
    await workers.stop(4_000);
  });

  test.each([
    ["its pages are cut", (store: string) => truncateSync(join(store, "global/pg_control"), 100)],
    ["its folders are gone", (store: string) => rmSync(join(store, "base"), { recursive: true })],
  ])("is told as damaged when %s", async (_, damage) => {
    using folder = temporaryFolder();
    await prepareStore(folder.path);
    await (await openStore({ folder: folder.path }))[Symbol.asyncDispose]();
    damage(join(folder.path, "store"));
    await expect(openStore({ folder: folder.path })).rejects.toMatchObject({ code: "store-damaged" });
    // Nobody holds it: after it was rebuilt the next start works.
    rmSync(join(folder.path, "store"), { recursive: true });
    await (await openStore({ folder: folder.path }))[Symbol.asyncDispose]();
  });

  test("of a newer version is told as such", async () => {
    using folder = temporaryFolder();
    await prepareStore(folder.path);
    await (await openStore({ folder: folder.path }))[Symbol.asyncDispose]();
    {
      await using database = await openDatabase({ folder: folder.path });
      await database.query("INSERT INTO casebook.migration (step) VALUES (1000)");
    }
    await expect(openStore({ folder: folder.path })).rejects.toMatchObject({
      code: "store-newer",
      message: expect.stringContaining("to step 1000"),
    });
  });

  test("after a power cut holds an earlier state, which opens and works", async () => {
    using folder = temporaryFolder();
    using kept = temporaryFolder();
    const place = join(folder.path, "store");
    await prepareStore(folder.path);
    {
      await using store = await openStore({ folder: folder.path });
      await store.acceptDelivery(delivery("early"));
      // While it is open: what a disk holds that was never told to be consistent.
      cpSync(place, join(kept.path, "store"), { recursive: true });
      await store.acceptDelivery(delivery("late"));
    }
    rmSync(place, { recursive: true });
    cpSync(join(kept.path, "store"), place, { recursive: true });
    await using store = await openStore({ folder: folder.path });
    expect(await store.knownGuids(["early", "late"])).toEqual(new Set(["early"]));
    // GitHub is asked again for what is missing, and it is stored once.
    expect(await store.acceptDelivery(delivery("late"))).toBe("stored");
    const held = heldJobs<"delivery">();
    const workers = await store.work(handlers({ delivery: held.handler }), WORK);
    const both = [await held.next(), await held.next()];
    expect(new Set(both.map(({ job }) => job.key))).toEqual(new Set(["early", "late"]));
    for (const { end } of both) end();
    await workers.stop(4_000);
  });
});

function delivery(key: string): Parameters<OpenStore["acceptDelivery"]>[0] {
  return { key, guid: key, event: "issues", payload: {}, wanted: true };
}
