import { describe, expect, test } from "@jest/globals";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import type { Finding, ResearchDocument } from "../../src/documents/finding.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { checkDocument, type CheckSource } from "../../src/documents/check-document.ts";
import { decideCriterion, statusOf } from "../../src/phases/decide-criterion.ts";
import type { ClaimEvidence } from "../../src/claims/claim-evidence.ts";
import { dropWrong } from "../../src/phases/builtin/drop-wrong.ts";

const BASE = "a".repeat(40);
const COMMIT = { oid: "c".repeat(40), subject: "Add a" };

/** One commit with one file of three lines and one ancestor. */
const source: CheckSource = {
  commit: BASE,
  issueText: "It breaks\nwhen I run it",
  exists: (path) => path === "src/a.py",
  text: async (path) =>
    path === "src/a.py" ? { text: "one\ntwo\nthree\n", lines: ["one", "two", "three"] } : undefined,
  ancestor: async (oid) => (COMMIT.oid.startsWith(oid) ? COMMIT : undefined),
  search: async (query) => ({ query, hits: query.pattern === "two" ? [{ path: "src/a.py", line: 2 }] : [] }),
  at: async () => undefined,
};

async function problemsOf(text: string): Promise<readonly string[]> {
  return (await checkDocument(parseDocument(text), source)).problems.map(
    ({ line, kind, message }) => `${line} ${kind} ${message}`,
  );
}

describe("reports each wrong reference with its line", () => {
  test.each([
    ["`src/a.py:1-3`", []],
    ["x\n\n`src/a.py:4`", ["3 lines src/a.py:4: the file has 3 lines at aaaaaaaaaaaa"]],
    ["src/b.py:1", ["1 lines src/b.py:1: there is no file src/b.py at aaaaaaaaaaaa"]],
    ["```python src/a.py:2-3\ntwo\nthree\n```", []],
    [
      "```python src/a.py:2-3\ntwo\n```",
      [expect.stringMatching(/^1 excerpt src\/a\.py:2-3: line 3 is `three`/)],
    ],
    [
      "```python src/a.py:1\nother\n```",
      [expect.stringMatching(/^1 excerpt .*line 1 is `one`, the excerpt shows `other`/)],
    ],
    ["commit `cccccccccccc` (`Add a`)", []],
    ["commit `cccccccccccc` (`Add b`)", [expect.stringMatching(/^1 commit .*has the subject `Add a`/)]],
    ["commit `ddddddd`", [expect.stringMatching(/^1 commit commit ddddddd is not among/)]],
    ["```casebook-search\nword: two\nhits: 1\nlist: [src/a.py:2]\n```", []],
    [
      "```casebook-search\nword: two\nhits: 0\n```",
      [expect.stringMatching(/gives 1 hit, the document says 0/)],
    ],
    [
      "```casebook-search\nword: two\nhits: 1\nlist: [src/a.py:3]\n```",
      [expect.stringMatching(/does not find src\/a\.py:3/)],
    ],
    ["said (issue: `It breaks when`)", []],
    ["said (issue: `It never breaks`)", [expect.stringMatching(/^1 quote .*does not stand in the issue/)]],
    [
      `[x](https://github.com/o/r/blob/${"e".repeat(40)}/src/a.py#L1)`,
      [expect.stringMatching(/the repository has no commit eeeeeeeeeeee/)],
    ],
  ] as const)("%j", async (text, problems) => expect(await problemsOf(text)).toEqual(problems));
});

const finding = (
  text: string,
  citations: Finding["citations"],
  provenance: Finding["provenance"] = "code",
): Finding => ({ text, provenance, citations });
const documentOf = (...items: Finding[]): ResearchDocument => ({
  phase: "p",
  title: "T",
  baseCommit: BASE,
  lead: [],
  sections: [{ id: "s", heading: "S", blocks: [{ kind: "findings", items }] }],
});

test("leaves invented references out of the text", async () => {
  const { document, dropped } = await dropWrong(
    documentOf(
      finding("true", [{ kind: "lines", path: "src/a.py", start: 1, end: 2, quote: "one\ntwo" }]),
      finding("no such line", [{ kind: "lines", path: "src/a.py", start: 1, end: 4 }]),
      finding("no such text", [{ kind: "lines", path: "src/a.py", start: 1, end: 1, quote: "users" }]),
      finding("no such file", [{ kind: "lines", path: "api/users.py", start: 1, end: 1 }]),
      finding("no such commit", [{ kind: "commit", oid: "d".repeat(40), subject: "Add a" }]),
      finding("no others, it says", [
        {
          kind: "search",
          search: { query: { kind: "word", pattern: "two", include: [], exclude: [] }, hits: [] },
        },
      ]),
      finding("the reporter never said", [{ kind: "issue", quote: "40 % of users" }], "model"),
      finding("nothing at all", []),
    ),
    new Set(),
    source,
    // Without claims nobody asks it.
    {} as ClaimEvidence,
  );
  expect(dropped).toBe(7);
  const text = renderDocument(document);
  expect(text).toContain("- true");
  expect(text).not.toMatch(/no such|no others|never said|nothing at all/);
});

describe("decides criteria by the parsed text", () => {
  const phase = PHASES.find(({ type }) => type === "impact-map")!;
  const verdictsOf = async (text: string): Promise<ReadonlyMap<string, string>> => {
    const parsed = parseDocument(text);
    const report = await checkDocument(parsed, source);
    return new Map(
      phase.criteria.map((criterion) => [
        criterion.check,
        decideCriterion(criterion, { phase, parsed, report, exists: source.exists, given: false }).result,
      ]),
    );
  };

  test("a document without citations meets no criterion", async () => {
    const text = [
      `# T\n\nBase commit: \`${BASE}\`\n`,
      ...phase.sections.map(({ heading }) => `## ${heading}\n\n- all done, 3 users, 5 endpoints\n`),
    ].join("\n");
    const verdicts = await verdictsOf(text);
    expect([...verdicts].filter(([, result]) => result === "met").map(([check]) => check)).toEqual([
      "sections-present",
      "citations-resolve",
      "searches-repeat",
      "quotes-verbatim",
    ]);
    expect(
      statusOf(
        [...verdicts.values()].map((result) => ({ result }) as never),
        undefined,
      ),
    ).toBe("failed");
  });

  test("an empty section, a wrong line and a missing base commit are each unmet", async () => {
    expect((await verdictsOf("# T\n")).get("sections-present")).toBe("unmet");
    expect((await verdictsOf("# T\n\n`src/a.py:1`\n")).get("citations-resolve")).toBe("unmet");
    expect(
      (await verdictsOf(`# T\n\nBase commit: \`${BASE}\`\n\n\`src/a.py:9\`\n`)).get("citations-resolve"),
    ).toBe("unmet");
  });

  test("leaves a person's decisions undecided and fails without any criterion", () => {
    const verdict = decideCriterion({ text: "x", check: "person" }, {} as never);
    expect(verdict).toMatchObject({ result: "undecided", how: "human" });
    expect(statusOf([verdict], undefined)).toBe("needs_attention");
    expect(statusOf([], undefined)).toBe("failed");
  });
});
