import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { PERMISSIONS } from "../../src/investigation/commands/rights.ts";
import { decide } from "../../src/investigation/decide.ts";
import type { InvestigationEvent, Rules } from "../../src/investigation/event.ts";
import {
  type Investigation,
  MAX_ANSWERS,
  MAX_ASKS,
  type Stage,
} from "../../src/investigation/investigation.ts";
import { requestOf, labelChanges, STATE_LABELS, stateLabelOf } from "../../src/investigation/label.ts";
import { OUTCOMES, type PhaseOutcome } from "../../src/phases/outcome.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { AT, commandOf, idle, PER_PHASE, resultOf, RULES, SHA, verdictOf, WITH_MODEL } from "./history.ts";

const TYPES = PHASES.map(({ type }) => type);
const COMMANDS = [
  "investigate",
  "investigate --to root-cause",
  "investigate --from v2",
  "investigate --model small --budget 2",
  "run comprehension",
  "run fix",
  "approve",
  "reject no",
  "retry",
  "retry root-cause",
  "skip root-cause",
  "skip fix",
  "at a/b.ts:3",
  "test #3",
  "test fix-it",
  "cancel",
  "pause",
  "resume",
  "refresh",
  "status",
  "help",
];

const actor = fc.constantFrom({ id: 1, login: "ada" }, { id: 2, login: "@bob" });
const permission = fc.constantFrom(...PERMISSIONS);
const phase = fc.constantFrom(...TYPES);
/** Runs are numbered from 1; a few numbers hit the present one often enough, the others are stale. */
const run = fc.integer({ min: 1, max: 6 }).map((n) => `7-42-${n}`);
const comment = fc.integer({ min: 1, max: 40 });

const command: fc.Arbitrary<InvestigationEvent> = fc
  .record({ text: fc.constantFrom(...COMMANDS), comment, actor, permission })
  .map(({ text, comment, ...rest }) => ({
    kind: "command",
    command: commandOf(text),
    place: { comment, text: `/casebook ${text}` },
    at: AT,
    ...rest,
  }));

const allowed: fc.Arbitrary<InvestigationEvent> = command.map((event) =>
  event.kind === "command" ? { ...event, permission: "admin" } : event,
);

const label: fc.Arbitrary<InvestigationEvent> = fc
  .record({ phase: fc.option(phase, { nil: undefined }), actor, permission })
  .map(({ phase, ...rest }) => ({
    kind: "request-label",
    label: `casebook:${phase ?? "investigate"}`,
    ...(phase === undefined ? {} : { phase }),
    at: AT,
    ...rest,
  }));

const outcome: fc.Arbitrary<PhaseOutcome> = fc.record(
  {
    kind: fc.constantFrom(...OUTCOMES),
    reason: fc.constantFrom("", "It is so."),
    questions: fc.constantFrom([], ["Which version?"]),
    parts: fc.constantFrom([], ["a", "b"]),
  },
  { requiredKeys: ["kind", "reason"] },
);
/** What the work of a model adds to the end of a phase. */
const extras = fc.record(
  {
    outcome,
    cost: fc.constant({ micros: 5, inputTokens: 2, outputTokens: 1, calls: 1, models: ["small"] }),
    researcher: fc.constantFrom("builtin", "small"),
    partial: fc.constant("the limit was reached"),
    reason: fc.constant("It still fails."),
  },
  { requiredKeys: [] },
);

function finishedBy(run: fc.Arbitrary<string>): fc.Arbitrary<InvestigationEvent> {
  return fc
    .record({
      run,
      phase,
      status: fc.constantFrom("completed", "needs_attention", "failed", "left-out"),
      more: fc.oneof(fc.constant({}), extras),
    })
    .map(({ run, phase, status, more }) => ({
      kind: "phase-finished" as const,
      run,
      at: AT,
      result: resultOf(phase, {
        status,
        ...(phase === "reproduction" ? { files: [".chant/research/issue-42-reproduction-test.py"] } : {}),
        ...more,
      }),
    }));
}

const fromRun: fc.Arbitrary<InvestigationEvent> = fc.oneof(
  run.map((run) => ({ kind: "run-started", run, base: SHA }) as const),
  fc.record({ run, phase }).map((of) => ({ kind: "phase-started", at: AT, ...of }) as const),
  finishedBy(run),
  run.map((run) => ({ kind: "run-finished", run, head: SHA }) as const),
  run.map((run) => ({ kind: "run-failed", run, message: "It broke." }) as const),
);

const surroundings: fc.Arbitrary<InvestigationEvent> = fc.oneof(
  fc
    .record({ closed: fc.boolean(), locked: fc.boolean(), held: fc.boolean() })
    .map((now) => ({ kind: "seen", ...now }) as const),
  fc
    .option(fc.constant("It is out of reach."), { nil: undefined })
    .map((unreachable) => ({ kind: "reach", unreachable }) as const),
  fc
    .option(fc.constant("It is wrong."), { nil: undefined })
    .map((problem) => ({ kind: "configuration", problem }) as const),
  fc
    .option(fc.constant("It is for private."), { nil: undefined })
    .map((why) => ({ kind: "confidential", why }) as const),
  fc
    .record({ n: fc.integer({ min: 1, max: 3 }), kind: fc.constantFrom("passes", "undecided") })
    .map(
      ({ n, kind }) => ({ kind: "change-tested", test: `7-42-test-${n}`, verdict: verdictOf(kind) }) as const,
    ),
  fc
    .record({ number: fc.integer({ min: 1, max: 4 }), state: fc.constantFrom("open", "merged", "closed") })
    .map((pull) => ({ kind: "pull", ...pull }) as const),
  fc
    .constantFrom("b".repeat(40), "c".repeat(40))
    .map((sha) => ({ kind: "person-committed", sha, login: "@bob" }) as const),
  phase.map(
    (phase) => ({ kind: "labels-removed", labels: [`casebook:${phase}`, "casebook:investigate"] }) as const,
  ),
);

const recordAnswer: fc.Arbitrary<InvestigationEvent> = fc
  .record({ kind: fc.constantFrom("not-understood", "declined"), comment, actor })
  .map(({ kind, comment, actor }) => ({ kind, place: { comment, text: "/casebook x" }, actor, note: "No." }));

const answer: fc.Arbitrary<InvestigationEvent> = fc
  .record({ comment, actor, permission, isReporter: fc.boolean() })
  .map((of) => ({ kind: "answered", ...of }));

const gone: fc.Arbitrary<InvestigationEvent> = fc.constant({ kind: "gone", why: "deleted" });

const anything = fc.oneof(
  { weight: 8, arbitrary: allowed },
  { weight: 2, arbitrary: command },
  { weight: 2, arbitrary: label },
  { weight: 8, arbitrary: fromRun },
  { weight: 4, arbitrary: surroundings },
  { weight: 1, arbitrary: recordAnswer },
  { weight: 3, arbitrary: answer },
);
/** Stands for the run under way; numbers that are drawn seldom meet it, and then little of a run is seen. */
const PRESENT = "the present one";
/** A run that begins, works what is drawn and ends. */
const wholeRun: fc.Arbitrary<readonly InvestigationEvent[]> = fc
  .array(finishedBy(fc.constant(PRESENT)), { minLength: 1, maxLength: 3 })
  .map((worked) => [
    { kind: "run-started", run: PRESENT, base: SHA, readUpTo: 10 },
    ...worked,
    { kind: "run-finished", run: PRESENT, head: SHA },
  ]);
const one = fc.oneof({ weight: 60, arbitrary: anything }, { weight: 1, arbitrary: gone });
const history = fc
  .array(
    fc.oneof({ weight: 8, arbitrary: one.map((event) => [event]) }, { weight: 2, arbitrary: wholeRun }),
    { maxLength: 24, size: "max" },
  )
  .map((parts) => parts.flat());
const rules: fc.Arbitrary<Rules> = fc.constantFrom(RULES, WITH_MODEL, PER_PHASE, {
  ...WITH_MODEL,
  perPhase: true,
  gates: new Set(["comprehension", "fix"]),
  start: "maintain" as const,
});

/** Stages that are explained to people in a sentence. */
const EXPLAINED: ReadonlySet<Stage> = new Set([
  "awaiting-approval",
  "awaiting-merge",
  "needs-info",
  "awaiting-choice",
  "paused",
  "stopped",
  "failed",
  "rejected",
]);

/** Goes through a history and looks at every step. */
function walk(
  events: readonly InvestigationEvent[],
  rules: Rules,
  look: (before: Investigation, event: InvestigationEvent, decided: ReturnType<typeof decide>) => void = () =>
    undefined,
): Investigation {
  let current: Investigation = idle;
  for (const drawn of events) {
    const run = current.run?.id;
    const event = "run" in drawn && drawn.run === PRESENT && run !== undefined ? { ...drawn, run } : drawn;
    const decided = decide(current, event, rules);
    look(current, event, decided);
    current = decided.investigation;
  }
  return current;
}

const hold = (property: fc.IRawProperty<unknown>): void =>
  fc.assert(property as fc.IProperty<unknown>, { numRuns: 400 });

describe("whatever happens, in whatever order", () => {
  test("every event has an answer, and what is kept stays whole and bounded", () => {
    hold(
      fc.property(history, rules, (events, rules) => {
        walk(events, rules, (_, __, { investigation }) => {
          const { stage, run, reason, pausedBy, endedBy, asks, wanted, phases, labelsToRemove } =
            investigation;
          expect(run !== undefined).toBe(stage === "queued" || stage === "running");
          expect(pausedBy !== undefined).toBe(stage === "paused");
          // What is done has a reason, and something left, when an outcome ended it.
          const isOutcome = stage === "done" && endedBy !== undefined;
          expect(Boolean(reason)).toBe(EXPLAINED.has(stage) || isOutcome);
          expect(wanted.length > 0 && ((stage === "done" && !isOutcome) || stage === "gone")).toBe(false);
          const isHeld = stage === "needs-info" || stage === "awaiting-choice";
          const mayEnd = isHeld || stage === "done" || stage === "awaiting-merge";
          expect(endedBy === undefined ? !isHeld : mayEnd).toBe(true);
          expect(stage === "needs-info" && !wanted.includes(endedBy ?? "")).toBe(false);
          const said = phases.find(({ type }) => type === endedBy)?.outcome;
          expect(said !== undefined).toBe(endedBy !== undefined);
          expect(wanted.length === 0 && stage === "queued").toBe(false);
          expect(asks.length).toBeLessThanOrEqual(MAX_ASKS);
          expect(new Set(wanted).size).toBe(wanted.length);
          expect(new Set(phases.map(({ type }) => type)).size).toBe(phases.length);
          expect(new Set(labelsToRemove).size).toBe(labelsToRemove.length);
          expect(phases.filter(({ status }) => status === "running").length > 0 && run === undefined).toBe(
            false,
          );
        });
      }),
    );
  });

  test("at most one run is started by an event, it is the present one, and none that is left goes on unstopped", () => {
    hold(
      fc.property(history, rules, (events, rules) => {
        walk(events, rules, (before, event, { investigation, effects }) => {
          const started = effects.filter(({ kind }) => kind === "start-run");
          const stopped = effects.filter(({ kind }) => kind === "stop-run");
          const isNew = investigation.runs !== before.runs;
          expect(started).toEqual(isNew ? [{ kind: "start-run", run: investigation.run?.id }] : []);
          expect(investigation.runs - before.runs).toBe(started.length);
          const left = before.run !== undefined && before.run.id !== investigation.run?.id;
          const byItself = event.kind === "run-finished" || event.kind === "run-failed";
          expect(stopped).toEqual(left && !byItself ? [{ kind: "stop-run", run: before.run?.id }] : []);
        });
      }),
    );
  });

  test("what changes for people is shown, unless nobody can see it", () => {
    /** What an investigation holds that people see. */
    const visible = ({ labelsToRemove: _labels, conditions: _conditions, ...rest }: Investigation) => rest;
    hold(
      fc.property(history, rules, (events, rules) => {
        walk(events, rules, (before, _, { investigation, effects }) => {
          if (effects.some(({ kind }) => kind === "sync")) return;
          if (investigation.conditions.unreachable !== undefined || investigation.stage === "gone") return;
          expect(visible(investigation)).toEqual(visible(before));
        });
      }),
    );
  });

  test("a stale run's events change nothing", () => {
    hold(
      fc.property(history, fromRun, rules, (events, event, rules) => {
        const current = walk(events, rules);
        if (!("run" in event) || current.run?.id === event.run) return;
        expect(decide(current, event, rules)).toEqual({ investigation: current, effects: [] });
      }),
    );
  });

  test("a comment that is delivered again, at any later time, changes nothing", () => {
    hold(
      fc.property(history, rules, fc.nat(), (events, rules, pick) => {
        const said = events.filter((event) => "place" in event);
        const again = said[pick % Math.max(said.length, 1)];
        if (again === undefined) return;
        const current = walk(events, rules);
        expect(decide(current, again, rules)).toEqual({ investigation: current, effects: [] });
      }),
    );
  });

  test("also when far more is asked than is kept", () => {
    const many = fc.array(
      fc.record({ text: fc.constantFrom(...COMMANDS), comment: fc.integer({ min: 1, max: 500 }) }),
      { minLength: MAX_ASKS, maxLength: 120 },
    );
    fc.assert(
      fc.property(many, fc.nat(), (lines, pick) => {
        const events = lines.map(({ text, comment }): InvestigationEvent => ({
          kind: "command",
          command: commandOf(text),
          place: { comment, text: `/casebook ${text}` },
          actor: { id: 1, login: "ada" },
          permission: "admin",
          at: AT,
        }));
        const current = walk(events, RULES);
        const again = events[pick % events.length]!;
        expect(decide(current, again, RULES)).toEqual({ investigation: current, effects: [] });
      }),
      { numRuns: 60 },
    );
  });

  test("an answer once given stays, and answers only become final", () => {
    hold(
      fc.property(history, rules, (events, rules) => {
        walk(events, rules, (before, _, { investigation }) => {
          if (investigation.stage === "gone") return;
          for (const ask of before.asks) {
            if (ask.comment === undefined || ask.answer === "accepted") continue;
            const now = investigation.asks.find(
              ({ comment, text }) => comment === ask.comment && text === ask.text,
            );
            const forgotten = ask.comment <= (investigation.asksForgotten ?? 0);
            expect(now ?? (forgotten ? ask : undefined)).toEqual(ask);
          }
        });
      }),
    );
  });

  test("nobody waits for an answer when nothing is under way", () => {
    hold(
      fc.property(history, rules, (events, rules) => {
        const { stage, asks } = walk(events, rules);
        if (["queued", "running", "paused"].includes(stage)) return;
        // The test of a change ends by itself, whatever the stage.
        const waiting = asks.filter(({ answer, test: own }) => answer === "accepted" && own === undefined);
        expect(waiting).toEqual([]);
      }),
    );
  });

  test("a cancelled or rejected investigation starts nothing without somebody who asks", () => {
    const noAsk = fc.array(fc.oneof(fromRun, surroundings, recordAnswer, answer), { maxLength: 30 });
    hold(
      fc.property(
        history,
        noAsk,
        rules,
        fc.constantFrom("cancel", "reject no"),
        (events, later, rules, text) => {
          const last: InvestigationEvent = {
            kind: "command",
            command: commandOf(text),
            place: { comment: 1_000, text },
            actor: { id: 1, login: "ada" },
            permission: "admin",
            at: AT,
          };
          let current = decide(walk(events, rules), last, rules).investigation;
          const { stage } = current;
          if (stage !== "cancelled" && stage !== "rejected") return;
          for (const event of later) {
            const { investigation, effects } = decide(current, event, rules);
            expect(effects.some(({ kind }) => kind === "start-run")).toBe(false);
            expect(stage === "cancelled" ? investigation.stage : stage).toBe(stage);
            current = investigation;
          }
        },
      ),
    );
  });

  test("who may not, starts and stops nothing", () => {
    const reader = command.map((event) =>
      event.kind === "command"
        ? ({ ...event, permission: "read", actor: { id: 3, login: "eve" } } as const)
        : event,
    );
    hold(
      fc.property(history, reader, rules, (events, event, rules) => {
        const current = walk(events, rules);
        const { investigation, effects } = decide(current, event, rules);
        expect(effects.filter(({ kind }) => kind !== "sync")).toEqual([]);
        expect(investigation.stage).toBe(current.stage);
        expect(investigation.wanted).toEqual(current.wanted);
      }),
    );
  });

  test("a comment that is no command starts something only where a phase asked, and only what somebody with the right began", () => {
    hold(
      fc.property(history, answer, rules, (events, event, rules) => {
        const current = walk(events, rules);
        const { investigation, effects } = decide(current, event, rules);
        const isAnswer = investigation !== current;
        expect(isAnswer).toBe(effects.length > 0);
        if (!isAnswer) return;
        expect(current.stage).toBe("needs-info");
        expect(investigation.startedBy).toBeDefined();
        expect(investigation.wanted).toEqual(current.wanted);
        expect(investigation.answers?.taken).toBeLessThanOrEqual(MAX_ANSWERS);
      }),
    );
  });

  test("an investigation that is gone stays gone", () => {
    hold(
      fc.property(history, anything, rules, (events, event, rules) => {
        const current = walk([...events, { kind: "gone", why: "deleted" }], rules);
        expect(decide(current, event, rules)).toEqual({ investigation: current, effects: [] });
      }),
    );
  });

  test("the label is a function of the stage, and no state label asks for anything", () => {
    hold(
      fc.property(
        history,
        rules,
        fc.subarray(Object.values(STATE_LABELS).map(({ name }) => name)),
        (events, rules, on) => {
          const current = walk(events, rules);
          expect(
            labelChanges(on, current).add.concat(on.filter((name) => name === stateLabelOf(current))),
          ).toEqual(stateLabelOf(current) === undefined ? [] : [stateLabelOf(current)]);
          for (const name of on) expect(requestOf(name, TYPES)).toBeUndefined();
        },
      ),
    );
  });

  test("in every order of four comments that end with a cancel, nothing runs in the end", () => {
    const said = ["investigate", "pause", "resume", "cancel"].map((text, i): InvestigationEvent => ({
      kind: "command",
      command: commandOf(text),
      place: { comment: 10 + i, text: `/casebook ${text}` },
      actor: { id: 1, login: "ada" },
      permission: "write",
      at: AT,
    }));
    const ends = ordersOf(said).map((order) => walk(order, RULES));
    expect(ends).toHaveLength(24);
    for (const { stage, run, asks } of ends) {
      expect([stage, run]).toEqual(["cancelled", undefined]);
      expect(asks.map(({ comment }) => comment)).toEqual([10, 11, 12, 13]);
    }
  });

  test("it survives being stored as JSON", () => {
    hold(
      fc.property(history, anything, rules, (events, event, rules) => {
        const current = walk(events, rules);
        const stored = JSON.parse(JSON.stringify(current)) as Investigation;
        expect(stored).toEqual(current);
        expect(decide(stored, event, rules)).toEqual(decide(current, event, rules));
      }),
    );
  });
});

function ordersOf<T>(items: readonly T[]): readonly (readonly T[])[] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) =>
    ordersOf([...items.slice(0, i), ...items.slice(i + 1)]).map((rest) => [item, ...rest]),
  );
}
