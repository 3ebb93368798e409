import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import { definitionAt } from "./claim-evidence.ts";
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
    /** `name` is absent at the top of a file. */
    shown: z
      .array(z.strictObject({ path: part.path, line: part.line, name: part.name.optional() }))
      .min(1)
      .max(4),
  }),
  say: ({ callee, from, count, shown }) => {
    const names = [
      ...new Set(shown.map(({ name, path }) => inlineCode(name ?? path.slice(path.lastIndexOf("/") + 1)))),
    ];
    return {
      label: ROLES[from],
      text: `${counted(count, "line")} ${count === 1 ? "calls" : "call"} ${inlineCode(callee.name)}, ${count > shown.length ? "such as " : ""}in ${listed(names)}`,
      citations: shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
    };
  },
  async check({ callee, from, count, shown }, evidence) {
    const symbol = await definitionAt(callee, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(callee.name)} is not defined on these lines`);
    const there = (await resolvedCalls({ path: callee.path, symbol }, evidence)).filter(
      ({ inTest }) => inTest === (from === "test"),
    );
    if (there.length !== count) return wrong(`${counted(there.length, "line")} call it for certain`);
    return shown.every((one) => there.some((call) => isSame(one, call)))
      ? holds("counted again")
      : wrong("a cited line is no call of it");
  },
});

function isSame(
  one: { readonly path: string; readonly line: number; readonly name?: string | undefined },
  { path, line, caller }: ResolvedCall,
): boolean {
  return one.path === path && one.line === line && one.name === caller?.name;
}
