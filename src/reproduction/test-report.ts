/** What a test runner reported about its tests: from what it wrote into a file, never from what was printed. */
export type TestReport =
  | { readonly kind: "report"; readonly tests: readonly TestResult[] }
  /** `why`: one sentence. `unfinished`: it was stopped, so that nothing is known of the tests. */
  | { readonly kind: "none"; readonly why: string; readonly unfinished?: true };

export interface TestResult {
  /** As the runner calls it; unique within its file, as a rule. */
  readonly name: string;
  /** Path in the repository. */
  readonly file?: string | undefined;
  /** `failed`: an assertion or exception inside the test. `error`: import, syntax, collection or fixture trouble. */
  readonly outcome: "passed" | "failed" | "error" | "skipped";
  readonly message?: string | undefined;
  /** Class of the exception. */
  readonly type?: string | undefined;
  /** The innermost line of the repository that the failure went through. */
  readonly at?: { readonly path: string; readonly line: number } | undefined;
}

/** Names a test in the reports of several runs. */
export function keyOf({ file, name }: Pick<TestResult, "file" | "name">): string {
  return file === undefined ? name : `${file} › ${name}`;
}
