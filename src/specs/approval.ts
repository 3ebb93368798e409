import type { SpecChanges } from "./edit-spec.ts";
import type { Spec } from "./spec.ts";

/** True while the gate is shut: approval is asked for and nobody gave it. */
export function isApprovalOpen({ approval }: Pick<Spec, "approval">): boolean {
  return approval?.required === true && approval.status !== "approved";
}

/** What a person's decision writes into the spec. `by` is a login, `at` is UTC to the second (`2026-03-14T09:30:00Z`). */
export function approvalChanges(
  decision: "approved" | "rejected",
  { by, at, reason }: { readonly by: string; readonly at: string; readonly reason: string },
): SpecChanges {
  return {
    set: {
      approval: new Map([
        ["status", decision],
        ["by", by],
        ["at", at],
      ]),
    },
    approval: { by, at, decision, reason },
  };
}
