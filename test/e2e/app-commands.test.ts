import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import {
  calm,
  github,
  issueOf,
  newRepository,
  pullsOf,
  reactionsOf,
  reported,
  startTheApp,
  statusOf,
  testRules,
  until,
} from "./the-app.ts";

startTheApp();

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
    expect(body).toMatch(/^\*\*Likely cause: .*`Store\.set`.*\*\* .*Not confirmed by a run\.\n/);
    expect(body).toContain(`Refs #${number}\n`);
    expect(body).not.toMatch(/\b(?:fix(?:es)?|close[sd]?|resolve[sd]?) #\d/i);
    expect(body).toContain("“The cause is confirmed” (root-cause) is open: no person named the place.");
    expect(body).toMatch(/\n\nhttp:\S+\/blob\/[0-9a-f]{40}\/src\/storage\/store\.py#L31-L35\n\n/);

    const issue = await issueOf(repository, number);
    expect(issue.labels).toEqual(["casebook/done"]);
    expect(await reactionsOf(repository, number, comment)).toEqual(["rocket"]);
    const shown = await statusOf(repository, number);
    expect(shown).toMatch(/^### Likely cause: /);
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
      const { exit, out } = await casebook(folder, ["check", "--repo", repository.gitDir, "--ref", branch], {
        env: { CASEBOOK_DATA: join(folder, "data") },
      });
      expect({ exit, out }).toEqual({ exit: 0, out: expect.stringMatching(/ 0 wrong\n/) });
      const brief = await casebook(folder, ["brief", String(number), "--repo", repository.gitDir], {
        env: { CASEBOOK_DATA: join(folder, "data") },
      });
      expect(shown).toContain(`\n\n\`\`\`text\n${brief.out.trim()}\n\`\`\`\n\n</details>`);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }

    await repository.comment("ada", number, "/casebook at src/nowhere.py:3\n/casebook status");
    await repository.comment("ada", number, "/casebook at src/storage/store.py:999");
    await calm();
    const after = await issueOf(repository, number);
    expect(after.labels).toEqual(["casebook/done"]);
    expect(after.comments.filter(({ author }) => author === github.app.bot.login)).toHaveLength(1);
    const answers = await statusOf(repository, number);
    expect(answers).toMatch(/^### Likely cause: /);
    expect(answers).toMatch(
      /at src\/nowhere\.py:3` by `ada` was not done: There is no file `src\/nowhere\.py` at/,
    );
    expect(answers).toMatch(/`src\/storage\/store\.py` has 51 lines at `[0-9a-f]{12}`, and line 999 is not/);
    expect(answers).toContain("| `/casebook status` | `ada` | done |");
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
  test("a reader gets a reaction and no comment", async () => {
    const repository = await newRepository();
    const number = await reported(repository);
    const comment = await repository.comment("eve", number, "/casebook investigate");
    await calm();
    expect(await reactionsOf(repository, number, comment)).toEqual(["-1"]);
    expect(await issueOf(repository, number)).toMatchObject({ labels: [], comments: [{ id: comment }] });
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
    await until(() => github.faults.left.length === 0);
    await repository.setPermission("ada", "read");
    await until(async () => (await issueOf(repository, number)).labels.includes("casebook/failed"));
    await calm();
    expect(await statusOf(repository, number)).toContain("has read now, and it needs write");
    expect(await pullsOf(repository)).toEqual([]);
  });
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

testRules();
