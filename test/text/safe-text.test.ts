import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { micromark } from "micromark";
import { gfm, gfmHtml } from "micromark-extension-gfm";
import { growthOf } from "../growth.ts";
import { findCommandLines } from "../../src/issue/command-lines.ts";
import { pageProblems } from "../../src/text/page-problems.ts";
import {
  clipMarkdown,
  fold,
  safeBlocks,
  safeHeading,
  safeText,
  safeTitle,
} from "../../src/text/safe-text.ts";

const OURS = "https://github.com/o/r";

/** What would do something on a page that shows everything: HTML, links and images, and words that GitHub makes live. */
function liveParts(markdown: string): readonly string[] {
  const page = micromark(markdown, {
    allowDangerousHtml: true,
    allowDangerousProtocol: true,
    extensions: [gfm()],
    htmlExtensions: [gfmHtml()],
  });
  const shown = page.replace(/<pre>[\s\S]*?<\/pre>|<code>[\s\S]*?<\/code>/g, " ");
  const tags = [...shown.matchAll(/<\/?([a-z][a-z0-9]*)[^>]*>|<[!?][^>]*>/gi)]
    .filter(
      ([, name]) =>
        !/^(?:p|em|strong|del|ul|ol|li|h[1-6]|blockquote|table|thead|tbody|tr|t[hd]|hr|br|input)$/.test(
          name ?? "",
        ),
    )
    .map(([tag]) => tag)
    .filter((tag) => !tag.startsWith(`<a href="${OURS}/blob/`) && tag !== "</a>");
  const words = shown.replace(/<[^>]*>/g, " ");
  const live = [...words.matchAll(/\S*(?:@\w|#\d|GH-\d|:\/\/|www\.)\S*/gi)].map(([word]) => word);
  const commands = markdown.split("\n").filter((line) => /^\/[a-z]/i.test(line));
  return [...tags, ...live, ...commands];
}

describe("published text has no effect on the page", () => {
  test.each([
    ["a mention", "thanks @ada and @org/team", "thanks `@ada` and `@org/team`"],
    ["a mention behind anything", ".@bob x/@bob a@evil.example", "`.@bob` `x/@bob` `a@evil.example`"],
    [
      "a closing word",
      "fixes #12, closes o/r#3, resolves GH-4",
      "fixes `#12`, closes `o/r#3`, resolves `GH-4`",
    ],
    ["a reference behind anything", "jlord#26 -#1 aGH-2", "`jlord#26` `-#1` `aGH-2`"],
    ["a command of any bot", "/merge now", "`/merge` now"],
    ["our own command", "/casebook approve", "`/casebook` approve"],
    ["a command in a fence", "```\n/close\n```", "```text\n /close\n```"],
    ["a command in code over two lines", "`a\n/close`", "`a /close`"],
    ["an address", "see https://evil.example/x?y=1.", "see `https://evil.example/x?y=1.`"],
    ["another address", "ftp://x _www.x.y", "`ftp://x` `_www.x.y`"],
    ["an image", "![a](https://evil.example/p.png)", "`a`"],
    ["a link elsewhere", "[docs](https://evil.example)", "`docs`"],
    ["HTML", "a <b onclick=x>b</b>", "a `<b onclick=x>`b`</b>`"],
    ["HTML after a mark of code that is none", "`<b>!", "\\``<b>`!"],
    ["folding", "<details><summary>@bob</summary>", "`<details><summary>@bob</summary>`"],
    ["a comment of HTML", "<!-- casebook:1:status:2 -->", "`<!-- casebook:1:status:2 -->`"],
    ["a definition", "[a]: https://evil.example", "`a: https://evil.example`"],
    ["an escaped mention, which GitHub shows live", "\\@ada", "`@ada`"],
    ["a mention by entity", "&#64;ada", "`@ada`"],
    ["a heading by entity", "@b&#10;&#10;# h", "`@b` # h"],
    ["a heading by escape", "\\# @bob", "\\# `@bob`"],
    ["a drawing in a quotation", "> ```mermaid\n> graph\n> ```\n\n@b", "> `graph`\n\n`@b`"],
    ["a fence that stays open", "```\nx", "```text\nx\n```"],
    ["a fence that is closed too short", "~~~~\nx\n~~~", "```text\nx\n~~~\n```"],
    ["a drawing", "```mermaid\ngraph\n```", "```text\ngraph\n```"],
    ["a formula", "a $x$", "a \\$x\\$"],
    ["marks that turn the direction", "a\u202eb", "a\ufffdb"],
  ])("%s", (_, hostile, shown) => {
    expect(safeText(hostile)).toBe(shown);
    expect(liveParts(safeText(hostile))).toEqual([]);
  });

  test.each([
    ["code", "`@ada` fixes `#1`"],
    ["fenced code", "```\n@ada fixes #1 https://x.example\n```"],
    ["a table", "| a | b |\n| --- | --- |\n| `x\\|y` | 1 |"],
    ["a version", "uses v1.2.3"],
    ["emphasis", "**bold** and *soft*"],
  ])("%s stays as it is", (_, text) => {
    expect(safeText(text)).toBe(text);
  });

  test("keeps links to files of the repository and no others", () => {
    const text = `[a.ts](${OURS}/blob/main/a.ts#L1)`;
    expect(safeText(text, { webUrl: OURS })).toBe(text);
    for (const url of [
      `${OURS}.evil.example/x`,
      `${OURS}/issues/7`,
      `${OURS}/blob/../../evil`,
      `${OURS}/blob/a?x=1`,
      `${OURS}/blob/%2e%2e/issues/7`,
      `${OURS}/blob/.%2E/.%2E/.%2E/evil`,
    ])
      expect(safeText(`[a](${url})`, { webUrl: OURS })).toBe("`a`");
    expect(safeText(`[a](${OURS}/blob/a "hidden")`, { webUrl: OURS })).toBe("`a`");
  });

  const hostile = fc
    .array(
      fc.constantFrom(
        "@ada",
        "#1",
        "fixes ",
        "[",
        "](",
        ")",
        "!",
        "<",
        ">",
        "http://x.y",
        "`",
        "``",
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "|",
        "\\",
        "&#64;",
        "&#10;",
        "/casebook cancel",
        " ",
        "*",
        "_",
        "<!--",
        "-->",
        "[^1]",
        "[a]: http://x.y",
        "text",
        "1. ",
        "    ",
        "\u202e",
        "~~~",
        "<b>",
        "<details>",
        "$",
        `[x](${OURS}/blob/a)`,
        "# ",
        "GH-2",
        "www.x.y",
        "\t",
        "<?",
        "<a href=x>",
        "mermaid",
      ),
      { maxLength: 30 },
    )
    .map((parts) => parts.join(""));

  test("any mix of hostile pieces stays without effect, and a second pass changes nothing", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const safe = safeText(text, { webUrl: OURS });
        expect(liveParts(safe)).toEqual([]);
        expect(findCommandLines(safe, 10)).toEqual([]);
        expect(safeText(safe, { webUrl: OURS })).toBe(safe);
      }),
      { numRuns: Number(process.env["CASEBOOK_TEST_RUNS"] ?? 2_000) },
    );
  });

  test("safe texts stay safe side by side and folded", () => {
    fc.assert(
      fc.property(hostile, hostile, (one, other) => {
        const both = safeBlocks(safeText(one, { webUrl: OURS }), safeText(other, { webUrl: OURS }));
        expect(liveParts(both)).toEqual([]);
        const page = micromark(fold("x", safeText(one, { webUrl: OURS })), { allowDangerousHtml: true });
        expect(page).toMatch(/^<details>[\s\S]*\n<\/details>$/);
      }),
      { numRuns: Number(process.env["CASEBOOK_TEST_RUNS"] ?? 1_000) },
    );
  });

  test.each(["[](", "![", "@a ", "#1 ", "`", "<a", "> ", "\\@a", "| ", "[a]: x\n", "/a\n", "a"])(
    "text of %j takes time that grows with the length, not with its square",
    (unit) => {
      const make = (length: number): unknown => safeText(unit.repeat(Math.ceil(length / unit.length)));
      expect(growthOf(make, 8_192, 32_768)).toBeLessThan(10);
    },
  );
});

describe("a title", () => {
  test("is cut to one line without active markup", () => {
    expect(safeTitle("Crash\n @ada `x` fixes #3", 200)).toBe("Crash `@ada` 'x' fixes `#3`");
    expect([...safeTitle("x".repeat(300), 200)]).toHaveLength(200);
    expect(safeTitle(`${"x".repeat(195)} @ada #3`, 200)).not.toMatch(/[@#]/);
    expect(safeTitle("GH-1 www.a.b ".repeat(20), 200)).not.toMatch(/GH-1|www\./);
  });
});

/** Parts of titles that would act on a page. */
const PIECES = (
  "<ol> </b> <!-- --> <a@b.c> &lt; &#64;ada ![x](y) [a](b) [a] ]( ` `` * _ ~~ | $x$ \\ #3 @ada www.x.y https://x.y/z " +
  "a.c:12 word <details> <script { } /casebook \u202e \u200b"
)
  .split(" ")
  .concat(" ", "\n", "closes #4");

describe("a title in a heading", () => {
  test.each([
    ["Extra newline in nested <ol>, <ul> lists", "Extra newline in nested \\<ol\\>, \\<ul\\> lists"],
    ["Crash\n @ada `x` fixes #3", "Crash `@ada` 'x' fixes `#3`"],
    ["Wrong **bold** of [a](b)", "Wrong \\*\\*bold\\*\\* of \\[a\\](b)"],
  ])("%j", (title, shown) => expect(safeHeading(title, 160)).toBe(shown));

  test("shows its words and does nothing, whatever they are", () => {
    const part = fc.constantFrom(...PIECES);
    fc.assert(
      fc.property(fc.array(part, { maxLength: 12 }), (parts) => {
        const heading = `# Issue 1: ${safeHeading(parts.join(""), 160)}`;
        expect(liveParts(heading)).toEqual([]);
        expect(pageProblems(heading, { webUrl: OURS })).toEqual([]);
        expect(micromark(heading)).toMatch(/^<h1>[^\n]*<\/h1>$/);
      }),
      { numRuns: 400 },
    );
  });
});

test("folds text under a heading of plain words", () => {
  expect(fold("a<b>@c", safeText("x"))).toBe("<details><summary>abc</summary>\n\nx\n\n</details>");
});

test("cuts Markdown without leaving a code span open", () => {
  expect(clipMarkdown("see `a long name` here", 10)).toBe("see `a lo`…");
  expect(clipMarkdown("short `x`", 20)).toBe("short `x`");
});
