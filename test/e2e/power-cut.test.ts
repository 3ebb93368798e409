import { cpSync, rmSync } from "node:fs";
import { expect, test } from "@jest/globals";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { startAppObject, startEmbeddedApp } from "../fakes/app-object.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";
import { outcomeOf } from "../fakes/outcome.ts";
import { prepareStore } from "../fakes/prepared-store.ts";

test("a power cut that takes the newest part of the embedded store loses and doubles nothing", async () => {
  await using github = await startSimulatedGitHub();
  using data = dataFolder();
  using copy = dataFolder();
  await prepareStore(data.path);
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const first = await repository.openIssue("ada", title, body);
  {
    await using app = await startEmbeddedApp(github, data.path);
    await repository.comment("ada", first, "/casebook comprehension");
    await settled(github, app);
  }
  cpSync(data.path, copy.path, { recursive: true });
  {
    await using app = await startEmbeddedApp(github, data.path);
    await repository.comment("ada", first, "/casebook root-cause");
    const second = await repository.openIssue("ada", title, body);
    await repository.comment("ada", second, "/casebook investigate");
    await settled(github, app);
  }
  const before = await outcomeOf(github, repository);
  const heads = (await repository.state()).branches;

  // What the disk holds after it: an earlier state, whole.
  rmSync(data.path, { recursive: true, force: true });
  cpSync(copy.path, data.path, { recursive: true });
  await using app = await startEmbeddedApp(github, data.path);
  await settled(github, app);
  await app.reconcile();
  await settled(github, app);
  expect(await outcomeOf(github, repository)).toEqual(before);
  expect((await repository.state()).branches).toEqual(heads);
});

test("the whole store can be lost: the branch brings the investigation back, and nothing is done twice", async () => {
  await using github = await startSimulatedGitHub();
  await using kept = await freshDatabase();
  await using empty = await freshDatabase();
  using data = dataFolder();
  const people = { ada: "write" } as const;
  const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
  const { title, body } = exampleIssue();
  const issue = await repository.openIssue("ada", title, body);
  {
    await using app = await startAppObject(github, { data: data.path, databaseUrl: kept.url });
    await repository.comment("ada", issue, "/casebook investigate");
    await settled(github, app);
    await repository.comment("ada", issue, "/casebook at src/storage/store.py:31-35");
    await settled(github, app);
    app.lose({ afterAnswer: false });
  }
  const before = await outcomeOf(github, repository);
  const { branches } = await repository.state();

  await using app = await startAppObject(github, { data: data.path, databaseUrl: empty.url });
  await settled(github, app);
  expect(await outcomeOf(github, repository)).toEqual(before);
  expect((await repository.state()).branches).toEqual(branches);
});
