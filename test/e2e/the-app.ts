import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  IssueState,
  PullState,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp, type TestApp } from "../fakes/app.ts";
import { waitFor } from "../fakes/patience.ts";

export let github: SimulatedGitHub;
export let app: TestApp;
/** Repositories so far. */
export let repositories = 0;

/** One App on one GitHub for all tests of a file. */
export function startTheApp(): void {
  const data = dataFolder();
  beforeAll(async () => {
    github = await startSimulatedGitHub();
    app = await startApp(github, data.path);
  });

  afterAll(async () => {
    await app[Symbol.asyncDispose]();
    await github[Symbol.asyncDispose]();
    data[Symbol.dispose]();
  });
}

/** A repository of the example with a maintainer, a triager and a reader; `config` is its `.github/casebook.yml`. */
export async function newRepository(config = ""): Promise<SimulatedRepository> {
  // The people here start more in a minute than anybody should in an hour.
  const files = { ...exampleFiles(), ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}` };
  const people = { ada: "write", tia: "triage", eve: "read" } as const;
  return github.createRepository("acme", `store-${++repositories}`, { files, people });
}

export async function reported(repository: SimulatedRepository): Promise<number> {
  const { title, body } = exampleIssue();
  return repository.openIssue("eve", title, body);
}

export async function calm(): Promise<void> {
  await settled(github, app);
}

export async function issueOf(repository: SimulatedRepository, number: number): Promise<IssueState> {
  const found = (await repository.state()).issues.find((issue) => issue.number === number);
  if (found === undefined) throw new Error(`there is no issue ${number}`);
  return found;
}

export async function pullsOf(repository: SimulatedRepository): Promise<readonly PullState[]> {
  return (await repository.state()).pulls;
}

/** What the bot says in the thread: the one status comment. */
export async function statusOf(repository: SimulatedRepository, number: number): Promise<string> {
  const own = (await issueOf(repository, number)).comments.filter(
    ({ author }) => author === github.app.bot.login,
  );
  expect(own).toHaveLength(1);
  return own[0]!.body;
}

export async function reactionsOf(
  repository: SimulatedRepository,
  number: number,
  comment: number,
): Promise<readonly string[]> {
  const found = (await issueOf(repository, number)).comments.find(({ id }) => id === comment);
  return (found?.reactions ?? [])
    .filter(({ by }) => by === github.app.bot.login)
    .map(({ content }) => content);
}

export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  await waitFor(isSo, () => [github.requests.length, github.webhooks.log.length]);
}

/** The last test of each file. */
export function testRules(): void {
  test("nothing that was asked or answered broke a rule of GitHub", () => {
    expect([...new Set(github.violations)]).toEqual([]);
  });
}
