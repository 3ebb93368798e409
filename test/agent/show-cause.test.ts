import { expect, test } from "@jest/globals";
import { codeRunner } from "../../src/agent/code-runner.ts";
import { showCause, showFix } from "../../src/agent/show-cause.ts";
import type { PhaseRun } from "../../src/agent/phase-run.ts";
import { checkWhole } from "../../src/claims/check-claims.ts";
import type { CheckSource } from "../../src/documents/check-document.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import type { Block, ResearchDocument } from "../../src/documents/finding.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { dropWrong } from "../../src/phases/builtin/drop-wrong.ts";
import { researchContext, type ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { openCheckout } from "../../src/repository/io/checkout.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { gitFolder } from "../fakes/git-folder.ts";
import { memoryCache } from "../fakes/memory-cache.ts";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

const signal = AbortSignal.timeout(600_000);
const SOURCE = `def total(prices):
    if len(prices) > 1:
        return sum(prices[1:])
    return sum(prices)


def label(a):
    return str(a)
`;
const FAILING = {
  path: "tests/test_issue_7.py",
  text: `import unittest
from shop.cart import total


class IssueTest(unittest.TestCase):
    def test_counts_the_first_price(self):
        self.assertEqual(total([2, 3]), 5)
`,
};
const FILES = {
  "shop/__init__.py": "",
  "shop/cart.py": SOURCE,
  "tests/test_cart.py": `import unittest
from shop.cart import label, total


class CartTest(unittest.TestCase):
    def test_one(self):
        self.assertEqual(total([3]), 3)

    def test_label(self):
        self.assertEqual(label(1), "1")
`,
};

interface Opened extends AsyncDisposable {
  readonly context: ResearchContext;
  readonly sandbox: Sandbox;
  readonly source: CheckSource;
  /** The document with these blocks, checked as it would be when it is published, and as \`casebook check\` does. */
  published(
    blocks: readonly Block[],
  ): Promise<{ readonly text: string; readonly problems: readonly string[]; readonly dropped: number }>;
}

async function opened(files: Readonly<Record<string, string>> = {}): Promise<Opened> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(gitFolder());
  folder.commit({ ...FILES, ...files }, "Add a shop");
  const repository = stack.use(await openRepository(folder.path));
  const reader = stack.use(treeSitterSyntax({ workers: 0 }));
  const commit = await repository.resolve("HEAD");
  const codebase = await openCodebase(await repository.tree(commit), { cache: memoryCache(), reader });
  const issue = visibleIssue({ key: "7", title: "The first price is not counted", body: "", comments: [] });
  const context = researchContext({
    codebase,
    history: repository.history,
    issue,
    at: undefined,
    hasGrammar: (path) => reader.languageOf(path) !== undefined,
  });
  const data = stack.use(filesFolder({}));
  const checkout = stack.use(await openCheckout(codebase.tree, data.path));
  const sandbox = await sandboxOver(checkout.path);
  const source = await repositorySource(repository, commit, async () => codebase, issue.text);
  return {
    context,
    sandbox,
    source,
    async published(blocks) {
      const document: ResearchDocument = {
        phase: "root-cause",
        title: "Root cause of issue 7",
        baseCommit: commit,
        lead: [],
        sections: [{ id: "shown-by-run", heading: "Shown by a run", blocks }],
      };
      const kept = await dropWrong(document, new Set(), source, context);
      const text = renderDocument(kept.document);
      const { problems } = await checkWhole(text, source, context);
      return { text, problems: problems.map(({ message }) => message), dropped: kept.dropped };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

describeSandboxed("what runs show about a cause", () => {
  test("the failing test's functions, with what tells it from the passing tests nearest to it", async () => {
    await using here = await opened();
    const blocks = await showCause(here.sandbox, FAILING, here.context, signal);
    const { text, problems, dropped } = await here.published(blocks);
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    expect(text).toContain(
      "| discriminating | `IssueTest.test_counts_the_first_price` runs line 3 of `total`; of the 2 passing tests nearest to it, none does (`run-901`) | shown by a run: `shop/cart.py:3` |",
    );
    expect(text).toContain("runs `total`, lines 2-3 (`run-901`)");
    expect(text).toContain(
      "| returned | the last call of `total` in `IssueTest.test_counts_the_first_price` with `prices` as `[2, 3]` returns `3` (`run-902`) | shown by a run: `shop/cart.py:1-4` |",
    );
    expect(text).not.toContain("`label`");
    const edited = await checkWhole(
      text
        .replaceAll("lines 2-3", "lines 2-4")
        .replaceAll('"lines":"2-3"', '"lines":"2-4"')
        .replace('"lines":"2-4"', '"lines":"2-3"'),
      here.source,
      here.context,
    );
    expect(edited.problems.length).toBeGreaterThan(0);
  }, 180_000);

  test("the exception that ends it, where it comes from, and the values there", async () => {
    await using here = await opened({
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

  test("a change that nobody proposed removes the failure, where a passing test watches its line", async () => {
    await using here = await opened({
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

  test("a test that passes here, or does not start, shows nothing and says so", async () => {
    await using here = await opened();
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
      await using here = await opened();
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
        "| sufficient | with nothing but the fix's part in `total`, `IssueTest.test_counts_the_first_price` passes (`run-3`) |",
      );
      expect(text).toContain(result === "met" ? "| minimal | " : "| not minimal | ");
    },
    180_000,
  );
});
