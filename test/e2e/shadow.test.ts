import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { runCli } from "../../src/cli/run-cli.ts";
import type { SimulatedGitHub, SimulatedRepository } from "../../src/simulator/github/contract.ts";
import {
  dataFolder,
  exampleFiles,
  exampleIssue,
  settingsFor,
  settled,
  startApp,
  type TestApp,
} from "../fakes/app.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";

let github: SimulatedGitHub;
let app: TestApp;
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

const CONFIG =
  "shadow: true\ntriggers: { opened: true }\nlimits: { startsPerHour: 100, openedAccountDays: 0 }\n";

async function shadow(...args: readonly string[]): Promise<{ readonly exit: number; readonly said: string }> {
  const lines: string[] = [];
  const exit = await runCli(["shadow", ...args], {
    cwd: data.path,
    env: settingsFor(github, data.path, { DATABASE_URL: app.databaseUrl }),
    signal: new AbortController().signal,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    isTerminal: false,
    stdin: () => Promise.resolve(""),
  });
  return { exit, said: lines.join("\n") };
}

/** Requests of the App that change something on GitHub; a token is none. */
function writes(): readonly string[] {
  return github.requests
    .filter(({ isWrite, path }) => isWrite && !path.endsWith("/access_tokens"))
    .map(({ method, path }) => `${method} ${path}`);
}

/** What the bot left in a repository. */
async function traces(repository: SimulatedRepository): Promise<unknown> {
  const { issues, pulls, branches, checks } = await repository.state();
  const bot = github.app.bot.login;
  return {
    comments: issues.flatMap(({ comments }) => comments.filter(({ author }) => author === bot)).length,
    reactions: issues.flatMap(({ reactions, comments }) => [
      ...reactions,
      ...comments.flatMap((comment) => comment.reactions),
    ]).length,
    labels: issues.flatMap(({ labels }) => labels.filter((label) => label.startsWith("casebook/"))),
    issues: issues.length,
    pulls: pulls.length,
    branches: Object.keys(branches),
    checks: checks.length,
  };
}

test("a week of events posts nothing, and the list holds what would have been posted", async () => {
  const files = { ...exampleFiles(), ".github/casebook.yml": CONFIG };
  const repository = await github.createRepository("acme", "quiet", {
    files,
    people: { ada: "write", tia: "triage", eve: "read" },
  });
  const { title, body } = exampleIssue();
  const numbers: number[] = [];
  for (let day = 0; day < 7; day++) {
    const number = await repository.openIssue(day % 2 === 0 ? "eve" : "tia", `${title} (${day})`, body);
    numbers.push(number);
    await repository.comment("eve", number, "/casebook investigate");
    await repository.comment("ada", number, `/casebook at src/storage/store.py:${31 + day}`);
    await repository.comment("ada", number, "/casebook dance");
    if (day === 1) await repository.label("ada", number, "casebook:root-cause");
    if (day === 2)
      await repository.push(
        "ada",
        "main",
        { ".github/casebook.yml": `${CONFIG}phases: [nothing]\n` },
        "Slip",
      );
    if (day === 3) await repository.push("ada", "main", { ".github/casebook.yml": CONFIG }, "Mend");
    if (day === 4) await repository.comment("ada", numbers[0]!, "/casebook refresh\n/casebook help");
    if (day === 5) await repository.closeIssue("ada", numbers[1]!);
    if (day === 6) await repository.editIssue("eve", number, { body: `${body}\n\nMore.` });
    await settled(github, app);
  }
  expect(writes()).toEqual([]);
  expect(await traces(repository)).toEqual({
    comments: 0,
    reactions: 0,
    labels: [],
    issues: 7,
    pulls: 0,
    branches: ["main"],
    checks: 0,
  });

  const { exit, said } = await shadow();
  expect(exit).toBe(0);
  expect(said).toMatch(new RegExp(`acme/quiet#${numbers[0]} +casebook/done +Confirmed: a person named `));
  expect(said).toMatch(/\b7 comments would be on GitHub\.$/);
  const one = await shadow(`acme/quiet#${numbers[0]}`);
  expect(one.said).toContain("<details><summary>root-cause</summary>");
  expect(one.said).toContain("src/storage/store.py");
  expect((await shadow("acme/quiet#9999")).exit).toBe(2);

  await repository.push(
    "ada",
    "main",
    { ".github/casebook.yml": "limits: { startsPerHour: 100 }\n" },
    "Speak",
  );
  await settled(github, app);
  await repository.comment("ada", numbers[0]!, "/casebook status");
  await settled(github, app);
  const [first, second] = (await repository.state()).issues;
  const shown = first!.comments.filter(({ author }) => author === github.app.bot.login);
  expect(shown).toHaveLength(1);
  // Nothing of it is on a branch, so the thread holds it.
  expect(shown[0]!.body).toContain("<details><summary>root-cause</summary>");
  expect(shown[0]!.body).not.toContain("/blob/casebook/");
  expect(second!.comments.filter(({ author }) => author === github.app.bot.login)).toEqual([]);

  await repository.comment("ada", numbers[0]!, "/casebook refresh");
  await settled(github, app);
  expect((await repository.state()).pulls).toHaveLength(1);
});

test("nothing that was asked or answered broke a rule of GitHub", () => {
  expect([...new Set(github.violations)]).toEqual([]);
});
