import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { growthOf } from "../../growth.ts";
import { MAX_COMMANDS, MAX_TEXT, parseCommands } from "../../../src/investigation/commands/parse-commands.ts";

const PHASES = ["comprehension", "reproduction", "root-cause", "impact-map", "fix"];
const parse = (text: string): ReturnType<typeof parseCommands> => parseCommands(text, PHASES);
const commandsOf = (text: string): readonly unknown[] =>
  parse(text).map((line) => (line.kind === "command" ? line.command : line.kind));
const noteOf = (text: string): string | undefined => {
  const [line] = parse(text);
  return line?.kind === "not-understood" ? line.note : undefined;
};

describe("what a line asks for", () => {
  test.each([
    ["/casebook investigate", { verb: "investigate" }],
    ["/case investigate", { verb: "investigate" }],
    ["/CaseBook INVESTIGATE", { verb: "investigate" }],
    [
      "/casebook investigate --to root-cause --budget 2.50 --model small --from v1.2/x",
      { verb: "investigate", to: "root-cause", budget: 2.5, model: "small", from: "v1.2/x" },
    ],
    [
      "/casebook investigate --TO=Root-Cause --budget=$5",
      { verb: "investigate", to: "root-cause", budget: 5 },
    ],
    ["/casebook investigate —to fix", { verb: "investigate", to: "fix" }],
    ["/casebook run impact-map", { verb: "run", phase: "impact-map" }],
    ["/casebook run `root-cause`", { verb: "run", phase: "root-cause" }],
    ["/casebook root-cause", { verb: "run", phase: "root-cause" }],
    ["/casebook Root-Cause", { verb: "run", phase: "root-cause" }],
    ["/casebook approve", { verb: "approve" }],
    ["/casebook reject  not a   bug", { verb: "reject", reason: "not a bug" }],
    ["/casebook retry", { verb: "retry" }],
    ["/casebook retry fix", { verb: "retry", phase: "fix" }],
    ["/casebook skip reproduction", { verb: "skip", phase: "reproduction" }],
    [
      "/casebook at src/__init__.py:3-9",
      { verb: "at", location: { path: "src/__init__.py", start: 3, end: 9 } },
    ],
    ["/casebook at `src/a b.ts:3`", { verb: "at", location: { path: "src/a b.ts", start: 3, end: 3 } }],
    ["/casebook at src/a.ts#L3-L9", { verb: "at", location: { path: "src/a.ts", start: 3, end: 9 } }],
    ["/casebook at src/a.ts:3:17", { verb: "at", location: { path: "src/a.ts", start: 3, end: 3 } }],
    [
      `/casebook at https://github.com/o/r/blob/${"a".repeat(40)}/src/a.ts#L3-L9`,
      {
        verb: "at",
        location: { path: "src/a.ts", start: 3, end: 9 },
        link: { repository: "https://github.com/o/r", revision: "a".repeat(40) },
      },
    ],
    ["/casebook at ./src/a.ts#L3", { verb: "at", location: { path: "src/a.ts", start: 3, end: 3 } }],
    ["/casebook cancel", { verb: "cancel" }],
    ["/casebook pause", { verb: "pause" }],
    ["/casebook resume", { verb: "resume" }],
    ["/casebook refresh", { verb: "refresh" }],
    ["/casebook status", { verb: "status" }],
    ["/casebook verdict Partly", { verb: "verdict", value: "partly" }],
    ["/casebook help", { verb: "help" }],
    ["/casebook", { verb: "help" }],
    ["/casebook\u00a0status", { verb: "status" }],
    ["/casebook reject ❤️ but no 👩‍👩‍👧", { verb: "reject", reason: "❤️ but no 👩‍👩‍👧" }],
  ])("%j", (text, command) => expect(commandsOf(text)).toEqual([command]));
});

describe("where a line counts", () => {
  const run = { verb: "run", phase: "fix" };
  test.each([
    ["up to three spaces in", "   /casebook run fix"],
    ["with Windows' line ends", "Hello.\r\n/casebook run fix\r\nBye."],
    ["in a later line of a paragraph", "Please look.\n/casebook run fix\nThanks."],
    ["after a line break of Markdown", "Please look.  \n/casebook run fix"],
    ["above a signature", "/casebook run fix\n-- \nAda"],
    ["below a comment of HTML", "<!-- template -->\n/casebook run fix"],
    ["with an HTML comment behind, which nobody sees", "/casebook run fix <!-- --model x -->"],
    ["between markup that people left open", "2 * 3 is\n/casebook run fix\nand 4* 5"],
    ["inside emphasis that began before", "foo*bar is\n/casebook run fix\nand x*y"],
    ["in bold text", "**/casebook run fix**"],
    ["in italic text", "_/casebook run fix_"],
    ["in text that is both", "***/casebook run fix***"],
    ["in bold text with more of it", "**/casebook run\tfix\nplease**"],
    ["with a colon", "/casebook: run fix"],
    ["with a comma", "/casebook,run fix"],
    ["with a full-width colon", "/casebook：run fix"],
    ["after a byte order mark", "\ufeff/casebook run fix"],
    ["with a semicolon", "/casebook; run fix"],
    ["with the name of the file beside it", "/casebook run fix\n\n/casebook.yml is wrong"],
  ])("%s", (_, text) => expect(commandsOf(text)).toEqual([run]));

  test.each([
    ["a quotation", "> /casebook run fix"],
    ["an indented block", "    /casebook run fix"],
    ["a tab's block", "\t/casebook run fix"],
    ["far in, in a paragraph", "Look:\n     /casebook run fix"],
    ["a fence", "```\n/casebook run fix\n```"],
    ["a fence left open", "~~~\n/casebook run fix"],
    ["inline code", "`/casebook run fix`"],
    ["inline code over lines", "`a\n/casebook run fix\n`"],
    ["a comment of HTML", "<!--\n/casebook run fix\n-->"],
    ["a comment inside a paragraph", "a <!--\n/casebook run fix\n-->"],
    ["an HTML block", "<div>\n/casebook run fix\n</div>"],
    ["a list item", "- /casebook run fix"],
    ["a list item's second line", "- a\n  /casebook run fix"],
    ["a heading", "# /casebook run fix"],
    ["a link", "[\n/casebook run fix](https://a.example)"],
    ["the title of a definition", '[a]: /b "\n/casebook run fix\n"'],
    ["the middle of a line", "please /casebook run fix"],
    ["an escape", "\\/casebook run fix"],
    ["an entity", "&#47;casebook run fix"],
    ["a full-width slash", "／casebook run fix"],
    ["a word of somebody else", "/caseload run fix"],
    ["a longer word", "/casebooks run fix"],
    ["a path", "/casebook/run fix"],
    ["another bot's command", "/retest"],
    ["nothing", ""],
  ])("not in %s", (_, text) => expect(parse(text)).toEqual([]));

  test.each([
    ["- one\n- two\n/casebook run fix", "list"],
    ["> so he said\n/casebook run fix", "quotation"],
    ["| a |\n| - |\n| b |\n/casebook run fix", "table"],
  ])("%j: a line that belongs to what is above is answered, not obeyed", (text, what) =>
    expect(noteOf(text)).toContain(what),
  );

  test("several commands come in the order of their lines", () => {
    expect(commandsOf("/casebook approve\n\ntext\n\n/case status\n/casebook help")).toEqual([
      { verb: "approve" },
      { verb: "status" },
      { verb: "help" },
    ]);
  });

  test("beyond the limit nothing is read, and that is said once", () => {
    const lines = parse("/casebook status\n".repeat(30));
    expect(lines.map(({ kind }) => kind)).toEqual([
      ...Array.from({ length: MAX_COMMANDS }, () => "command"),
      "not-understood",
    ]);
  });
});

describe("what is not understood", () => {
  test.each([
    ["/casebook investigte", "Did you mean `/casebook investigate`?"],
    ["/casebook aprove", "Did you mean `/casebook approve`?"],
    ["/casebook rootcause", "Did you mean `/casebook root-cause`?"],
    ["/casebook run rot-cause", "Did you mean `root-cause`?"],
    ["/casebook investigate --form main", "Did you mean `--from`?"],
    ["/casebook dance", "There is no such command"],
    ["/casebook constructor", "There is no such command"],
    ["/casebook __proto__", "There is no such command"],
    ["/casebook toString", "There is no such command"],
    ["/casebook run constructor", "There is no such phase"],
    ["/casebook investigate --__proto__ 1", "does not take that"],
    ["/casebook investigate fix", "Usage: `/casebook investigate [--to PHASE]"],
    ["/casebook investigate --to", "needs a value"],
    ["/casebook investigate --to nowhere", "There is no such phase"],
    ["/casebook investigate --budget lots", "amount in US dollars"],
    ["/casebook investigate --budget 0", "amount in US dollars"],
    ["/casebook investigate --budget 1e3", "amount in US dollars"],
    ["/casebook investigate --budget 9999", "amount in US dollars"],
    ["/casebook investigate --budget 1 --budget 2", "appears twice"],
    ["/casebook investigate --model --to", "name of a model"],
    ["/casebook investigate --from --upload-pack=x", "branch or tag"],
    ["/casebook verdict", "`right`, `partly` or `wrong`"],
    ["/casebook verdict maybe", "`right`, `partly` or `wrong`"],
    ["/casebook verdict right wrong", "`right`, `partly` or `wrong`"],
    ["/casebook investigate --public=yes", "takes no value"],
    ["/casebook investigate --public --public", "appears twice"],
    ["/casebook investigate --pubic", "Did you mean `--public`?"],
    ["/casebook investigate --from a..b", "branch or tag"],
    ["/casebook investigate --from main@{1}", "branch or tag"],
    ["/casebook investigate --from HEAD~1", "branch or tag"],
    ["/casebook run", "The phase is missing"],
    ["/casebook run fix fix", "Only one phase"],
    ["/casebook skip", "Usage: `/casebook skip PHASE`"],
    ["/casebook fix now", "takes nothing more"],
    ["/casebook approve please", "`approve` takes nothing more. Usage: `/casebook approve`."],
    ["/casebook reject", "The reason is missing"],
    ["/casebook at", "lines, such as"],
    ["/casebook at src/a.ts", "of `src/a.ts`, it names no line"],
    ["/casebook at src/a.ts:9-3", "comes before its first, 9"],
    ["/casebook at src/a.ts:0", "lines count from 1"],
    ["/casebook at ../secret:1", "out of the repository"],
    ["/casebook at /etc/passwd:1", "is absolute"],
    ["/casebook at https://a.example/x:1", "not of a file on a code host"],
    ["/casebook approve\u200b", "characters that do not show"],
    ["/casebook\u200b approve", "characters that do not show"],
    ["/case\u200bbook approve", "characters that do not show"],
    ["/\u200bcasebook approve", "characters that do not show"],
    ["\u2060/casebook approve", "characters that do not show"],
    ["**/casebook run fix** please", "Only one phase"],
    ["/casebook run fix\u{e0041}", "characters that do not show"],
    ["/casebook reject \u202etxt", "characters that do not show"],
  ])("%j", (text, note) => expect(noteOf(text)).toContain(note));

  test("a line beyond all measure", () =>
    expect(noteOf(`/casebook reject ${"x".repeat(1_000)}`)).toContain("longer than"));

  test("foreign words never reach the note", () => {
    for (const text of [
      "/casebook @ada",
      "/casebook run @ada",
      "/casebook investigate --@ada",
      "/casebook approve @ada",
    ])
      expect(noteOf(text)).not.toContain("ada");
  });

  test("a verb wins over a phase of the same name", () => {
    expect(parseCommands("/casebook status", ["status"])).toMatchObject([{ command: { verb: "status" } }]);
  });
});

describe("any text", () => {
  const piece = fc.constantFrom(
    "/casebook ",
    "/case",
    "run fix",
    "approve",
    "reject ",
    "\n",
    "\r\n",
    "> ",
    "- ",
    "`",
    "```\n",
    "<!--",
    "-->",
    "[",
    "](",
    ")",
    "*",
    "**",
    "    ",
    "\u200b",
    "| a |\n| - |\n",
    "\n---\n",
    "@ada",
  );

  test("gives at most the limit of lines, each short, and each begins as a command does", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), (pieces) => {
        const lines = parse(pieces.join(""));
        expect(lines.length).toBeLessThanOrEqual(MAX_COMMANDS + 1);
        for (const { text } of lines) {
          expect(text.length).toBeLessThanOrEqual(MAX_TEXT);
          expect(text.replaceAll("\u200b", "")).toMatch(/^\/case(book)?(\s|$)/i);
        }
      }),
    );
  });

  test("nothing in a quotation, a fence or a comment is ever a command", () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const text = pieces.join("");
        const quoted = text
          .split(/\r\n|\n/)
          .map((line) => `> ${line}`)
          .join("\n");
        expect(commandsOf(quoted)).toEqual([]);
        expect(commandsOf(`~~~~~~\n${text}\n~~~~~~`)).toEqual([]);
        expect(commandsOf(`<!--\n${text.replaceAll("-->", "")}\n-->`)).toEqual([]);
      }),
    );
  });

  test.each([
    "[",
    "]",
    "> ",
    "`",
    "*",
    "<!--",
    "/casebook\n",
    "/casebook <b>\n",
    "- /casebook\n",
    "/case ",
    "a\u200b",
  ])("the time for %j grows with the length of the text", (part) => {
    const read = (length: number): unknown => parse(`/casebook status\n${part.repeat(length / part.length)}`);
    expect(growthOf(read, 15_000, 60_000)).toBeLessThan(10);
  });
});
