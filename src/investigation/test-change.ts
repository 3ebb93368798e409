import type { ChangeVerdict } from "../phases/change-verdict.ts";
import { reproductionTestFileOf } from "../phases/names.ts";
import { type Decided, shown, unchanged } from "./change.ts";
import type { NamedChange } from "./commands/forms.ts";
import type { CommandEvent, Effect, EventOf, Rules } from "./event.ts";
import { type ChangeTest, type Investigation, MAX_TESTS } from "./investigation.ts";
import { canRun } from "./plan.ts";
import { type Act, confused } from "./start-work.ts";

const REPRODUCTION = "reproduction";

/** The failing test is to run against a change. The stage stays as it is: research goes on beside it. */
export function testChange(
  investigation: Investigation,
  change: NamedChange,
  { actor }: CommandEvent,
  rules: Rules,
): Act {
  if (!hasFailingTest(investigation))
    return confused(
      canRun(REPRODUCTION, rules)
        ? "There is no failing test to run yet; `/casebook run reproduction` writes one."
        : "There is no failing test to run, and `reproduction`, which writes one, cannot run here.",
    );
  const { tests = [], repository, issue } = investigation;
  const open = tests.filter(({ verdict }) => verdict === undefined);
  if (open.some((test) => isSame(test.change, change)))
    return confused("That change is being tested already.");
  if (open.length === MAX_TESTS)
    return confused(`${MAX_TESTS} changes are being tested; wait for one of them.`);
  const id = `${repository}-${issue}-test-${Number(tests.at(-1)?.id.split("-").at(-1) ?? 0) + 1}`;
  const test: ChangeTest = { id, change, by: { id: actor.id, login: actor.login } };
  return {
    kind: "tests",
    test: id,
    investigation: { ...investigation, tests: kept([...tests, test]) },
    effects: [{ kind: "start-test", test: id, by: actor.id }],
  };
}

/** The verdict of a test answers its request. Of a test that was stopped or forgotten nothing is heard. */
export function changeTested(
  investigation: Investigation,
  { test: id, verdict }: EventOf<"change-tested">,
): Decided {
  const { tests = [] } = investigation;
  if (!tests.some((test) => test.id === id && test.verdict === undefined)) return unchanged(investigation);
  return shown(ended(investigation, new Map([[id, verdict]])));
}

/** No test of a change goes on: somebody cancelled the work. */
export function stopTests<I extends Investigation>(
  investigation: I,
): { readonly investigation: I; readonly effects: readonly Effect[] } {
  const open = (investigation.tests ?? []).filter(({ verdict }) => verdict === undefined);
  const stopped: ChangeVerdict = {
    kind: "undecided",
    base: investigation.base ?? "",
    test: "",
    reasons: ["it was cancelled"],
    caveats: [],
  };
  return {
    investigation: ended(investigation, new Map(open.map(({ id }) => [id, stopped]))),
    effects: open.map(({ id }) => ({ kind: "stop-test", test: id })),
  };
}

/** True where a test of the reproduction was published. */
export function hasFailingTest({ phases, issue }: Pick<Investigation, "phases" | "issue">): boolean {
  const record = phases.find(({ type }) => type === REPRODUCTION);
  const stem = reproductionTestFileOf(String(issue), "").replace(/\.txt$/, ".");
  return (
    (record?.status === "completed" || record?.status === "needs_attention") &&
    record.files?.some((path) => path.startsWith(stem)) === true
  );
}

function ended<I extends Investigation>(investigation: I, verdicts: ReadonlyMap<string, ChangeVerdict>): I {
  if (verdicts.size === 0) return investigation;
  const tests = (investigation.tests ?? []).map((test) => {
    const verdict = verdicts.get(test.id);
    return verdict === undefined ? test : { ...test, verdict };
  });
  const asks = investigation.asks.map((ask) => {
    const verdict = ask.test === undefined ? undefined : verdicts.get(ask.test);
    if (verdict === undefined) return ask;
    const { test: _test, ...rest } = ask;
    return verdict.kind === "undecided"
      ? {
          ...rest,
          answer: "confused" as const,
          note: `No verdict: ${verdict.reasons[0] ?? "nothing was run"}.`,
        }
      : { ...rest, answer: "finished" as const };
  });
  return { ...investigation, tests, asks };
}

/** The newest, and those that still run. */
function kept(tests: readonly ChangeTest[]): readonly ChangeTest[] {
  let over = tests.length - MAX_TESTS;
  return tests.filter(({ verdict }) => verdict === undefined || over-- <= 0);
}

function isSame(one: NamedChange, other: NamedChange): boolean {
  return one.kind === "pull"
    ? other.kind === "pull" && one.number === other.number
    : other.kind === "branch" && one.name === other.name;
}
