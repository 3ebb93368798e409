import { describe, expect, test } from "@jest/globals";
import type { IssueState } from "../../src/simulator/github/contract.ts";
import { exampleFiles, exampleIssue } from "../fakes/app.ts";
import {
  app,
  calm,
  github,
  issueOf,
  newRepository,
  pullsOf,
  reactionsOf,
  reported,
  repositories,
  startTheApp,
  statusOf,
  testRules,
  until,
} from "./the-app.ts";

startTheApp();

describe("people are in charge", () => {
  test("cancel stops a run in its middle, and the process that researches", async () => {
    app.research.inProcesses = true;
    const repository = await newRepository();
    const number = await reported(repository);
    const answer = Promise.withResolvers<void>();
    let commits = 0;
    github.faults.onWrite = (moment, { route }) => {
      const isSecond =
        moment === "during" && route === "POST /graphql createCommitOnBranch" && ++commits === 2;
      return isSecond ? answer.promise : undefined;
    };
    await repository.comment("ada", number, "/casebook investigate");
    await until(() => commits === 2);
    github.faults.onWrite = undefined;
    const cancelled = await repository.comment("ada", number, "/casebook cancel");
    await until(async () => (await statusOf(repository, number)).includes("### Cancelled"));
    answer.resolve();
    await calm();
    app.research.inProcesses = false;
    expect(await statusOf(repository, number)).toContain("### Cancelled");
    expect(await reactionsOf(repository, number, cancelled)).toEqual(["rocket"]);
    expect((await issueOf(repository, number)).labels).toEqual([]);
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-impact-map.md`),
    ).toBeUndefined();
    expect(await pullsOf(repository)).toEqual([]);
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
    expect(await statusOf(repository, number)).toMatch(/^### /);
  });

  test("research that nobody asked for and that found nothing is silent until a person asks", async () => {
    const repository = await newRepository("triggers: { opened: true }\n");
    const number = await repository.openIssue("eve", "It does not work", "Please help.");
    const refused = await repository.comment("eve", number, "/casebook investigate");
    await calm();
    expect(
      await repository.file(`casebook/issue-${number}`, `.chant/research/issue-${number}-comprehension.md`),
    ).toContain("Casebook found no file that answers to the issue");
    expect(await reactionsOf(repository, number, refused)).toEqual(["-1"]);
    const before = await issueOf(repository, number);
    expect(before.comments.map(({ author }) => author)).toEqual(["eve"]);
    expect([before.labels, await pullsOf(repository)]).toEqual([[], []]);

    await repository.comment("ada", number, "/casebook status");
    await calm();
    expect(await statusOf(repository, number)).toContain("Casebook found no file that answers to the issue");
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/failed"]);
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

  test("a stranger's command in an issue that a maintainer moves starts nothing", async () => {
    const repository = await newRepository();
    const other = await newRepository();
    const { title, body } = exampleIssue();
    const number = await repository.openIssue("eve", title, `/casebook comprehension\n\n${body}`);
    await calm();
    await repository.transferIssue("ada", number, other);
    await calm();
    for (const place of [repository, other])
      expect(Object.keys((await place.state()).branches)).toEqual(["main"]);
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
      // The line is no claim, and what it refers to does not exist.
      annotations: [
        { path: document, level: "warning" },
        { path: document, level: "warning" },
      ],
    });
    expect(check!.annotations.map(({ message }) => message).join("\n")).toMatch(
      /not in the data of the claims[^]*51 lines/,
    );
  });
});

testRules();
