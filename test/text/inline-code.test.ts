import { describe, expect, test } from "@jest/globals";
import { codeLines, inlineCode } from "../../src/text/inline-code.ts";
import { quoted } from "../../src/text/safe-text.ts";

describe("foreign text as code", () => {
  test.each([
    ['  assert_eq!(unfill("foo   bar").0);', '`assert_eq!(unfill("foo   bar").0);`'],
    ["a\n   b", "`a b`"],
    ["a\tb", "`a b`"],
    ["a\u0007b", "`a\ufffdb`"],
    [" \n ", "(empty)"],
  ])("keeps the spaces of a line and is one line: %j", (text, shown) => {
    expect(inlineCode(text)).toBe(shown);
  });

  test("several lines are no one command", () => {
    expect(codeLines("$ python -m pytest\n\n  F    [100%]")).toBe("`$ python -m pytest` `F    [100%]`");
    expect(codeLines("")).toBe("(empty)");
  });

  test("words in quotation marks keep the spaces of their code", () => {
    expect(quoted("Run  `printf '-  eggs'`\nand  look", 100)).toBe("“Run `printf '-  eggs'` and look”");
    expect(quoted("run('a  b');", 100)).toBe("`run('a  b');`");
  });
});
