import { spawnSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  LoggedRequest,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { type AppProcess, appProcess } from "../fakes/app-process.ts";
import { type FreshDatabase, freshDatabase } from "../fakes/fresh-database.ts";
import { waitFor } from "../fakes/patience.ts";

let github: SimulatedGitHub;
let database: FreshDatabase;
const data = [dataFolder(), dataFolder(), dataFolder()];

beforeAll(async () => {
  [github, database] = await Promise.all([startSimulatedGitHub(), freshDatabase()]);
});
afterAll(async () => {
  await github[Symbol.asyncDispose]();
  await database[Symbol.asyncDispose]();
  for (const folder of data) folder[Symbol.dispose]();
});

/** A process of one role; only its address of the database tells it where it belongs. */
function part(i: 0 | 1 | 2, role: "web" | "worker"): Promise<AppProcess> {
  return appProcess(github, data[i]!.path, { DATABASE_URL: database.url, CASEBOOK_ROLE: role });
}

/** Does something at the nth commit to a branch, while the request is held; gives the number of requests until then. */
function atCommit(nth: number, act: () => void): Promise<number> {
  const { promise, resolve } = Promise.withResolvers<number>();
  let count = 0;
  github.faults.onWrite = (moment: string, { route }: LoggedRequest) => {
    if (moment !== "during" || route !== "POST /graphql createCommitOnBranch" || ++count !== nth) return;
    github.faults.onWrite = undefined;
    act();
    resolve(github.requests.length);
  };
  return promise;
}

/** Ends when the run has written to GitHub again. */
async function takenUp(after: number): Promise<void> {
  const isCommit = ({ route }: LoggedRequest): boolean => route === "POST /graphql createCommitOnBranch";
  await waitFor(
    () => github.requests.slice(after).some(isCommit),
    () => [github.requests.length],
  );
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
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const issue = await repository.openIssue("ada", title, body);

  // Paused in the middle of a commit, and taken up by the other worker.
  const paused = atCommit(3, () => first.signal("SIGSTOP"));
  await repository.comment("ada", issue, "/casebook investigate");
  const requests = await paused;
  await second.start();
  await takenUp(requests);
  first.signal("SIGCONT");
  await settled(github, web);
  await expectOneOfEach(repository, issue);
  const subjects = commitsOf(repository, `casebook/issue-${issue}`);
  expect(new Set(subjects).size).toBe(subjects.length);
  expect(subjects.filter((subject) => subject.startsWith("chant("))).toHaveLength(3);

  expect(await first.stop("SIGTERM")).toBe(0);

  // Killed in the middle of a commit, and taken up by a worker that starts again.
  const killed = atCommit(1, () => second.signal("SIGKILL"));
  await repository.comment("ada", issue, "/casebook at src/storage/store.py:31-35");
  const before = await killed;
  await first.start();
  await takenUp(before);
  await settled(github, web);
  await expectOneOfEach(repository, issue);
  expect([...new Set(github.violations)]).toEqual([]);
});

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
