import type { Investigation, BlockReason } from "./investigation.ts";

/** What keeps new work from starting now, in one sentence; undefined when nothing does. The strongest first. */
export function blockReasonOf({
  conditions: { unreachable, held, closed, configuration },
}: Pick<Investigation, "conditions">): { readonly by: BlockReason; readonly reason: string } | undefined {
  if (unreachable !== undefined) return { by: "reach", reason: unreachable };
  if (held) return { by: "hold", reason: "The label `casebook:hold` is on the issue." };
  if (closed) return { by: "closed", reason: "The issue is closed." };
  if (configuration !== undefined) return { by: "configuration", reason: configuration };
  return undefined;
}
