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
import { type GitRepository, openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import type { Sandbox } from "../../src/sandbox/sandbox.ts";
import { type GitFolder, gitFolder } from "../fakes/git-folder.ts";
import { memoryCache } from "../fakes/memory-cache.ts";
import { filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";

/** The one source file: the first of several prices is left out. */
export const SOURCE = `def total(prices):
    if len(prices) > 1:
        return sum(prices[1:])
    return sum(prices)


def label(a):
    return str(a)
`;
export const FAILING = {
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
  readonly folder: GitFolder;
  readonly repository: GitRepository;
  readonly context: ResearchContext;
  readonly sandbox: Sandbox;
  readonly source: CheckSource;
  /** The document, or one with these blocks, checked as it would be when it is published, and as \`casebook check\` does. */
  published(
    shown: readonly Block[] | ResearchDocument,
  ): Promise<{ readonly text: string; readonly problems: readonly string[]; readonly dropped: number }>;
}

/** The shop as a repository, with these files over it (`before`: in a commit before it), and a sandbox over its checkout. */
export async function openShop(
  files: Readonly<Record<string, string>> = {},
  before: Readonly<Record<string, string>> = {},
): Promise<Opened> {
  const stack = new AsyncDisposableStack();
  const folder = stack.use(gitFolder());
  if (Object.keys(before).length > 0) folder.commit({ ...FILES, ...before }, "Begin a shop");
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
  });
  const data = stack.use(filesFolder({}));
  const checkout = stack.use(await openCheckout(codebase.tree, data.path));
  const sandbox = await sandboxOver(checkout.path);
  const source = await repositorySource(repository, commit, async () => codebase, issue.text);
  return {
    folder,
    repository,
    context,
    sandbox,
    source,
    async published(shown) {
      const document: ResearchDocument =
        "phase" in shown
          ? shown
          : {
              phase: "root-cause",
              title: "Root cause of issue 7",
              baseCommit: commit,
              lead: [],
              sections: [{ id: "shown-by-run", heading: "Shown by a run", blocks: shown }],
            };
      const kept = await dropWrong(document, new Set(), source, context);
      const text = renderDocument(kept.document);
      const { problems } = await checkWhole(text, source, context);
      return { text, problems: problems.map(({ message }) => message), dropped: kept.dropped };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}
