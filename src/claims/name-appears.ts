import { z } from "zod";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { nameHits } from "./name-hits.ts";

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
  }),
  say: ({ of, from, count, only, shown }) => ({
    label: from === "test" ? "Tested by" : "Called by",
    text:
      count === 0
        ? `Casebook found no ${from === "test" ? "test" : "use"} of ${inlineCode(of.name)}; no line ${from === "test" ? "of a test" : "outside tests"} holds the name`
        : `the name of ${inlineCode(of.name)} appears on ${counted(count, "line")} ${from === "test" ? "of tests" : "outside it and outside tests"}; ${only ? "no other definition has the name" : "other definitions have the name, too"}`,
    citations:
      count === 0
        ? [{ kind: "lines", path: of.path, start: of.start, end: of.end }]
        : shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ of, from, count, only, shown }, evidence) {
    const symbol = await definitionAt(of, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(of.name)} is not defined on these lines`);
    const hits = await nameHits({ path: of.path, symbol }, evidence);
    const there = from === "test" ? hits.tests : [...hits.uses, ...hits.unread];
    const isOnly = (await evidence.symbolIndex()).definitions.get(symbol.name)?.length === 1;
    if (isOnly !== only) return wrong("the number of definitions with the name is another");
    if (there.length !== count) return wrong(`${counted(there.length, "line")} hold the name`);
    return shown.every((one) => there.some(({ path, line }) => path === one.path && line === one.line))
      ? holds("counted again")
      : wrong("a cited line does not hold the name");
  },
});
