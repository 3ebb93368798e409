import { describe, expect, test } from "@jest/globals";
import { type WriteName, WRITES } from "../../src/github/github.ts";
import type {
  LoggedRequest,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { CutConnection } from "../../src/simulator/github/faults.ts";
import { type AppObject, startAppObject } from "../fakes/app-object.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { type FreshDatabase, freshDatabase } from "../fakes/fresh-database.ts";
import { outcomeOf, undelivered } from "../fakes/outcome.ts";
import { clientOf } from "../simulator/github/client.ts";

/** What happens in a repository, step by step. */
type Story = (repository: SimulatedRepository, world: World) => Promise<void>;

const CONFIG = { ".github/casebook.yml": "limits: { startsPerHour: 100 }\n" };

const STORIES = {
  async "a wrong configuration is reported and mended"(repository, world) {
    await repository.push("acme", "main", { ".github/casebook.yml": "gate: x\n" });
    await world.calm();
    await repository.push("acme", "main", CONFIG);
    await world.calm();
  },
  async "a phase is run and proposed"(repository, world) {
    const issue = await reported(repository);
    await repository.comment("ada", issue, "/casebook comprehension");
    await world.calm();
  },
  async "a second phase follows"(repository, world) {
    const issue = await reported(repository);
    await repository.comment("ada", issue, "/casebook comprehension");
    await world.calm();
    await repository.comment("ada", issue, "/casebook root-cause");
    await world.calm();
  },
  async "two status comments, as a race of two machines leaves them, become one"(repository, world) {
    const issue = await reported(repository);
    const octokit = await clientOf(world.github, "acme");
    for (const _ of [1, 2])
      await octokit.request("POST /repos/{owner}/{repo}/issues/{issue_number}/comments", {
        owner: "acme",
        repo: repository.name,
        issue_number: issue,
        body: `earlier\n\n<!-- casebook:${world.github.app.id}:status:${issue} -->`,
      });
    await world.calm();
    await repository.comment("ada", issue, "/casebook help");
    await world.calm();
  },
  async "an issue is deleted"(repository, world) {
    const issue = await reported(repository);
    await repository.comment("ada", issue, "/casebook comprehension");
    await world.calm();
    await repository.deleteIssue("acme", issue);
    await world.calm();
  },
  async "a webhook is lost"(repository, world) {
    const issue = await reported(repository);
    await world.calm();
    world.github.webhooks.lose(true);
    await repository.comment("ada", issue, "/casebook help");
    world.github.webhooks.lose(false);
    await world.calm();
  },
} as const satisfies Readonly<Record<string, Story>>;

const MINUTE = 60_000;

type StoryName = keyof typeof STORIES;

/** A test file each, since one with all of them would take minutes. */
export type Part = "thread" | "branch" | "rare";

/** Every outside effect: the request that has it, and a story in which it happens. */
const BOUNDARIES: Readonly<Record<WriteName, readonly [route: string, story: StoryName, part: Part]>> = {
  redeliver: ["POST /app/hook/deliveries/{delivery_id}/attempts", "a webhook is lost", "rare"],
  createLabel: ["POST /repos/{owner}/{repo}/labels", "a phase is run and proposed", "thread"],
  addLabels: [
    "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
    "a phase is run and proposed",
    "thread",
  ],
  removeLabel: [
    "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
    "a phase is run and proposed",
    "thread",
  ],
  addReaction: [
    "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",
    "a phase is run and proposed",
    "thread",
  ],
  removeReaction: [
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}",
    "a phase is run and proposed",
    "thread",
  ],
  createComment: [
    "POST /repos/{owner}/{repo}/issues/{issue_number}/comments",
    "a phase is run and proposed",
    "thread",
  ],
  updateComment: [
    "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "a phase is run and proposed",
    "branch",
  ],
  deleteComment: [
    "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
    "two status comments, as a race of two machines leaves them, become one",
    "rare",
  ],
  createBranch: ["POST /repos/{owner}/{repo}/git/refs", "a phase is run and proposed", "branch"],
  deleteBranch: ["DELETE /repos/{owner}/{repo}/git/refs/{ref}", "an issue is deleted", "rare"],
  commit: ["POST /graphql createCommitOnBranch", "a phase is run and proposed", "branch"],
  createPull: ["POST /repos/{owner}/{repo}/pulls", "a phase is run and proposed", "branch"],
  updatePull: ["PATCH /repos/{owner}/{repo}/pulls/{pull_number}", "a second phase follows", "rare"],
  createCheckRun: ["POST /repos/{owner}/{repo}/check-runs", "a phase is run and proposed", "branch"],
  updateCheckRun: [
    "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
    "a phase is run and proposed",
    "branch",
  ],
  createIssue: ["POST /repos/{owner}/{repo}/issues", "a wrong configuration is reported and mended", "rare"],
  updateIssue: [
    "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
    "a wrong configuration is reported and mended",
    "rare",
  ],
};
async function reported(repository: SimulatedRepository): Promise<number> {
  const { title, body } = exampleIssue();
  return repository.openIssue("eve", title, body);
}

const MOMENTS = ["before", "during", "after"] as const;

/** A GitHub, a database and the App, which another one follows when it is lost. */
class World implements AsyncDisposable {
  readonly github: SimulatedGitHub;
  readonly #database: FreshDatabase;
  readonly #data = dataFolder();
  #app: AppObject | undefined;
  #restarting: Promise<void> | undefined;
  /** Milliseconds that the clock of the App is ahead. */
  #passed = 0;

  static async open(): Promise<World> {
    const [github, database] = await Promise.all([startSimulatedGitHub(), freshDatabase()]);
    const world = new World(github, database);
    await world.#start();
    return world;
  }

  private constructor(github: SimulatedGitHub, database: FreshDatabase) {
    this.github = github;
    this.#database = database;
  }

  async #start(): Promise<void> {
    this.#app = await startAppObject(this.github, {
      data: this.#data.path,
      databaseUrl: this.#database.url,
      now: () => Date.now() + this.#passed,
    });
  }

  lose(moment: (typeof MOMENTS)[number]): void {
    this.#app!.lose({ afterAnswer: moment === "after" });
    this.#restarting = this.#start().finally(() => (this.#restarting = undefined));
  }

  /** Ends when the App has nothing left to do. */
  async calm(): Promise<void> {
    for (;;) {
      await this.#restarting;
      const app = this.#app!;
      try {
        await settled(this.github, app);
      } catch (error) {
        // It was lost while it was asked.
        if (this.#restarting === undefined && this.#app === app) throw error;
      }
      if (this.#restarting !== undefined || this.#app !== app) continue;
      // A webhook that came while nobody listened is found by the next comparison with GitHub.
      if ((await undelivered(this.github, this.#database.url)).length === 0) return;
      // What was asked for again and failed again is asked for after a pause.
      this.#passed += MINUTE;
      await app.reconcile();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#restarting;
    await this.#app![Symbol.asyncDispose]();
    await this.github[Symbol.asyncDispose]();
    await this.#database[Symbol.asyncDispose]();
    this.#data[Symbol.dispose]();
  }
}

/** Plays a story in a world of its own and gives what can be seen at its end. `onWrite` sees each write of the App. */
async function play(
  name: StoryName,
  onWrite: (moment: string, request: LoggedRequest, world: World) => void = () => undefined,
): Promise<unknown> {
  await using world = await World.open();
  const { github } = world;
  const repository = await github.createRepository("acme", "store", {
    files: { ...exampleFiles(), ...CONFIG },
    people: { ada: "write", eve: "read" },
  });
  await world.calm();
  github.faults.onWrite = (moment, request) => {
    if (request.as === github.app.bot.login || request.as === "app") onWrite(moment, request, world);
  };
  await STORIES[name](repository, world);
  expect([...new Set(github.violations)]).toEqual([]);
  return await outcomeOf(github, repository);
}

/** Loses the App before, during and after each outside effect of a part, and compares the end of each. */
export function testLosses(part: Part): void {
  const writes = WRITES.filter((write) => BOUNDARIES[write][2] === part);
  const undisturbed = new Map<StoryName, Promise<unknown>>();
  let compared = 0;

  describe.each(writes)("the App is lost at %s", (write) => {
    const [route, story] = BOUNDARIES[write];

    test.each(MOMENTS)("%s its effect, and comes to the same end", async (moment) => {
      if (!undisturbed.has(story)) undisturbed.set(story, play(story));
      const expected = await undisturbed.get(story);
      const losses: string[] = [];
      const outcome = await play(story, (at, request, world) => {
        if (losses.length > 0 || at !== moment || request.route !== route) return;
        losses.push(`${at} ${request.route}`);
        world.lose(moment);
        if (moment === "before") throw new CutConnection();
      });
      expect(losses).toEqual([`${moment} ${route}`]);
      expect(outcome).toEqual(expected);
      compared++;
    });
  });

  test("each of them was compared", () => {
    const all = writes.length * MOMENTS.length;
    process.stdout.write(`${compared} of ${all} losses of the App, each compared with an undisturbed life\n`);
    expect(compared).toBe(all);
  });
}
