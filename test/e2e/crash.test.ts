import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  LoggedRequest,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { CutConnection } from "../../src/simulator/github/faults.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { type WriteName, WRITES } from "../../src/github/github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { type AppProcess, appProcess, deliverTo } from "../fakes/app-process.ts";
import { outcomeOf, undelivered } from "../fakes/outcome.ts";
import { clientOf } from "../simulator/github/client.ts";

/** Every outside effect, by the request that has it. */
const BOUNDARIES: Readonly<Record<WriteName, string>> = {
  redeliver: "POST /app/hook/deliveries/{delivery_id}/attempts",
  createLabel: "POST /repos/{owner}/{repo}/labels",
  addLabels: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
  removeLabel: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
  addReaction: "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
  removeReaction: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
  createComment: "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
  updateComment: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
  deleteComment: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
  createBranch: "POST /repos/{owner}/{repo}/git/refs",
  deleteBranch: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
  commit: "POST /graphql createCommitOnBranch",
  createPull: "POST /repos/{owner}/{repo}/pulls",
  updatePull: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
  createCheckRun: "POST /repos/{owner}/{repo}/check-runs",
  updateCheckRun: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
  createIssue: "POST /repos/{owner}/{repo}/issues",
  updateIssue: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
};
const MOMENTS = ["before", "during", "after"] as const;
type Moment = (typeof MOMENTS)[number];

const calmConfig = "limits: { startsPerHour: 100 }\n";
let github: SimulatedGitHub;

beforeAll(async () => {
  github = await startSimulatedGitHub();
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
});

interface Life {
  readonly app: () => AppProcess;
  /** Ends when nothing is left to do. */
  readonly wait: () => Promise<void>;
}

/** A wrong file is said in an issue and mended; an issue with two comments of ours where one should be; one that is deleted. */
async function troubles(
  name: string,
  { wait }: Life,
): Promise<{ repository: SimulatedRepository; issue: number }> {
  const people = { ada: "write", eve: "read" } as const;
  const repository = await github.createRepository("acme", name, { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  await repository.push("acme", "main", { ".github/casebook.yml": "gate: x\n" });
  await wait();
  await repository.push("acme", "main", { ".github/casebook.yml": calmConfig });
  await wait();
  const issue = await repository.openIssue("eve", title, body);
  // As a race of two machines would leave them.
  const octokit = await clientOf(github, "acme");
  const { onWrite } = github.faults;
  github.faults.onWrite = undefined;
  for (const _ of [1, 2])
    await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      owner: "acme",
      repo: name,
      issue_number: issue,
      body: `earlier\n\n<!-- casebook:${github.app.id}:status:${issue} -->`,
    });
  github.faults.onWrite = onWrite;
  await repository.comment("ada", issue, "/casebook comprehension");
  await wait();
  const gone = await repository.openIssue("eve", title, body);
  await repository.label("ada", gone, "casebook:comprehension");
  await wait();
  await repository.deleteIssue("acme", gone);
  await wait();
  return { repository, issue };
}

/** The life of issues, with every outside effect in it at least once. */
async function live(name: string, life: Life): Promise<SimulatedRepository> {
  const { app, wait } = life;
  const { repository, issue } = await troubles(name, life);
  const { title, body } = exampleIssue();
  await repository.comment("ada", issue, "/casebook at src/storage/store.py:31-35");
  await wait();
  await repository.closePull("ada", (await repository.state()).pulls[0]!.number);
  await wait();
  // The webhook of this comment is lost; the next comparison with GitHub finds it.
  const second = await repository.openIssue("eve", title, body);
  await wait();
  github.webhooks.lose(true);
  await repository.comment("ada", second, "/casebook comprehension");
  github.webhooks.lose(false);
  await app().stop("SIGTERM");
  await app().start();
  await wait();
  return repository;
}

test("killed before, during and after every outside effect, the bot comes to the same end", async () => {
  using calmData = dataFolder();
  using data = dataFolder();
  await using undisturbed = await appProcess(github, calmData.path);
  await undisturbed.start();
  deliverTo(github, undisturbed);
  const calmLife = { app: () => undisturbed, wait: () => settled(github, undisturbed.url) };
  const expected = await outcomeOf(github, await live("undisturbed", calmLife));
  const expectedTroubles = await outcomeOf(
    github,
    (await troubles("undisturbed-troubles", calmLife)).repository,
  );
  await undisturbed.stop("SIGTERM");

  await using app = await appProcess(github, data.path, { CASEBOOK_RECONCILE_SECONDS: "5" });
  await app.start();
  deliverTo(github, app);
  const open = new Set(WRITES.flatMap((name) => MOMENTS.map((moment) => `${name} ${moment}`)));
  const names = new Map(Object.entries(BOUNDARIES).map(([name, route]) => [route, name]));
  let restart: Promise<void> | undefined;
  github.faults.onWrite = async (moment: Moment, { route, as }: LoggedRequest) => {
    const boundary = `${names.get(route) ?? "?"} ${moment}`;
    if ((as !== github.app.bot.login && as !== "app") || restart !== undefined || !open.delete(boundary))
      return;
    app.signal("SIGKILL");
    await app.ended();
    restart = app.start().finally(() => (restart = undefined));
    if (moment === "before") throw new CutConnection();
  };
  const wait = async (): Promise<void> => {
    const until = Date.now() + 180_000;
    for (;;) {
      try {
        await restart;
        await settled(github, app.url);
        // A webhook that came while nobody listened is found by the next comparison with GitHub.
        if (restart === undefined && undelivered(github).length === 0) return;
      } catch (error) {
        // It was killed while it was asked.
        if (Date.now() > until) throw error;
      }
    }
  };
  const life = { app: () => app, wait };
  const repository = await live("killed", life);
  // What happens once in a life, and was killed before and during that, needs a second one to be killed after it.
  const { repository: again } = await troubles("killed-troubles", life).finally(() => {
    github.faults.onWrite = undefined;
    return restart;
  });

  const all = WRITES.length * MOMENTS.length;
  process.stdout.write(`${all - open.size} of ${all} boundaries, each killed at\n`);
  expect([...open]).toEqual([]);
  expect(await outcomeOf(github, repository)).toEqual(expected);
  expect(await outcomeOf(github, again)).toEqual(expectedTroubles);
  expect([...new Set(github.violations)]).toEqual([]);
}, 600_000);
