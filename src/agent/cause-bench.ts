import { openGuard, type Situation } from "../execution/intervene.ts";
import { importedWords, nearestTests } from "../execution/nearest-tests.ts";
import { endingOf } from "../languages/paths.ts";
import type { ResearchContext } from "../phases/builtin/research-context.ts";
import { detectFrameworks, runnableIn } from "../reproduction/detect-frameworks.ts";
import type { Detected } from "../reproduction/frameworks/test-framework.ts";
import { runTests, type TestRun } from "../reproduction/run-tests.ts";
import type { TestResult } from "../reproduction/test-report.ts";
import { secondsOf } from "../sandbox/suite-settings.ts";
import type { Sandbox } from "../sandbox/sandbox.ts";

export interface FailingTest {
  readonly path: string;
  readonly text: string;
}

/** A failing test as it ends on the commit, and the tests that must not get worse. */
export interface CauseBench {
  readonly kind: "open";
  readonly test: FailingTest;
  readonly framework: Detected;
  readonly plain: TestRun;
  /** The test that stands for the failure: the first of the file that fails. */
  readonly failing: TestResult;
  /** The test files nearest to it. */
  readonly nearest: readonly string[];
  readonly situation: Situation;
}

const SECONDS = 180;
const NEAREST_FILES = 2;

/** Runs the failing test on the commit. `why`: why there is nothing to see; undefined where no framework here runs it. */
export async function openCause(
  sandbox: Sandbox,
  test: FailingTest,
  context: ResearchContext,
  signal: AbortSignal,
): Promise<CauseBench | { readonly kind: "none"; readonly why: string | undefined }> {
  const framework = await frameworkFor(sandbox, test.path, context);
  if (framework === undefined) return { kind: "none", why: undefined };
  const laid = new Map([[test.path, test.text]]);
  const setting = { sandbox, framework, laid, limits: { seconds: SECONDS } };
  const [plain] = await runTests(
    sandbox,
    framework,
    { changes: laid, file: test.path, times: 1, limits: setting.limits },
    signal,
  );
  const { report } = plain!;
  if (report.kind === "none") return { kind: "none", why: report.why };
  const failing = report.tests.filter(({ outcome }) => outcome === "failed");
  if (failing.length === 0) return { kind: "none", why: "it does not fail here" };
  const nearest = await nearestFiles(test, framework, context);
  return {
    kind: "open",
    test,
    framework,
    plain: plain!,
    failing: failing[0]!,
    nearest,
    situation: {
      ...setting,
      file: test.path,
      before: report,
      failing,
      guard: openGuard({ ...setting, limits: { seconds: secondsOf(sandbox.environment.suite).suite } }, [
        ...nearest,
        undefined,
      ]),
    },
  };
}

async function frameworkFor(
  { environment }: Sandbox,
  path: string,
  { codebase }: ResearchContext,
): Promise<Detected | undefined> {
  const { can } = runnableIn(
    environment,
    await detectFrameworks(
      {
        paths: codebase.tree.entries.map((entry) => entry.path),
        text: async (one) => (await codebase.text(one))?.text,
      },
      environment.suite,
    ),
  );
  return can.find(
    ({ framework, detection }) => endingOf(framework.testFileHint(detection, "x").path) === endingOf(path),
  );
}

/** Test files that import what the failing one imports, read as if it were in the commit. */
async function nearestFiles(
  { path, text }: FailingTest,
  { detection }: Detected,
  { codebase }: ResearchContext,
): Promise<readonly string[]> {
  const sources = detection.tests.filter((one) => codebase.roleOf(one) === "test");
  return nearestTests({ path, imports: namedIn(text) }, sources, codebase, NEAREST_FILES);
}

/** Modules and names in the import lines of a file that the commit does not have. */
function namedIn(text: string): readonly string[] {
  const imports: { source: string; names: readonly string[] }[] = [];
  for (const line of text.split("\n")) {
    const from = /^\s*from\s+([\w.]+)\s+import\s+(.+)$/.exec(line);
    const plain = /^\s*import\s+([\w.]+)\s*(?:as\s+\w+)?\s*$/.exec(line);
    const script = /(?:\bfrom|\brequire\(|^\s*import)\s*["']([^"']+)["']/.exec(line);
    if (from !== null) imports.push({ source: from[1]!, names: from[2]!.match(/\w+/g) ?? [] });
    else if (plain !== null) imports.push({ source: plain[1]!, names: [] });
    else if (script !== null)
      imports.push({ source: script[1]!, names: /\{([^}]*)\}/.exec(line)?.[1]?.match(/[\w$]+/g) ?? [] });
  }
  return importedWords(imports);
}
