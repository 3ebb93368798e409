import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { hasForeignBase } from "./foreign-base.ts";
import { nameHits } from "./name-hits.ts";
import type { Definition } from "../evidence/references/build-symbol-index.ts";
import { languageNamed } from "../languages/languages.ts";
import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../languages/syntax.ts";
import { endingOf, fileNameOf, stemOf } from "../languages/paths.ts";

/**
 * What is known of the uses of a definition where none is certain: lines that call something of its name, or hold it, and how many
 * other definitions have the name; or that no line holds it.
 */
export const nameAppears = claimType({
  name: "name-appears",
  mark: "code",
  schema: z.strictObject({
    of: part.definition,
    from: z.enum(["program", "test"]),
    /** Lines. */
    count: part.count,
    /** Other definitions of the commit that have the name. */
    others: part.count,
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(3),
    /** Something of the name is called on these lines; false: a function, and nothing of its name is called anywhere. */
    called: z.boolean().optional(),
    /** The lines do not lead to a use: the name is common, or stands in imports, data and messages alone. */
    unclear: z.literal(true).optional(),
    /** Where no test holds the name: the one file of tests that is named after the file of the definition. */
    near: part.path.optional(),
    /** Nothing of the program holds the name, and a base of its class outside of the commit may call it. */
    foreignBase: z.literal(true).optional(),
  }),
  say: ({ of, from, count, others, shown, called, unclear, near, foreignBase }) => {
    const where = from === "test" ? "of tests" : "outside it and outside tests";
    const name = inlineCode(of.name);
    const lines = counted(count, "line");
    const does =
      called === true
        ? `${count === 1 ? "calls" : "call"} something of the name of`
        : `${count === 1 ? "holds" : "hold"} the name of`;
    const other =
      others === 0
        ? "Casebook found no other definition of it"
        : `${counted(others, "other definition")} ${others === 1 ? "has" : "have"} it too, so which is meant is not certain`;
    const own = [{ kind: "lines" as const, path: of.path, start: of.start, end: of.end }];
    if (unclear === true)
      return {
        label: from === "test" ? "Tested by" : "Called by",
        text: `Casebook found no certain ${from === "test" ? "test" : "call"} of ${name}; its name stands in ${lines} ${where}${others === 0 ? "" : `, and ${counted(others, "other definition")} ${others === 1 ? "has" : "have"} it`}`,
        citations: own,
      };
    return {
      label: from === "test" ? "Tested by" : "Called by",
      text:
        count > 0
          ? called === false
            ? `Casebook found no call of ${name}${from === "test" ? " in a test" : ""}; ${lines} ${where} ${count === 1 ? "holds" : "hold"} its name`
            : `${lines} ${where} ${does} ${name}; ${other}`
          : near === undefined
            ? `Casebook found no ${from === "test" ? "test" : "use"} of ${name}; no line ${from === "test" ? "of a test" : "of code outside tests"} holds the name${foreignBase === true ? "; its class has a base outside of the commit, which may call it" : ""}`
            : `no line of a test holds the name of ${name}; ${inlineCode(near)} is named after its file`,
      citations:
        count === 0 ? own : shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
    };
  },
  async check({ of, from, count, others, shown, called, unclear, near, foreignBase }, evidence) {
    const symbol = await definitionAt(of, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(of.name)} is not defined on these lines`);
    const known = await appearances({ path: of.path, symbol }, from, evidence);
    if (known.isUnclear !== (unclear === true)) return wrong("the lines show another thing");
    const isForeign =
      from === "program" &&
      known.lines.length === 0 &&
      (await hasForeignBase({ path: of.path, symbol }, evidence));
    if (isForeign !== (foreignBase === true)) return wrong("its class has another base");
    if (near !== undefined && (from !== "test" || count > 0)) return wrong("the tests hold the name");
    if (from === "test" && known.lines.length === 0 && testFileOf(of.path, evidence) !== near)
      return wrong("another file of tests, or none, is named after the file");
    if (known.others !== others) return wrong("the number of definitions with the name is another");
    if (known.called !== called) return wrong("the lines do something else with the name");
    if (known.lines.length !== count) return wrong(`${counted(known.lines.length, "line")} hold the name`);
    return shown.every((one) => known.lines.some(({ path, line }) => path === one.path && line === one.line))
      ? holds("counted again")
      : wrong("a cited line does not hold the name");
  },
});

interface Appearances {
  readonly lines: readonly { readonly path: string; readonly line: number }[];
  /** Other definitions with the name. */
  readonly others: number;
  /** Undefined where the lines do not say: no function, or source that is not parsed. */
  readonly called: boolean | undefined;
  /** The lines do not lead to a use. */
  readonly isUnclear: boolean;
}

/** Above these counts, lines with a shared name, and definitions that share it, help no reader to find a use. */
const MAX_SHARED = 30;
const MAX_OTHERS = 4;
/** A name that may be an ordinary word: `run` in the message of a test does not mean the function. */
const PLAIN = /^\p{Ll}+$/u;

/**
 * Lines with the name of a definition: those that call something of the name, where there are such, else all that hold it. In tests a text
 * counts where no code has it: `describe("keepRows")`. No line: the whole search is empty. Unclear where the name is common, or stands in imports, data and
 * messages alone.
 */
export async function appearances(
  { path, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  from: "program" | "test",
  evidence: ClaimEvidence,
): Promise<Appearances> {
  const hits = await nameHits({ path, symbol }, evidence);
  const syntax = await evidence.codebase.syntax(path);
  const names = languageNamed(syntax?.language)?.names;
  const hasOverloads = names?.noOverloads !== true;
  const others = (await definitionsNamed(symbol.name, evidence)).filter(
    (one) => !isSame(one, { path, symbol }, hasOverloads),
  );
  const isDefinition = (line: { readonly path: string; readonly line: number }): boolean =>
    others.some((one) => one.path === line.path && one.symbol.nameLine === line.line);
  const owner = syntax?.symbols.find((one) => one.name === symbol.container.at(-1) && !isFunctionLike(one));
  // A member is called on something, where the language does not leave that out: `round(x)` is none of `Tools.round`.
  const isMember =
    isFunctionLike(symbol) &&
    owner !== undefined &&
    names?.bareMembers !== true &&
    names?.hasNamespaces !== true;
  const code = (from === "program" ? hits.uses : hits.testUses).filter(
    (one) => !isDefinition(one) && !(isMember && one.isBare),
  );
  const calls = code.filter(({ isCall }) => isCall);
  const texts = code.length > 0 || PLAIN.test(symbol.name) ? [] : hits.tests;
  const all = from === "program" ? [...code, ...hits.unread] : code.length > 0 ? code : texts;
  const rest = from === "program" ? [...hits.uses, ...hits.imports, ...hits.data] : hits.tests;
  const remarks = from === "program" ? hits.remarks : 0;
  const lines = calls.length > 0 ? calls : all;
  const isShared = others.length > MAX_OTHERS || (others.length > 0 && lines.length > MAX_SHARED);
  const known = { others: others.length, called: undefined, isUnclear: false };
  if (all.length === 0 && rest.length + remarks === 0) return { ...known, lines: [] };
  if (all.length === 0 || isShared)
    return { ...known, lines: all.length > 0 ? lines : rest, isUnclear: true };
  // `base(path)` and `super(path)` call a constructor without its name.
  const isNamedToBeCalled = symbol.kind !== "constructor" && names?.bareCalls !== true;
  const isUncalled =
    code.length > 0 && code.length === all.length && isFunctionLike(symbol) && isNamedToBeCalled;
  return { ...known, lines, called: calls.length > 0 ? true : isUncalled ? false : undefined };
}

/** The definition itself: another declaration of it, an overload, or the class of a constructor. */
function isSame(
  { path, symbol }: Definition,
  one: { readonly path: string; readonly symbol: SymbolDefinition },
  hasOverloads: boolean,
): boolean {
  if (DECLARES.test(path)) return true;
  if (path !== one.path) return false;
  return (
    (qualifiedName(symbol) === qualifiedName(one.symbol) &&
      (hasOverloads || symbol.start === one.symbol.start)) ||
    [...symbol.container, symbol.name, symbol.name].join(".") === qualifiedName(one.symbol)
  );
}

/** Files that declare what is defined elsewhere. */
const DECLARES = /\.d\.[cm]?ts$|\.pyi$/;

/** True where one definition of the commit has the name. */
export async function isOnlyDefinition(
  name: string,
  evidence: Pick<ClaimEvidence, "symbolIndex">,
): Promise<boolean> {
  return (await definitionsNamed(name, evidence)).length === 1;
}

/** Definitions with a name. What an import brings under it is none: `const f = require("./f")`. */
async function definitionsNamed(
  name: string,
  { symbolIndex }: Pick<ClaimEvidence, "symbolIndex">,
): Promise<readonly Definition[]> {
  const { definitions, files } = await symbolIndex();
  return (definitions.get(name) ?? []).filter(
    ({ path, symbol }) => files.get(path)?.imports.some(({ line }) => line === symbol.nameLine) !== true,
  );
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
