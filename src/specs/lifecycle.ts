import type { Status } from "./spec.ts";

/** Which status may follow which. `completed` and `cancelled` go back to `pending` only by an explicit re-run. */
export const NEXT: Readonly<Record<Status, readonly Status[]>> = {
  pending: ["blocked", "in_progress", "cancelled"],
  blocked: ["pending", "in_progress", "cancelled"],
  in_progress: ["completed", "failed", "needs_attention", "paused", "cancelled"],
  completed: ["pending"],
  failed: ["pending", "in_progress"],
  needs_attention: ["pending", "in_progress"],
  paused: ["in_progress", "cancelled"],
  cancelled: ["pending"],
};

export function canMove(from: Status, to: Status): boolean {
  return NEXT[from].includes(to);
}
