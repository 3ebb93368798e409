import { expect, test } from "@jest/globals";
import type { SimulatedRepository } from "../../src/simulator/github/contract.ts";
import { accuracyOf } from "../../src/service/accuracy.ts";
import { exampleFiles } from "../fakes/app.ts";
import { app, calm, github, newRepository, reported, startTheApp, testRules } from "./the-app.ts";

startTheApp();

const STORE = "src/storage/store.py";
/** Changes `Store.set`, the suspect of the documents. */
const mended = (): string =>
  exampleFiles()[STORE]!.replace("data[key] = value\n", "data.update({key: value})\n");

const researched = async (config = ""): Promise<{ repository: SimulatedRepository; issue: number }> => {
  const repository = await newRepository(config);
  const issue = await reported(repository);
  await repository.comment("ada", issue, "/casebook investigate");
  await calm();
  return { repository, issue };
};

/** What is told of the phases of a repository. */
const accuracyIn = async ({ name }: SimulatedRepository) =>
  (await accuracyOf(app.store)).filter(({ repository }) => repository === `acme/${name}`);

async function merged(
  repository: SimulatedRepository,
  issue: number,
  files: Record<string, string>,
): Promise<void> {
  await repository.push("ada", "topic", files, "Mend it");
  const pull = await repository.openPull("ada", "topic", "Mend it", `Fixes #${issue}`);
  await repository.mergePull("ada", pull);
  await calm();
}

test("the pull request that closes an issue is compared with what the documents on the branch said", async () => {
  app.research.inProcesses = true;
  const { repository, issue } = await researched();
  await merged(repository, issue, { [STORE]: mended() });
  app.research.inProcesses = false;
  const [comprehension, impact, cause] = await accuracyIn(repository);
  expect([comprehension?.phase, cause?.phase, impact?.phase]).toEqual([
    "comprehension",
    "root-cause",
    "impact-map",
  ]);
  const once = { hits: 1, of: 1 };
  for (const one of [comprehension, cause, impact])
    expect(one).toMatchObject({
      counts: { right: 1, partly: 0, wrong: 0 },
      byPeople: 0,
      fixes: { fileFirst: once, allInFive: once },
    });
  expect(cause?.fixes.functionFirst).toEqual(once);
  expect(comprehension?.told).toEqual([{ from: 90, to: 100, ...once }]);
  // `Store._write_data` and `Store.update` were told, and the fix leaves them.
  expect(cause?.told).toEqual([
    { from: 10, to: 29, hits: 0, of: 1 },
    { from: 30, to: 49, hits: 0, of: 1 },
  ]);

  // Reopened, it was no fix. Closed by a person, nothing says what the fix is.
  await repository.reopenIssue("ada", issue);
  await calm();
  expect(await accuracyIn(repository)).toEqual([]);
  await repository.closeIssue("ada", issue);
  await calm();
  expect(await accuracyIn(repository)).toEqual([]);
});

test("a commit elsewhere shows that they were wrong, also when GitHub answers late, and a person's word counts more", async () => {
  const { repository, issue } = await researched();
  github.faults.add({ at: "POST /graphql closer", kind: { kind: "cut", when: "before" } });
  const paths = "src/storage/paths.py";
  const other = `${exampleFiles()[paths]!}\n\ndef more():\n    return 1\n`.replace("import", "import  ");
  await repository.push("ada", "main", { [paths]: other }, `Mend it, fixes #${issue}`);
  await calm();
  const cause = async () => (await accuracyIn(repository)).find(({ phase }) => phase === "root-cause");
  expect((await cause())?.counts).toEqual({ right: 0, partly: 0, wrong: 1 });
  await repository.comment("ada", issue, "/casebook verdict partly");
  await calm();
  expect(await cause()).toMatchObject({
    counts: { right: 0, partly: 1, wrong: 0 },
    byPeople: 1,
    fixes: { fileFirst: { hits: 0, of: 1 } },
  });
});

test("what a person wrote on the branch is not what Casebook said", async () => {
  const { repository, issue } = await researched();
  const document = `.chant/research/issue-${issue}-root-cause.md`;
  const branch = `casebook/issue-${issue}`;
  const ours = (await repository.file(branch, document))!;
  await repository.push("ada", branch, { [document]: ours.replaceAll("Store.set", "Store.get") }, "By hand");
  await calm();
  await merged(repository, issue, { [STORE]: mended() });
  expect((await accuracyIn(repository)).map(({ phase }) => phase)).toEqual(["comprehension", "impact-map"]);
});

test("documents that are in the thread alone are compared, and a close that is delivered twice counts once", async () => {
  const { repository, issue } = await researched("destination: comment\n");
  await merged(repository, issue, { [STORE]: mended() });
  const close = github.webhooks.log.findLast(
    ({ event, action }) => event === "issues" && action === "closed",
  )!;
  await github.webhooks.resend(close, { guid: "another" });
  await calm();
  const found = await accuracyIn(repository);
  expect(found.map(({ counts }) => counts.right)).toEqual([1, 1, 1]);
});

testRules();
