import { describe, expect, test } from "@jest/globals";
import { enter } from "../../src/investigation/change.ts";
import { decide } from "../../src/investigation/decide.ts";
import { type Ask, type Investigation, MAX_ASKS } from "../../src/investigation/investigation.ts";
import {
  after,
  AT,
  resultOf,
  BOB,
  commandOf,
  decideAll,
  ends,
  finished,
  idle,
  PER_PHASE,
  puts,
  RULES,
  says,
  seen,
  SHA,
  WITH_MODEL,
  works,
} from "./history.ts";

const queued = after(idle, [says("investigate", 10)]);
const running = after(queued, works(queued, ["comprehension"]));
const runOf = ({ run }: Investigation): string => run?.id ?? "none";
const askOf = ({ asks }: Investigation, comment: number | undefined): Ask | undefined =>
  asks.find((ask) => ask.comment === comment);

describe("from a comment to the end", () => {
  test("an investigation is asked for, worked and done, and the request is answered", () => {
    expect(queued).toMatchObject({ stage: "queued", wanted: RULES.phases, startedBy: { id: 1 } });
    expect(askOf(queued, 10)?.answer).toBe("accepted");
    const done = after(queued, [...works(queued, RULES.phases), ends(queued)]);
    expect(done).toMatchObject({ stage: "done", wanted: [], base: SHA, head: SHA });
    expect(done.run).toBeUndefined();
    expect(done.phases.map(({ type, status }) => [type, status])).toEqual([
      ["comprehension", "completed"],
      ["root-cause", "completed"],
      ["impact-map", "completed"],
    ]);
    expect(askOf(done, 10)?.answer).toBe("finished");
  });

  test("a run is named by repository, issue and number, so that no two are the same", () => {
    expect(runOf(queued)).toBe("7-42-1");
    const again = after(queued, [says("at a/b.ts:3", 11)]);
    expect(runOf(again)).toBe("7-42-2");
  });

  test("a phase is worked with what it rests on, and not again when that has a result", () => {
    expect(after(idle, [says("run impact-map", 10)]).wanted).toEqual([
      "comprehension",
      "root-cause",
      "impact-map",
    ]);
    const cancelled = after(running, [says("cancel", 11)]);
    expect(after(cancelled, [says("run impact-map", 12)]).wanted).toEqual(["root-cause", "impact-map"]);
  });

  test("only up to the phase that is named", () => {
    expect(after(idle, [says("investigate --to root-cause", 10)]).wanted).toEqual([
      "comprehension",
      "root-cause",
    ]);
  });

  test("a check that does not hold shows in the end, and `retry` works that phase again", () => {
    const failed = after(queued, [
      ...works(queued, ["comprehension"]),
      ...works(queued, ["root-cause"], "failed"),
      ...works(queued, ["impact-map"]),
      ends(queued),
    ]);
    expect(failed).toMatchObject({ stage: "failed", reason: "A check does not hold in `root-cause`." });
    expect(after(failed, [says("retry", 11)])).toMatchObject({ stage: "queued", wanted: ["root-cause"] });
    expect(after(failed, [says("skip root-cause", 11)]).stage).toBe("done");
  });

  test("what is asked for in the meantime joins, without a second run, and is worked after it", () => {
    const { investigation, effects } = decideAll(after(idle, [says("run comprehension", 10)]), [
      says("run root-cause", 11),
    ]);
    expect(effects).toEqual([{ kind: "sync" }]);
    expect(investigation.wanted).toEqual(["comprehension", "root-cause"]);
    const next = decideAll(investigation, [...works(investigation, ["comprehension"]), ends(investigation)]);
    expect(next.investigation).toMatchObject({ stage: "queued", wanted: ["root-cause"] });
    expect(next.effects.filter(({ kind }) => kind === "start-run")).toHaveLength(1);
    expect(askOf(next.investigation, 10)?.answer).toBe("accepted");
  });

  test("a run that ends without having worked anything is not followed by another", () => {
    const ended = after(queued, [{ kind: "run-started", run: runOf(queued), base: SHA }, ends(queued)]);
    expect(ended).toMatchObject({ stage: "failed", wanted: RULES.phases });
    expect(ended.reason).toContain("`comprehension`");
  });

  test("a run that failed says why, to the one who asked too", () => {
    const failed = after(running, [{ kind: "run-failed", run: runOf(running), message: "It broke." }]);
    expect(failed).toMatchObject({ stage: "failed", reason: "It broke." });
    expect(askOf(failed, 10)).toMatchObject({ answer: "confused", note: "It broke." });
    expect(after(failed, [says("retry", 11)])).toMatchObject({
      stage: "queued",
      wanted: ["root-cause", "impact-map"],
    });
  });

  test("events of a run that was given up change nothing", () => {
    const moved = after(running, [says("at a/b.ts:3", 11)]);
    for (const event of [
      ...works(running, ["root-cause"]),
      ends(running),
      { kind: "run-failed", run: runOf(running), message: "x" } as const,
    ])
      expect(decide(moved, event, RULES)).toEqual({ investigation: moved, effects: [] });
  });
});

describe("each request counts once", () => {
  test("delivered twice, even much later", () => {
    const done = finished();
    expect(decide(done, says("investigate", 10), RULES)).toEqual({ investigation: done, effects: [] });
  });

  test("a line that stands twice in a comment counts once, two lines count both", () => {
    const both = after(idle, [
      says("run comprehension", 10),
      says("run comprehension", 10),
      says("run root-cause", 10),
    ]);
    expect(both.asks).toHaveLength(2);
    expect(both.wanted).toEqual(["comprehension", "root-cause"]);
  });

  test("also when so much was asked since that the request itself is not kept", () => {
    const many = Array.from({ length: MAX_ASKS + 10 }, (_, i) => says("status", 20 + i));
    const later = after(finished(), many);
    expect(later.asks).toHaveLength(MAX_ASKS);
    expect(askOf(later, 10)).toBeUndefined();
    expect(decide(later, says("investigate", 10), RULES)).toEqual({ investigation: later, effects: [] });
    expect(decide(later, says("status", 21), RULES).effects).toEqual([]);
  });

  test("the text of the issue counts once too, and a label each time it is put on", () => {
    const opened = { ...says("investigate", 0), place: { text: "/casebook investigate" } };
    const start = after(idle, [opened]);
    expect(decide(start, opened, RULES).effects).toEqual([]);

    const labelled = after(idle, [puts("casebook:investigate")]);
    expect(labelled).toMatchObject({ stage: "queued", labelsToRemove: ["casebook:investigate"] });
    expect(decide(labelled, puts("casebook:investigate"), RULES)).toEqual({
      investigation: labelled,
      effects: [],
    });
    const done = after(labelled, [
      ...works(labelled, RULES.phases),
      ends(labelled),
      { kind: "labels-removed", labels: ["casebook:investigate"] },
    ]);
    expect(done.labelsToRemove).toEqual([]);
    expect(after(done, [puts("casebook:investigate")]).stage).toBe("queued");
  });

  test("what was not understood is said once", () => {
    const event = {
      kind: "not-understood",
      place: { comment: 10, text: "/casebook x" },
      actor: BOB,
      note: "What?",
    } as const;
    const once = after(idle, [event]);
    expect(askOf(once, 10)).toMatchObject({ answer: "confused", note: "What?" });
    expect(decide(once, event, RULES).effects).toEqual([]);
    const declined = after(idle, [{ ...event, kind: "declined", note: "Too often." }]);
    expect(askOf(declined, 10)?.answer).toBe("refused");
  });
});

describe("the last word counts, in whatever order comments arrive", () => {
  test("a cancel that comes before what it cancels", () => {
    const right = after(idle, [says("investigate", 10), says("cancel", 11)]);
    const wrong = after(idle, [says("cancel", 11), says("investigate", 10)]);
    expect(right.stage).toBe("cancelled");
    expect(wrong.stage).toBe("cancelled");
    expect(wrong.asks).toEqual(right.asks);
  });

  test("a cancel that comes after a newer start", () => {
    const late = after(idle, [says("investigate", 12), says("cancel", 11)]);
    expect(late.stage).toBe("queued");
    expect(askOf(late, 11)).toMatchObject({ answer: "finished", note: "A later command took its place." });
  });

  test("a pause that comes before what it pauses", () => {
    expect(after(idle, [says("pause", 11), says("investigate", 10)]).stage).toBe("idle");
  });

  test("requests that add to each other all count", () => {
    const right = after(idle, [says("run comprehension", 10), says("run impact-map", 11)]);
    const wrong = after(idle, [says("run impact-map", 11), says("run comprehension", 10)]);
    expect(wrong).toEqual({ ...right, wanted: wrong.wanted });
    expect(new Set(wrong.wanted)).toEqual(new Set(right.wanted));
  });

  test("an older place of the cause does not take back a newer one", () => {
    expect(after(idle, [says("at a/new.ts:1", 11), says("at a/old.ts:1", 10)]).at).toEqual({
      path: "a/new.ts",
      start: 1,
      end: 1,
    });
  });

  test("the text of the issue is older than every comment, a review is not among them", () => {
    const opened = { ...says("investigate", 0), place: { text: "/casebook investigate" } };
    expect(after(idle, [says("cancel", 11), opened]).stage).toBe("cancelled");
    const waiting = after(finished(WITH_MODEL), [says("pause", 11), says("resume", 12)], WITH_MODEL);
    const review = { ...says("approve", 0), place: { text: "review of #5" } };
    expect(after(waiting, [review], WITH_MODEL).stage).toBe("queued");
  });
});

describe("rights", () => {
  test("who lacks one is told which, and nothing happens", () => {
    const refused = decide(idle, says("investigate", 10, { actor: BOB, permission: "read" }), RULES);
    expect(refused.investigation).toMatchObject({ stage: "idle" });
    expect(askOf(refused.investigation, 10)).toMatchObject({
      answer: "refused",
      note: "`investigate` needs write; `bob` has read.",
    });
    expect(refused.effects).toEqual([{ kind: "sync" }]);
  });

  test("a refused cancel does not overtake anybody", () => {
    const refused = after(idle, [
      says("cancel", 11, { actor: BOB, permission: "read" }),
      says("investigate", 10),
    ]);
    expect(refused.stage).toBe("queued");
  });

  test("the repository's own rule for starting holds for commands and for labels", () => {
    const strict = { ...RULES, start: "maintain" } as const;
    expect(after(idle, [says("investigate", 10)], strict).stage).toBe("idle");
    const labelled = after(idle, [puts("casebook:investigate")], strict);
    expect(labelled).toMatchObject({ stage: "idle", labelsToRemove: ["casebook:investigate"] });
    expect(askOf(labelled, undefined)?.note).toBe(
      "The label `casebook:investigate` needs maintain; `ada` has write.",
    );
  });

  test("who started it may stop it, by number and not by name", () => {
    const own = says("cancel", 11, { permission: "none" });
    const namesake = says("cancel", 11, { actor: { id: 99, login: "ada" }, permission: "read" });
    expect(after(queued, [own]).stage).toBe("cancelled");
    expect(after(queued, [namesake]).stage).toBe("queued");
  });

  test("anyone may ask how it stands, and for help", () => {
    const reader = { actor: BOB, permission: "none" } as const;
    expect(askOf(after(queued, [says("status", 11, reader)]), 11)?.answer).toBe("finished");
    const helped = after(queued, [says("help", 11, reader)]);
    expect(helped.help).toBe(true);
    expect(after(helped, [says("pause", 12)]).help).toBe(false);
  });
});

describe("gates", () => {
  const waiting = finished(WITH_MODEL);

  test("work ends before a gate, says so, and goes on when somebody opens it", () => {
    expect(waiting).toMatchObject({
      stage: "awaiting-approval",
      wanted: ["fix"],
      reason: "`fix` waits for a person to approve it.",
    });
    const approved = after(waiting, [says("approve", 11, { actor: BOB })], WITH_MODEL);
    expect(approved).toMatchObject({
      stage: "queued",
      approvals: [{ phase: "fix", by: "bob", at: AT }],
      startedBy: { login: "ada" },
    });
  });

  test("a rejection says why, stops, and takes approvals back", () => {
    const approved = after(waiting, [says("approve", 11)], WITH_MODEL);
    const rejected = decideAll(approved, [says("reject by design, see @docs", 12)], WITH_MODEL);
    expect(rejected.investigation).toMatchObject({
      stage: "rejected",
      approvals: [],
      reason: "`ada` rejected it: `by design, see @docs`",
    });
    expect(rejected.effects.map(({ kind }) => kind)).toEqual(["stop-run", "sync"]);
    expect(after(rejected.investigation, [says("retry", 13)], WITH_MODEL).stage).toBe("awaiting-approval");
  });

  test("another cause makes what was approved void", () => {
    const approved = after(waiting, [says("approve", 11)], WITH_MODEL);
    expect(after(approved, [says("at a/b.ts:3", 12)], WITH_MODEL)).toMatchObject({
      approvals: [],
      wanted: ["root-cause", "impact-map", "fix"],
      at: { path: "a/b.ts", start: 3, end: 3 },
    });
  });

  test("the configuration can set other gates", () => {
    const gated = { ...RULES, gates: new Set(["comprehension"]) };
    const first = after(idle, [says("investigate", 10)], gated);
    expect(first).toMatchObject({ stage: "awaiting-approval", runs: 0 });
    expect(after(first, [says("approve", 11)], gated)).toMatchObject({
      stage: "queued",
      wanted: RULES.phases,
    });
  });
});

describe("models", () => {
  test("without one, what needs it is refused by name and left out otherwise", () => {
    const fix = after(idle, [says("run fix", 10)]);
    expect(fix.stage).toBe("idle");
    expect(askOf(fix, 10)).toMatchObject({
      answer: "refused",
      note: "`fix` needs a model, and none is set up here.",
    });
    expect(askOf(after(idle, [puts("casebook:fix", "fix")]), undefined)?.answer).toBe("refused");
    const all = { ...RULES, phases: WITH_MODEL.phases };
    expect(after(idle, [says("investigate", 10)], all).wanted).toEqual(RULES.phases);
  });

  test("without one, options about it mean nothing, and that is said", () => {
    for (const text of ["investigate --model small", "investigate --budget 2"]) {
      const recordAnswer = after(idle, [says(text, 10)]);
      expect(recordAnswer.stage).toBe("idle");
      expect(askOf(recordAnswer, 10)?.answer).toBe("confused");
      expect(askOf(recordAnswer, 10)?.note).toContain("No model is set up here");
    }
  });

  test("with some, only those may be named, and the budget is kept", () => {
    const chosen = after(idle, [says("investigate --model large --budget 2.5", 10)], WITH_MODEL);
    expect(chosen).toMatchObject({ stage: "queued", model: "large", budget: 2.5 });
    const other = after(idle, [says("investigate --model other", 10)], WITH_MODEL);
    expect(askOf(other, 10)?.note).toBe("There is no model of that name here. Models: `small`, `large`.");
  });
});

describe("what a person changes", () => {
  test("skipping a phase goes on without it; later ones do not wait for it", () => {
    const skipped = after(running, [says("skip root-cause", 11)]);
    expect(skipped).toMatchObject({ stage: "queued", wanted: ["impact-map"] });
    expect(skipped.phases.find(({ type }) => type === "root-cause")?.status).toBe("skipped");
    expect(after(idle, [says("skip comprehension", 10), says("run root-cause", 11)]).wanted).toEqual([
      "root-cause",
    ]);
  });

  test("another revision is read from the start, also in the middle of a run", () => {
    const { investigation, effects } = decideAll(running, [says("investigate --from v2", 11)]);
    expect(investigation).toMatchObject({ stage: "queued", from: "v2", wanted: RULES.phases });
    expect(investigation.base).toBeUndefined();
    expect(effects.map(({ kind }) => kind)).toEqual(["stop-run", "start-run", "sync"]);
  });

  test("refreshing reads the newest commit, for every phase that has a result", () => {
    const fresh = after(finished(), [says("refresh", 11)]);
    expect(fresh).toMatchObject({ stage: "queued", wanted: RULES.phases });
    expect(fresh.base).toBeUndefined();
  });

  test("asking for everything again when everything is there means again", () => {
    expect(after(finished(), [says("investigate", 11)])).toMatchObject({
      stage: "queued",
      wanted: RULES.phases,
    });
  });

  test("a person's commit stops the work; `resume` accepts it, and it does not stop the work again", () => {
    const commit = { kind: "person-committed", sha: "b".repeat(40), login: "@bob" } as const;
    const { investigation: stopped, effects } = decideAll(running, [commit]);
    expect(effects.map(({ kind }) => kind)).toEqual(["stop-run", "sync"]);
    expect(stopped).toMatchObject({ stage: "stopped", head: commit.sha });
    expect(stopped.reason).toMatch(/^`@bob` committed `bbbbbbb`/);
    expect(after(stopped, [says("run impact-map", 11)]).stage).toBe("stopped");
    const resumed = after(stopped, [says("resume", 12)]);
    expect(resumed).toMatchObject({
      stage: "queued",
      acceptedHead: commit.sha,
      wanted: ["root-cause", "impact-map"],
    });
    expect(decide(resumed, commit, RULES).effects).toEqual([]);
  });
});

describe("pull requests", () => {
  const done = finished();

  test("merging ends the investigation, whatever else was wanted", () => {
    const waiting = finished(WITH_MODEL);
    expect(after(waiting, [{ kind: "pull", number: 5, state: "merged" }], WITH_MODEL)).toMatchObject({
      stage: "done",
      wanted: [],
    });
    const { investigation, effects } = decideAll(after(done, [says("refresh", 11)]), [
      { kind: "pull", number: 5, state: "merged" },
    ]);
    expect(investigation.stage).toBe("done");
    expect(effects.map(({ kind }) => kind)).toEqual(["stop-run", "sync"]);
  });

  test("closing means no until `retry`, and what became of the old one does not matter then", () => {
    const closed = after(done, [{ kind: "pull", number: 5, state: "closed" }]);
    expect(closed).toMatchObject({ stage: "rejected" });
    expect(after(closed, [says("investigate", 11)]).stage).toBe("rejected");
    expect(after(closed, [puts("casebook:investigate")]).stage).toBe("rejected");
    const again = after(closed, [says("retry", 12)]);
    expect(again).toMatchObject({ stage: "queued", wanted: RULES.phases });
    expect(again.pull).toBeUndefined();
    expect(after(again, [{ kind: "pull", number: 5, state: "closed" }]).stage).toBe("queued");
    expect(after(again, [{ kind: "pull", number: 6, state: "open" }]).pull).toEqual({
      number: 6,
      state: "open",
    });
  });

  test("opening it again takes the no back, without starting anything", () => {
    const reopened = decideAll(done, [
      { kind: "pull", number: 5, state: "closed" },
      { kind: "pull", number: 5, state: "open" },
    ]);
    expect(reopened.investigation).toMatchObject({ stage: "done", pull: { state: "open" } });
    expect(reopened.effects.some(({ kind }) => kind === "start-run")).toBe(false);
  });

  test("an older pull request, and a merged one, say nothing new", () => {
    const merged = after(done, [{ kind: "pull", number: 5, state: "merged" }]);
    for (const state of ["open", "closed"] as const) {
      expect(decide(merged, { kind: "pull", number: 5, state }, RULES).effects).toEqual([]);
      expect(decide(done, { kind: "pull", number: 4, state }, RULES).effects).toEqual([]);
    }
  });
});

describe("a pull request for each phase", () => {
  const first = after(idle, [says("investigate", 10)], PER_PHASE);
  const open = { kind: "pull", number: 5, state: "open" } as const;
  const merged = { kind: "pull", number: 5, state: "merged" } as const;
  const atFirst = after(first, [...works(first, ["comprehension"]), open, ends(first)], PER_PHASE);

  test("merging one lets the next begin", () => {
    expect(atFirst).toMatchObject({
      stage: "awaiting-merge",
      reason: "`root-cause` starts when the pull request is merged.",
    });
    expect(after(atFirst, [merged], PER_PHASE)).toMatchObject({
      stage: "queued",
      wanted: ["root-cause", "impact-map"],
      pullsOver: 5,
    });
  });

  test("also when somebody merged it before the run had ended", () => {
    const quick = after(first, [...works(first, ["comprehension"]), open, merged, ends(first)], PER_PHASE);
    expect(quick).toMatchObject({ stage: "queued", wanted: ["root-cause", "impact-map"] });
    const second = after(quick, [...works(quick, ["root-cause"]), ends(quick)], PER_PHASE);
    expect(second.stage).toBe("awaiting-merge");
  });

  test("nobody passes the merge by asking for more", () => {
    for (const text of ["investigate", "run impact-map"])
      expect(after(atFirst, [says(text, 11)], PER_PHASE).stage).toBe("awaiting-merge");
  });

  test("what the open pull request holds can be worked again before it is merged", () => {
    for (const text of ["refresh", "retry comprehension"])
      expect(after(atFirst, [says(text, 11)], PER_PHASE)).toMatchObject({
        stage: "queued",
        wanted: RULES.phases,
      });
  });

  test("skipping what waits moves the wait on, to the end", () => {
    const next = after(atFirst, [says("skip root-cause", 11)], PER_PHASE);
    expect(next).toMatchObject({ stage: "awaiting-merge", wanted: ["impact-map"] });
    expect(next.reason).toContain("`impact-map`");
    expect(after(next, [says("skip impact-map", 12)], PER_PHASE).stage).toBe("done");
  });

  test("closing one means no to the rest", () => {
    expect(after(atFirst, [{ kind: "pull", number: 5, state: "closed" }], PER_PHASE).stage).toBe("rejected");
  });
});

describe("a verdict", () => {
  const LEAD = "`Store.set` writes without a lock.";
  const done = finished();
  const answered: Investigation = {
    ...done,
    phases: done.phases.map((record) => (record.type === "root-cause" ? { ...record, lead: LEAD } : record)),
  };

  test("is a person's word on the newest answer, also on a closed issue, and the last one counts", () => {
    const closed = after(answered, [
      seen({ closed: true }),
      says("verdict wrong", 20),
      says("verdict partly", 21),
    ]);
    expect(closed.stage).toBe("done");
    expect(closed.verdict).toEqual({
      value: "partly",
      by: { id: 1, login: "ada" },
      at: AT,
      phase: "root-cause",
    });
    expect(askOf(closed, 21)?.answer).toBe("finished");
  });

  test("needs an answer and a right", () => {
    expect(askOf(after(idle, [says("verdict right", 20)]), 20)).toMatchObject({
      answer: "confused",
      note: "There is no answer yet to judge.",
    });
    const refused = after(answered, [says("verdict right", 20, { actor: BOB, permission: "read" })]);
    expect([refused.verdict, askOf(refused, 20)?.answer]).toEqual([undefined, "refused"]);
  });

  test.each([
    ["root-cause", LEAD, "right"],
    ["root-cause", "Another cause.", undefined],
    ["comprehension", "The issue is about another file.", "right"],
  ] as const)("after %s says %j it is %s", (type, lead, value) => {
    const judged = after(answered, [says("verdict right", 20), says(`run ${type}`, 21)]);
    const run = runOf(judged);
    const again = after(judged, [
      { kind: "run-started", run, base: SHA },
      { kind: "phase-finished", run, at: AT, result: resultOf(type, { lead }) },
    ]);
    expect(again.verdict?.value).toBe(value);
  });
});

describe("a fix", () => {
  const done = finished();
  const answered: Investigation = {
    ...done,
    phases: done.phases.map((record) => ({ ...record, files: ["a.md"] })),
  };
  const fix = { commit: SHA, pull: 8, phases: [{ phase: "root-cause", file: 1, isWhole: true, told: [] }] };
  const closing = decide(answered, seen({ closed: true }), RULES);
  const compared = after(closing.investigation, [{ kind: "fix-compared", fix }]);

  test("is looked for once when an issue with documents is closed", () => {
    expect(closing.effects).toContainEqual({ kind: "compare-fix" });
    expect(decide(closing.investigation, seen({ closed: true }), RULES).effects).toEqual([]);
    expect(decide(idle, seen({ closed: true }), RULES).effects).not.toContainEqual({ kind: "compare-fix" });
  });

  test("is kept, however often it is compared, until the issue is open again", () => {
    expect(compared.fix).toEqual(fix);
    expect(after(compared, [{ kind: "fix-compared", fix }])).toEqual(compared);
    const open = after(compared, [seen()]);
    expect(open.fix).toBeUndefined();
    expect(after(open, [{ kind: "fix-compared", fix }]).fix).toBeUndefined();
  });
});

describe("conditions", () => {
  test.each([
    ["casebook:hold", seen({ held: true }), "hold"],
    ["a closed issue", seen({ closed: true }), "closed"],
    ["a wrong configuration", { kind: "configuration", problem: "It is wrong." }, "configuration"],
    ["a report for private", { kind: "confidential", why: "It is for private." }, "confidential"],
    ["a repository out of reach", { kind: "reach", unreachable: "It is suspended." }, "reach"],
  ] as const)(
    "%s keeps what waits from beginning, and when it ends the work goes on by itself",
    (_, event, by) => {
      const held = decideAll(queued, [event]);
      expect(held.investigation).toMatchObject({ stage: "paused", pausedBy: by });
      expect(held.effects[0]).toEqual({ kind: "stop-run", run: "7-42-1" });
      const over = decideAll(held.investigation, [
        seen(),
        { kind: "configuration", problem: undefined },
        { kind: "confidential", why: undefined },
        { kind: "reach", unreachable: undefined },
      ]);
      expect(over.investigation).toMatchObject({ stage: "queued", run: { id: "7-42-2" } });
      expect(over.investigation.pausedBy).toBeUndefined();
      expect(over.investigation.reason).toBeUndefined();
    },
  );

  test("what runs ends in its own time, unless the repository is out of reach", () => {
    for (const event of [
      seen({ held: true, closed: true, locked: true }),
      { kind: "configuration", problem: "Wrong." } as const,
    ])
      expect(after(running, [event])).toMatchObject({ stage: "running" });
    const { investigation, effects } = decideAll(running, [
      { kind: "reach", unreachable: "It is suspended." },
    ]);
    expect(investigation.stage).toBe("paused");
    expect(effects).toEqual([{ kind: "stop-run", run: runOf(running) }]);
  });

  test("under hold, what is asked for waits, and says why", () => {
    const held = after(idle, [seen({ held: true }), says("investigate", 10)]);
    expect(held).toMatchObject({
      stage: "paused",
      pausedBy: "hold",
      reason: "The label `casebook:hold` is on the issue.",
    });
    expect(askOf(held, 10)?.answer).toBe("accepted");
    expect(after(held, [puts("casebook:root-cause", "root-cause")]).stage).toBe("paused");
    expect(after(held, [seen()]).stage).toBe("queued");
  });

  test("what a person paused does not go on by itself", () => {
    const paused = after(queued, [seen({ held: true }), says("pause", 11), seen()]);
    expect(paused).toMatchObject({ stage: "paused", pausedBy: "person" });
  });

  test("the last of several to end lets it go on", () => {
    const both = after(queued, [seen({ held: true, closed: true }), seen({ closed: true })]);
    expect(both).toMatchObject({ stage: "paused", pausedBy: "closed", reason: "The issue is closed." });
    expect(after(both, [seen()]).stage).toBe("queued");
  });

  test.each(["investigate", "run fix", "approve", "retry", "skip fix", "at a/b.ts:3", "resume"])(
    "on a closed issue `%s` is refused",
    (text) => {
      const closed = after(finished(WITH_MODEL), [seen({ closed: true })], WITH_MODEL);
      const recordAnswer = after(closed, [says(text, 11)], WITH_MODEL);
      expect(askOf(recordAnswer, 11)).toMatchObject({
        answer: "refused",
        note: "The issue is closed; reopen it first.",
      });
      expect(recordAnswer.stage).toBe(closed.stage);
    },
  );

  test("on a closed issue people can still look, stop and bring up to date", () => {
    const closed = after(finished(), [seen({ closed: true })]);
    expect(after(closed, [says("refresh", 11)]).stage).toBe("queued");
    expect(askOf(after(closed, [says("status", 11)]), 11)?.answer).toBe("finished");
    expect(after(running, [seen({ closed: true }), says("cancel", 11)]).stage).toBe("cancelled");
  });

  test.each([
    [{ kind: "configuration", problem: "It is wrong." }, "It is wrong."],
    [{ kind: "reach", unreachable: "It is archived." }, "It is archived."],
    [{ kind: "confidential", why: "It is for private." }, "It is for private."],
  ] as const)("%j: no new work, and the reason is said", (event, note) => {
    const recordAnswer = after(idle, [event, says("investigate", 10)]);
    expect(recordAnswer.stage).toBe("idle");
    expect(askOf(recordAnswer, 10)).toMatchObject({ answer: "refused", note });
  });

  test("a report for private starts where a person says that it may be public, and only then", () => {
    const why = { kind: "confidential", why: "It is for private." } as const;
    const stopped = after(idle, [
      why,
      says("investigate", 10),
      says("run root-cause", 11),
      puts("casebook:investigate"),
    ]);
    expect([stopped.stage, stopped.asks.map(({ answer }) => answer)]).toEqual([
      "idle",
      ["refused", "refused", "refused"],
    ]);
    expect(stopped.labelsToRemove).toEqual(["casebook:investigate"]);
    const told = after(stopped, [says("investigate --public", 12)]);
    expect(told).toMatchObject({ stage: "queued", isPublic: true });
    expect(after(told, [why, says("cancel", 13), says("retry", 14)]).stage).toBe("queued");
    expect(after(stopped, [says("investigate --public", 12, { actor: BOB, permission: "read" })]).stage).toBe(
      "idle",
    );
  });

  test("a report that becomes one for private stops the run, and a person continues it", () => {
    const { investigation, effects } = decideAll(running, [
      { kind: "confidential", why: "It is for private." },
    ]);
    expect(investigation).toMatchObject({ stage: "paused", pausedBy: "confidential" });
    expect(effects).toEqual([{ kind: "stop-run", run: runOf(running) }, { kind: "sync" }]);
    expect(after(investigation, [says("resume", 20)]).stage).toBe("paused");
    expect(after(investigation, [says("investigate --public", 21)]).stage).toBe("queued");
  });

  test("a locked conversation stops nothing", () => {
    expect(after(idle, [seen({ locked: true }), says("investigate", 10)]).stage).toBe("queued");
  });

  test("an issue that is gone is forgotten, with everything that people wrote", () => {
    const { investigation, effects } = decideAll(running, [{ kind: "gone", why: "deleted" }]);
    expect(effects).toEqual([{ kind: "stop-run", run: runOf(running) }, { kind: "forget" }]);
    expect(investigation).toMatchObject({ stage: "gone", asks: [], phases: [], wanted: [] });
    expect(decide(investigation, says("investigate", 99), RULES).effects).toEqual([]);
  });
});

test("a name that looks like an object's own does no harm", () => {
  for (const phase of ["constructor", "__proto__"]) {
    const event = { ...says("status", 10), command: { ...commandOf("run fix"), phase } };
    expect(askOf(after(idle, [event as ReturnType<typeof says>]), 10)?.answer).toBe("confused");
  }
});

test("a stage without what it must hold, or with what belongs to another, does not compile", () => {
  const run = { id: "7-42-1" };
  const reason = "It waits.";
  const wrong: readonly Investigation[] = [
    // @ts-expect-error a paused one has a reason and who paused it
    { ...idle, stage: "paused" },
    // @ts-expect-error
    { ...idle, stage: "paused", reason },
    // @ts-expect-error a running one has a run
    { ...idle, stage: "running" },
    // @ts-expect-error one that is over has none
    { ...idle, stage: "done", run },
    // @ts-expect-error what an outcome ended names the phase and the reason
    { ...idle, stage: "needs-info", reason },
    // @ts-expect-error
    { ...idle, stage: "done", endedBy: "fix" },
    // @ts-expect-error only a stage without a run can be entered
    enter(idle, { stage: "queued", run }),
    // @ts-expect-error a field of the stage before goes with that stage
    { ...enter(idle, { stage: "failed", reason }), stage: "cancelled" },
  ];
  const right: readonly Investigation[] = [
    { ...idle, stage: "running", run },
    enter(idle, { stage: "paused", reason, pausedBy: "person" }),
    enter(idle, { stage: "done", reason, endedBy: "fix" }),
  ];
  expect([wrong.length, right.length]).toEqual([8, 3]);
});

test("entering a stage leaves nothing of the stage before, and no phase runs on", () => {
  const busy = after(running, [{ kind: "phase-started", run: runOf(running), phase: "root-cause", at: AT }]);
  expect(busy.phases.map(({ status }) => status)).toEqual(["completed", "running"]);
  const stopped = enter(busy, { stage: "stopped", reason: "A person committed." });
  expect(stopped).toMatchObject({ stage: "stopped", reason: "A person committed." });
  const over = enter(stopped, { stage: "cancelled" });
  expect(Object.keys(over).filter((key) => ["run", "reason", "endedBy", "pausedBy"].includes(key))).toEqual(
    [],
  );
  expect(over.phases.map(({ status }) => status)).toEqual(["completed", "waiting"]);
});
