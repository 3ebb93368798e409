import type { Phase } from "./phase.ts";

/** `issue-42-003-root-cause`. */
export function specIdOf(issueKey: string, phase: Pick<Phase, "type" | "number">): string {
  return `issue-${issueKey}-${String(phase.number).padStart(3, "0")}-${phase.type}`;
}

/** `.chant/specs/issue-42-003-root-cause.md`. */
export function specFileOf(issueKey: string, phase: Pick<Phase, "type" | "number">): string {
  return `.chant/specs/${specIdOf(issueKey, phase)}.md`;
}

/** `.chant/research/issue-42-root-cause.md`. */
export function documentFileOf(issueKey: string, phase: Pick<Phase, "type">): string {
  return `.chant/research/issue-${issueKey}-${phase.type}.md`;
}

/**
 * `.chant/research/issue-42-reproduction-test.py`: the test of a reproduction beside its document, under a name that no
 * test runner takes up by itself.
 */
export function reproductionTestFileOf(issueKey: string, testPath: string): string {
  const ending = /\.[A-Za-z0-9]{1,10}$/.exec(testPath)?.[0] ?? ".txt";
  return `.chant/research/issue-${issueKey}-reproduction-test${ending}`;
}

/** `casebook/issue-42`. */
export function branchOf(issueKey: string): string {
  return `casebook/issue-${issueKey}`;
}

/** True for the specs and documents of one issue, and for no other file. */
export function belongsTo(issueKey: string, path: string): boolean {
  return (
    path.startsWith(`.chant/specs/issue-${issueKey}-`) ||
    path.startsWith(`.chant/research/issue-${issueKey}-`)
  );
}

/** Of one phase with its own pull request: `casebook/issue-42-root-cause`; else of the whole investigation. */
export function branchFor(issue: number, phase: string | undefined): string {
  return phase === undefined ? branchOf(String(issue)) : `${branchOf(String(issue))}-${phase}`;
}

/** The issue that a branch of ours belongs to; undefined for any other branch. */
export function issueOfBranch(branch: string): number | undefined {
  const number = /^casebook\/issue-([1-9]\d{0,9})(?:-[a-z][a-z0-9-]{0,39})?$/.exec(branch)?.[1];
  return number === undefined ? undefined : Number(number);
}
