import { expect, test } from "@jest/globals";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { openProject, projectsHere } from "../execution/projects.ts";
import { testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";

const pytest = projectsHere().here.find(({ name }) => name === "pytest");

describeSandboxed("the project's own options of pytest", () => {
  if (pytest === undefined) {
    testMissing("pytest");
    return;
  }
  const run = async (options: string) => {
    using opened = await openProject(pytest, { "pytest.ini": `[pytest]\naddopts = ${options}\n` });
    const [one] = await runTests(
      opened.sandbox,
      opened.framework,
      { changes: new Map(), times: 1 },
      AbortSignal.timeout(100_000),
    );
    const { report } = one!;
    return {
      names: report.kind === "report" ? report.tests.map(({ name }) => name).sort() : report.why,
      output: one!.result.output,
    };
  };

  test("select the tests that the project selects", async () => {
    expect((await run("-k label")).names).toEqual(["test_label"]);
  }, 60_000);

  test("are left out when pytest refuses them, and the output says so", async () => {
    const { names, output } = await run("--an-option-of-a-plugin=1");
    expect(names).toEqual(["TestCart.test_one", "test_label", "test_two"]);
    expect(output).toContain(
      "[run again without the project's own options of pytest, which it refuses here]",
    );
  }, 60_000);
});
