import { answerOpen } from "./asks.ts";
import {
  type Decided,
  ended,
  endedByOutcome,
  enter,
  proceed,
  putPullBehind,
  unchanged,
  shown,
  stopRun,
} from "./change.ts";
import type { EventOf, Rules } from "./event.ts";
import { HELD_BY_OUTCOME, type Investigation } from "./investigation.ts";
import type { PhaseStatus } from "../phases/phase-result.ts";
import { effectOf } from "../phases/outcome.ts";

/**
 * What a pull request of ours is now. Merging it ends the investigation, or lets the next phase start where each has its
 * own; closing it means no, until `retry`. A cancelled investigation stays cancelled.
 */
export function decidePull(
  investigation: Investigation,
  { number, state }: EventOf<"pull">,
  rules: Rules,
): Decided {
  const { pull: known, pullsOver = 0, stage } = investigation;
  if (known !== undefined && known.number > number) return unchanged(investigation);
  if (known?.number === number && (known.state === state || known.state === "merged"))
    return unchanged(investigation);
  if (number <= pullsOver && state !== "open") return unchanged(investigation);
  const next: Investigation = { ...investigation, pull: { number, state } };
  if (stage === "cancelled") return shown(next);
  switch (state) {
    case "open":
      return stage === "rejected" && known?.number === number ? reopened(next, rules) : shown(next);
    case "merged": {
      if (stage === "awaiting-merge") return proceed(putPullBehind(next), rules);
      // The end of the run finds it merged and continues.
      if (rules.perPhase && investigation.run !== undefined) return shown(next);
      // It keeps the document of the phase that asked; what was asked is not answered by it.
      if (rules.perPhase && HELD_BY_OUTCOME.has(stage)) return shown(putPullBehind(next));
      const asks = answerOpen(next.asks, "finished");
      const { reason, endedBy } = investigation;
      return shown(
        enter(
          { ...next, asks, wanted: [] },
          stage === "done" && endedBy !== undefined ? { stage, reason, endedBy } : { stage: "done" },
        ),
        ...stopRun(next),
      );
    }
    case "closed": {
      if (stage === "rejected") return shown(next);
      const reason = `The pull request #${number} was closed; \`/casebook retry\` proposes again.`;
      const asks = answerOpen(next.asks, "finished");
      return shown(enter({ ...next, asks, approvals: [] }, { stage: "rejected", reason }), ...stopRun(next));
    }
  }
}

const WORKED: ReadonlySet<PhaseStatus> = new Set(["completed", "needs_attention", "failed"]);

/** Opening it again withdraws the rejection; a run starts only when a person with the right asks for it. */
function reopened(investigation: Investigation, rules: Rules): Decided {
  const last = investigation.phases.findLast(({ status }) => WORKED.has(status));
  const outcome = last?.outcome;
  // The outcome ended or held the research before the rejection, and does so again.
  if (last !== undefined && outcome !== undefined && effectOf(outcome.kind) !== "continues")
    return shown(
      endedByOutcome(investigation, last.type, outcome, { known: rules.known, byMerge: rules.perPhase }),
    );
  if (investigation.wanted.length === 0) return shown(ended(investigation));
  const reason = `The pull request was reopened; \`/casebook resume\` continues with \`${investigation.wanted[0]}\`.`;
  return shown(enter(investigation, { stage: "paused", reason, pausedBy: "person" }));
}
