import { branchOf } from "../../domain/phase/names.ts";

/** Of one phase with its own pull request: `casebook/issue-42-root-cause`; else of the whole investigation. */
export function branchFor(issue: number, phase: string | undefined): string {
  return phase === undefined ? branchOf(String(issue)) : `${branchOf(String(issue))}-${phase}`;
}

/** The issue that a branch of ours belongs to; undefined for any other branch. */
export function issueOfBranch(branch: string): number | undefined {
  const number = /^casebook\/issue-([1-9]\d{0,9})(?:-[a-z][a-z0-9-]{0,39})?$/.exec(branch)?.[1];
  return number === undefined ? undefined : Number(number);
}

/** The phase whose own branch this is. */
export function phaseOfBranch(branch: string): string | undefined {
  return /^casebook\/issue-[1-9]\d{0,9}-([a-z][a-z0-9-]{0,39})$/.exec(branch)?.[1];
}
