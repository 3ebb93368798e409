import type { Command } from "../../src/investigation/commands/forms.ts";
import { parseCommands } from "../../src/investigation/commands/parse-commands.ts";
import type { Permission } from "../../src/investigation/commands/rights.ts";
import { decide } from "../../src/investigation/decide.ts";
import type { Decision, Effect, InvestigationEvent, Rules } from "../../src/investigation/event.ts";
import { type Actor, type Investigation, newInvestigation } from "../../src/investigation/investigation.ts";
import type { ChangeVerdict } from "../../src/phases/change-verdict.ts";
import type { PhaseOutcome } from "../../src/phases/outcome.ts";
import type { PhaseResult } from "../../src/phases/phase-result.ts";
import { PHASES } from "../../src/phases/catalogue.ts";

/** What the built-in researcher can do, with the usual gate. */
export const RULES: Rules = {
  phases: ["comprehension", "root-cause", "impact-map"],
  known: PHASES.map(({ type, dependsOn, needs }) => ({ type, dependsOn, needsModel: needs !== "builtin" })),
  gates: new Set(["fix"]),
  perPhase: false,
  start: "write",
  models: [],
};
/** The same with a model: every phase can be worked. */
export const WITH_MODEL: Rules = {
  ...RULES,
  phases: PHASES.map(({ type }) => type),
  models: ["small", "large"],
};
export const PER_PHASE: Rules = { ...RULES, perPhase: true };

export const ADA: Actor = { id: 1, login: "ada" };
export const BOB: Actor = { id: 2, login: "bob" };
/** Opened the issue, and has no right. */
export const EVE: Actor = { id: 3, login: "eve" };
export const AT = "2026-03-14T09:30:00Z";
export const SHA = "a".repeat(40);

export const idle = newInvestigation(7, 42);

/** A comment with one command. */
export function says(
  text: string,
  comment: number,
  { actor = ADA, permission = "write" }: { readonly actor?: Actor; readonly permission?: Permission } = {},
): InvestigationEvent {
  return {
    kind: "command",
    command: commandOf(text),
    place: { comment, text: `/casebook ${text}` },
    actor,
    permission,
    at: AT,
  };
}

export function commandOf(text: string): Command {
  const [line] = parseCommands(`/casebook ${text}`, WITH_MODEL.phases);
  if (line?.kind !== "command") throw new Error(`not a command: ${text}`);
  return line.command;
}

export function puts(label: string, phase?: string, permission: Permission = "write"): InvestigationEvent {
  return {
    kind: "request-label",
    label,
    ...(phase === undefined ? {} : { phase }),
    actor: ADA,
    permission,
    at: AT,
  };
}

export function seen(now: Partial<Record<"closed" | "locked" | "held", boolean>> = {}): InvestigationEvent {
  return { kind: "seen", closed: false, locked: false, held: false, ...now };
}

/** The run under way begins, works these phases and says so. */
export function works(
  { run }: Investigation,
  phases: readonly string[],
  status: "completed" | "needs_attention" | "failed" | "left-out" = "completed",
): readonly InvestigationEvent[] {
  const id = run?.id ?? "none";
  return [
    { kind: "run-started", run: id, base: SHA },
    ...phases.flatMap((phase): readonly InvestigationEvent[] => [
      { kind: "phase-started", run: id, phase, at: AT },
      { kind: "phase-finished", run: id, at: AT, result: resultOf(phase, { status }) },
    ]),
  ];
}

/** What a run of a phase came to; nothing was found in it. */
export function resultOf(type: string, more: Partial<PhaseResult> = {}): PhaseResult {
  return { type, status: "completed", criteria: [], dropped: 0, files: [], ...more };
}

/** What the runs of the failing test say of a change. */
export function verdictOf(kind: ChangeVerdict["kind"]): ChangeVerdict {
  return { kind, base: SHA, head: SHA, test: "tests/test_a.py", reasons: ["it ran"], caveats: [] };
}

/** The run under way works one phase, which ends with what is given. */
export function worksOne(
  { run }: Investigation,
  phase: string,
  end: Partial<PhaseResult>,
  readUpTo?: number,
): readonly InvestigationEvent[] {
  const id = run?.id ?? "none";
  return [
    { kind: "run-started", run: id, base: SHA, ...(readUpTo === undefined ? {} : { readUpTo }) },
    { kind: "phase-started", run: id, phase, at: AT },
    { kind: "phase-finished", run: id, at: AT, result: resultOf(phase, end) },
  ];
}

/** Somebody's comment that is no command, of the reporter unless something else is said. */
export function answers(
  comment: number,
  {
    actor = EVE,
    permission = "read",
    isReporter = actor.id === EVE.id,
  }: { readonly actor?: Actor; readonly permission?: Permission; readonly isReporter?: boolean } = {},
): InvestigationEvent {
  return { kind: "answered", comment, actor, permission, isReporter };
}

export function ends({ run }: Investigation, head: string | undefined = SHA): InvestigationEvent {
  return { kind: "run-finished", run: run?.id ?? "none", ...(head === undefined ? {} : { head }) };
}

/** All events one after the other; the effects of all of them. */
export function decideAll(
  investigation: Investigation,
  events: readonly InvestigationEvent[],
  rules: Rules = RULES,
): Decision<Investigation> {
  let current = investigation;
  const effects: Effect[] = [];
  for (const event of events) {
    const decision = decide(current, event, rules);
    current = decision.investigation;
    effects.push(...decision.effects);
  }
  return { investigation: current, effects };
}

export function after(
  investigation: Investigation,
  events: readonly InvestigationEvent[],
  rules: Rules = RULES,
): Investigation {
  return decideAll(investigation, events, rules).investigation;
}

/** Asked for on `rules`, and ended by an outcome of the first phase. */
export function endedWith(outcome: PhaseOutcome, rules: Rules = WITH_MODEL): Investigation {
  const queued = after(idle, [says("investigate", 10)], rules);
  const [first = ""] = queued.wanted;
  return after(queued, [...worksOne(queued, first, { outcome }, 10), ends(queued)], rules);
}

/** Investigated to the end, with one pull request. */
export function finished(rules: Rules = RULES): Investigation {
  const queued = after(idle, [says("investigate", 10)], rules);
  const worked = after(
    queued,
    [
      ...works(
        queued,
        queued.wanted.filter((type) => !rules.gates.has(type)),
      ),
      ends(queued),
    ],
    rules,
  );
  return after(worked, [{ kind: "pull", number: 5, state: "open" }], rules);
}
