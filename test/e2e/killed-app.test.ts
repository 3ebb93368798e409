import { expect, test } from "@jest/globals";
import { CutConnection } from "../../src/simulator/github/faults.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { startAppObject } from "../fakes/app-object.ts";
import { appProcess } from "../fakes/app-process.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";
import { outcomeOf, undelivered } from "../fakes/outcome.ts";

interface Kill {
  readonly route: string;
  readonly moment: "before" | "during" | "after";
}

const KILLS: readonly Kill[] = [
  { route: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments", moment: "during" },
  { route: "POST /repos/{owner}/{repo}/git/refs", moment: "before" },
  { route: "POST /graphql createCommitOnBranch", moment: "after" },
];

/**
 * One phase on PostgreSQL and a GitHub of its own, by a real process when it is killed. Gives the outcome and the number of
 * kills.
 */
async function live(kill?: Kill): Promise<{ readonly outcome: unknown; readonly kills: number }> {
  await using github = await startSimulatedGitHub();
  await using database = await freshDatabase();
  using data = dataFolder();
  const settings = { DATABASE_URL: database.url, CASEBOOK_RECONCILE_SECONDS: "5" };
  await using process = kill === undefined ? undefined : await appProcess(github, data.path, settings);
  await using object =
    kill === undefined
      ? await startAppObject(github, { data: data.path, databaseUrl: database.url })
      : undefined;
  await process?.start();
  const app = process ?? object!;
  let kills = 0;
  let restart: Promise<void> | undefined;
  github.faults.onWrite = async (moment, { route, as }) => {
    if (as !== github.app.bot.login || route !== kill?.route || moment !== kill.moment) return;
    github.faults.onWrite = undefined;
    kills++;
    process!.signal("SIGKILL");
    // At once: whoever asks it now finds it gone.
    restart = process!.ended().then(() => process!.start());
    await process!.ended();
    if (moment === "before") throw new CutConnection();
  };
  const people = { ada: "write", eve: "read" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const issue = await repository.openIssue("eve", title, body);
  await repository.comment("ada", issue, "/casebook comprehension");
  for (;;) {
    const before = restart;
    await before;
    try {
      await settled(github, app);
    } catch (error) {
      // It was killed while it was asked.
      if (restart === before) throw error;
    }
    // A webhook that came while nobody listened is found by the next comparison with GitHub.
    if (restart === before && (await undelivered(github, database.url)).length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  expect([...new Set(github.violations)]).toEqual([]);
  return { outcome: await outcomeOf(github, repository), kills };
}

test("a process that is killed comes to the same end: its lease ends and the next one continues", async () => {
  // At the same time, since each killed one waits for its lease.
  const [undisturbed, ...killed] = await Promise.all([live(), ...KILLS.map(live)]);
  expect(undisturbed.kills).toBe(0);
  for (const { outcome, kills } of killed) {
    expect(kills).toBe(1);
    expect(outcome).toEqual(undisturbed.outcome);
  }
});
