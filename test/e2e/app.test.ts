import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import type {
  IssueState,
  PullState,
  SimulatedGitHub,
  SimulatedRepository,
} from "../../src/simulator/github/contract.ts";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled, startApp, type TestApp } from "../fakes/app.ts";
import { casebook } from "../fakes/casebook.ts";

const data = dataFolder();
let github: SimulatedGitHub;
let app: TestApp;
let repositories = 0;

beforeAll(async () => {
  github = await startSimulatedGitHub();
  app = await startApp(github, data.path);
});

afterAll(async () => {
  await app[Symbol.asyncDispose]();
  await github[Symbol.asyncDispose]();
  data[Symbol.dispose]();
});

/** A repository of the example with a maintainer, a triager and a reader; `config` is its `.github/casebook.yml`. */
async function newRepository(config = ""): Promise<SimulatedRepository> {
  // The people here start more in a minute than anybody should in an hour.
  const files = { ...exampleFiles(), ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}` };
  const people = { ada: "write", tia: "triage", eve: "read" } as const;
  return github.createRepository("acme", `store-${++repositories}`, { files, people });
}

async function reported(repository: SimulatedRepository): Promise<number> {
  const { title, body } = exampleIssue();
  return repository.openIssue("eve", title, body);
}

async function calm(): Promise<void> {
  await settled(github, app.server.url);
}

async function issueOf(repository: SimulatedRepository, number: number): Promise<IssueState> {
  const found = (await repository.state()).issues.find((issue) => issue.number === number);
  if (found === undefined) throw new Error(`there is no issue ${number}`);
  return found;
}

async function pullsOf(repository: SimulatedRepository): Promise<readonly PullState[]> {
  return (await repository.state()).pulls;
}

/** What the bot says in the thread: the one status comment. */
async function statusOf(repository: SimulatedRepository, number: number): Promise<string> {
  const own = (await issueOf(repository, number)).comments.filter(
    ({ author }) => author === github.app.bot.login,
  );
  expect(own).toHaveLength(1);
  return own[0]!.body;
}

async function reactionsOf(
  repository: SimulatedRepository,
  number: number,
  comment: number,
): Promise<readonly string[]> {
  const found = (await issueOf(repository, number)).comments.find(({ id }) => id === comment);
  return (found?.reactions ?? [])
    .filter(({ by }) => by === github.app.bot.login)
    .map(({ content }) => content);
}

describe("a maintainer's comment", () => {
  test("leads over three phases to one draft pull request whose documents pass the check", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("ada", number, "Please have a look.\n\n/casebook investigate");
    await calm();

    const pulls = await pullsOf(repository);
    expect(pulls).toMatchObject([
      { state: "open", draft: true, headBranch: `casebook/issue-${number}`, author: github.app.bot.login },
    ]);
    expect(pulls[0]!.files).toEqual([
      `.chant/research/issue-${number}-comprehension.md`,
      `.chant/research/issue-${number}-impact-map.md`,
      `.chant/research/issue-${number}-root-cause.md`,
      `.chant/specs/issue-${number}-001-comprehension.md`,
      `.chant/specs/issue-${number}-003-root-cause.md`,
      `.chant/specs/issue-${number}-004-impact-map.md`,
    ]);
    const { body } = pulls[0]!;
    expect(body).toContain("Hypothesis: The leading suspect is `Store.set` (moderate evidence).");
    expect(body).toContain(`Refs #${number}\n`);
    expect(body).not.toMatch(/\b(?:fix(?:es)?|close[sd]?|resolve[sd]?) #\d/i);
    expect(body).toContain("❔ open | open: undecided".slice(0, 6));
    expect(body).toMatch(
      /\[`src\/storage\/store\.py:31-35`\]\(http:[^)]+\/blob\/[0-9a-f]{40}\/src\/storage\/store\.py#L31-L35\)/,
    );

    const issue = await issueOf(repository, number);
    expect(issue.labels).toEqual(["casebook/done"]);
    expect(await reactionsOf(repository, number, comment)).toEqual(["rocket"]);
    expect(await statusOf(repository, number)).toContain("**Casebook · Done**");
    const { checks } = await repository.state();
    expect(checks).toMatchObject([
      {
        name: "casebook / evidence",
        head: pulls[0]!.head,
        status: "completed",
        conclusion: "success",
        annotations: [],
      },
    ]);
    expect(checks[0]!.title).toMatch(/^\d+ references checked, all hold$/);

    const branch = `casebook/issue-${number}`;
    const folder = mkdtempSync(join(tmpdir(), "casebook-clone-"));
    try {
      const { exit, out } = casebook(folder, ["check", "--repo", repository.gitDir, "--ref", branch], {
        env: { CASEBOOK_DATA: join(folder, "data") },
      });
      expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/ 0 wrong\n$/) });
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  test("that was there when it was edited counts as it was said; an edit starts nothing", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("ada", number, "Interesting.");
    await repository.editComment("ada", comment, "/casebook investigate");
    await calm();
    expect(await pullsOf(repository)).toEqual([]);
    expect((await issueOf(repository, number)).comments).toHaveLength(1);
  });

  test("with a mistyped verb gets the nearest one and a reaction", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("ada", number, "/casebook investigat");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["confused"]);
    expect(await statusOf(repository, number)).toContain("Did you mean `/casebook investigate`?");
    expect(await pullsOf(repository)).toEqual([]);
  });
});

describe("who has no right", () => {
  test("a reader is refused, and told which right is missing", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("eve", number, "/casebook investigate");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["-1"]);
    expect(await statusOf(repository, number)).toMatch(/by `eve` was refused: .*needs write/);
    expect((await issueOf(repository, number)).labels).toEqual([]);
    expect(await pullsOf(repository)).toEqual([]);
  });

  test("anyone gets status and help", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("eve", number, "/casebook help");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["rocket"]);
    expect(await statusOf(repository, number)).toContain("<details open><summary>Commands</summary>");
  });

  test("who loses the right while the research runs gets nothing published", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    github.faults.add({ at: "POST /repos/{owner}/{repo}/git/refs", kind: { kind: "status", status: 503 } });
    await repository.comment("ada", number, "/casebook investigate");
    await waitFor(() => github.faults.left.length === 0);
    await repository.setPermission("ada", "read");
    await waitFor(async () => (await issueOf(repository, number)).labels.includes("casebook/failed"), 50_000);
    await calm();
    expect(await statusOf(repository, number)).toContain("has read now, and it needs write");
    expect(await pullsOf(repository)).toEqual([]);
  }, 70_000);
});

describe("labels", () => {
  test("a request label is taken off and starts the phase that it names", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.label("ada", number, "casebook:comprehension");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    expect((await pullsOf(repository))[0]?.files).toEqual([
      `.chant/research/issue-${number}-comprehension.md`,
      `.chant/specs/issue-${number}-001-comprehension.md`,
    ]);
  });

  test("who may label but not write is refused all the same", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.label("tia", number, "casebook:investigate");
    await calm();
    expect(await pullsOf(repository)).toEqual([]);
    expect(await statusOf(repository, number)).toContain("was refused");
  });

  test("a state label that a person puts on is taken off again, never obeyed", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    await repository.label("ada", number, "casebook/running");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    await repository.unlabel("ada", number, "casebook/done");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("casebook:hold keeps new work back until it is taken off", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.label("ada", number, "casebook:hold");
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    expect(await statusOf(repository, number)).toContain("casebook:hold");
    expect(await pullsOf(repository)).toEqual([]);
    await repository.unlabel("ada", number, "casebook:hold");
    await calm();
    expect((await pullsOf(repository)).length).toBe(1);
  });
});

describe("gates", () => {
  const gated = "gates: [impact-map]\n";

  test("a phase with a gate waits for approve, and the spec says who opened it", async () => {
    const repository = await newRepository(gated);
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    const branch = `casebook/issue-${number}`;
    const spec = `.chant/specs/issue-${number}-004-impact-map.md`;
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/awaiting-approval"]);
    expect(await repository.file(branch, spec)).toMatch(/approval:\n {2}required: true\n {2}status: pending/);
    expect(await repository.file(branch, `.chant/research/issue-${number}-impact-map.md`)).toBeUndefined();

    await repository.comment("eve", number, "/casebook approve");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/awaiting-approval"]);

    await repository.comment("ada", number, "/casebook approve");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    const opened = await repository.file(branch, spec);
    expect(opened).toMatch(/approval:\n {2}required: true\n {2}status: approved\n {2}by: ada\n/);
    expect(opened).toContain("## Approval Discussion");
    expect(await repository.file(branch, `.chant/research/issue-${number}-impact-map.md`)).toContain(
      "# Impact map",
    );
    expect(await pullsOf(repository)).toHaveLength(1);
  });

  test("an approving review opens the gate too", async () => {
    const repository = await newRepository(gated);
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    const [pull] = await pullsOf(repository);
    await repository.review("ada", pull!.number, "Good.", "approve");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("reject ends it, closes the pull request and stands in the spec with its reason", async () => {
    const repository = await newRepository(gated);
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    await repository.comment("ada", number, "/casebook reject works as documented");
    await calm();
    expect(await pullsOf(repository)).toMatchObject([{ state: "closed" }]);
    expect((await issueOf(repository, number)).labels).toEqual([]);
    const spec = await repository.file(
      `casebook/issue-${number}`,
      `.chant/specs/issue-${number}-004-impact-map.md`,
    );
    expect(spec).toMatch(/status: rejected\n {2}by: ada/);
    expect(spec).toContain("> works as documented");
  });

  test("with a pull request for each phase, merging it lets the next one begin", async () => {
    const repository = await newRepository("pullRequests: phase\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    for (const phase of ["comprehension", "root-cause", "impact-map"]) {
      const [open, ...more] = (await pullsOf(repository)).filter(({ state }) => state === "open");
      expect(more).toEqual([]);
      expect(open).toMatchObject({ headBranch: `casebook/issue-${number}-${phase}` });
      expect(open!.files.filter((path) => path.startsWith(".chant/research/"))).toEqual([
        `.chant/research/issue-${number}-${phase}.md`,
      ]);
      await repository.mergePull("ada", open!.number);
      await calm();
    }
    expect((await pullsOf(repository)).map(({ state }) => state)).toEqual(["merged", "merged", "merged"]);
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
    expect(await repository.file("main", `.chant/research/issue-${number}-impact-map.md`)).toContain(
      "# Impact map",
    );
  });
});

describe("people are in charge", () => {
  test("cancel stops a run in its middle", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    github.faults.add({
      at: "POST /graphql createCommitOnBranch",
      nth: 2,
      kind: { kind: "slow", milliseconds: 2_000 },
    });
    await repository.comment("ada", number, "/casebook investigate");
    await waitFor(async () => (await repository.state()).branches[`casebook/issue-${number}`] !== undefined);
    const cancelled = await repository.comment("ada", number, "/casebook cancel");
    await calm();
    expect(await statusOf(repository, number)).toContain("**Casebook · Cancelled**");
    expect(await reactionsOf(repository, number, cancelled)).toEqual(["rocket"]);
    expect((await issueOf(repository, number)).labels).toEqual([]);
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-impact-map.md`),
    ).toBeUndefined();
    expect(await pullsOf(repository)).toEqual([]);
    github.faults.clear();
  });

  test("a person's commit on the branch is never written over; the bot stops, says so and goes on when told", async () => {
    const repository = await newRepository("gates: [impact-map]\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    const branch = `casebook/issue-${number}`;
    const document = `.chant/research/issue-${number}-root-cause.md`;
    const theirs = await repository.push("ada", branch, { [document]: "# Mine\n" }, "By hand");
    await calm();
    await repository.comment("ada", number, "/casebook approve");
    await calm();
    expect(await statusOf(repository, number)).toContain("committed `" + theirs.slice(0, 7));
    expect((await repository.state()).branches[branch]).toBe(theirs);
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/needs-info"]);

    await repository.comment("ada", number, "/casebook resume");
    await calm();
    expect(await repository.file(branch, document)).toBe("# Mine\n");
    expect(await repository.file(branch, `.chant/research/issue-${number}-impact-map.md`)).toContain(
      "# Impact map",
    );
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("a closed pull request means no, until retry", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    const [first] = await pullsOf(repository);
    await repository.closePull("ada", first!.number);
    await calm();
    await repository.comment("ada", number, "/casebook status");
    await calm();
    expect((await pullsOf(repository)).map(({ state }) => state)).toEqual(["closed"]);
    await repository.comment("ada", number, "/casebook retry");
    await calm();
    expect((await pullsOf(repository)).map(({ state }) => state).sort()).toEqual(["closed", "open"]);
  });

  test("a person says where the cause is, and what rests on it follows", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    await repository.comment("ada", number, "/casebook at src/storage/store.py:46-51");
    await calm();
    const document = await repository.file(
      `casebook/issue-${number}`,
      `.chant/research/issue-${number}-root-cause.md`,
    );
    expect(document).toContain("`Store.delete`");
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/specs/issue-${number}-003-root-cause.md`),
    ).toContain("at:src/storage/store.py:46-51");
    expect((await pullsOf(repository)).map(({ state }) => state)).toEqual(["open"]);
  });
});

describe("the repository's configuration", () => {
  test("a wrong file stops new work and is said once, in one issue that is used again", async () => {
    const repository = await newRepository("gate: [fix]\n");
    const number = await reported(repository);
    await repository.comment("acme", number, "/casebook comprehension");
    await calm();
    const wrong = (): Promise<readonly IssueState[]> =>
      repository.state().then(({ issues }) => issues.filter(({ title }) => title.includes("configuration")));
    expect(await wrong()).toMatchObject([{ state: "open" }]);
    expect(await pullsOf(repository)).toEqual([]);
    expect(await statusOf(repository, number)).toContain("was refused: `.github/casebook.yml` has mistakes");

    await repository.push("ada", "main", { ".github/casebook.yml": "limits: { startsPerHour: 100 }\n" });
    await calm();
    expect(await wrong()).toMatchObject([{ state: "closed" }]);
    await repository.comment("acme", number, "/casebook comprehension");
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);

    await repository.push("ada", "main", { ".github/casebook.yml": "limits: { runs: 99 }\n" });
    await calm();
    expect(await wrong()).toMatchObject([{ state: "open" }]);
  });

  test("with the destination `comment` nothing is committed and the thread holds the findings", async () => {
    const repository = await newRepository("destination: comment\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    expect(Object.keys((await repository.state()).branches)).toEqual(["main"]);
    expect(await statusOf(repository, number)).toContain("<details><summary>root-cause</summary>");
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("excluded paths are not named as the place of the cause", async () => {
    const repository = await newRepository("paths: { exclude: [src/storage/store.py] }\n");
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook root-cause");
    await calm();
    const document = await repository.file(
      `casebook/issue-${number}`,
      `.chant/research/issue-${number}-root-cause.md`,
    );
    expect(document).not.toMatch(/leading suspect is `Store\.set`/);
  });

  test("with the trigger `opened` a new issue is investigated by itself", async () => {
    const repository = await newRepository("triggers: { opened: true }\nphases: [comprehension]\n");
    const number = await reported(repository);
    await calm();
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-comprehension.md`),
    ).toBeDefined();
  });
});

describe("the world changes under us", () => {
  test("a locked conversation gets no reaction and its result all the same", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await repository.lockIssue("ada", number);
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);
  });

  test("a renamed repository is found by its number", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    await repository.rename("acme", `renamed-${repositories}`);
    await calm();
    await repository.comment("ada", number, "/casebook root-cause");
    await calm();
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-root-cause.md`),
    ).toBeDefined();
  });

  test("a deleted issue takes its branch and everything stored with it", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    await repository.deleteIssue("acme", number);
    await calm();
    expect(Object.keys((await repository.state()).branches)).toEqual(["main"]);
  });

  test("an issue that moves to another repository is let go", async () => {
    const repository = await newRepository();
    const other = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    await repository.transferIssue("acme", number, other);
    await calm();
    // Its documents stay where they are; nothing is done at the new place until somebody asks there.
    expect(Object.keys((await repository.state()).branches)).toEqual([`casebook/issue-${number}`, "main"]);
    expect(Object.keys((await other.state()).branches)).toEqual(["main"]);
  });

  test("an archived repository is left alone", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    await repository.archive("acme");
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);
  });

  test("a suspended installation parks the work, and goes on when it is unsuspended", async () => {
    const files = { ...exampleFiles(), ".github/casebook.yml": "limits: { startsPerHour: 100 }\n" };
    const repository = await github.createRepository("beta", "store", { files, people: { ada: "write" } });
    const number = await repository.openIssue("ada", exampleIssue().title, exampleIssue().body);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    github.webhooks.hold();
    await repository.comment("ada", number, "/casebook root-cause");
    await github.suspend("beta");
    await github.webhooks.release();
    await calm();
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-root-cause.md`),
    ).toBeUndefined();
    await github.unsuspend("beta");
    await calm();
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-root-cause.md`),
    ).toBeDefined();
  });

  test("a closed issue starts nothing new; reopened, it goes on when asked", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.closeIssue("ada", number);
    const comment = await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["-1"]);
    expect(await pullsOf(repository)).toEqual([]);
    await repository.reopenIssue("ada", number);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);
  });

  test("the re-run button makes the check again", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    const before = (await repository.state()).checks;
    await repository.rerequestCheck("ada", before[0]!.id);
    await calm();
    expect((await repository.state()).checks).toMatchObject([{ id: before[0]!.id, conclusion: "success" }]);
  });

  test("a document that a person made wrong is marked in the check, line by line", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    await repository.comment("ada", number, "/casebook comprehension");
    await calm();
    const document = `.chant/research/issue-${number}-comprehension.md`;
    const text = (await repository.file(`casebook/issue-${number}`, document))!;
    await repository.push("ada", `casebook/issue-${number}`, {
      [document]: `${text}\nAlso src/storage/store.py:999 is wrong.\n`,
    });
    await calm();
    const [pull] = await pullsOf(repository);
    const check = (await repository.state()).checks.find(({ head }) => head === pull!.head);
    expect(check).toMatchObject({
      conclusion: "neutral",
      annotations: [{ path: document, level: "warning" }],
    });
    expect(check!.annotations[0]!.message).toContain("51 lines");
  });
});

test("nothing that was asked or answered broke a rule of GitHub", () => {
  expect([...new Set(github.violations)]).toEqual([]);
});

/** Looks until it is so. */
async function waitFor(isSo: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const until = Date.now() + milliseconds;
  while (!(await isSo())) {
    if (Date.now() > until) throw new Error("it did not come to be so");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
