import { expect, test } from "@jest/globals";
import type { SimulatedRepository } from "../../src/simulator/github/contract.ts";
import { exampleFiles } from "../fakes/app.ts";
import { app, calm, github, startTheApp, testRules } from "./the-app.ts";

startTheApp();

const ISSUES = "GET /repos/{owner}/{repo}/issues";
const COMMENTS = "GET /repos/{owner}/{repo}/issues/comments";

let made = 0;
function newRepository(config = "", isPrivate = false): Promise<SimulatedRepository> {
  return github.createRepository("acme", `tracked-${++made}`, {
    files: { ...exampleFiles(), ".github/casebook.yml": `limits: { startsPerHour: 100 }\n${config}` },
    people: { ada: "write", eve: "read" },
    isPrivate,
  });
}

/** A report whose trace ends in `Store.set`. */
function report(folder: string, value: string): string {
  return [
    "It stops when I store a value.",
    "```",
    "Traceback (most recent call last):",
    `  File "${folder}/src/storage/store.py", line 34, in set`,
    "    data[key] = value",
    `TypeError: unhashable type: '${value}'`,
    "```",
  ].join("\n");
}

/** Asks for the first page and gives its text. */
async function pageOf(repository: SimulatedRepository, number: number): Promise<string> {
  await repository.comment("ada", number, "/casebook comprehension");
  await calm();
  const path = `.chant/research/issue-${number}-comprehension.md`;
  const text = await repository.file(`casebook/issue-${number}`, path);
  expect(text).toMatch(/^# /);
  return text!;
}

test("a page names an older report that ends in the same line, as it is now, and of this repository alone", async () => {
  const secret = await newRepository("", true);
  await secret.openIssue("ada", "A private matter", report("/private/vault", "list"));
  await calm();
  const repository = await newRepository();
  const older = await repository.openIssue("eve", "Storing fails", report("/srv/app", "list"));
  const other = await repository.openIssue("eve", "A wish", "Please add colours.");
  await calm();
  const number = await repository.openIssue("eve", "It stops", report("/home/eve/work", "list"));
  const page = await pageOf(repository, number);
  expect(page).toContain(`Possible duplicate of \`#${older}\` (open)`);
  expect(page).toContain("/srv/app/src/storage/store.py:34 set");
  expect(page).not.toContain("vault");
  expect(page).not.toContain(`#${other}`);
  // The index is as new as the issue.
  expect(page).not.toContain("tracker at hand ends");

  await repository.closeIssue("ada", older);
  const third = await repository.openIssue("eve", "It stops again", report("/opt/three", "list"));
  const again = await pageOf(repository, third);
  expect(again).toContain(`Possible duplicate of \`#${number}\` (open)`);

  await repository.deleteIssue("acme", older);
  await calm();
  await repository.transferIssue("acme", number, secret);
  await calm();
  const fourth = await repository.openIssue("eve", "Once more", report("/opt/four", "list"));
  const last = await pageOf(repository, fourth);
  expect(last).toContain(`Possible duplicate of \`#${third}\` (open)`);
  expect(last).not.toContain("/srv/app");
  expect(last).not.toContain("/home/eve");
});

test("a comment is quoted as long as it is there", async () => {
  const repository = await newRepository();
  const older = await repository.openIssue("eve", "Storing fails", "I shall say more.");
  const said = await repository.comment("eve", older, report("/srv/app", "set"));
  const number = await repository.openIssue("eve", "It stops", report("/home/eve/work", "set"));
  await pageOf(repository, number);
  await repository.comment("eve", older, `See #${number + 1_000}`);
  await repository.deleteComment("eve", said);
  await calm();
  const next = await repository.openIssue("eve", "It stops too", report("/opt/three", "set"));
  expect(await pageOf(repository, next)).not.toContain("/srv/app");
});

test("what is said and edited makes the index due to be read, without a request", async () => {
  const repository = await newRepository();
  const first = await repository.openIssue("eve", "Storing fails", report("/srv/app", "list"));
  await pageOf(repository, await repository.openIssue("eve", "It stops", report("/home/eve/work", "list")));
  const changes = async (): Promise<number> => (await app.store.tracker(repository.id)).changes;
  const acts = [
    () => repository.editIssue("eve", first, { title: "Storing fails always" }),
    () => repository.comment("eve", first, "It is version 3."),
    async () => repository.editComment("eve", await repository.comment("eve", first, "Or 4."), "Or 5."),
    () => repository.closeIssue("ada", first),
  ];
  for (const act of acts) {
    const before = [await changes(), github.requests.filter(({ route }) => route === ISSUES).length];
    await act();
    await calm();
    expect(await changes()).toBeGreaterThan(before[0]!);
    expect(github.requests.filter(({ route }) => route === ISSUES).length).toBe(before[1]);
  }
});

test.each([
  ["refuses the list of issues", { at: ISSUES, kind: { kind: "status", status: 403 } }],
  ["refuses the list of comments in the middle", { at: COMMENTS, kind: { kind: "status", status: 403 } }],
  ["answers with something else", { at: ISSUES, kind: { kind: "status", status: 200, body: { a: 1 } } }],
  ["cuts the connection", { at: COMMENTS, kind: { kind: "cut", when: "before" } }],
] as const)("the page is written without a tracker when GitHub %s", async (_, fault) => {
  const repository = await newRepository();
  await repository.openIssue("eve", "Storing fails", report("/srv/app", "list"));
  const number = await repository.openIssue("eve", "It stops", report("/home/eve/work", "list"));
  await calm();
  // Others ask for the same lists.
  for (let times = 0; times < 3; times++) github.faults.add(fault);
  const page = await pageOf(repository, number);
  expect(github.faults.left.length).toBeLessThan(3);
  github.faults.clear();
  expect(page).not.toContain("Possible duplicate");

  // What was read until then is kept, and the next page has it.
  const next = await repository.openIssue("eve", "It stops again", report("/opt/three", "list"));
  expect(await pageOf(repository, next)).toContain("Possible duplicate of");
});

test("a repository that wants no index is not read", async () => {
  const repository = await newRepository("tracker: false\n");
  await repository.openIssue("eve", "Storing fails", report("/srv/app", "list"));
  const number = await repository.openIssue("eve", "It stops", report("/home/eve/work", "list"));
  await calm();
  const before = github.requests.length;
  expect(await pageOf(repository, number)).not.toContain("Possible duplicate");
  expect(github.requests.slice(before).filter(({ route }) => route === COMMENTS)).toEqual([]);
});

testRules();
