import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseMarkdown } from "../../../src/text/parse-markdown.ts";
import { plainStatement } from "../../../src/agent/submission/plain-statement.ts";
import type { Nodes } from "mdast";

/** Kinds of nodes that a text makes when it is shown. */
function kindsIn(markdown: string): ReadonlySet<string> {
  const kinds = new Set<string>();
  const visit = (node: Nodes): void => {
    kinds.add(node.type);
    if ("children" in node) for (const child of node.children) visit(child);
  };
  visit(parseMarkdown(`- Model: ${markdown}`));
  return kinds;
}

const HARMLESS = new Set(["root", "list", "listItem", "paragraph", "text", "inlineCode"]);

describe("a model's sentence", () => {
  test.each([
    [
      "`Store.set` reads the file, then writes it.",
      "`Store.set` reads the file, then writes it.",
      ["Store.set"],
    ],
    ["**bold** and _italics_", "\\*\\*bold\\*\\* and \\_italics\\_", []],
    ["![p](https://evil.example/x.png)", "`![p](https://evil.example/x.png)`", []],
    ["see [here](http://a.example)", "see `[here](http://a.example)`", []],
    ["<img src=x onerror=alert(1)>", "\\<img src=x onerror=alert(1)\\>", []],
    ["a | b", "a \\| b", []],
    ["two\nlines", "two lines", []],
    ["an open ` backtick", "an open  backtick", []],
    ["``a ` b`` stays", "``a ` b`` stays", ["a ` b"]],
    ["www.example.org", "`www.example.org`", []],
  ])("%j is shown as %j", (text, markdown, code) => {
    const statement = plainStatement(text);
    expect(statement.markdown).toBe(markdown);
    expect(statement.code).toEqual(code);
  });

  test("is never markup, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.oneof(
            fc.constantFrom(
              "`",
              "``",
              "*",
              "_",
              "[",
              "](",
              ")",
              "<",
              ">",
              "!",
              "|",
              "#",
              "~~",
              "\n",
              "- ",
              "1. ",
              "http://a.b",
              "www.a.b",
              "&amp;",
              "\\",
              "$",
            ),
            fc.string({ unit: "grapheme" }),
          ),
          { maxLength: 30 },
        ),
        (parts) => {
          const { markdown } = plainStatement(parts.join(""));
          for (const kind of kindsIn(markdown)) expect(HARMLESS).toContain(kind);
        },
      ),
      { numRuns: 500 },
    );
  });
});
