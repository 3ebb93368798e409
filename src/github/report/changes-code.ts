import type { PhaseRecord } from "../../phases/phase-result.ts";

const FIX = "fix";

/** The fix put a change of code on the branch: that is done only when everything that a run decides about it holds. */
export function changesCode(phases: readonly PhaseRecord[]): boolean {
  return phases.some(({ type, criteria = [] }) => {
    const byRun = criteria.filter(({ how }) => how === "run");
    return type === FIX && byRun.length > 0 && byRun.every(({ result }) => result === "met");
  });
}
