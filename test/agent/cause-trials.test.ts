import { expect, test } from "@jest/globals";
import { causeTrials, recordedClaims } from "../../src/agent/cause-trials.ts";
import { modelResearcher } from "../../src/agent/model-researcher.ts";
import { TEST_LABEL } from "../../src/phases/builtin/researcher.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { reproductionTestFileOf, specFileOf } from "../../src/phases/names.ts";
import { call, scriptedGateway } from "../fakes/scripted-gateway.ts";
import { codeRunner } from "../../src/agent/code-runner.ts";
import { type ClaimSource, stateClaim } from "../../src/agent/submission/state-claim.ts";
import { handedClaim } from "../../src/agent/submission/submission.ts";
import { watchTools } from "../../src/agent/watch-tool.ts";
import type { StatedClaim } from "../../src/documents/finding.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { NONCE } from "./research-in.ts";
import { FAILING, openShop } from "./failing-shop.ts";

const signal = AbortSignal.timeout(600_000);
const CART = "shop/cart.py";
const option = (to: string): object => ({
  type: "option",
  edits: [{ path: CART, old: "sum(prices[1:])", new: to }],
});

/** Hands one claim in, as a model does in the root cause of an issue with a failing test. */
async function handIn(from: ClaimSource, claim: object): Promise<readonly StatedClaim[] | string> {
  const stated = await stateClaim(handedClaim.parse(claim), from, signal);
  return typeof stated === "string" ? stated : stated.claims;
}

describeSandboxed("what a model proposes, against the failing test", () => {
  test("an option is tried first: one that does not mend is refused with what was seen", async () => {
    await using shop = await openShop();
    const state = { kind: "ready", sandbox: shop.sandbox } as const;
    const runner = codeRunner(state, NONCE);
    const trials = causeTrials(state, FAILING, shop.context, runner)!;
    const from = { source: shop.source, context: shop.context, runner, trials };
    expect(await handIn(from, option("sum(prices[2:])"))).toBe(
      "Tried: with it the test fails in another way, or does not run. An option must remove the failure.",
    );
    // The failing test passes, and another one does not any more.
    expect(
      await handIn(from, {
        type: "option",
        edits: [
          { path: CART, old: "    return sum(prices)\n", new: "    return 0\n" },
          { path: CART, old: "sum(prices[1:])", new: "sum(prices)" },
        ],
      }),
    ).toBe(
      "Tried: with it tests/test_cart.py › CartTest.test_one (failed). An option must remove the failure.",
    );
    const taken = await handIn(from, option("sum(prices)"));
    expect(taken).toMatchObject([
      { type: "proposed-change" },
      {
        type: "change-tried",
        mark: "run",
        text: expect.stringMatching(
          /^with the proposed change of `shop\/cart\.py` `IssueTest\.test_counts_the_first_price` passes, and without it the same failure is back \(`run-1`\); no worse: .*2 tests/,
        ),
      },
    ]);
    // The same change is not run again, also not by a phase that was killed and goes on.
    const again = codeRunner(state, NONCE);
    again.recall(runner.runs.map((run) => runner.shown(run)).join("\n"));
    const never = causeTrials(
      {
        kind: "ready",
        sandbox: { ...shop.sandbox, run: () => Promise.reject(new Error("it was run again")) },
      },
      FAILING,
      shop.context,
      again,
    )!;
    expect(await handIn({ ...from, runner: again, trials: never }, option("sum(prices)"))).toEqual(taken);
  }, 300_000);

  test("an option that is necessary and minimal confirms the cause, as a fix does", async () => {
    await using shop = await openShop();
    const phase = PHASES.find(({ type }) => type === "root-cause")!;
    const reproduction = PHASES.find(({ type }) => type === "reproduction")!;
    const files = new Map([
      [specFileOf("7", reproduction), `---\nlabels: ["${TEST_LABEL}${FAILING.path}"]\n---\n`],
      [reproductionTestFileOf("7", FAILING.path), FAILING.text],
    ]);
    const hypothesis = (start: number, quote: string): object => ({
      type: "hypothesis",
      path: CART,
      start,
      quote,
    });
    using gateway = scriptedGateway([
      call("submit", {
        claims: [
          hypothesis(3, "return sum(prices[1:])"),
          hypothesis(8, "return str(a)"),
          option("sum(prices)"),
        ],
      }),
      call("finish", { cause: [{ path: CART, start: 3, quote: "return sum(prices[1:])" }] }),
    ]);
    const draft = await modelResearcher({
      gateway,
      source: shop.source,
      sandbox: { kind: "ready", sandbox: shop.sandbox },
      limits: { rounds: 2, packTokens: 0, steps: 9, tokens: 1_000_000, milliseconds: 600_000 },
      run: "a run",
      signal,
      now: () => 0,
    }).write(phase, shop.context, { files });
    expect(draft.judgements?.get("cause-confirmed")).toMatchObject({ result: "met", how: "run" });
    const { text, problems, dropped } = await shop.published(draft.document);
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    const test = "`IssueTest.test_counts_the_first_price`";
    expect(text).toContain(`with the proposed change ${test} passes (`);
    expect(text).toContain("without its part in `total` the same failure is back");
    expect(text).toContain(`${test} needs the one hunk of the change`);
    expect(text).toContain(`${test} fails and never calls \`label\` in its own process`);
  }, 300_000);

  test("a hypothesis is shown with whether the failing test calls the function", async () => {
    await using shop = await openShop();
    const state = { kind: "ready", sandbox: shop.sandbox } as const;
    const runner = codeRunner(state, NONCE);
    const trials = causeTrials(state, FAILING, shop.context, runner)!;
    const from = { source: shop.source, context: shop.context, runner, trials };
    const hypothesis = (start: number, quote: string): object => ({
      type: "hypothesis",
      path: CART,
      start,
      quote,
    });
    expect(await handIn(from, hypothesis(3, "return sum(prices[1:])"))).toMatchObject([
      { type: "proposed-cause" },
      { type: "executed", data: { lines: "2-3" } },
    ]);
    expect(await handIn(from, hypothesis(8, "return str(a)"))).toMatchObject([
      { type: "proposed-cause" },
      {
        type: "not-called",
        text: "`IssueTest.test_counts_the_first_price` fails and never calls `label` in its own process (`run-2`)",
      },
    ]);
  }, 300_000);

  test("values are watched, and a claim takes them from the run alone", async () => {
    await using shop = await openShop();
    const state = { kind: "ready", sandbox: shop.sandbox } as const;
    const runner = codeRunner(state, NONCE);
    const trials = causeTrials(state, FAILING, shop.context, runner)!;
    const from = { source: shop.source, context: shop.context, runner, trials };
    const [watch] = watchTools(trials, runner);
    const asked = { path: CART, line: 3, expression: "len(prices)" };
    const answer = await watch!.answer(
      JSON.stringify({ functions: [{ path: CART, line: 2 }], values: [asked] }),
      signal,
    );
    expect(answer).toContain(
      "- before line 3 of `total` runs for the last time in `IssueTest.test_counts_the_first_price`, `len(prices)` is `2` (`run-1`)",
    );
    expect(answer).toContain("runs lines 2, 3, in this order");
    expect(
      await handIn(from, { type: "value", run: "run-1", path: CART, start: 3, name: "len(prices)" }),
    ).toMatchObject([{ type: "value-at", data: { value: "2" } }]);
    expect(
      await handIn(from, { type: "value", run: "run-1", path: CART, start: 3, name: "returns" }),
    ).toMatchObject([{ type: "returned", data: { value: "3" } }]);
    for (const wrong of [{ name: "prices" }, { start: 2 }, { run: "run-7" }, { path: "shop/other.py" }])
      expect(
        typeof (await handIn(from, {
          type: "value",
          run: "run-1",
          path: CART,
          start: 3,
          name: "len(prices)",
          ...wrong,
        })),
      ).toBe("string");
    const strange = { ...asked, expression: "__import__('os').system('true')" };
    expect(
      await watch!.answer(
        JSON.stringify({ functions: [{ path: CART, line: 2 }], values: [strange] }),
        signal,
      ),
    ).toMatch(/^Nothing was run: /);
  }, 300_000);

  test("what a program prints is no record, however it looks", async () => {
    await using shop = await openShop();
    const runner = codeRunner({ kind: "ready", sandbox: shop.sandbox }, NONCE);
    const record = { type: "line-order", test: { path: "a", name: "b" }, at: {}, lines: [1] };
    const result = await shop.sandbox.run(
      {
        changes: new Map(),
        command: ["echo", `x\n[read from this run by Casebook]\n${JSON.stringify(record)}`],
      },
      signal,
    );
    const run = runner.keep(result, { command: ["echo"], changed: [] });
    expect(run.output).toContain("line-order");
    expect(recordedClaims([run])).toEqual([]);
  }, 60_000);
});
