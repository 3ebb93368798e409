import { isApprovalOpen } from "./approval.ts";
import { isFinished, memberPlace, membersOf } from "./members.ts";
import type { Spec } from "./spec.ts";

/** Why a spec cannot start. */
export type Blocker =
  | { readonly kind: "dependency"; readonly id: string; readonly status: string }
  | { readonly kind: "missing"; readonly id: string }
  | { readonly kind: "approval"; readonly status: string }
  | { readonly kind: "earlier-member"; readonly id: string; readonly status: string };

/** Everything that holds a spec back, in the order of the file. A stored `blocked` is not believed: this is. */
export function blockersOf(spec: Spec, all: ReadonlyMap<string, Spec>): readonly Blocker[] {
  const blockers: Blocker[] = [];
  for (const id of spec.dependsOn) {
    const other = all.get(id);
    if (other === undefined) blockers.push({ kind: "missing", id });
    else if (!isFinished(other.status)) blockers.push({ kind: "dependency", id, status: other.status });
  }
  if (isApprovalOpen(spec)) blockers.push({ kind: "approval", status: spec.approval?.status ?? "pending" });
  const place = memberPlace(spec.id);
  // A member that says what it depends on is not held by the order of the numbers.
  if (place !== undefined && spec.dependsOn.length === 0)
    for (const earlier of membersOf({ id: place.driver }, all))
      if (memberPlace(earlier.id)!.number < place.number && !isFinished(earlier.status))
        blockers.push({ kind: "earlier-member", id: earlier.id, status: earlier.status });
  return blockers;
}

/** True when it may start now: pending, runnable and held back by nothing. */
export function isReady(spec: Spec, all: ReadonlyMap<string, Spec>): boolean {
  return (
    spec.runnable &&
    (spec.status === "pending" || spec.status === "blocked") &&
    blockersOf(spec, all).length === 0
  );
}

/** The status as people see it: `ready` and `blocked` are computed, never read. */
export function shownStatus(spec: Spec, all: ReadonlyMap<string, Spec>): string {
  if (spec.status !== "pending" && spec.status !== "blocked") return spec.status;
  if (blockersOf(spec, all).length > 0) return "blocked";
  return spec.runnable ? "ready" : "pending";
}
