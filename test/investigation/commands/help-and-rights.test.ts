import { describe, expect, test } from "@jest/globals";
import type { Verb } from "../../../src/investigation/commands/forms.ts";
import { formatHelp, formatHelpText } from "../../../src/investigation/commands/format-help.ts";
import { FORMS, VERBS } from "../../../src/investigation/commands/forms.ts";
import { parseCommands } from "../../../src/investigation/commands/parse-commands.ts";
import { hasAtLeast, PERMISSIONS, type Permission } from "../../../src/investigation/commands/rights.ts";
import { missingRight } from "../../../src/investigation/commands/rights.ts";
import { parseMarkdown } from "../../../src/text/parse-markdown.ts";
import { nearest } from "../../../src/text/nearest.ts";

const PHASES = ["comprehension", "root-cause"];

describe("the table of commands", () => {
  test("each row's usage, with its words filled in, is understood as that verb", () => {
    const filled = (usage: string): string =>
      usage
        .replaceAll(/[[\]]/g, "")
        .replaceAll("PHASE", "root-cause")
        .replaceAll("VERDICT", "partly")
        .replaceAll("USD", "2.50")
        .replaceAll("NAME", "small")
        .replaceAll("REF", "main")
        .replaceAll("REASON", "not a bug")
        .replaceAll("PATH:LINE-LINE", "src/a.ts:3-9");
    for (const verb of VERBS)
      expect(parseCommands(`/casebook ${filled(FORMS[verb].usage)}`, PHASES)).toMatchObject([
        { kind: "command", command: { verb } },
      ]);
  });

  test("the help is one Markdown table with a row for every verb", () => {
    const [table] = parseMarkdown(formatHelpText()).children;
    if (table?.type !== "table") throw new Error("the help is no table");
    expect(table.children).toHaveLength(VERBS.length + 1);
    expect(table.children.every(({ children }) => children.length === 3)).toBe(true);
  });

  test("the help commands nothing, mentions nobody and names the phases that exist", () => {
    const help = formatHelp(PHASES);
    expect(parseCommands(help, PHASES)).toEqual([]);
    expect(help).not.toContain("@");
    expect(help).toContain("`comprehension`, `root-cause`");
  });
});

describe("who may", () => {
  const least = (verb: Verb, start: Permission, isStarter = false): Permission | undefined =>
    PERMISSIONS.find(
      (permission) => missingRight(verb, { login: "ada", permission, isStarter }, start) === undefined,
    );

  /** The right that each verb needs, usually and where only maintainers start work. A new verb does not compile without. */
  const NEEDED: Readonly<Record<Verb, readonly [usual: Permission, strict: Permission]>> = {
    investigate: ["write", "maintain"],
    run: ["write", "maintain"],
    approve: ["write", "maintain"],
    retry: ["write", "maintain"],
    skip: ["write", "maintain"],
    at: ["write", "maintain"],
    test: ["write", "maintain"],
    refresh: ["write", "maintain"],
    reject: ["write", "write"],
    cancel: ["triage", "triage"],
    pause: ["triage", "triage"],
    resume: ["triage", "triage"],
    verdict: ["triage", "triage"],
    status: ["none", "none"],
    help: ["none", "none"],
  };

  test.each(VERBS)("%s needs its right, and the stricter one where only maintainers start work", (verb) => {
    expect([least(verb, "write"), least(verb, "maintain")]).toEqual(NEEDED[verb]);
  });

  test("who started it may stop it and go on, and nothing more", () => {
    const free = VERBS.filter((verb) => least(verb, "write", true) === "none");
    expect(free).toEqual(["cancel", "pause", "resume", "verdict", "status", "help"]);
  });

  test.each([
    ["approve", "read", "`approve` needs write; `ada` has read."],
    ["approve", "none", "`approve` needs write; `ada` has no right here."],
    ["cancel", "read", "`cancel` needs triage, or the person who started the investigation; `ada` has read."],
  ] as const)("a refusal of %s to %s names the right that is missing", (verb, permission, note) =>
    expect(missingRight(verb, { login: "ada", permission, isStarter: false }, "write")).toBe(note),
  );

  test("no name in a refusal is a mention", () =>
    expect(missingRight("run", { login: "`@ada`", permission: "read", isStarter: false }, "admin")).toBe(
      "`run` needs admin; `` `@ada` `` has read.",
    ));

  test("rights are ordered", () => {
    for (const [i, one] of PERMISSIONS.entries())
      for (const [j, other] of PERMISSIONS.entries()) expect(hasAtLeast(one, other)).toBe(i >= j);
  });
});

test.each([
  ["investigte", "investigate"],
  ["nivestigate", "investigate"],
  ["CANCEL", "cancel"],
  ["xyz", undefined],
  ["", undefined],
  ["x".repeat(10_000), undefined],
])("the nearest word to %.20s is %s", (word, expected) => expect(nearest(word, VERBS)).toBe(expected));
