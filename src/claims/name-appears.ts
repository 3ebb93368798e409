import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { hasForeignBase } from "./foreign-base.ts";
import { type NameHits, nameHits } from "./name-hits.ts";
import { endingOf, fileNameOf, stemOf } from "../languages/paths.ts";

/** Lines with the name of a definition whose meaning is not certain: counted, and no more said than that. */
export const nameAppears = claimType({
  name: "name-appears",
  mark: "code",
  schema: z.strictObject({
    of: part.definition,
    from: z.enum(["program", "test"]),
    count: part.count,
    /** True where no other definition of the program or its tests has the name. */
    only: z.boolean(),
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(3),
    /** Where no test holds the name: the one file of tests that is named after the file of the definition. */
    near: part.path.optional(),
    /** Nothing of the program holds the name, and a base of its class outside of the commit may call it. */
    foreignBase: z.literal(true).optional(),
  }),
  say: ({ of, from, count, only, shown, near, foreignBase }) => ({
    label: from === "test" ? "Tested by" : "Called by",
    text:
      count > 0
        ? only
          ? `the name of ${inlineCode(of.name)} appears on ${counted(count, "line")} ${from === "test" ? "of tests" : "outside it and outside tests"}; no other definition has the name`
          : `which ${from === "test" ? "tests use" : "code uses"} ${inlineCode(of.name)} is not certain: ${counted(count, "line")} ${from === "test" ? "of tests hold" : "outside it and outside tests hold"} the name, and other definitions have it, too`
        : near === undefined
          ? `Casebook found no ${from === "test" ? "test" : "use"} of ${inlineCode(of.name)}; no line ${from === "test" ? "of a test" : "of code outside tests"} holds the name${foreignBase === true ? "; its class has a base outside of the commit, which may call it" : ""}`
          : `no line of a test holds the name of ${inlineCode(of.name)}; ${inlineCode(near)} is named after its file`,
    citations:
      count === 0
        ? [{ kind: "lines", path: of.path, start: of.start, end: of.end }]
        : shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ of, from, count, only, shown, near, foreignBase }, evidence) {
    const symbol = await definitionAt(of, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(of.name)} is not defined on these lines`);
    const isForeign =
      from === "program" && count === 0 && (await hasForeignBase({ path: of.path, symbol }, evidence));
    if (isForeign !== (foreignBase === true)) return wrong("its class has another base");
    const hits = await nameHits({ path: of.path, symbol }, evidence);
    const there = appearances(hits, from);
    if (near !== undefined && (from !== "test" || count > 0)) return wrong("the tests hold the name");
    if (from === "test" && count === 0 && testFileOf(of.path, evidence) !== near)
      return wrong("another file of tests, or none, is named after the file");
    if ((await isOnlyDefinition(symbol.name, evidence)) !== only)
      return wrong("the number of definitions with the name is another");
    if (there.length !== count) return wrong(`${counted(there.length, "line")} hold the name`);
    return shown.every((one) => there.some(({ path, line }) => path === one.path && line === one.line))
      ? holds("counted again")
      : wrong("a cited line does not hold the name");
  },
});

/** Lines of code with the name. In tests a text counts where no code has it: `describe("set")`. */
export function appearances(
  { uses, unread, tests, testUses }: NameHits,
  from: "program" | "test",
): readonly { readonly path: string; readonly line: number }[] {
  if (from === "program") return [...uses, ...unread];
  return testUses.length > 0 ? testUses : tests;
}

/** True where one definition of the commit has the name. What an import brings under it is none: `const f = require("./f")`. */
export async function isOnlyDefinition(
  name: string,
  { symbolIndex }: Pick<ClaimEvidence, "symbolIndex">,
): Promise<boolean> {
  const { definitions, files } = await symbolIndex();
  const own = (definitions.get(name) ?? []).filter(
    ({ path, symbol }) => files.get(path)?.imports.some(({ line }) => line === symbol.nameLine) !== true,
  );
  return own.length === 1;
}

/** What test files add to the name of the file that they test. */
const TEST_AFFIXES = /^(?:tests?[._-]|Tests?(?=\p{Lu}))|(?:[._-](?:tests?|spec|it)|Tests?|Spec|IT)$/gu;
/** Names of files in any folder. */
const PLAIN_STEMS = new Set(
  "index main mod lib utils util helpers common core base __init__ types app".split(" "),
);

/** The one file of tests that is named after a file; undefined for none or several. */
export function testFileOf(path: string, { codebase }: Pick<ClaimEvidence, "codebase">): string | undefined {
  const stem = stemOf(fileNameOf(path));
  if (PLAIN_STEMS.has(stem)) return undefined;
  const found = codebase.tree.entries.filter(
    (entry) =>
      entry.path !== path &&
      endingOf(entry.path) === endingOf(path) &&
      codebase.roleOf(entry.path) === "test" &&
      stemOf(fileNameOf(entry.path)).replace(TEST_AFFIXES, "") === stem,
  );
  return found.length === 1 ? found[0]!.path : undefined;
}
