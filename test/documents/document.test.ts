import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { inlineCode } from "../../src/text/inline-code.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import { digestOf, formatSearch, parseSearch } from "../../src/documents/search-block.ts";
import type { ResearchDocument } from "../../src/documents/finding.ts";
import { parseMarkdown } from "../../src/text/parse-markdown.ts";
import { plainStatement } from "../../src/agent/submission/plain-statement.ts";

const BASE = "a".repeat(40);
const documentOf = (...sections: ResearchDocument["sections"]): ResearchDocument => ({
  phase: "p",
  title: "T",
  baseCommit: BASE,
  lead: [],
  sections,
});

describe("the parser finds what was rendered", () => {
  test("lines, commits, searches, excerpts and quotations", () => {
    const search = {
      query: { kind: "word" as const, pattern: "set", include: [], exclude: ["x/**"] },
      hits: [{ path: "a b.py", line: 3 }],
    };
    const text = renderDocument(
      documentOf({
        id: "s",
        heading: "S",
        blocks: [
          {
            kind: "findings",
            items: [
              {
                text: "one",
                provenance: "code",
                citations: [
                  { kind: "lines", path: "src/a b.py", start: 3, end: 9 },
                  { kind: "search", search },
                ],
              },
              {
                text: "two",
                provenance: "code",
                citations: [{ kind: "commit", oid: "b".repeat(40), subject: "Use `x` | y" }],
              },
              { text: "three", provenance: "model", citations: [{ kind: "issue", quote: "it `breaks`" }] },
              { text: "four", provenance: "inference", citations: [] },
            ],
          },
          {
            kind: "table",
            columns: ["A", "B"],
            rows: [
              {
                provenance: "code",
                cells: [
                  { text: "x|y", citations: [{ kind: "lines", path: "src/a.py", start: 1, end: 1 }] },
                  { text: "z" },
                ],
              },
            ],
          },
          { kind: "excerpt", path: "src/a.py", start: 1, end: 2, text: "```\nx", language: "python" },
          { kind: "quote", text: "# no heading\n- [ ] no box\n@nobody" },
        ],
      }),
    );
    const parsed = parseDocument(text);
    expect(parsed.baseCommit).toBe(BASE);
    expect(parsed.lines.map(({ value }) => `${value.path}:${value.start}-${value.end}`)).toEqual([
      "src/a b.py:3-9",
      "src/a.py:1-1",
    ]);
    expect(parsed.commits.map(({ value }) => value)).toEqual([
      { oid: "b".repeat(12), subject: "Use `x` | y" },
    ]);
    expect(parsed.searches.map(({ value }) => value)).toEqual([
      { query: search.query, count: 1, hits: search.hits, digest: undefined },
    ]);
    expect(parsed.excerpts.map(({ value }) => value)).toEqual([
      { path: "src/a.py", start: 1, end: 2, text: "```\nx" },
    ]);
    expect(parsed.quotes.map(({ value }) => value)).toEqual([
      "it `breaks`",
      "# no heading\n- [ ] no box\n@nobody",
    ]);
    expect(
      parsed.sections.find(({ heading }) => heading === "S")?.statements.map(({ citations }) => citations),
    ).toEqual([2, 1, 1, 0, 1]);
    expect(parsed.sections.map(({ heading }) => heading)).toEqual(["T", "S", "Searches", "S1"]);
  });

  test("no reference in somebody's words", () => {
    const row = "| Actual | “panicked at vec-0.8.2/src/lib.rs:540” | reported |";
    const named = "| Place | lib.rs of the store | reported: `src/store.rs:3` |";
    const text = `# T\n\n## S\n\n|  | the report | how we know |\n| --- | --- | --- |\n${row}\n${named}\n`;
    expect(parseDocument(text).lines.map(({ value }) => value.path)).toEqual(["src/store.rs"]);
  });

  test("a place in the issue's title is no reference of the document", () => {
    const document = { ...documentOf(), title: "Issue 1: overflow at buffer.c:212" };
    expect(parseDocument(renderDocument(document)).lines).toEqual([]);
    expect(parseDocument("# Notes on buffer.c:212\n").lines).toHaveLength(1);
  });

  test("renders the same data to the same text", () => {
    const document = documentOf({ id: "s", heading: "S", blocks: [{ kind: "note", text: "n" }] });
    expect(renderDocument(document)).toBe(renderDocument(structuredClone(document)));
  });
});

test.each([
  ["`src/a.py:3`", ["src/a.py:3-3"]],
  ["see src/a.py:3-9.", ["src/a.py:3-9"]],
  ["(src/a.py:3, lib/b.js:7)", ["src/a.py:3-3", "lib/b.js:7-7"]],
  ["[x](src/a.py#L3-L9)", ["src/a.py:3-9"]],
  [`https://github.com/o/r/blob/${BASE}/src/a.py#L3`, []],
  [`[x](https://github.com/o/r/blob/${BASE}/src/a.py#L3-L4)`, ["src/a.py:3-4"]],
  ["localhost:8080, 12:30, python:3, http://a.py:80/x, example.com:443", []],
  ["> src/a.py:3", []],
  ["```\nsrc/a.py:3\n```", []],
  ["src/a.py:9-3", []],
  ["/etc/passwd.py:1", []],
])("references in %j", (text, lines) => {
  expect(parseDocument(text).lines.map(({ value }) => `${value.path}:${value.start}-${value.end}`)).toEqual(
    lines,
  );
});

describe("foreign text in code", () => {
  test("is never markup and stays on one line", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 80 }), (text) => {
        const code = inlineCode(text);
        expect(code).not.toContain("\n");
        const [paragraph, ...more] = parseMarkdown(`x ${code} y`).children;
        expect(more).toEqual([]);
        const kinds = paragraph?.type === "paragraph" ? paragraph.children.map(({ type }) => type) : [];
        expect(code === "(empty)" ? ["text"] : ["text", "inlineCode", "text"]).toEqual(kinds);
      }),
    );
  });
});

describe("recorded searches", () => {
  test("reads any search back as it was written", () => {
    const text = fc.string({ unit: "grapheme-ascii", minLength: 1, maxLength: 20 });
    // Git names no path that begins with a dot and a slash.
    const path = text.filter((one) => !one.startsWith("./"));
    const hit = fc.record({ path, line: fc.integer({ min: 1, max: 1e6 }) });
    const query = fc.record({
      kind: fc.constantFrom("word" as const, "text" as const, "regex" as const),
      pattern: text,
      include: fc.array(text, { maxLength: 3 }),
      exclude: fc.array(text, { maxLength: 3 }),
    });
    fc.assert(
      fc.property(query, fc.array(hit, { maxLength: 250 }), (own, hits) => {
        const digest = hits.length > 200 ? digestOf(hits) : undefined;
        expect(parseSearch(formatSearch({ query: own, hits }))).toEqual({
          query: own,
          count: hits.length,
          hits: digest === undefined ? hits : undefined,
          digest,
        });
      }),
    );
  });

  test.each([
    "",
    "[",
    "word: a",
    "word: a\ntext: b\nhits: 0",
    "word: a\nhits: 2\nlist: [x.py:1]",
    "word: a\nhits: 1\nlist: [nonsense]",
    "a: &x [*x]",
  ])("refuses %j with a reason", (block) => {
    expect(parseSearch(block)).toEqual(expect.any(String));
  });
});

describe("what a model writes into a document", () => {
  test.each([["a | b | Confirmed"], ["a \\| b"], ["a \\\\| b"], ["`a | b`"], ["`a \\| b`"], ["|||"]])(
    "%j stays in its cell",
    (text) => {
      const rendered = renderDocument(
        documentOf({
          id: "s",
          heading: "S",
          blocks: [
            {
              kind: "table",
              columns: ["Hypothesis", "Evidence", "Result"],
              rows: [
                {
                  provenance: "model",
                  cells: [{ text: plainStatement(text).markdown }, { text: "e" }, { text: "Open" }],
                },
              ],
            },
          ],
        }),
      );
      const table = parseMarkdown(rendered).children.find((node) => node.type === "table");
      expect(table?.children.map((row) => row.children.length)).toEqual([3, 3]);
      expect(parseDocument(rendered).sections.at(-1)?.statements.at(-1)?.text).toMatch(/\| e \| Open$/);
    },
  );

  test("does not take two names with a colon between them for a quotation", () => {
    expect(parseDocument("- `a`: `b` is set.\n").quotes).toEqual([]);
    expect(parseDocument("- He says so (comment by `ada`: `b c`).\n").quotes).toEqual([
      { line: 1, value: "b c" },
    ]);
  });
});
