import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { plainStatement } from "../../src/agent/submission/plain-statement.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import type { Block } from "../../src/documents/finding.ts";
import { pageProblems, plainProblems, problemWords } from "../../src/text/page-problems.ts";
import { quoted, safeText } from "../../src/text/safe-text.ts";
import { growthOf } from "../growth.ts";

const kinds = (text: string): readonly string[] => [
  ...new Set(pageProblems(text, { webUrl: "https://github.com/o/r" }).map(({ kind }) => kind)),
];

test.each([
  ["![x](a.png)", "image"],
  ["![x][p]\n\n[p]: a.png", "image"],
  ["[x](https://evil.example)", "link"],
  ["[x](javascript:alert)", "link"],
  ["[x](//evil.example)", "link"],
  ["[x](https://github.com/o/r/../../evil)", "link"],
  ["[x](https://github.com/o/r/%2E./evil)", "link"],
  ["[x][p]\n\n[p]: https://evil.example", "link"],
  ["<https://evil.example>", "link"],
  ["<img src=x>", "html"],
  ["a <script>x</script>", "html"],
  ["<details><summary><img src=x></summary>", "html"],
  ["<!-- casebook --><b onclick=x>", "html"],
  ["thanks @octocat", "mention"],
  ["<summary>@octocat</summary>", "mention"],
  ["Fixes #12", "closing"],
  ["this closes: o/r#12", "closing"],
  ["see https://evil.example", "address"],
  ["see www.evil.example", "address"],
  ["https://github.com/o/r2/blob/main/a.ts", "address"],
  ["https://github.com/o/r@evil.example/", "address"],
  ["https://github.com/o/r/../../evil", "address"],
  ["https://github.com/o/r/x https://evil.example", "address"],
  [`${"[![".repeat(6_000)}a](https://evil.example)`, "unread"],
  ["a\n/casebook approve", "command"],
  ["/approve", "command"],
])("%j has a %s", (text, kind) => {
  expect(kinds(text)).toContain(kind);
});

test.each([
  "`@octocat` and `![x](https://evil.example)`",
  "```\n@octocat fixes #1\n/casebook approve\n```",
  "[a](../specs/a.md#x) [b](https://github.com/o/r/blob/main/a.ts#L3)",
  "<details open><summary>Evidence</summary>\n\na\n\n</details>",
  "<!-- casebook status -->",
  "Refs #12; a/b/c, e-mail a@b",
  "**Next:** `/casebook retry` runs it again",
  "https://github.com/o/r/blob/main/pages/[...slug]/a..b.tsx#L3",
  "a\n\nhttps://github.com/o/r/blob/main/a.ts#L3-L9\n\nb",
])("%j only shows", (text) => {
  expect(kinds(text)).toEqual([]);
});

test("in a comment a line with a slash is a command in code, too", () => {
  const text = "a\n\n```\nb\n/lgtm\n```";
  expect(pageProblems(text)).toEqual([]);
  expect(pageProblems(text, { isComment: true })).toEqual([{ kind: "command", line: 5 }]);
});

test("plain words mention, close, link and command nothing", () => {
  expect(plainProblems("Research: #42 Lost `@a` writes (documents only)")).toEqual([]);
  const lines = ["thanks @octocat", "fixes #1", "https://evil.example", "/lgtm"];
  expect(plainProblems(lines.join("\n")).map(problemWords)).toEqual([
    "line 1 would mention somebody",
    "line 2 would close an issue",
    "line 3 would link to an address",
    "line 4 would give a command",
  ]);
});

const EVIL = [
  "`a`",
  "`",
  "``",
  "b_c",
  "https://evil.example/x",
  "![x](https://evil.example/z)",
  "[a](http://evil.example)",
  "<img src=//evil.example>",
  "@octocat",
  "fixes #1",
  "\n/casebook approve\n",
  "\\",
  " ",
  "www.evil.example",
  "<!-- casebook -->",
  "~~~\n",
  "# ",
];
const evil = fc
  .array(fc.constantFrom(...EVIL), { minLength: 1, maxLength: 8 })
  .map((parts) => parts.join(""));

describe("whatever the words are, nothing acts in", () => {
  test("a model's statement, also with an address beside a code span", () => {
    expect(kinds(plainStatement("`a``b`![x](https://evil.example/x)@octocat").markdown)).toEqual([]);
    fc.assert(
      fc.property(evil, (text) => {
        expect(kinds(plainStatement(text).markdown)).toEqual([]);
      }),
      {
        numRuns: 3_000,
      },
    );
  });

  test("a quotation", () => {
    fc.assert(
      fc.property(evil, (text) => {
        expect(kinds(quoted(text, 300))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("safe text", () => {
    fc.assert(
      fc.property(evil, (text) => {
        expect(kinds(safeText(text))).toEqual([]);
      }),
      { numRuns: 2_000 },
    );
  });

  test("a document", () => {
    const blocks = (text: string): readonly Block[] => [
      { kind: "quote", text, author: text },
      { kind: "code", language: "text", text },
      { kind: "excerpt", path: "a.md", start: 1, end: 3, text, language: "md" },
      { kind: "note", text: plainStatement(text).markdown },
      {
        kind: "findings",
        items: [
          { text: "x", provenance: "code", citations: [{ kind: "issue", quote: text, author: text }] },
          {
            text: "x",
            provenance: "code",
            citations: [{ kind: "commit", oid: "0".repeat(40), subject: text }],
          },
          { text: "x", provenance: "code", citations: [{ kind: "lines", path: text, start: 1, end: 2 }] },
        ],
      },
    ];
    fc.assert(
      fc.property(evil, (text) => {
        const sections = [{ id: "a", heading: "A", blocks: blocks(text) }];
        const document = { phase: "p", title: "T", baseCommit: "0".repeat(40), lead: [], sections };
        expect(kinds(renderDocument(document))).toEqual([]);
      }),
      { numRuns: 500 },
    );
  });
});

test("the work grows with the length", () => {
  for (const part of ["@a ", "fixes ", "www.", "<b>", "[a](b) ", "/a\n"]) {
    const work = (size: number): void => void pageProblems(part.repeat(size / part.length));
    // Four times the text; the square would be 16.
    expect(growthOf(work, 16_000, 64_000)).toBeLessThan(8);
  }
});
