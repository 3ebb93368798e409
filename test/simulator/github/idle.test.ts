import { expect, test } from "@jest/globals";
import { startSimulatedGitHub } from "../../fakes/simulated-github.ts";

/** Longer than a server of Node keeps an idle connection. */
const IDLE_MILLISECONDS = 7000;

test("a person is answered on a connection that was closed as idle", async () => {
  await using github = await startSimulatedGitHub();
  const repository = await github.createRepository("acme", "store", { files: { "README.md": "A store.\n" } });
  await repository.openIssue("ann", "First", "Text");
  // As on a busy machine: both ends see it late, in one round of the event loop.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, IDLE_MILLISECONDS);
  await repository.openIssue("ann", "Second", "Text");
  const { issues } = await repository.state();
  expect(issues.map(({ title }) => title)).toEqual(["First", "Second"]);
});
