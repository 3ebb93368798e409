import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  LoggedRequest,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/adapters/simulated-github/contract.ts";
import { CutConnection } from "../../src/adapters/simulated-github/faults.ts";
import { startSimulatedGitHub } from "../../src/adapters/simulated-github/start-simulated-github.ts";
import { type WriteName, WRITES } from "../../src/engine/github/github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { type AppProcess, appProcess, deliverTo } from "../fakes/app-process.ts";
import { clientOf } from "../adapters/simulated-github/client.ts";

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

/** What must be the same however often the bot was killed: everything but times, numbers of runs and hashes. */
async function outcome(repository: SimulatedRepository): Promise<unknown> {
  const { issues, pulls, branches, checks, labels } = await repository.state();
  const bot = github.app.bot.login;
  return {
    branches: Object.keys(branches),
    labels,
    issues: issues.map(({ title, state, labels: own, comments }) => ({
      title,
      state,
      labels: own,
      comments: comments.map(({ author, body, reactions }) => ({
        author,
        body: author === bot ? stable(body) : body,
        reactions: reactions.map(({ by, content }) => `${by} ${content}`),
      })),
    })),
    pulls: pulls.map(({ title, state, draft, files, body, author }) => ({
      title,
      state,
      draft,
      files,
      author,
      body: stable(body),
    })),
    checks: checks
      .filter(({ head }) => pulls.some((pull) => pull.head === head))
      .map(({ name, status, conclusion, title }) => ({ name, status, conclusion, title })),
  };
}

/** Deliveries that the bot never took, by their GUIDs. */
function undelivered(): readonly string[] {
  const taken = new Set(
    github.webhooks.log.filter(({ status = 0 }) => status >= 200 && status < 300).map(({ guid }) => guid),
  );
  return [...new Set(github.webhooks.log.map(({ guid }) => guid))].filter((guid) => !taken.has(guid));
}

function stable(text: string): string {
  return text
    .replace(/\b\d+ (?:s|min) \|/g, "TIME |")
    .replace(/\| *\|$/gm, "| TIME |")
    .replace(/[0-9a-f]{40}|(?<=`)[0-9a-f]{12}(?=`)/g, "HASH")
    .replace(/run `[^`]*`|run \d+/g, "run N")
    .replace(/\/acme\/[a-z0-9-]+/g, "/acme/REPOSITORY")
    .replace(/127\.0\.0\.1:\d+/g, "GITHUB")
    .replace(/casebook:\d+:/g, "casebook:APP:");
}

/** The whole life of two issues, with every outside effect in it at least once. `wait` ends when nothing is left to do. */
async function live(
  name: string,
  app: () => AppProcess,
  wait: () => Promise<void>,
): Promise<SimulatedRepository> {
  const people = { ada: "write", eve: "read" } as const;
  const repository = await github.createRepository("acme", name, { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  // A wrong file, said in an issue, then mended.
  await repository.push("acme", "main", { ".github/casebook.yml": "gate: x\n" });
  await wait();
  await repository.push("acme", "main", { ".github/casebook.yml": calmConfig });
  await wait();
  // Two comments of ours where one should be, as a race of two machines would leave them.
  const first = await repository.openIssue("eve", title, body);
  const octokit = await clientOf(github, "acme");
  const { onWrite } = github.faults;
  github.faults.onWrite = undefined;
  for (const _ of [1, 2])
    await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
      owner: "acme",
      repo: name,
      issue_number: first,
      body: `earlier\n\n<!-- casebook:${github.app.id}:status:${first} -->`,
    });
  github.faults.onWrite = onWrite;
  await repository.comment("ada", first, "/casebook comprehension");
  await wait();
  await repository.comment("ada", first, "/casebook at src/storage/store.py:31-35");
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
  const third = await repository.openIssue("eve", title, body);
  await repository.label("ada", third, "casebook:comprehension");
  await wait();
  await repository.deleteIssue("acme", third);
  await wait();
  return repository;
}

test("killed before, during and after every outside effect, the bot comes to the same end", async () => {
  using calmData = dataFolder();
  using data = dataFolder();
  await using undisturbed = await appProcess(github, calmData.path);
  await undisturbed.start();
  deliverTo(github, undisturbed);
  const reference = await live(
    "undisturbed",
    () => undisturbed,
    () => settled(github, undisturbed.url),
  );
  const expected = await outcome(reference);
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
        if (restart === undefined && undelivered().length === 0) return;
      } catch (error) {
        // It was killed while it was asked.
        if (Date.now() > until) throw error;
      }
    }
  };
  const repository = await live("killed", () => app, wait).finally(() => {
    github.faults.onWrite = undefined;
    return restart;
  });

  const all = WRITES.length * MOMENTS.length;
  process.stdout.write(`${all - open.size} of ${all} boundaries, each killed at\n`);
  expect([...open]).toEqual([]);
  expect(await outcome(repository)).toEqual(expected);
  expect([...new Set(github.violations)]).toEqual([]);
}, 600_000);
