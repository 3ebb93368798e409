import { afterAll, describe, expect, test } from "@jest/globals";
import { checkClaim } from "../../../src/claims/claim-types.ts";
import type { Block } from "../../../src/documents/finding.ts";
import { intent, whoKnows } from "../../../src/phases/builtin/intent.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

function sentences(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === "claims" ? block.items.map(({ label, text }) => `${label ?? ""} ${text}`.trim()) : [],
  );
}

const ISSUE = { title: "`slug_of` drops a dash", body: '`slug_of("A-B")` gives "ab" and not "a-b".' };
const SLUG = `def slug_of(text):
    # A dash is dropped on purpose, since
    # old links have none.
    return text.lower().replace("-", "")
`;
const TESTS = `import pytest
from src.slug import slug_of


def test_case():
    assert slug_of("Ab") == "ab"


def test_dash():
    assert slug_of("A-B") == "ab"


@pytest.mark.xfail
def test_space():
    assert slug_of("A B") == "a-b"


def test_many():
    assert slug_of(
        "x"
    ) == "x"
    result = slug_of("y")
    print("assert", slug_of("z"))
`;
const PROGRAM = { "src/__init__.py": "", "src/slug.py": SLUG, "tests/test_slug.py": TESTS };

describe("whether it is a bug or intended", () => {
  test("is told by assertions, the reported one first, and by the remark at the place", async () => {
    const context = await on([["Start", PROGRAM]], ISSUE);
    const blocks = await intent(context);
    expect(sentences(blocks)).toEqual([
      'Asserted by `test_dash` asserts `assert slug_of("A-B") == "ab"`, which calls `slug_of`',
      'Asserted by `test_case` asserts `assert slug_of("Ab") == "ab"`, which calls `slug_of`',
      "`slug_of` has the comment `# A dash is dropped on purpose, since` `# old links have none.`",
    ]);
    for (const item of blocks.flatMap((block) => (block.kind === "claims" ? block.items : [])))
      expect(await checkClaim(item, context)).toMatchObject({ verdict: "holds" });
  });

  test("is not told by assertions that share nothing with the report", async () => {
    const tests = `from src.slug import slug_of


def test_nothing():
    assert slug_of(None) is None
    assert slug_of("foo   bar") == "foo   bar"
    assert slug_of("x", keep_dash=True) == "x"
`;
    const plain = { ...PROGRAM, "src/slug.py": SLUG.replace(/ {4}#.*\n/g, ""), "tests/test_slug.py": tests };
    const context = await on([["Start", plain]], {
      title: "`slug_of` drops a dash",
      body: "`slug_of` of foo gives nothing with `keep_dash`.",
    });
    expect(sentences(await intent(context))).toEqual([
      'Asserted by `test_nothing` asserts `assert slug_of("x", keep_dash=True) == "x"`, which calls `slug_of`',
    ]);
  });

  test("is told by documentation and by a commit that say that it is meant", async () => {
    const plain = { ...PROGRAM, "src/slug.py": SLUG.replace(/ {4}#.*\n/g, ""), "tests/test_slug.py": "" };
    const context = await on(
      [
        ["Start", { "README.md": "Slugs.\n" }],
        [
          "Add slugs\n\nOther things are dropped by design. slug_of drops a dash by design. Nothing else is.",
          plain,
        ],
        ["Explain", { "docs/slug.md": "`slug_of` drops dashes by design.\n\n`slug_of` is fast.\n" }],
      ],
      ISSUE,
    );
    const blocks = await intent(context);
    expect(sentences(blocks)).toEqual([
      "`docs/slug.md:1` says `` `slug_of` drops dashes by design. ``",
      expect.stringMatching(
        /^`Ada` committed it on \S+; it changed `src\/slug\.py`; its message says “.*slug\\?_of drops a dash by design\.”$/,
      ),
    ]);
  });

  test("is not told where nothing says it, or no suspect stands out", async () => {
    const silent = { "src/__init__.py": "", "src/slug.py": "def slug_of(text):\n    return text.lower()\n" };
    expect(sentences(await intent(await on([["Start", silent]], ISSUE)))).toEqual([]);
    expect(sentences(await intent(await on([["Start", PROGRAM]], { title: "It fails" })))).toEqual([]);
  });
});

test("whom to ask are the owners of the file, then who wrote most of it", async () => {
  const context = await on(
    [
      ["Start", { ...PROGRAM, ".github/CODEOWNERS": "*.py @acme/slugs @ada @eve\n" }],
      ["Lower them", { "src/slug.py": PROGRAM["src/slug.py"].replace("lower", "casefold") }],
    ],
    ISSUE,
  );
  expect(sentences(await whoKnows(context))).toEqual([
    "Owned by `.github/CODEOWNERS` names `@acme/slugs` and `@ada` and 1 more for `src/slug.py`",
    expect.stringMatching(/^Written by of 4 lines of `slug_of`, `Ada` wrote 4/),
  ]);
});
