import { fillTrackers } from "../../src/service/fill-trackers.ts";
import { openStore } from "../../src/store/io/open-store.ts";
import { trackerService } from "./tracker-service.ts";
import { TRACKED } from "./tracker-api.ts";

/** Fills the index in the store of a folder: `node tracker-process.ts URL FOLDER`. The test kills it. */
const [url, folder] = process.argv.slice(2) as [string, string];
await using store = await openStore({ folder });
await fillTrackers(await trackerService(url, store), TRACKED, {
  signal: new AbortController().signal,
  attempt: 1,
});
