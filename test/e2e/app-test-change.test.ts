import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import type {
  IssueState,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { honestScript } from "../../src/simulator/model/honest-script.ts";
import type { ScriptedServer } from "../../src/simulator/model/contract.ts";
import { playScript } from "../../src/simulator/model/play-script.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { scriptedModelSettings } from "../../src/simulator/page/app-settings.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp, type TestApp } from "../fakes/app.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { waitFor } from "../fakes/patience.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";

const STORE = "src/storage/store.py";
const TEST = "tests/test_lost_update.py";
const data = dataFolder();
let github: SimulatedGitHub;
let endpoint: ScriptedServer;
let app: TestApp;
let repository: SimulatedRepository;
let issue = 0;

/** One issue with a reproduced failure, whose changes every test below proposes. */
beforeAll(async () => {
  github = await startSimulatedGitHub();
  endpoint = await startScriptedServer({ reply: playScript(honestScript) });
  app = await startApp(github, data.path, { settings: scriptedModelSettings(endpoint.url) });
  repository = await github.createRepository("acme", "store", {
    files: {
      ...exampleFiles(),
      ".github/casebook.yml": "limits: { startsPerHour: 100 }\nphases: [comprehension, reproduction]\n",
    },
    people: { ada: "write", eve: "read" },
  });
  const { title, body } = exampleIssue();
  issue = await repository.openIssue("eve", title, body);
  await repository.comment("ada", issue, "/casebook run reproduction");
  await settled(github, app);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await endpoint[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

const source = (): string => exampleFiles()[STORE]!;
/** Every access of one process follows the other: the failing test passes. */
const right = (): string =>
  source()
    .replace("import os\n", "import os\nimport threading\n")
    .replace("class Store:", "LOCK = threading.RLock()\n\n\nclass Store:")
    .replace(
      "        data = self._read_data()\n        data[key] = value\n        self._write_data(data)",
      "        with LOCK:\n            data = self._read_data()\n            data[key] = value\n            self._write_data(data)",
    );
/** Says that it helps and changes nothing of the sequence. */
const wrong = (): string =>
  source().replace("        data[key] = value\n", "        data.update({key: value})\n");
/** The failing test passes, and another one fails. */
const spoiling = (): string => right().replace("        return found", "        return None");

async function state(): Promise<IssueState> {
  return (await repository.state()).issues.find(({ number }) => number === issue)!;
}

async function status(): Promise<string> {
  const own = (await state()).comments.filter(({ author }) => author === github.app.bot.login);
  expect(own).toHaveLength(1);
  return own[0]!.body;
}

/** The status comment after a command, and the reaction at it. */
async function asked(
  login: string,
  command: string,
): Promise<{ said: string; reactions: readonly string[] }> {
  const comment = await repository.comment(login, issue, command);
  await settled(github, app);
  const found = (await state()).comments.find(({ id }) => id === comment)!;
  return { said: await status(), reactions: (found.reactions ?? []).map(({ content }) => content) };
}

async function proposed(branch: string, files: Record<string, string>): Promise<number> {
  await repository.push("ada", branch, files);
  return repository.openPull("eve", branch, `Change ${branch}`);
}

const BEFORE = `\`${TEST}\` fails in 3 of 3 runs |`;

describeSandboxed("/casebook test", () => {
  test("says of a right change that the failing test passes and no other test is worse", async () => {
    const pull = await proposed("right", { [STORE]: right() });
    app.research.inProcesses = true;
    const { said, reactions } = await asked("ada", `/casebook test #${pull}`);
    expect(said).toContain(`**The failing test passes with [pull request ${pull}](`);
    expect(said).toContain("), and no other test gets worse.**");
    expect(said).toContain(BEFORE);
    expect(said).toMatch(
      /\| with the change, at `[0-9a-f]{7}` \| `tests\/test_lost_update\.py` passes in 3 of 3 runs \|/,
    );
    expect(said).toMatch(/\| other tests \| as before: \d+ of \d+ tests pass, no test is worse \|/);
    expect(said).toContain("Shown by a run: `python3 ");
    app.research.inProcesses = false;
    expect(reactions).toEqual(["rocket"]);
    expect((await state()).labels).toEqual(["casebook/done"]);
  });

  test("says of a wrong change that the failing test does not pass", async () => {
    const pull = await proposed("wrong", { [STORE]: wrong() });
    const { said, reactions } = await asked("ada", `/casebook test #${pull}`);
    expect(said).toContain(`**The failing test does not pass with [pull request ${pull}](`);
    expect(said).toContain(BEFORE);
    expect(said).toContain("passes in 0 of 3 runs |");
    // What was said of the change before stays in a sentence.
    expect(said).toMatch(/Tested before:\n\n- The failing test passes with /);
    expect(reactions).toEqual(["rocket"]);
  });

  test("says of a branch that makes another test fail that it gets worse", async () => {
    await repository.push("ada", "spoiling", { [STORE]: spoiling() });
    const { said } = await asked("ada", "/casebook test spoiling");
    expect(said).toContain("**Other tests get worse with branch `spoiling`.**");
    expect(said).toMatch(/\| other tests \| worse: /);
  });

  test("lays its own test over a change of that test, and believes no change of how tests run", async () => {
    const easy = readFileSync(
      join(import.meta.dirname, "../../examples/issue-42/tests/test_store.py"),
      "utf8",
    );
    const pull = await proposed("own-test", { [TEST]: easy, [STORE]: wrong() });
    const { said } = await asked("ada", `/casebook test #${pull}`);
    expect(said).toContain("**The failing test does not pass with ");
    expect(said).toContain(
      `the change has a file of its own at \`${TEST}\`; the sealed test ran in its place`,
    );

    const hostile = await proposed("hostile", {
      "sitecustomize.py": "import unittest\nunittest.TestCase.assertEqual = lambda *_: None\n",
      [STORE]: wrong(),
    });
    const answer = await asked("ada", `/casebook test #${hostile}`);
    expect(answer.said).toMatch(
      /\*\*No verdict on .*: it changes `sitecustomize\.py`, which decides how tests are run/,
    );
    expect(answer.reactions).toEqual(["confused"]);
  });

  test("a head that moves while it runs is named, and the verdict is on the tested commit", async () => {
    const pull = await proposed("moving", { [STORE]: right() });
    const first = (await repository.state()).pulls.find(({ number }) => number === pull)!.head;
    let second = "";
    app.research.beforeTest = async () => {
      second = await repository.push("ada", "moving", { "README.md": "moved\n" });
    };
    const { said } = await asked("ada", `/casebook test #${pull}`);
    expect(said).toContain(
      `| with the change, at \`${first.slice(0, 7)}\` | \`${TEST}\` passes in 3 of 3 runs |`,
    );
    expect(said).toContain(
      `- it is at \`${second.slice(0, 7)}\` now; the verdict is on \`${first.slice(0, 7)}\` alone`,
    );
  });

  test("gives no verdict to a person who lost the right meanwhile, and none after a cancel", async () => {
    app.research.beforeTest = () => repository.setPermission("ada", "read");
    const lost = await asked("ada", "/casebook test right");
    expect(lost.said).toContain(
      "**No verdict on branch `right`: the person who asked for it has read now, and it needs write.**",
    );
    await repository.setPermission("ada", "write");
    app.research.beforeTest = async () => {
      await repository.comment("ada", issue, "/casebook cancel");
      await waitFor(
        async () => (await status()).includes("it was cancelled"),
        () => [github.requests.length],
      );
    };
    const cancelled = await asked("ada", "/casebook test right");
    expect(cancelled.said).toContain("**No verdict on branch `right`: it was cancelled.**");
    expect((await state()).labels).toEqual(["casebook/done"]);
  });
});

describeSandboxed("/casebook test is answered and runs nothing", () => {
  test.each([
    ["/casebook test #999", "There is no pull request 999 in this repository."],
    [
      "/casebook test other/place#3",
      "The pull request is in `other/place`; only those of this repository are tested.",
    ],
    ["/casebook test https://github.com/other/place/pull/3", "The pull request is in `other/place`"],
    ["/casebook test nowhere", "There is no branch `nowhere` in this repository."],
    ["/casebook test 12", "a pull request is named `#12`"],
    ["/casebook test", "`test` needs a pull request such as `#12`, or the name of a branch."],
    ["/casebook test #1 #2", "Only one change can be named."],
  ])("%s", async (command, answer) => {
    const before = endpoint.requests.length;
    const { said, reactions } = await asked("ada", command);
    expect(said).toContain(answer);
    expect(reactions).toEqual(["confused"]);
    expect(endpoint.requests.length).toBe(before);
  });

  test("for a pull request that is closed or merged, and for a person without the right", async () => {
    const closed = await proposed("closed", { "README.md": "one\n" });
    await repository.closePull("ada", closed);
    expect((await asked("ada", `/casebook test #${closed}`)).said).toContain(
      `Pull request ${closed} is closed; reopen it first.`,
    );
    const refused = await asked("eve", `/casebook test #${closed}`);
    expect(refused.reactions).toEqual(["-1"]);
    const merged = await proposed("merged", { "README.md": "two\n" });
    await repository.mergePull("ada", merged);
    expect((await asked("ada", `/casebook test #${merged}`)).said).toContain(
      `Pull request ${merged} is merged;`,
    );
  });

  test("for an issue without a failing test", async () => {
    const other = await repository.openIssue("eve", "Another", "It fails.");
    await repository.comment("ada", other, "/casebook test #1");
    await settled(github, app);
    const found = (await repository.state()).issues.find(({ number }) => number === other)!;
    expect(found.comments.at(-1)!.body).toContain(
      "There is no failing test to run yet; `/casebook run reproduction` writes one.",
    );
  });

  test("nothing that was asked or answered broke a rule of GitHub", () => {
    expect([...new Set(github.violations)]).toEqual([]);
  });
});
