import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openStore } from "../../src/store/io/open-store.ts";
import { fillTrackers } from "../../src/service/fill-trackers.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { prepareStore } from "../fakes/prepared-store.ts";
import { TRACKED, trackerApi } from "../fakes/tracker-api.ts";
import { trackerService } from "../fakes/tracker-service.ts";

test("a fill that is killed by SIGKILL is continued where it was, and loses nothing", async () => {
  const issues = 900;
  await using api = await trackerApi({ issues, comments: 300 });
  using folder = temporaryFolder();
  await prepareStore(folder.path);
  const child = spawn(
    process.execPath,
    [join(import.meta.dirname, "../fakes/tracker-process.ts"), api.url, folder.path],
    { stdio: "ignore" },
  );
  // Before the sixth page is answered, so five are stored.
  const killed = once(child, "close");
  api.onList = async (count) => {
    if (count !== 6) return;
    child.kill("SIGKILL");
    await killed;
  };
  expect((await killed)[1]).toBe("SIGKILL");
  api.onList = () => undefined;
  const before = api.asked.length;

  await using store = await openStore({ folder: folder.path });
  const kept = await store.trackedAfter(TRACKED.id, 0, issues);
  expect(kept.length).toBeGreaterThanOrEqual(400);
  expect(kept.length).toBeLessThan(issues);
  const service = await trackerService(api.url, store);
  await fillTrackers(service, TRACKED, { signal: new AbortController().signal, attempt: 1 });
  const all = await store.trackedAfter(TRACKED.id, 0, issues + 1);
  expect(all.map(({ key }) => Number(key))).toEqual(Array.from({ length: issues }, (_, at) => at + 1));
  expect(all.flatMap(({ comments }) => comments)).toHaveLength(300);
  const again = api.asked.slice(before).filter((path) => path.startsWith("/repos/acme/large/issues?"));
  // Not from the beginning: the first of them names the change at which the killed one was.
  expect(again[0]).toMatch(/[?&]since=/);
  expect(again.length).toBeLessThanOrEqual(6);
});
