import { readdirSync, readFileSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { z } from "zod";
import { repositoryName } from "../evidence/reported-places/find-reported.ts";
import { shortlist } from "../evidence/related/shortlist.ts";
import { RunFailure } from "../failure.ts";
import { parseTracker, type Shortlist, type Tracker } from "../issue/parse-tracker.ts";
import type { Issue } from "../issue/issue.ts";
import { inReader } from "./in-reader.ts";
import { type PlaceOptions, placeOf } from "./place.ts";
import type { GivenTracker } from "./reading/related.ts";
import type { CommandIo } from "./io.ts";

/**
 * The tracker of `--tracker FILE|DIR`: what `gh issue list --json` and `gh pr list --json` print, each in a file. Of a folder every
 * `.json` and `.jsonl` file is read. Throws RunFailure `unreadable-issue`.
 */
export function readTracker(place: string, io: CommandIo): Tracker {
  try {
    const path = resolve(io.cwd, place);
    const files = statSync(path).isDirectory()
      ? readdirSync(path)
          .filter((name) => /\.jsonl?$/.test(name))
          .toSorted()
          .map((name) => join(path, name))
      : [path];
    return together(files.map((file) => parseTracker(readFileSync(file, "utf8"))));
  } catch (error) {
    if (error instanceof RunFailure) throw error;
    throw new RunFailure(
      "unreadable-issue",
      `Casebook cannot read the tracker ${place} (${(error as NodeJS.ErrnoException).code ?? "unknown error"})`,
      error,
    );
  }
}

function together(trackers: readonly Tracker[]): Tracker {
  if (trackers.length === 0)
    throw new RunFailure("unreadable-issue", "The folder of the tracker holds no file that ends in .json");
  const issues = new Map(trackers.toReversed().flatMap((one) => [...one.issues]));
  return { issues, unreadable: trackers.reduce((sum, { unreadable }) => sum + unreadable, 0) };
}

const sought = z.object({
  key: z.string(),
  signs: z.array(z.object({ key: z.string(), words: z.array(z.string().min(1)).min(1) })),
  cited: z.array(z.number()),
});

/**
 * What of the tracker can be related to the issue. The issue is read in a process of its own; texts of the tracker are searched for what it
 * names, and not read. `webUrl`: the page of the repository. Throws RunFailure.
 */
export async function shortlistFor(
  issue: Issue,
  tracker: Tracker,
  webUrl: string | undefined,
  io: CommandIo,
): Promise<Shortlist> {
  const repository = repositoryName(issue.url ?? webUrl);
  const { out } = await inReader("signs", { given: { issue, repository }, options: {} }, io);
  return shortlist(sought.parse(JSON.parse(out)), tracker, repository);
}

/** The page of the repository of `--repo`; undefined where it has none. Throws RunFailure. */
export async function webUrlOf(options: PlaceOptions, io: CommandIo): Promise<string | undefined> {
  const { openGit } = await import("../research/open-git.ts");
  using repository = await openGit(placeOf(options, io));
  return repository.webUrl;
}

/** What of a tracker a command that reads foreign text is given. */
export async function givenTracker(
  issue: Issue,
  {
    tracker,
    stopped,
    webUrl,
  }: {
    readonly tracker: Tracker;
    readonly stopped?: string | undefined;
    readonly webUrl: string | undefined;
  },
  io: CommandIo,
): Promise<GivenTracker> {
  const { unreadable } = tracker;
  return { list: await shortlistFor(issue, tracker, webUrl, io), unreadable, stopped };
}

/** The same for `--tracker` of a command about a repository; undefined without the option. */
export async function trackerOf(
  issue: Issue | undefined,
  options: PlaceOptions & { readonly tracker?: string | undefined },
  io: CommandIo,
): Promise<GivenTracker | undefined> {
  if (options.tracker === undefined || issue === undefined) return undefined;
  const webUrl = issue.url ?? (await webUrlOf(options, io));
  return await givenTracker(issue, { tracker: readTracker(options.tracker, io), webUrl }, io);
}
