import { answerOpen, type Decided, goOn, same, shown, stopRun, withPhase } from "./change.ts";
import { decideCommand, decideRequestLabel } from "./decide-command.ts";
import type { InvestigationEvent, Rules } from "./event.ts";
import type { Investigation } from "./investigation.ts";
import { RESTING } from "./investigation.ts";

/**
 * What happens next. Pure and total: every event in every state has an answer, most often "nothing". An event of a run
 * that is not the present one changes nothing, so a worker that was given up can say what it likes.
 */
export function decide(investigation: Investigation, event: InvestigationEvent, rules: Rules): Decided {
  if (investigation.stage === "gone") return same(investigation);
  switch (event.kind) {
    case "command":
      return decideCommand(investigation, event, rules);
    case "request-label":
      return decideRequestLabel(investigation, event, rules);
    case "not-understood":
      return shown(confused(investigation, event));
    case "seen":
      return seen(investigation, event, rules);
    case "reach":
      return reach(investigation, event.unreachable, rules);
    case "configuration":
      return configuration(investigation, event.problem);
    case "run-started":
    case "phase-started":
    case "phase-finished":
    case "run-finished":
    case "run-failed":
      return investigation.run?.id === event.run
        ? runEvent(investigation, event, rules)
        : same(investigation);
    case "person-committed":
      return personCommitted(investigation, event);
    case "pull":
      return pull(investigation, event, rules);
    case "gone":
      return gone(investigation);
  }
}

type Of<K extends InvestigationEvent["kind"]> = Extract<InvestigationEvent, { kind: K }>;

function confused(investigation: Investigation, { place, actor, note }: Of<"not-understood">): Investigation {
  const ask = { ...place, by: actor, answer: "confused" as const, note };
  const isKnown = investigation.asks.some(
    ({ comment, text }) => comment === place.comment && text === place.text,
  );
  return isKnown && place.comment !== undefined
    ? investigation
    : { ...investigation, asks: [...investigation.asks, ask].slice(-50) };
}

function seen(investigation: Investigation, now: Of<"seen">, rules: Rules): Decided {
  const { closed, locked, held } = now;
  const before = investigation.circumstances;
  if (before.closed === closed && before.locked === locked && before.held === held)
    return same(investigation);
  const next = { ...investigation, circumstances: { ...before, closed, locked, held } };
  // What runs already ends in its own time; what only waits does not begin.
  if (held && investigation.stage === "queued") {
    const stopped = stopRun(next);
    return shown(
      {
        ...stopped.investigation,
        stage: "paused",
        pausedBy: "hold",
        reason: "The label casebook:hold is on the issue.",
      },
      ...stopped.effects,
    );
  }
  if (!held && investigation.stage === "paused" && investigation.pausedBy === "hold")
    return goOn(next, rules);
  return shown(next);
}

function reach(investigation: Investigation, unreachable: string | undefined, rules: Rules): Decided {
  const { unreachable: before, ...circumstances } = investigation.circumstances;
  if (before === unreachable) return same(investigation);
  if (unreachable === undefined) {
    const next = { ...investigation, circumstances };
    return investigation.pausedBy === "reach" ? goOn(next, rules) : shown(next);
  }
  const next = { ...investigation, circumstances: { ...circumstances, unreachable } };
  if (investigation.run === undefined) return { investigation: next, effects: [] };
  const stopped = stopRun(next);
  return {
    investigation: { ...stopped.investigation, stage: "paused", pausedBy: "reach", reason: unreachable },
    effects: stopped.effects,
  };
}

function configuration(investigation: Investigation, problem: string | undefined): Decided {
  const { configuration: before, ...circumstances } = investigation.circumstances;
  if (before === problem) return same(investigation);
  return shown({
    ...investigation,
    circumstances: { ...circumstances, ...(problem === undefined ? {} : { configuration: problem }) },
  });
}

function runEvent(
  investigation: Investigation,
  event: Of<"run-started" | "phase-started" | "phase-finished" | "run-finished" | "run-failed">,
  rules: Rules,
): Decided {
  switch (event.kind) {
    case "run-started":
      return shown({ ...investigation, stage: "running", base: event.base });
    case "phase-started":
      return shown(
        withPhase(
          { ...investigation, stage: "running" },
          { type: event.phase, status: "running", startedAt: event.at },
          rules,
        ),
      );
    case "phase-finished": {
      const { phase, status, at, lead, criteria, dropped, reason } = event;
      const startedAt = investigation.phases.find(({ type }) => type === phase)?.startedAt;
      const record = {
        type: phase,
        status,
        ...(startedAt === undefined ? {} : { startedAt }),
        endedAt: at,
        ...(lead === undefined ? {} : { lead }),
        criteria,
        dropped,
        ...(reason === undefined ? {} : { reason }),
      };
      const wanted = investigation.wanted.filter((type) => type !== phase);
      return shown(withPhase({ ...investigation, wanted }, record, rules));
    }
    case "run-finished": {
      const ended: Investigation =
        event.head === undefined ? investigation : { ...investigation, head: event.head };
      // In a pull request per phase, merging it is what lets the next one begin.
      if (rules.perPhase && ended.wanted.length > 0 && ended.head !== undefined) {
        const { run: _run, ...rest } = ended;
        return shown({
          ...rest,
          stage: "awaiting-merge",
          reason: `${ended.wanted[0]} begins when the pull request is merged.`,
          asks: answerOpen(ended.asks, "finished"),
        });
      }
      return goOn(ended, rules);
    }
    case "run-failed": {
      const { investigation: stopped } = stopRun(investigation);
      return shown({
        ...stopped,
        stage: "failed",
        reason: event.message,
        asks: answerOpen(stopped.asks, "confused", event.message),
      });
    }
  }
}

function personCommitted(investigation: Investigation, { sha, login }: Of<"person-committed">): Decided {
  if (investigation.run === undefined || investigation.acceptedHead === sha) return same(investigation);
  const { investigation: stopped, effects } = stopRun(investigation);
  const reason = `${login} committed ${sha.slice(0, 7)} to the branch, so nothing was written over it. \`/casebook resume\` goes on from there.`;
  return shown(
    { ...stopped, stage: "stopped", reason, head: sha, asks: answerOpen(stopped.asks, "confused", reason) },
    ...effects,
  );
}

function pull(investigation: Investigation, { number, state }: Of<"pull">, rules: Rules): Decided {
  const known = investigation.pull;
  if (known !== undefined && known.number > number) return same(investigation);
  if (known?.number === number && known.state === state) return same(investigation);
  const next: Investigation = { ...investigation, pull: { number, state } };
  if (state === "open") return shown(next);
  if (state === "merged" && investigation.stage === "awaiting-merge") return goOn(next, rules);
  const { investigation: stopped, effects } = stopRun(next);
  const isOpen = !RESTING.has(investigation.stage);
  return shown(
    {
      ...stopped,
      wanted: [],
      asks: answerOpen(stopped.asks, "finished"),
      ...(state === "merged"
        ? { stage: "done" as const }
        : isOpen || investigation.stage === "done"
          ? {
              stage: "rejected" as const,
              reason: `The pull request #${number} was closed. \`/casebook retry\` proposes again.`,
            }
          : {}),
    },
    ...effects,
  );
}

function gone(investigation: Investigation): Decided {
  const { investigation: stopped, effects } = stopRun(investigation);
  return {
    investigation: { ...stopped, stage: "gone", wanted: [], asks: [], phases: [] },
    effects: [...effects, { kind: "forget" }],
  };
}
