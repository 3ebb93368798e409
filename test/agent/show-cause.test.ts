import { expect, test } from "@jest/globals";
import { codeRunner } from "../../src/agent/code-runner.ts";
import { showCause, showFix } from "../../src/agent/show-cause.ts";
import type { PhaseRun } from "../../src/agent/phase-run.ts";
import { checkWhole } from "../../src/claims/check-claims.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { FAILING, openShop, SOURCE } from "./failing-shop.ts";

const signal = AbortSignal.timeout(600_000);

describeSandboxed("what runs show about a cause", () => {
  test("the failing test's functions, with what tells it from the passing tests nearest to it", async () => {
    await using here = await openShop();
    const blocks = await showCause(here.sandbox, FAILING, here.context, signal);
    const { text, problems, dropped } = await here.published(blocks);
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    expect(text).toContain(
      "| discriminating | `IssueTest.test_counts_the_first_price` runs line 3 of `total`; of the 2 passing tests nearest to it, none does (`run-901`) | shown by a run: `shop/cart.py:3` |",
    );
    expect(text).toContain(
      "| returned | the last call of `total` in `IssueTest.test_counts_the_first_price` with `prices` as `[2, 3]` returns `3` (`run-902`) | shown by a run: `shop/cart.py:1-4` |",
    );
    expect(text).not.toContain("`label`");
    const edited = await checkWhole(
      text
        .replaceAll("runs line 3 of", "runs line 2 of")
        .replaceAll('"line":3', '"line":2')
        .replace('"line":2', '"line":3'),
      here.source,
      here.context,
    );
    expect(edited.problems.length).toBeGreaterThan(0);
  }, 180_000);

  test("the exception that ends it, where it comes from, and the values there", async () => {
    await using here = await openShop({
      "shop/rates.py": `RATES = {"eu": 2}


def rate(code):
    try:
        int(code)
    except ValueError:
        pass
    return RATES[code]


def price(code, count):
    return rate(code) * count
`,
    });
    const text = `import unittest
from shop.rates import price


class RatesTest(unittest.TestCase):
    def test_unknown(self):
        self.assertEqual(price("us", 2), 0)
`;
    const blocks = await showCause(here.sandbox, { ...FAILING, text }, here.context, signal);
    const published = await here.published(blocks);
    expect(published).toMatchObject({ problems: [], dropped: 0 });
    expect(published.text).toContain(
      "| raised | `RatesTest.test_unknown` ends with the `KeyError` that line 9 of `rate` raises with `code` as `'us'` (`run-902`) | shown by a run: `shop/rates.py:9` |",
    );
  }, 180_000);

  test("no value is told of functions that threads call", async () => {
    await using here = await openShop();
    const text = FAILING.text
      .replace("import unittest\n", "import threading\nimport unittest\n")
      .replace(
        "        self.assertEqual",
        "        one = threading.Thread(target=total, args=([1],))\n        one.start()\n        one.join()\n        self.assertEqual",
      );
    const { text: shown } = await here.published(
      await showCause(here.sandbox, { ...FAILING, text }, here.context, signal),
    );
    expect(shown).toContain("| discriminating |");
    expect(shown).not.toContain("| returned |");
  }, 180_000);

  test("a change that nobody proposed removes the failure, where a passing test watches its line", async () => {
    await using here = await openShop({
      "shop/cart.py": `def total(prices, skip=False):
    if skip or len(prices) > 2:
        return sum(prices[1:])
    return sum(prices)


def label(a):
    return str(a)
`,
      "tests/test_cart.py": `import unittest
from shop.cart import label, total


class CartTest(unittest.TestCase):
    def test_one(self):
        self.assertEqual(total([3, 1]), 4)

    def test_skip(self):
        self.assertEqual(total([3, 1], skip=True), 1)
`,
    });
    const failing = { ...FAILING, text: FAILING.text.replace("[2, 3]), 5", "[2, 3, 4]), 9") };
    const published = await here.published(await showCause(here.sandbox, failing, here.context, signal));
    expect(published).toMatchObject({ problems: [], dropped: 0 });
    expect(published.text).toMatch(
      /\| necessary \| with one change in `total` \(line 2: part of a condition left out\) `IssueTest\.test_counts_the_first_price` passes \(`run-904`\); without it the same failure is back \(`run-903`\); no worse: .*2 tests/,
    );
  }, 180_000);

  test("the lines as they were before a commit remove the failure: a regression", async () => {
    const before = SOURCE.replace("sum(prices[1:])", "sum([*prices])");
    await using here = await openShop({}, { "shop/cart.py": before });
    const blocks = await showCause(here.sandbox, FAILING, here.context, signal);
    const published = await here.published(blocks);
    expect(published).toMatchObject({ problems: [], dropped: 0 });
    const { baseCommit } = here.context;
    expect(published.text).toContain(
      `| necessary | with lines in \`total\` (line 3: as before commit \`${baseCommit.slice(0, 12)}\`) \`IssueTest.test_counts_the_first_price\` passes (\`run-904\`); without it the same failure is back (\`run-903\`); no worse: `,
    );
  }, 180_000);

  test("a test that passes here, or does not start, shows nothing and says so", async () => {
    await using here = await openShop();
    const passing = { ...FAILING, text: FAILING.text.replace(", 5)", ", 3)") };
    expect(await showCause(here.sandbox, passing, here.context, signal)).toEqual([
      { kind: "unknown", text: "what the failing test runs: it does not fail here" },
    ]);
    const broken = { ...FAILING, text: "import os\nos._exit(3)\n" };
    expect(await showCause(here.sandbox, broken, here.context, signal)).toEqual([
      { kind: "unknown", text: expect.stringContaining("what the failing test runs: ") },
    ]);
  }, 180_000);

  test.each([
    ["a fix of one place confirms the cause", "sum(prices)", "return str(a)", "met"],
    ["a fix with more than it needs does not", "sum(prices)", "return f'{a}'", undefined],
  ])(
    "%s",
    async (_, sum, label, result) => {
      await using here = await openShop();
      const state = { kind: "ready", sandbox: here.sandbox } as const;
      const phaseRun = {
        sandbox: state,
        context: here.context,
        runner: codeRunner(state, "n"),
        signal,
      } as PhaseRun;
      const fix = SOURCE.replace("sum(prices[1:])", sum).replace("return str(a)", label);
      const shown = await showFix(phaseRun, FAILING, new Map([["shop/cart.py", fix]]));
      expect(shown.judgement?.result).toBe(result);
      const { text, problems, dropped } = await here.published(shown.blocks);
      expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
      expect(text).toContain(
        "| necessary | with the fix `IssueTest.test_counts_the_first_price` passes (`run-1`); without its part in `total` the same failure is back (`run-2`); no worse: ",
      );
      expect(text).toContain(
        "| sufficient | with nothing but the part of the fix in `total`, `IssueTest.test_counts_the_first_price` passes (`run-3`) |",
      );
      expect(text).toContain(result === "met" ? "| minimal | " : "| not minimal | ");
    },
    180_000,
  );
});
