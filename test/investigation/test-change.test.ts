import { describe, expect, test } from "@jest/globals";
import { decide } from "../../src/investigation/decide.ts";
import { type Investigation, MAX_TESTS } from "../../src/investigation/investigation.ts";
import { reactionOf } from "../../src/investigation/asks.ts";
import { after, ends, idle, says, seen, verdictOf, WITH_MODEL, worksOne } from "./history.ts";

const FILES = [".chant/research/issue-42-reproduction.md", ".chant/research/issue-42-reproduction-test.py"];
const queued = after(idle, [says("run reproduction", 10)], WITH_MODEL);
const begun = after(queued, worksOne(queued, "reproduction", { files: FILES }), WITH_MODEL);
const reproduced = after(begun, [ends(begun)], WITH_MODEL);
const tested = (of: Investigation, n: number, kind: "passes" | "undecided" = "passes"): Investigation =>
  after(of, [{ kind: "change-tested", test: `7-42-test-${n}`, verdict: verdictOf(kind) }], WITH_MODEL);

describe("a test of a change", () => {
  test("counts as a start of the person who asked, and leaves the stage alone", () => {
    const { investigation, effects } = decide(reproduced, says("test #3", 20), WITH_MODEL);
    expect(effects).toEqual([{ kind: "start-test", test: "7-42-test-1", by: 1 }, { kind: "sync" }]);
    expect(investigation.stage).toBe(reproduced.stage);
    expect(investigation.tests).toEqual([
      { id: "7-42-test-1", change: { kind: "pull", number: 3 }, by: { id: 1, login: "ada" } },
    ]);
    expect(reactionOf(investigation.asks.slice(-1))).toBe("eyes");
  });

  test("is answered by its verdict, and by no run that ends meanwhile", () => {
    const asked = after(reproduced, [says("test fix-it", 20), says("run comprehension", 21)], WITH_MODEL);
    const worked = after(asked, worksOne(asked, "comprehension", {}), WITH_MODEL);
    const ended = after(worked, [ends(worked)], WITH_MODEL);
    expect(ended.asks.find(({ comment }) => comment === 20)?.answer).toBe("accepted");
    const answered = tested(ended, 1);
    expect(answered.asks.find(({ comment }) => comment === 20)).toMatchObject({ answer: "finished" });
    expect(answered.tests?.[0]?.verdict?.kind).toBe("passes");
    const undecided = tested(ended, 1, "undecided").asks.find(({ comment }) => comment === 20);
    expect(undecided).toMatchObject({ answer: "confused", note: "No verdict: it ran." });
  });

  test("is stopped by a cancel, in every stage, and then heard no more", () => {
    for (const before of [reproduced, after(reproduced, [says("run comprehension", 19)], WITH_MODEL)]) {
      const asked = after(before, [says("test #3", 20)], WITH_MODEL);
      const { investigation, effects } = decide(asked, says("cancel", 21), WITH_MODEL);
      expect(effects).toContainEqual({ kind: "stop-test", test: "7-42-test-1" });
      expect(investigation.tests?.[0]?.verdict).toMatchObject({
        kind: "undecided",
        reasons: ["it was cancelled"],
      });
      expect(tested(investigation, 1)).toEqual(investigation);
    }
  });

  test("is refused without a failing test, twice for one change, and on a closed issue", () => {
    const note = (of: Investigation, text: string): string | undefined =>
      after(of, [says(text, 30)], WITH_MODEL).asks.at(-1)?.note;
    expect(note(idle, "test #3")).toBe(
      "There is no failing test to run yet; `/casebook run reproduction` writes one.",
    );
    expect(after(idle, [says("test #3", 30)]).asks.at(-1)?.note).toMatch(/cannot run here\.$/);
    const asked = after(reproduced, [says("test #3", 20)], WITH_MODEL);
    expect(note(asked, "test #3")).toBe("That change is being tested already.");
    expect(note(asked, "test fix-it")).toBeUndefined();
    expect(note(after(reproduced, [seen({ closed: true })], WITH_MODEL), "test #3")).toMatch(/is closed/);
  });

  test("keeps its five newest verdicts, and runs five at once", () => {
    let now = reproduced;
    for (let n = 1; n <= MAX_TESTS + 2; n++)
      now = tested(after(now, [says(`test #${n}`, 20 + n)], WITH_MODEL), n);
    expect(now.tests?.map(({ id }) => id)).toEqual([3, 4, 5, 6, 7].map((n) => `7-42-test-${n}`));
    let open = reproduced;
    for (let n = 1; n <= MAX_TESTS + 1; n++) open = after(open, [says(`test #${n}`, 20 + n)], WITH_MODEL);
    expect(open.tests).toHaveLength(MAX_TESTS);
    expect(open.asks.at(-1)?.note).toBe("5 changes are being tested; wait for one of them.");
  });

  test("is gone with the issue", () => {
    const asked = after(reproduced, [says("test #3", 20)], WITH_MODEL);
    const { investigation, effects } = decide(asked, { kind: "gone", why: "deleted" }, WITH_MODEL);
    expect(investigation.tests).toBeUndefined();
    expect(effects).toContainEqual({ kind: "stop-test", test: "7-42-test-1" });
  });
});
