import { describe, expect, test } from "@jest/globals";
import { executedFunctions } from "../../src/execution/executed.ts";
import { fuseOrders, spectrumOf, suspicions } from "../../src/execution/spectrum.ts";
import { type Traced, traceTests } from "../../src/execution/trace-tests.ts";
import { joinCovered } from "../../src/execution/trace.ts";
import { reportOn } from "../fakes/report-on-code.ts";
import { testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { openProject, type Project, projectsHere } from "./projects.ts";

const signal = AbortSignal.timeout(600_000);

async function trace(project: Project, text = project.files[project.file]!): Promise<Traced> {
  using opened = await openProject(project);
  return await traceTests(
    opened.sandbox,
    opened.framework,
    { changes: new Map([[project.file, text]]), file: project.file, text },
    signal,
  );
}

describeSandboxed("what a failing test runs, for each runner", () => {
  const { here, missing } = projectsHere();
  for (const name of missing) testMissing(name);
  for (const project of here)
    test(`${project.name}: functions and lines of each test, and the place by its spectrum`, async () => {
      const traced = await trace(project);
      if (traced.kind === "none") throw new Error(traced.why);
      const { codebase } = await reportOn({ files: project.files, title: "x" });
      const { report } = traced.run;
      const spectrum = spectrumOf(
        traced.trace,
        report.kind === "report" ? report.tests : [],
        new Set([project.failing]),
      );
      expect(spectrum.failing.length).toBe(1);
      expect(spectrum.passing.length).toBe(2);
      const ran = await executedFunctions(joinCovered(spectrum.failing), codebase);
      expect(ran.map(({ path, name }) => `${path} ${name}`)).toEqual([`${project.source} total`]);
      const [first] = await suspicions(spectrum, codebase);
      // The line with the fault is run by this test alone.
      expect(first).toMatchObject({ name: "total", score: 1, failing: 1, passing: 0 });
    }, 120_000);

  test("a tracer that changes how a test ends gives nothing", async () => {
    const project = here[0]!;
    const traced = await trace(
      project,
      `import sys, unittest
from shop.cart import total


class CartTest(unittest.TestCase):
    def test_two(self):
        self.assertEqual((total([2, 3]), sys.gettrace() is None), (5, True))
`,
    );
    expect(traced).toMatchObject({
      kind: "none",
      why: "CartTest.test_two does not end the same way with the tracer",
    });
  }, 60_000);

  test("a test file that does not run is said to", async () => {
    const project = here[0]!;
    const traced = await trace(project, "while True:\n    print('x' * 1000)\n");
    expect(traced).toEqual({ kind: "none", why: "the runner printed too much", plain: expect.anything() });
  }, 60_000);
});

describe("fused orders", () => {
  test("put first what both hold high, and share a place between equals", () => {
    const first: Readonly<Record<string, number>> = { a: 1, b: 1, c: 0.2 };
    const second: Readonly<Record<string, number>> = { b: 3, c: 2 };
    expect(fuseOrders(["a", "b", "c"], [(one) => first[one], (one) => second[one]])).toEqual(["b", "a", "c"]);
  });
});
