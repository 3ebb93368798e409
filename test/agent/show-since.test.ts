import { expect, test } from "@jest/globals";
import { reportedRuns } from "../../src/agent/reported-runs.ts";
import { programSubject, showSince, type Subject, testSubject } from "../../src/agent/show-since.ts";
import { checkWhole } from "../../src/claims/check-claims.ts";
import { repositorySource } from "../../src/documents/repository-source.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { dropWrong } from "../../src/phases/builtin/drop-wrong.ts";
import { openCheckout } from "../../src/repository/io/checkout.ts";
import { sandboxesHere } from "../../src/research/sandbox-door.ts";
import { openOlderTrees } from "../../src/research/older-trees.ts";
import { type GitFolder, gitFolder, temporaryFolder } from "../fakes/git-folder.ts";
import { describeSandboxed, sandboxOver } from "../sandbox/io/sandbox-here.ts";
import { researchIn } from "./research-in.ts";

const signal = AbortSignal.timeout(900_000);
const GOOD = `def total(prices):
    return sum(prices)
`;
const BAD = `def total(prices):
    if len(prices) > 1:
        return sum(prices[1:])
    return sum(prices)
`;
const BY_SEED = `def total(prices):
    return sum(prices[hash("price") % 2 :])
`;
const FAILING = {
  path: "tests/test_issue_7.py",
  text: `import unittest
from shop.cart import total


class IssueTest(unittest.TestCase):
    def test_counts_the_first_price(self):
        self.assertEqual(total([2, 3]), 5)

    def test_counts_one_price(self):
        self.assertEqual(total([2]), 2)
`,
};
const SHOP_TEST = `import unittest


class ShopTest(unittest.TestCase):
    def test_nothing(self):
        self.assertEqual(1, 1)
`;
const CODE = `from shop.cart import first
first([])`;
const FIRST = `def first(prices):
    raise IndexError("there is no price")
`;

interface Change {
  readonly subject: string;
  readonly files: Readonly<Record<string, string | undefined>>;
}

const notes = (n: number): Change => ({ subject: `Note ${n}`, files: { "NOTES.md": `${n}\n` } });
const cart = (subject: string, text: string): Change => ({ subject, files: { "shop/cart.py": text } });
const START: Change = {
  subject: "Start",
  files: { "shop/__init__.py": "", "tests/test_shop.py": SHOP_TEST },
};

/** Searches a history, oldest commit first. `stopAfter`: runs after which the search is killed. */
async function searched(
  folder: GitFolder,
  data: string,
  { code, stopAfter = Infinity }: { readonly code?: string; readonly stopAfter?: number } = {},
) {
  await using stack = new AsyncDisposableStack();
  const body = code === undefined ? "" : `\`\`\`python\n${code}\n\`\`\`\n\nIndexError: there is no price\n`;
  const { context, repository } = stack.use(
    await researchIn(folder.path, { key: "7", title: "The first price is not counted", body, comments: [] }),
  );
  const checkout = stack.use(await openCheckout(context.codebase.tree, data));
  const sandbox = await sandboxOver(checkout.path);
  const ofReport = async (): Promise<Subject | undefined> => {
    const runs = reportedRuns(
      () => context,
      async () => ({ kind: "ready", sandbox }),
    );
    const [ran] = await runs.ran();
    return ran && programSubject(ran, context, signal);
  };
  const subject =
    code === undefined ? await testSubject(sandbox, FAILING, context, signal) : await ofReport();
  if (subject === undefined) throw new Error("it does not fail");
  const older = stack.use(
    openOlderTrees({
      sandboxes: stack.use(
        sandboxesHere({ gitDir: repository.gitDir, data, settings: { toolchains: [], sinceMinutes: 10 } }),
      ),
      data,
      about: [context.baseCommit],
      minutes: 10,
      signal,
    }),
  );
  let runs = 0;
  const counted: Subject = {
    ...subject,
    run(tree, nth) {
      if (++runs > stopAfter) throw new Error("killed");
      return subject.run(tree, nth);
    },
  };
  const blocks = await showSince(counted, [], sandbox, older, context, signal);
  older.finish();
  const source = await repositorySource(repository, context.baseCommit, async () => context.codebase, "");
  const { document, dropped } = await dropWrong(
    {
      phase: "root-cause",
      title: "Root cause of issue 7",
      baseCommit: context.baseCommit,
      lead: [],
      sections: [{ id: "shown-by-run", heading: "Shown by a run", blocks }],
    },
    new Set(),
    source,
    context,
  );
  const text = renderDocument(document);
  const problemsOf = async (edited: string): Promise<readonly string[]> =>
    (await checkWhole(edited, source, context)).problems.map(({ message }) => message);
  const edit = text.replaceAll('\\"ends\\":[\\"passes\\"', '\\"ends\\":[\\"same\\"');
  return {
    text,
    dropped,
    runs,
    problems: await problemsOf(text),
    ofEdited: await problemsOf(edit === text ? text.replaceAll('"passes"', '"same"') : edit),
  };
}

function history(folder: GitFolder, changes: readonly Change[]): readonly string[] {
  return changes.map(({ subject, files }) => folder.commit(files, subject));
}

describeSandboxed("since which commit a test fails", () => {
  test("is the one whose parent passes, with its day, its tag and both runs", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const oids = history(folder, [
      START,
      cart("Add a cart", GOOD),
      notes(1),
      cart("Count again", BAD),
      notes(2),
      notes(3),
      notes(4),
    ]);
    folder.git("tag", "v1.1.0", oids[4]!);
    const { text, problems, dropped, ofEdited } = await searched(folder, data.path);
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    const [commit, parent] = [oids[3]!.slice(0, 10), oids[2]!.slice(0, 10)];
    expect(text).toContain(
      `\`IssueTest.test_counts_the_first_price\` fails since commit \`${commit}\` of ${folder.git("log", "-1", "--format=%as", oids[3]!)}, which the tag \`v1.1.0\` holds first: the same failure in 7 of 7 runs (\`run-911\`); its parent \`${parent}\` (\`run-912\`) passes in 7 of 7 runs`,
    );
    expect(text).toContain("shown by a run: ");
    expect(text).toContain("Count again");
    expect(ofEdited.length).toBeGreaterThan(0);
  }, 300_000);

  test("is none where it never passed: it fails already at the commit before which nothing starts", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const oids = history(folder, [START, notes(1), cart("Add a cart", BAD), notes(2), notes(3)]);
    const { text, problems, dropped } = await searched(folder, data.path);
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    expect(text).toContain(`fails already at commit \`${oids[2]!.slice(0, 10)}\``);
    expect(text).toContain(`before it the test does not start: \`${oids[1]!.slice(0, 10)}\` (\`run-912\`)`);
  }, 300_000);

  test("is not named where the hash seed decides how it ends", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    history(folder, [
      START,
      cart("Add a cart", GOOD),
      cart("Count by chance", BY_SEED),
      notes(2),
      cart("Count again", BAD),
    ]);
    const { text } = await searched(folder, data.path);
    // At "Count by chance" some seeds fail; "Count again" fails with all, and its parent with some.
    expect(text).toContain("Not known: since which commit it fails: it passes at ");
    expect(text).not.toContain("fails since commit");
  }, 300_000);

  test("is searched on from the recorded runs after a kill", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const changes = [START, cart("Add a cart", GOOD), notes(1), cart("Count again", BAD), notes(2)];
    history(folder, changes);
    using whole = temporaryFolder();
    const once = await searched(folder, whole.path);
    await expect(searched(folder, data.path, { stopAfter: 6 })).rejects.toThrow("killed");
    const again = await searched(folder, data.path);
    expect(again.runs).toBe(once.runs - 6);
    expect(again.text).toBe(once.text);
  }, 600_000);

  test("is found for the report's own code too", async () => {
    using folder = gitFolder();
    using data = temporaryFolder();
    const oids = history(folder, [
      START,
      cart("Add a cart", "def first(prices):\n    return None\n"),
      cart("Fail early", FIRST),
      notes(1),
    ]);
    const { text, problems, dropped } = await searched(folder, data.path, { code: CODE });
    expect({ problems, dropped }).toEqual({ problems: [], dropped: 0 });
    expect(text).toContain(
      `the report's own code ends as reported since commit \`${oids[2]!.slice(0, 10)}\``,
    );
  }, 300_000);
});
