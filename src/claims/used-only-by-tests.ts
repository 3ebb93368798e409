import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { isFunctionLike, type SymbolDefinition } from "../languages/syntax.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { hasForeignBase } from "./foreign-base.ts";
import { nameHits } from "./name-hits.ts";

/** Nothing but tests uses a definition: every line of the commit with its name is accounted for. */
export const usedOnlyByTests = claimType({
  name: "used-only-by-tests",
  mark: "code",
  schema: z.strictObject({
    of: part.definition,
    /** Lines of tests with the name, and the files that hold them. */
    lines: part.count,
    files: part.count,
    /** Files that import the name and do nothing else with it. */
    imports: part.count,
    /** Lines of documentation with the name. */
    docs: part.count,
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(3),
  }),
  say: ({ of, lines, files, imports, docs, shown }) => ({
    label: "Used by",
    text:
      lines === 0
        ? `Casebook found no use of ${inlineCode(of.name)} in the commit`
        : `only tests use ${inlineCode(of.name)} (${counted(lines, "line")} in ${counted(files, "file")})${imports === 0 ? "" : `; ${counted(imports, "other line")} only ${imports === 1 ? "imports it and gives it" : "import it and give it"} on`}${docs === 0 ? "" : `; ${counted(docs, "line")} of documentation ${docs === 1 ? "names" : "name"} it`}`,
    citations:
      lines === 0
        ? [{ kind: "lines", path: of.path, start: of.start, end: of.end }]
        : shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ of, lines, files, imports, docs, shown }, evidence) {
    const symbol = await definitionAt(of, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(of.name)} is not defined on these lines`);
    if (await hasForeignBase({ path: of.path, symbol }, evidence))
      return undecided("its class has a base that is not in the commit, which may call it");
    const hits = await nameHits({ path: of.path, symbol }, evidence);
    if (hits.uses.length > 0) return wrong(`${counted(hits.uses.length, "line")} outside tests use the name`);
    if (await isUsedByMembers({ path: of.path, symbol }, evidence))
      return undecided("lines outside tests hold the name of a member, which may be used without it");
    const unread = hits.unread.length + hits.data.length;
    if (unread > 0)
      return undecided(`${counted(unread, "line")} with the name are in files that Casebook cannot parse`);
    if (hits.testUses.length !== lines || new Set(hits.testUses.map(({ path }) => path)).size !== files)
      return wrong(`${counted(hits.testUses.length, "line")} of tests hold the name`);
    if (hits.docs.length !== docs)
      return wrong(`${counted(hits.docs.length, "line")} of documentation name it`);
    if (hits.imports.length !== imports)
      return wrong(`${counted(hits.imports.length, "line")} outside tests import it`);
    return shown.every((one) =>
      hits.testUses.some(({ path, line }) => path === one.path && line === one.line),
    )
      ? holds("every line with the name is accounted for")
      : wrong("a cited line is in no test");
  },
});

const MAX_MEMBERS = 20;

/**
 * Whether a class or the like may be used without its name: lines of the program outside of it hold the name of a member, as those of
 * an extension do, or of an object that somebody hands on.
 */
export async function isUsedByMembers(
  { path, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  evidence: ClaimEvidence,
): Promise<boolean> {
  if (isFunctionLike(symbol)) return false;
  const inside = (one: { readonly path: string; readonly line: number }): boolean =>
    one.path === path && symbol.start <= one.line && one.line <= symbol.end;
  const members = ((await evidence.codebase.syntax(path))?.symbols ?? []).filter(
    (one) =>
      isFunctionLike(one) && one.container.at(-1) === symbol.name && inside({ path, line: one.nameLine }),
  );
  if (members.length > MAX_MEMBERS) return true;
  for (const member of members) {
    // The language calls these, without their name.
    if (/^__\w+__$|^constructor$/.test(member.name) || member.name === symbol.name) continue;
    const { uses, unread } = await nameHits({ path, symbol: member }, evidence);
    if ([...uses, ...unread].some((one) => !inside(one))) return true;
  }
  return false;
}
