import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import type { Nodes } from "mdast";
import { findCommandLines } from "../../../src/domain/command/command-lines.ts";
import { parseMarkdown } from "../../../src/domain/markdown/parse-markdown.ts";
import { safeText, safeTitle } from "../../../src/domain/report/safe-text.ts";

/** Every node that a page would show, deepest first. */
function nodesOf(markdown: string): readonly Nodes[] {
  const all: Nodes[] = [];
  const open: Nodes[] = [parseMarkdown(markdown)];
  for (let node = open.pop(); node; node = open.pop()) {
    all.push(node);
    if ("children" in node) open.push(...(node.children as Nodes[]));
  }
  return all;
}

/** What would do something on GitHub's page. */
function liveParts(markdown: string): readonly string[] {
  const live: string[] = [];
  for (const node of nodesOf(markdown)) {
    if (node.type === "text") {
      const { value } = node;
      if (/(?<![\w`/.])@[A-Za-z0-9]/.test(value)) live.push(`mention: ${value}`);
      if (/(?<![\w/.-])#\d/.test(value) || /\bGH-\d/i.test(value)) live.push(`reference: ${value}`);
      if (/\b(?:https?:\/\/|www\.)[^\s]/i.test(value)) live.push(`address: ${value}`);
      if (value.split("\n").some((line) => /^\s{0,3}\/[a-z]/i.test(line))) live.push(`command: ${value}`);
    } else if (node.type === "image" || node.type === "link" || node.type === "definition")
      live.push(node.type);
    else if (node.type === "html" && !/^<\/?(?:details|summary|sub)/.test(node.value)) live.push(node.value);
  }
  return live;
}

describe("text that is published does nothing", () => {
  test.each([
    ["a mention", "thanks @ada and @org/team", "thanks `@ada` and `@org/team`"],
    [
      "a closing word",
      "fixes #12, closes o/r#3, resolves GH-4",
      "fixes `#12`, closes `o/r#3`, resolves `GH-4`",
    ],
    ["a command of any bot", "/merge now", "`/merge` now"],
    ["our own command", "/casebook approve", "`/casebook` approve"],
    ["an address", "see https://evil.example/x?y=1.", "see `https://evil.example/x?y=1.`"],
    ["an image", "![a](https://evil.example/p.png)", "`a`"],
    ["a link elsewhere", "[docs](https://evil.example)", "`docs`"],
    ["HTML", "a <b onclick=x>b</b>", "a `<b onclick=x>`b`</b>`"],
    ["a comment of HTML", "<!-- casebook:1:status:2 -->", "`<!-- casebook:1:status:2 -->`"],
    ["a definition", "[a]: https://evil.example", "`a: https://evil.example`"],
    ["an escaped mention, which GitHub shows live", "\\@ada", "`@ada`"],
    ["a mention by entity", "&#64;ada", "`@ada`"],
  ])("%s", (_, hostile, shown) => {
    expect(safeText(hostile)).toBe(shown);
    expect(liveParts(safeText(hostile))).toEqual([]);
  });

  test.each([
    ["code", "`@ada` fixes `#1`"],
    ["fenced code", "```\n@ada fixes #1 https://x.example\n```"],
    ["folding", "<details><summary>Commands</summary>\n\ntext\n\n</details>"],
    ["a table", "| a | b |\n| --- | --- |\n| `x\\|y` | 1 |"],
    ["an address in mail and a version", "ada@example.org uses v1.2.3"],
    ["emphasis", "**bold** and *soft*"],
  ])("%s stays as it is", (_, text) => {
    expect(safeText(text)).toBe(text);
  });

  test("links to the repository stay", () => {
    const links = ["https://github.com/o/r"];
    const text = "[a.ts](https://github.com/o/r/blob/main/a.ts#L1)";
    expect(safeText(text, { links })).toBe(text);
    expect(safeText("[a](https://github.com/o/r.evil.example/x)", { links })).toBe("`a`");
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
        "```",
        "\n",
        "\n\n",
        "> ",
        "- ",
        "|",
        "\\",
        "&#64;",
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
      ),
      { maxLength: 40 },
    )
    .map((parts) => parts.join(""));

  test("whatever is put together: nothing is live, and doing it again changes nothing", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const safe = safeText(text);
        expect(liveParts(safe)).toEqual([]);
        expect(findCommandLines(safe, 10)).toEqual([]);
        expect(safeText(safe)).toBe(safe);
      }),
      { numRuns: 1_500 },
    );
  });

  test.each(["[](", "![", "@a ", "#1 ", "`", "<a", "> ", "\\@a", "| ", "[a]: x\n", "/a\n"])(
    "64 KiB of %j take time that grows with the length, not with its square",
    (unit) => {
      const time = (length: number): number => {
        const text = unit.repeat(Math.ceil(length / unit.length)).slice(0, length);
        const from = performance.now();
        safeText(text);
        return performance.now() - from;
      };
      time(4_000);
      expect(time(65_536)).toBeLessThan(Math.max(5_000, time(16_384) * 12));
    },
    30_000,
  );
});

describe("a title", () => {
  test("is one line without markup that acts, and is cut", () => {
    expect(safeTitle("Crash\n @ada `x` fixes #3", 200)).toBe("Crash `@ada` 'x' fixes `#3`");
    expect([...safeTitle("x".repeat(300), 200)]).toHaveLength(200);
  });
});
