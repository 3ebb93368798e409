import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { SymbolDefinition } from "../languages/syntax.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import { nameHits } from "./name-hits.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { type ResolvedCall, resolvedCalls } from "./resolved-call.ts";

const ROLES = { program: "Called by", test: "Tested by" } as const;

/** How often a function is called for certain, in the program or in tests, and the first of the calls. */
export const calledBy = claimType({
  name: "called-by",
  mark: "code",
  schema: z.strictObject({
    callee: part.definition,
    from: z.enum(["program", "test"]),
    count: part.count.min(1),
    /** Other lines, of the program or of tests, that hold its name in code: calls of it as well, or of something else. */
    more: part.count,
    /** `name` is absent at the top of a file. */
    shown: z
      .array(z.strictObject({ path: part.path, line: part.line, name: part.name.optional() }))
      .min(1)
      .max(4),
  }),
  say: ({ callee, from, count, more, shown }) => {
    const names = [
      ...new Set(shown.map(({ name, path }) => inlineCode(name ?? path.slice(path.lastIndexOf("/") + 1)))),
    ];
    return {
      label: ROLES[from],
      text: `${counted(count, "line")} ${count === 1 ? "calls" : "call"} ${inlineCode(callee.name)}, ${count > shown.length ? "such as " : ""}in ${listed(names)}${more === 0 ? "" : `; ${counted(more, "more line")} ${more === 1 ? "holds" : "hold"} the name, which may mean it`}`,
      citations: shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
    };
  },
  async check({ callee, from, count, more, shown }, evidence) {
    const symbol = await definitionAt(callee, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(callee.name)} is not defined on these lines`);
    const there = (await resolvedCalls({ path: callee.path, symbol }, evidence)).filter(
      ({ inTest }) => inTest === (from === "test"),
    );
    if (there.length !== count) return wrong(`${counted(there.length, "line")} call it for certain`);
    const others = (await otherLines({ path: callee.path, symbol }, there, from, evidence)).length;
    if (others !== more) return wrong(`${counted(others, "more line")} hold the name`);
    return shown.every((one) => there.some((call) => isSame(one, call)))
      ? holds("counted again")
      : wrong("a cited line is no call of it");
  },
});

/** Lines of code with the name of a definition, of the program or of tests, that are none of the calls. */
export async function otherLines(
  definition: { readonly path: string; readonly symbol: SymbolDefinition },
  calls: readonly ResolvedCall[],
  from: keyof typeof ROLES,
  evidence: ClaimEvidence,
): Promise<readonly { readonly path: string; readonly line: number }[]> {
  const hits = await nameHits(definition, evidence);
  const known = new Set(calls.map(({ path, line }) => `${path}:${line}`));
  const there = from === "test" ? hits.testUses : [...hits.uses, ...hits.unread];
  const { definitions } = await evidence.symbolIndex();
  for (const { path, symbol } of definitions.get(definition.symbol.name) ?? [])
    known.add(`${path}:${symbol.nameLine}`);
  return there.filter(({ path, line }) => !known.has(`${path}:${line}`));
}

function isSame(
  one: { readonly path: string; readonly line: number; readonly name?: string | undefined },
  { path, line, caller }: ResolvedCall,
): boolean {
  return one.path === path && one.line === line && one.name === caller?.name;
}
