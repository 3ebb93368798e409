import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  LoggedRequest,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { type AppProcess, appProcess, deliverTo } from "../fakes/app-process.ts";
import { startPostgres } from "../fakes/postgres-server.ts";

let github: SimulatedGitHub;
let postgres: Awaited<ReturnType<typeof startPostgres>>;
const data = [dataFolder(), dataFolder(), dataFolder()];

beforeAll(async () => {
  [github, postgres] = await Promise.all([startSimulatedGitHub(), startPostgres()]);
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await postgres[Symbol.asyncDispose]();
  for (const folder of data) folder[Symbol.dispose]();
});

/** A process of one role; only its address of the database tells it where it belongs. */
function part(i: 0 | 1 | 2, role: "web" | "worker"): Promise<AppProcess> {
  return appProcess(github, data[i]!.path, { DATABASE_URL: postgres.url, CASEBOOK_ROLE: role });
}

/** Does something at the nth commit to a branch, while the request is held. */
function atCommit(nth: number, act: () => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let count = 0;
  github.faults.onWrite = (moment: string, { route }: LoggedRequest) => {
    if (moment !== "during" || route !== "POST /graphql createCommitOnBranch" || ++count !== nth) return;
    github.faults.onWrite = undefined;
    act();
    resolve(Date.now());
  };
  return promise;
}

/** When somebody wrote to GitHub again after a moment. */
async function nextWrite(after: number): Promise<number> {
  for (;;) {
    const next = github.requests.find(({ isWrite, at }) => isWrite && at > after + 500);
    if (next !== undefined) return next.at;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function expectOneOfEach(repository: SimulatedRepository, issue: number): Promise<void> {
  const { issues, pulls, checks } = await repository.state();
  const comments = issues.find(({ number }) => number === issue)!.comments;
  expect(comments.filter(({ author }) => author === github.app.bot.login)).toHaveLength(1);
  expect(pulls).toHaveLength(1);
  expect(checks.filter(({ head }) => head === pulls[0]!.head)).toHaveLength(1);
}

test("two workers on PostgreSQL: one paused past its lease, one killed; nothing is done twice", async () => {
  await using web = await part(0, "web");
  await using first = await part(1, "worker");
  await using second = await part(2, "worker");
  await web.start();
  await first.start();
  deliverTo(github, web);
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const issue = await repository.openIssue("ada", title, body);

  // Paused in the middle of a commit, and taken up by the other worker.
  const paused = atCommit(3, () => first.signal("SIGSTOP"));
  await repository.comment("ada", issue, "/casebook investigate");
  const pausedAt = await paused;
  await second.start();
  const resumedAfter = (await nextWrite(pausedAt)) - pausedAt;
  expect(resumedAfter).toBeLessThan(30_000);
  first.signal("SIGCONT");
  await settled(github, web.url);
  await expectOneOfEach(repository, issue);
  const subjects = commitsOf(repository, `casebook/issue-${issue}`);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(subjects.filter((subject) => subject.startsWith("chant("))).toHaveLength(3);

  // SIGTERM ends a process in good order within ten seconds.
  const from = Date.now();
  expect(await first.stop("SIGTERM")).toBe(0);
  expect(Date.now() - from).toBeLessThan(10_000);

  // Killed in the middle of a commit, and taken up by a worker that starts again.
  const killed = atCommit(1, () => second.signal("SIGKILL"));
  await repository.comment("ada", issue, "/casebook at src/storage/store.py:31-35");
  const killedAt = await killed;
  await first.start();
  expect((await nextWrite(killedAt)) - killedAt).toBeLessThan(30_000);
  await settled(github, web.url);
  await expectOneOfEach(repository, issue);
  process.stdout.write(`a paused worker's run went on after ${resumedAfter} ms\n`);
  expect([...new Set(github.violations)]).toEqual([]);
}, 180_000);

function commitsOf(repository: SimulatedRepository, branch: string): readonly string[] {
  const { stdout } = spawnSync(
    "git",
    ["--git-dir", repository.gitDir, "log", "--format=%s", `main..${branch}`],
    {
      encoding: "utf8",
    },
  );
  return stdout.trim().split("\n");
}
