import { repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { RunFailure } from "../../failure.ts";
import { ISSUES_EXPORT, parseTracker, type Tracker } from "../../issue/parse-tracker.ts";
import { withoutEmpty } from "../../process/config.ts";
import { fetchTracker } from "../fetch-tracker.ts";
import { inReader } from "../in-reader.ts";
import type { CommandIo } from "../io.ts";
import { openProgress } from "../progress.ts";
import { readIssue } from "../read-issue.ts";
import { givenTracker, readTracker, webUrlOf } from "../read-tracker.ts";
import type { RelatedOptions } from "../reading/related.ts";

/**
 * Prints the issues and pull requests of a tracker that have to do with the issue, each with the words of both that a check compared.
 * Exit code 0, also when there are none. Throws RunFailure `unreadable-issue`, `issue-unreachable` when there is no tracker.
 */
export async function relatedCommand(options: RelatedOptions, io: CommandIo): Promise<number> {
  const issue = await readIssue(options.issue, options.number, io);
  const progress = openProgress(io, options.quiet === true || options.json === true);
  try {
    progress.start("related");
    const onStep = (text: string): void => progress.step(text);
    const webUrl = issue.url ?? (await webUrlOf(options, io));
    const { tracker, stopped } =
      options.tracker === undefined
        ? await fetched(webUrl, io)
        : { tracker: readTracker(options.tracker, io), stopped: undefined };
    const given = { issue, tracker: await givenTracker(issue, { tracker, stopped, webUrl }, io) };
    const { exit, out } = await inReader("related", { given, options, onStep }, io);
    progress.end();
    await progress.close();
    io.out(out);
    return exit;
  } finally {
    await progress.close();
  }
}

/** The newest entries from GitHub's public API. */
async function fetched(
  webUrl: string | undefined,
  io: CommandIo,
): Promise<{ readonly tracker: Tracker; readonly stopped: string | undefined }> {
  const name = repositoryName(webUrl);
  const apiUrl = withoutEmpty(io.env)["GITHUB_API_URL"];
  const { entries, stopped } =
    name === undefined || (apiUrl === undefined && !webUrl!.startsWith("https://github.com/"))
      ? { entries: [], stopped: "the repository's origin is not on GitHub" }
      : await fetchTracker(name, { apiUrl, signal: io.signal });
  if (entries.length === 0)
    throw new RunFailure(
      "issue-unreachable",
      `Casebook read nothing of the tracker${stopped === undefined ? "" : ` (${stopped})`}. Save it and pass it with --tracker: \`${ISSUES_EXPORT} > tracker.json\``,
    );
  return { tracker: parseTracker(JSON.stringify(entries)), stopped };
}
