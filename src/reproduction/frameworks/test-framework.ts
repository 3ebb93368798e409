import type { SandboxResult } from "../../sandbox/sandbox.ts";
import type { FRAMEWORK_NAMES } from "../../sandbox/suite-settings.ts";
import type { TestReport } from "../test-report.ts";

/** What detection reads of a commit. */
export interface RepositoryFiles {
  /** Of all files, ordered. */
  readonly paths: readonly string[];
  /** Undefined: no such file, or no text. */
  text(path: string): Promise<string | undefined>;
}

/** A test runner: how it is recognized, started and read. One row of `FRAMEWORKS`. */
export interface TestFramework {
  readonly name: FrameworkName;
  readonly language: string;
  /** Names of `SandboxEnvironment.toolchains` that must be there. */
  readonly needs: readonly string[];
  detect(files: RepositoryFiles): Promise<Detection | undefined>;
  /** Where a new test goes by the layout of those that are there. `topic`: lower-case words, joined with `-`. */
  testFileHint(detection: Detection, topic: string): TestFileHint;
  /** Runs the tests of one file. */
  runFile(path: string, detection: Detection): RunPlan;
  runAll(detection: Detection): RunPlan;
  read(result: SandboxResult, detection: Detection): TestReport;
}

export type FrameworkName = (typeof FRAMEWORK_NAMES)[number];

export interface Detection {
  /** What shows it: `pyproject.toml:12`. */
  readonly evidence: string;
  /** 3: the repository configures it, 2: it depends on it, 1: its tests look like it. */
  readonly strength: 1 | 2 | 3;
  /** Where the runner starts; empty for the root. */
  readonly folder: string;
  /** Its test files, ordered. */
  readonly tests: readonly string[];
  /** Variables that the repository's own way to start it sets. */
  readonly env?: Readonly<Record<string, string>> | undefined;
  /** Options that it gives the runner, and what it names as the tests. */
  readonly options?: readonly string[] | undefined;
  /** In the place of the runner's usual program, by settings. */
  readonly command?: readonly string[] | undefined;
  readonly selection?: readonly string[] | undefined;
}

export interface Detected {
  readonly framework: TestFramework;
  readonly detection: Detection;
}

export interface TestFileHint {
  readonly path: string;
  /** A test file to write it like; undefined: there is none. */
  readonly like: string | undefined;
}

/** What the sandbox is asked to run. */
export interface RunPlan {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly collect: readonly string[];
  /** Without the project's own options: run when the runner gives no report and its output shows that it misses what they name. */
  readonly fallback?: Fallback | undefined;
}

interface Fallback {
  readonly shownBy: RegExp;
  readonly plan: RunPlan;
  /** What is left out, for a sentence: `the project's own options of pytest`. */
  readonly leavesOut: string;
}
