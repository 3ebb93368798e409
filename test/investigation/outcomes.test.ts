import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decide } from "../../src/investigation/decide.ts";
import type { InvestigationEvent } from "../../src/investigation/event.ts";
import { type Investigation, MAX_ANSWERS } from "../../src/investigation/investigation.ts";
import { boundOutcome, outcomeSentence, effectOf } from "../../src/phases/outcome.ts";
import { OUTCOMES, type PhaseCost, type PhaseOutcome } from "../../src/phases/outcome.ts";
import {
  ADA,
  after,
  answers,
  BOB,
  decideAll,
  endedWith,
  ends,
  EVE,
  idle,
  PER_PHASE,
  puts,
  RULES,
  says,
  seen,
  SHA,
  WITH_MODEL,
  works,
  worksOne,
} from "./history.ts";

const REST = ["reproduction", "root-cause", "impact-map", "fix"];
const asks: PhaseOutcome = { kind: "needs-info", reason: "The version is missing.", questions: ["Which?"] };
const splits: PhaseOutcome = { kind: "several-causes", reason: "There are two.", parts: ["a", "b"] };
const askedOf = ({ asks: all }: Investigation): string | undefined => all[0]?.answer;
const startsOf = (effects: readonly { readonly kind: string }[]): number =>
  effects.filter(({ kind }) => kind === "start-run").length;

describe("an outcome that ends the work", () => {
  test.each([
    ["not-a-bug", "Not a bug: It is documented."],
    ["wont-fix", "Will not be fixed: It is documented."],
    ["duplicate", "Duplicate: It is documented."],
  ] as const)("%s: done with the reason, and what was left is kept for `retry`", (kind, reason) => {
    const done = endedWith({ kind, reason: "It is documented." });
    expect(done).toMatchObject({ stage: "done", reason, endedBy: "comprehension", wanted: REST });
    expect(done.run).toBeUndefined();
    expect(askedOf(done)).toBe("finished");
    expect(after(done, [says("retry", 11)], WITH_MODEL)).toMatchObject({ stage: "queued", wanted: REST });
    expect(after(done, [says("investigate", 11)], WITH_MODEL).wanted).toEqual(REST);
    expect(after(done, [says("run root-cause", 11)], WITH_MODEL).wanted).toEqual(["root-cause"]);
  });

  test("is no failure, whatever the checks of the phase say", () => {
    const queued = after(idle, [says("investigate", 10)], WITH_MODEL);
    const outcome = { kind: "not-a-bug", reason: "So." } as const;
    const done = after(
      queued,
      [...worksOne(queued, "comprehension", { outcome, status: "failed" }), ends(queued)],
      WITH_MODEL,
    );
    expect(done.stage).toBe("done");
    expect(after(done, [says("retry", 11)], WITH_MODEL).wanted).toEqual(REST);
    // Nor later, when other phases were worked all the same.
    const again = after(done, [says("run root-cause", 11)], WITH_MODEL);
    expect(after(again, [...works(again, ["root-cause"]), ends(again)], WITH_MODEL)).toMatchObject({
      stage: "done",
      wanted: [],
    });
  });

  test("of the only phase that was asked for can be looked at again", () => {
    const queued = after(idle, [says("run comprehension", 10)], WITH_MODEL);
    const outcome = { kind: "not-a-bug", reason: "So." } as const;
    const done = after(
      queued,
      [...worksOne(queued, "comprehension", { outcome, status: "failed" }), ends(queued)],
      WITH_MODEL,
    );
    expect(after(done, [says("retry", 11)], WITH_MODEL)).toMatchObject({
      stage: "queued",
      wanted: ["comprehension"],
    });
  });

  test("belongs to the stage: what goes on all the same ends without it", () => {
    const again = after(
      endedWith({ kind: "not-a-bug", reason: "So." }),
      [says("run root-cause", 11)],
      WITH_MODEL,
    );
    expect([again.reason, again.endedBy]).toEqual([undefined, undefined]);
    const end = after(again, [...works(again, ["root-cause"]), ends(again)], WITH_MODEL);
    expect([end.stage, end.reason, end.endedBy]).toEqual(["done", undefined, undefined]);
  });

  test("stands also when its documents are merged, and when the pull request was closed and opened again", () => {
    const open = { kind: "pull", number: 5, state: "open" } as const;
    const done = after(endedWith({ kind: "not-a-bug", reason: "So." }), [open], WITH_MODEL);
    const merged = after(done, [{ ...open, state: "merged" }], WITH_MODEL);
    expect(merged).toMatchObject({ stage: "done", reason: "Not a bug: So.", wanted: [] });
    const closed = after(done, [{ ...open, state: "closed" }], WITH_MODEL);
    expect(closed).toMatchObject({ stage: "rejected" });
    expect(closed.endedBy).toBeUndefined();
    expect(after(closed, [open], WITH_MODEL)).toMatchObject({ stage: "done", reason: "Not a bug: So." });
  });

  test("that only a phase after it took back does not count any more", () => {
    const queued = after(idle, [says("investigate", 10)], WITH_MODEL);
    const events = [
      ...worksOne(queued, "comprehension", { outcome: { kind: "not-a-bug", reason: "So." } }),
      ...worksOne(queued, "comprehension", {}),
      ends(queued),
    ];
    expect(after(queued, events, WITH_MODEL)).toMatchObject({ stage: "queued", wanted: REST });
  });

  test("that it could not be reproduced ends nothing: root cause goes on", () => {
    const queued = after(idle, [says("investigate", 10)], WITH_MODEL);
    const outcome = { kind: "cannot-reproduce", reason: "It passes." } as const;
    const worked = after(
      queued,
      [
        ...works(queued, ["comprehension"]),
        ...worksOne(queued, "reproduction", { outcome, status: "failed" }),
        ...works(queued, ["root-cause", "impact-map"]),
        ends(queued),
      ],
      WITH_MODEL,
    );
    expect(worked).toMatchObject({ stage: "awaiting-approval", wanted: ["fix"] });
    expect(worked.phases.find(({ type }) => type === "reproduction")?.outcome).toEqual(outcome);
    expect(after(worked, [says("skip fix", 11)], WITH_MODEL).stage).toBe("done");
  });

  test("ends a phase that has its own pull request too, instead of waiting for the merge", () => {
    const done = endedWith({ kind: "wont-fix", reason: "So." }, PER_PHASE);
    expect(done).toMatchObject({ stage: "done", wanted: ["root-cause", "impact-map"] });
  });
});

describe("several causes", () => {
  const held = endedWith(splits);

  test("wait for a person, and go on as one when somebody says so", () => {
    expect(held).toMatchObject({
      stage: "awaiting-choice",
      reason: "Several distinct causes: There are two.",
      wanted: REST,
    });
    for (const text of ["run root-cause", "retry", "investigate"])
      expect(after(held, [says(text, 11)], WITH_MODEL)).toMatchObject({ stage: "queued", wanted: REST });
  });

  test("nobody but who may start work goes on", () => {
    for (const text of ["run root-cause", "retry", "resume", "pause", "approve"]) {
      const recordAnswer = decideAll(
        held,
        [says(text, 11, { actor: BOB, permission: "triage" })],
        WITH_MODEL,
      );
      expect([text, recordAnswer.investigation.stage, startsOf(recordAnswer.effects)]).toEqual([
        text,
        "awaiting-choice",
        0,
      ]);
    }
    expect(decide(held, answers(20), WITH_MODEL)).toEqual({ investigation: held, effects: [] });
  });

  test("are just said when nothing was to come after", () => {
    const queued = after(idle, [says("run comprehension", 10)], WITH_MODEL);
    const done = after(
      queued,
      [...worksOne(queued, "comprehension", { outcome: splits }), ends(queued)],
      WITH_MODEL,
    );
    expect(done).toMatchObject({ stage: "done", endedBy: "comprehension", wanted: [] });
  });

  test("skipping all that waits ends it", () => {
    const last = after(
      held,
      REST.map((phase, i) => says(`skip ${phase}`, 11 + i)),
      WITH_MODEL,
    );
    expect(last).toMatchObject({ stage: "done", wanted: [] });
  });

  test("are merged where each phase has its own pull request", () => {
    const atMerge = endedWith(splits, PER_PHASE);
    expect(atMerge).toMatchObject({ stage: "awaiting-merge", endedBy: "comprehension" });
    expect(after(atMerge, [says("run root-cause", 11)], PER_PHASE).stage).toBe("awaiting-merge");
    const merged = { kind: "pull", number: 5, state: "merged" } as const;
    expect(after(atMerge, [merged], PER_PHASE)).toMatchObject({
      stage: "queued",
      wanted: ["root-cause", "impact-map"],
    });
  });

  test("merged before the run had ended, by somebody who had not seen them, they still wait", () => {
    const queued = after(idle, [says("investigate", 10)], PER_PHASE);
    const quick = after(
      queued,
      [
        ...worksOne(queued, "comprehension", { outcome: splits }),
        { kind: "pull", number: 5, state: "open" },
        { kind: "pull", number: 5, state: "merged" },
        ends(queued),
      ],
      PER_PHASE,
    );
    expect(quick).toMatchObject({ stage: "awaiting-choice", pullsOver: 5 });
    expect(after(quick, [says("run root-cause", 11)], PER_PHASE).stage).toBe("queued");
  });
});

describe("questions to the reporter", () => {
  const held = endedWith(asks);

  test("hold the work at the phase that asked", () => {
    expect(held).toMatchObject({
      stage: "needs-info",
      reason: "Information is missing: The version is missing.",
      endedBy: "comprehension",
      wanted: ["comprehension", ...REST],
    });
    expect(askedOf(held)).toBe("finished");
  });

  test.each([
    ["the reporter, who has no right", answers(20)],
    ["anyone with triage", answers(20, { actor: BOB, permission: "triage" })],
  ])("an answer of %s goes on by itself, with the phase that asked", (_, event) => {
    const { investigation, effects } = decideAll(held, [event], WITH_MODEL);
    expect(investigation).toMatchObject({
      stage: "queued",
      wanted: ["comprehension", ...REST],
      startedBy: ADA,
      answers: { taken: 1, last: 20 },
    });
    expect([investigation.reason, investigation.endedBy]).toEqual([undefined, undefined]);
    expect(effects.map(({ kind }) => kind)).toEqual(["start-run", "sync"]);
    // Nothing of it is an ask: there is nothing to react to.
    expect(investigation.asks).toEqual(held.asks);
  });

  test.each([
    ["somebody without a right", answers(20, { actor: BOB })],
    ["a comment that the run had read", answers(10)],
    ["an older one", answers(9)],
  ])("%s starts nothing", (_, event) => {
    expect(decide(held, event, WITH_MODEL)).toEqual({ investigation: held, effects: [] });
  });

  test("an answer counts once, however often it is delivered", () => {
    const first = after(held, [answers(20)], WITH_MODEL);
    expect(decide(first, answers(20), WITH_MODEL)).toEqual({ investigation: first, effects: [] });
    // It asks again, and the same comment comes once more; the run may not have seen it yet when it read.
    const second = after(
      first,
      [...worksOne(first, "comprehension", { outcome: asks }, 10), ends(first)],
      WITH_MODEL,
    );
    expect(second.stage).toBe("needs-info");
    expect(decide(second, answers(20), WITH_MODEL)).toEqual({ investigation: second, effects: [] });
    expect(after(second, [answers(21)], WITH_MODEL).stage).toBe("queued");
  });

  test("where nothing was asked a comment is talk", () => {
    for (const other of [idle, endedWith(splits), endedWith({ kind: "not-a-bug", reason: "So." })])
      expect(decide(other, answers(20), WITH_MODEL)).toEqual({ investigation: other, effects: [] });
  });

  test("a few answers go on by themselves; after that somebody with the right to must say so, and they count anew", () => {
    let current = held;
    for (let round = 1; round <= MAX_ANSWERS; round++) {
      current = after(current, [answers(20 + round)], WITH_MODEL);
      expect(current.stage).toBe("queued");
      current = after(
        current,
        [...worksOne(current, "comprehension", { outcome: asks }, 20 + round), ends(current)],
        WITH_MODEL,
      );
      expect(current.stage).toBe("needs-info");
    }
    expect(decide(current, answers(40), WITH_MODEL)).toEqual({ investigation: current, effects: [] });
    const again = after(current, [says("retry", 41)], WITH_MODEL);
    expect(again).toMatchObject({ stage: "queued", answers: { taken: 0, last: 20 + MAX_ANSWERS } });
    const asked = after(
      again,
      [...worksOne(again, "comprehension", { outcome: asks }, 41), ends(again)],
      WITH_MODEL,
    );
    expect(after(asked, [answers(42)], WITH_MODEL).stage).toBe("queued");
  });

  test("an answer alone starts nothing where nobody with the right is known to have started", () => {
    const { startedBy: _startedBy, ...restored } = held;
    expect(decide(restored, answers(20), WITH_MODEL).effects).toEqual([]);
    expect(after(restored, [answers(20, { actor: BOB, permission: "write" })], WITH_MODEL)).toMatchObject({
      stage: "queued",
      startedBy: BOB,
    });
  });

  test("under hold an answer waits; on a closed issue and with a wrong configuration it starts nothing", () => {
    const waiting = after(held, [seen({ held: true }), answers(20)], WITH_MODEL);
    expect(waiting).toMatchObject({ stage: "paused", pausedBy: "hold" });
    expect(after(waiting, [seen()], WITH_MODEL).stage).toBe("queued");
    for (const event of [
      seen({ closed: true }),
      { kind: "configuration", problem: "It is wrong." } as const,
    ]) {
      const shut = after(held, [event], WITH_MODEL);
      expect(decide(shut, answers(20), WITH_MODEL)).toEqual({ investigation: shut, effects: [] });
      expect(
        after(shut, [seen(), { kind: "configuration", problem: undefined }, answers(20)], WITH_MODEL).stage,
      ).toBe("queued");
    }
  });

  test("`retry` works the phase again without one; `skip` and other phases by name go on without its result", () => {
    expect(after(held, [says("retry", 11)], WITH_MODEL).wanted).toEqual(["comprehension", ...REST]);
    expect(after(held, [says("skip comprehension", 11)], WITH_MODEL)).toMatchObject({
      stage: "queued",
      wanted: REST,
    });
    expect(after(held, [says("skip fix", 11)], WITH_MODEL)).toMatchObject({
      stage: "needs-info",
      wanted: ["comprehension", "reproduction", "root-cause", "impact-map"],
    });
    expect(after(held, [says("run root-cause", 11)], WITH_MODEL)).toMatchObject({
      stage: "queued",
      wanted: REST,
    });
    expect(after(held, [says("at a/b.ts:3", 11)], WITH_MODEL).wanted).toEqual(REST);
    expect(after(held, [puts("casebook:comprehension", "comprehension")], WITH_MODEL).wanted).toEqual([
      "comprehension",
      ...REST,
    ]);
  });

  test("a phase that is alone and is skipped leaves nothing to do", () => {
    const queued = after(idle, [says("run comprehension", 10)], WITH_MODEL);
    const alone = after(
      queued,
      [...worksOne(queued, "comprehension", { outcome: asks }), ends(queued)],
      WITH_MODEL,
    );
    expect(alone.wanted).toEqual(["comprehension"]);
    expect(after(alone, [says("skip comprehension", 11)], WITH_MODEL)).toMatchObject({ stage: "done" });
  });

  test("nobody passes a merge by going on without the answer", () => {
    const open = { kind: "pull", number: 5, state: "open" } as const;
    const perPhase = after(endedWith(asks, PER_PHASE), [open], PER_PHASE);
    for (const text of ["skip comprehension", "run root-cause"])
      expect(after(perPhase, [says(text, 11)], PER_PHASE)).toMatchObject({
        stage: "awaiting-merge",
        wanted: ["root-cause", "impact-map"],
      });
    expect(after(perPhase, [says("retry", 11)], PER_PHASE).stage).toBe("queued");
    // The merge keeps the document; what was asked still is.
    const merged = after(perPhase, [{ ...open, state: "merged" }], PER_PHASE);
    expect(merged).toMatchObject({ stage: "needs-info", pullsOver: 5 });
    expect(after(merged, [answers(20)], PER_PHASE).stage).toBe("queued");
  });
});

describe("what a phase tells of itself", () => {
  const cost: PhaseCost = {
    micros: 41_200,
    inputTokens: 30_000,
    outputTokens: 5_000,
    calls: 12,
    models: ["large"],
  };

  test("is kept, and what it cost is added up, also when it is worked again", () => {
    const queued = after(idle, [says("investigate --model large --budget 2.5", 10)], WITH_MODEL);
    const end = { cost, researcher: "large", partial: "the limit of 40 steps was reached" };
    const done = after(queued, [...worksOne(queued, "comprehension", end), ends(queued)], WITH_MODEL);
    expect(done.phases[0]).toMatchObject(end);
    expect(done.spent).toBe(41_200);
    const again = after(done, [says("retry comprehension", 11)], WITH_MODEL);
    expect(again).toMatchObject({ model: "large", budget: 2.5 });
    const twice = after(again, worksOne(again, "comprehension", { cost, researcher: "large" }), WITH_MODEL);
    expect(twice.spent).toBe(82_400);
    expect(twice.phases[0]?.partial).toBeUndefined();
  });

  test("model and budget that were asked for stay over `retry`, until others are asked for", () => {
    const asked = after(idle, [says("investigate --model large --budget 2.5", 10)], WITH_MODEL);
    const failed = after(
      asked,
      [{ kind: "run-failed", run: asked.run?.id ?? "", message: "It broke." }],
      WITH_MODEL,
    );
    const retried = after(failed, [says("retry", 11)], WITH_MODEL);
    expect(retried).toMatchObject({ stage: "queued", model: "large", budget: 2.5 });
    expect(
      after(retried, [says("cancel", 12), says("investigate --budget 1", 13)], WITH_MODEL),
    ).toMatchObject({
      model: "large",
      budget: 1,
    });
  });

  test("what is not said is not there: without a model everything is as it was", () => {
    const queued = after(idle, [says("investigate", 10)]);
    const done = after(queued, [...works(queued, RULES.phases), ends(queued)]);
    for (const key of ["spent", "endedBy", "answers", "readUpTo"]) expect(done).not.toHaveProperty(key);
    for (const record of done.phases)
      for (const key of ["outcome", "cost", "researcher", "partial"]) expect(record).not.toHaveProperty(key);
  });
});

describe("a fix that does not work", () => {
  const approved = after(
    after(idle, [says("investigate", 10)], WITH_MODEL),
    [says("approve", 11)],
    WITH_MODEL,
  );
  const before = after(
    approved,
    [...works(approved, ["comprehension", "reproduction", "root-cause", "impact-map"])],
    WITH_MODEL,
  );
  const failedWith = (reason?: string): Investigation =>
    after(
      before,
      [
        ...worksOne(before, "fix", { status: "failed", ...(reason === undefined ? {} : { reason }) }),
        ends(before),
      ],
      WITH_MODEL,
    );
  const statusOf = ({ phases }: Investigation, type: string): string | undefined =>
    phases.find((record) => record.type === type)?.status;

  test("opens the cause again, says how it is looked for anew, and starts nothing", () => {
    const failed = failedWith("The test still fails.");
    expect(failed).toMatchObject({
      stage: "failed",
      reason:
        "The fix did not work, so the cause is open again: `/casebook retry root-cause` looks for it anew.",
    });
    expect([statusOf(failed, "root-cause"), statusOf(failed, "impact-map")]).toEqual([
      "waiting",
      "completed",
    ]);
    expect(failed.runs).toBe(before.runs);
    expect(after(failed, [says("retry root-cause", 12)], WITH_MODEL).wanted).toEqual(["root-cause"]);
  });

  test("needs another approval for the next one", () => {
    const failed = failedWith("The test still fails.");
    expect(failed.approvals).toEqual([]);
    const again = after(failed, [says("retry", 12)], WITH_MODEL);
    expect(again.wanted).toEqual(["root-cause", "fix"]);
    expect(after(again, [...works(again, ["root-cause"]), ends(again)], WITH_MODEL)).toMatchObject({
      stage: "awaiting-approval",
      wanted: ["fix"],
    });
  });

  test("without a word about why is a failure like others", () => {
    const failed = failedWith();
    expect(failed).toMatchObject({ stage: "failed", reason: "A check does not hold in `fix`." });
    expect(statusOf(failed, "root-cause")).toBe("completed");
  });
});

describe("a phase that is off", () => {
  const off = {
    ...WITH_MODEL,
    phases: WITH_MODEL.phases.filter((type) => type !== "fix"),
    known: WITH_MODEL.known.map((phase) => (phase.type === "fix" ? { ...phase, isOff: true } : phase)),
  };

  test("is refused by name, with how it is switched on", () => {
    for (const event of [says("run fix", 10), says("investigate --to fix", 10), puts("casebook:fix", "fix")])
      expect(after(idle, [event], off).asks[0]).toMatchObject({
        answer: "refused",
        note: "`fix` is off here; `phases: [comprehension, reproduction, root-cause, impact-map, fix]` in `.github/casebook.yml` switches it on.",
      });
  });

  test("is not worked with the others", () => {
    expect(after(idle, [says("investigate", 10)], off).wanted).toEqual(off.phases);
  });

  test("needs a model before anything else", () => {
    const none = { ...off, models: [] };
    expect(after(idle, [says("run fix", 10)], none).asks[0]?.note).toBe(
      "`fix` needs a model, and none is set up here.",
    );
  });
});

describe("the words of an outcome", () => {
  test.each([
    [{ kind: "duplicate", reason: "The same.", of: "#17" }, "Duplicate of `#17`: The same."],
    [{ kind: "duplicate", reason: "The same.", of: "17" }, "Duplicate of `#17`: The same."],
    [{ kind: "duplicate", reason: "Mended.", of: SHA }, "Duplicate, fixed in `aaaaaaaaaaaa`: Mended."],
    [{ kind: "duplicate", reason: "", of: "o/r#1" }, "Duplicate of `o/r#1`."],
    [{ kind: "not-a-bug", reason: "" }, "Not a bug."],
  ] as const)("%j", (outcome, sentence) => expect(outcomeSentence(outcome)).toBe(sentence));

  test("each has a turn, and only two hold", () => {
    expect(OUTCOMES.filter((kind) => effectOf(kind) === "holds")).toEqual(["needs-info", "several-causes"]);
    expect(OUTCOMES.filter((kind) => effectOf(kind) === "continues")).toEqual(["cannot-reproduce"]);
  });

  test("whatever a model says, what is kept is bounded, on one line and the same when it is kept again", () => {
    const text = fc.string({ unit: "binary", maxLength: 2_000 });
    const outcome = fc.record(
      {
        kind: fc.constantFrom(...OUTCOMES),
        reason: text,
        questions: fc.array(text, { maxLength: 30 }),
        of: text,
        parts: fc.array(text, { maxLength: 30 }),
      },
      { requiredKeys: ["kind", "reason"] },
    );
    fc.assert(
      fc.property(outcome, (given) => {
        const kept = boundOutcome(given);
        expect(boundOutcome(kept)).toEqual(kept);
        const { reason, questions = [], of = "x", parts = [] } = kept;
        for (const line of [reason, of, ...questions, ...parts]) expect(line).not.toMatch(/[\n\r\u2028]/);
        for (const line of [of, ...questions, ...parts]) expect(line).not.toBe("");
        expect(questions.length).toBeLessThanOrEqual(10);
        expect(JSON.stringify(kept).length).toBeLessThan(50_000);
      }),
      { numRuns: 200 },
    );
  });
});

test("no order and no number of answers starts more than the rounds that are left", () => {
  const comment = fc.record({
    comment: fc.integer({ min: 1, max: 60 }),
    actor: fc.constantFrom(EVE, BOB),
    permission: fc.constantFrom("none", "read", "triage", "write" as const),
  });
  fc.assert(
    fc.property(fc.array(comment, { maxLength: 30 }), (comments) => {
      let current = endedWith(asks);
      let started = 0;
      for (const { comment: number, ...by } of comments) {
        const event: InvestigationEvent = answers(number, by);
        const { investigation, effects } = decide(current, event, WITH_MODEL);
        started += startsOf(effects);
        current = investigation;
        if (current.stage !== "queued") continue;
        current = after(
          current,
          [...worksOne(current, "comprehension", { outcome: asks }, number), ends(current)],
          WITH_MODEL,
        );
      }
      expect(started).toBeLessThanOrEqual(MAX_ANSWERS);
      expect(current.startedBy).toEqual(ADA);
    }),
    { numRuns: 200 },
  );
});
