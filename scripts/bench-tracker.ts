/**
 * How long the App takes to fill the index of a large tracker, against a fake GitHub on this machine:
 * `node scripts/bench-tracker.ts [--issues 50000] [--comments 100000] [--characters 1500]`. The store is the embedded one. The clock
 * of the share of requests is moved from one job to the next, so that nothing waits. Then an investigation asks the index.
 */
import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readEntry, soughtFor } from "../src/evidence/related/signs.ts";
import { fillTrackers } from "../src/service/fill-trackers.ts";
import { relatedInTracker } from "../src/service/related-in-tracker.ts";
import { repositoryFacts } from "../src/service/repository-facts.ts";
import { openStore } from "../src/store/io/open-store.ts";
import { temporaryFolder } from "../test/fakes/git-folder.ts";
import { TRACKED, trackerApi } from "../test/fakes/tracker-api.ts";
import { trackerService } from "../test/fakes/tracker-service.ts";

const { values } = parseArgs({
  options: {
    issues: { type: "string", default: "50000" },
    comments: { type: "string", default: "100000" },
    characters: { type: "string", default: "1500" },
  },
});
const issues = Number(values.issues);
const ROUND = 300_000;

await using api = await trackerApi({
  issues,
  comments: Number(values.comments),
  characters: Number(values.characters),
});
using folder = temporaryFolder();
await using store = await openStore({ folder: folder.path });
let now = Date.now();
const service = await trackerService(api.url, store, () => now);
const { signal } = new AbortController();
const memory = watchMemory();

const started = performance.now();
let jobs = 0;
while ((await store.trackersToRead(TRACKED.installation, 1e12)).length > 0) {
  await fillTrackers(service, TRACKED, { signal, attempt: 1 });
  jobs++;
  now += ROUND;
}
say("fill", {
  seconds: seconds(started),
  requests: api.asked.length,
  jobs,
  hours: Number(((jobs * ROUND) / 3_600_000).toFixed(1)),
  memory: memory(),
  disk: `${Math.round(sizeOf(folder.path) / 1e6)} MB`,
});

const asked = readEntry({
  key: String(issues + 1),
  title: "The store loses a value",
  body: "It stops.\n\n```\nStoreError: key 4711 of 803 has no end\n```\n\nIt is like #17. `--max-size` and `save_all` do not help.",
  comments: [],
});
const facts = await repositoryFacts(service, { installation: TRACKED.installation, repository: TRACKED.id });
if (facts.kind !== "facts") throw new Error(facts.why);
const before = api.asked.length;
const from = performance.now();
let longest = 0;
let last = performance.now();
const beat = setInterval(() => {
  longest = Math.max(longest, performance.now() - last - 10);
  last = performance.now();
}, 10);
const list = await relatedInTracker(service, facts, soughtFor(asked, undefined), signal);
clearInterval(beat);
say("ask", {
  seconds: seconds(from),
  requests: api.asked.length - before,
  entries: list?.size,
  chosen: list?.entries.length,
  "longest pause": `${Math.round(longest)} ms`,
  memory: memory(),
});

function say(what: string, figures: Readonly<Record<string, unknown>>): void {
  console.log(what, JSON.stringify(figures));
}

function seconds(since: number): number {
  return Number(((performance.now() - since) / 1000).toFixed(1));
}

/** The most that this process held, the fake GitHub and the database included. */
function watchMemory(): () => string {
  let most = 0;
  setInterval(() => (most = Math.max(most, process.memoryUsage.rss())), 200).unref();
  return () => `${Math.round(Math.max(most, process.memoryUsage.rss()) / 1e6)} MB`;
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true }).reduce(
    (sum, entry) => sum + (entry.isFile() ? statSync(join(entry.parentPath, entry.name)).size : 0),
    0,
  );
}
