import { chmodSync, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { startSimulatedGitHub } from "../fakes/simulated-github.ts";
import { dataFolder, exampleFiles, exampleIssue, settled } from "../fakes/app.ts";
import { appProcess } from "../fakes/app-process.ts";
import { casebook, exampleRepository } from "../fakes/casebook.ts";

const ISSUE = join(import.meta.dirname, "../../examples/issue-42/issue.md");

/** Files and folders that more than their owner may read or write. Links and sockets have no mode of their own. */
function openBelow(folder: string): readonly string[] {
  return [
    folder,
    ...readdirSync(folder, { recursive: true }).map((name) => join(folder, String(name))),
  ].filter((path) => {
    const found = lstatSync(path);
    return (found.isFile() || found.isDirectory()) && (found.mode & 0o077) !== 0;
  });
}

test("what the App keeps, nobody else on the machine reads or writes", async () => {
  await using github = await startSimulatedGitHub();
  using data = dataFolder();
  {
    await using app = await appProcess(github, join(data.path, "data"));
    // The test laid an empty store there.
    for (const path of openBelow(join(data.path, "data"))) chmodSync(path, lstatSync(path).mode & 0o700);
    await app.start();
    const people = { ada: "write" } as const;
    const repository = await github.createRepository("acme", "store", { files: exampleFiles(), people });
    const { title, body } = exampleIssue();
    const issue = await repository.openIssue("ada", title, body);
    await repository.comment("ada", issue, "/casebook comprehension");
    await settled(github, app);
    expect(Object.keys((await repository.state()).branches)).toContain(`casebook/issue-${issue}`);
    await app.stop("SIGTERM");
  }
  // PGlite gives these caches a mode of its own; the folder above keeps others out.
  const open = openBelow(join(data.path, "data")).filter((path) => !path.endsWith("/pg_internal.init"));
  expect(open).toEqual([]);
});

test("the data folder of the command line is its owner's, also one that was there before", async () => {
  using folder = exampleRepository("issue-42");
  using data = dataFolder();
  const { exit } = await casebook(folder.path, ["locate", "--issue", ISSUE], {
    env: { CASEBOOK_DATA: data.path },
  });
  expect(exit).toBe(0);
  expect(lstatSync(data.path).mode & 0o777).toBe(0o700);
});
