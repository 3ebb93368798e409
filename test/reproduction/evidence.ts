import { readStatements } from "../../src/languages/io/read-statements.ts";
import type { JudgedRun, ReproductionEvidence } from "../../src/reproduction/judge-reproduction.ts";
import type { TestReport, TestResult } from "../../src/reproduction/test-report.ts";
import type { SandboxResult } from "../../src/sandbox/sandbox.ts";

export function reportOf(...tests: readonly TestResult[]): Extract<TestReport, { kind: "report" }> {
  return { kind: "report", tests };
}

/** A run that ended with its own code: 1 when a test was bad, unless another is given. */
export function runOf(report: TestReport, end?: number | SandboxResult["end"]): JudgedRun {
  const bad =
    report.kind === "report" &&
    report.tests.some(({ outcome }) => outcome === "failed" || outcome === "error");
  return {
    report,
    result: {
      end: typeof end === "object" ? end : { kind: "exit", code: end ?? (bad ? 1 : 0) },
      output: "",
      cut: 0,
      milliseconds: 10,
      files: new Map(),
    },
  };
}

export const three = (run: JudgedRun): readonly JudgedRun[] => [run, run, run];

/** A test's text with its statements. */
export async function testOf(
  test: Omit<ReproductionEvidence["test"], "statements">,
): Promise<ReproductionEvidence["test"]> {
  return { ...test, statements: await readStatements(test.path, test.text) };
}

const PATH = "tests/test_new.py";
const HONEST = await testOf({
  path: PATH,
  language: "Python",
  text: `from shop.cart import Cart


def test_total():
    cart = Cart()
    cart.add("a", 2)
    assert cart.total() == 2
`,
});

/** An honest failing test of a Python project, three runs, a suite that goes on; parts can be replaced. */
export function honest(more: Partial<ReproductionEvidence> = {}): ReproductionEvidence {
  const failed: TestResult = {
    name: "test_total",
    file: PATH,
    outcome: "failed",
    type: "AssertionError",
    message: "assert 4 == 2",
    at: { path: PATH, line: 7 },
  };
  const old: TestResult = { name: "test_old", file: "tests/test_old.py", outcome: "passed" };
  return {
    runs: three(runOf(reportOf(failed))),
    suite: { before: reportOf(old), with: reportOf(old, failed) },
    test: HONEST,
    importsRepository: true,
    repositoryNames: ["Cart"],
    ...more,
  };
}
