import { describe, expect, test } from "@jest/globals";
import type { SimulatedRepository } from "../../src/simulator/github/contract.ts";
import { exampleFiles } from "../fakes/app.ts";
import { calm, github, issueOf, pullsOf, reactionsOf, startTheApp, statusOf, testRules } from "./the-app.ts";

startTheApp();

let repositories = 0;
/** The example, with a policy or not; `config` is its `.github/casebook.yml`. */
function repositoryWith(
  config: string,
  more: { readonly isPrivate?: boolean } = {},
): Promise<SimulatedRepository> {
  const files = {
    ...exampleFiles(),
    "SECURITY.md": "Write to security@example.org.\n",
    ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}`,
  };
  return github.createRepository("acme", `closed-${++repositories}`, {
    files,
    people: { ada: "write", eve: "read" },
    ...more,
  });
}

const TITLE = "Path traversal in `Store.set`";
const BODY = "An attacker can write outside of the folder with a key such as `../x`: path traversal.";

describe("a report that looks like a vulnerability", () => {
  test("is answered in public with the policy alone, and goes on where a maintainer says so", async () => {
    const repository = await repositoryWith("");
    const number = await repository.openIssue("eve", TITLE, BODY);
    const asked = await repository.comment("ada", number, "/casebook investigate");
    await calm();
    const text = await statusOf(repository, number);
    expect(text).toMatch(/^### No research yet\n/);
    expect(text).toMatch(
      /was refused: Casebook researches such a report only in private\. \[The security policy\]\(\S+\/blob\/HEAD\/SECURITY\.md\) says how to send it\./,
    );
    expect(text).not.toMatch(/store\.py|traversal|Store\.set|vulnerab/i);
    expect(await reactionsOf(repository, number, asked)).toEqual(["-1"]);
    expect(await pullsOf(repository)).toEqual([]);
    expect(Object.keys((await repository.state()).branches)).toEqual(["main"]);

    await repository.label("ada", number, "casebook:investigate");
    await calm();
    expect((await issueOf(repository, number)).labels).toEqual([]);
    expect(Object.keys((await repository.state()).branches)).toEqual(["main"]);

    await repository.comment("eve", number, "/casebook investigate --public");
    await calm();
    expect(await pullsOf(repository)).toEqual([]);

    await repository.comment("ada", number, "/casebook investigate --public");
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);
    expect((await issueOf(repository, number)).labels).toEqual(["casebook/done"]);
  });

  test("gets no word where nobody asked", async () => {
    const repository = await repositoryWith("triggers: { opened: true }\n");
    const number = await repository.openIssue("eve", TITLE, BODY);
    await calm();
    const { comments, labels } = await issueOf(repository, number);
    expect([comments, labels, await pullsOf(repository)]).toEqual([[], [], []]);
  });

  test("is researched in a private repository", async () => {
    const repository = await repositoryWith("", { isPrivate: true });
    const number = await repository.openIssue("ada", TITLE, BODY);
    await repository.comment("ada", number, "/casebook investigate");
    await calm();
    expect(await pullsOf(repository)).toHaveLength(1);
  });

  test("that was edited into the issue before the run read it stops the run", async () => {
    const repository = await repositoryWith("");
    const number = await repository.openIssue("eve", "It fails", "It fails.");
    github.webhooks.hold();
    await repository.comment("ada", number, "/casebook investigate");
    await repository.editIssue("eve", number, { title: TITLE, body: BODY });
    await github.webhooks.release();
    await calm();
    expect(await pullsOf(repository)).toEqual([]);
    expect(await statusOf(repository, number)).toContain("only in private");
  });
});

testRules();
