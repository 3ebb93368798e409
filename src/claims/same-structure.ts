import { z } from "zod";
import { findSimilar } from "../evidence/find-similar.ts";
import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A function whose structure equals another's, in percent of the runs of four tokens, names and literals put aside. */
export const sameStructure = claimType({
  name: "same-structure",
  mark: "code",
  schema: z.strictObject({
    of: part.definition,
    other: part.definition,
    percent: z.int().min(1).max(100),
  }),
  say: ({ of, other, percent }) => ({
    label:
      other.name === of.name
        ? `${inlineCode(other.name)} in ${inlineCode(other.path)}`
        : inlineCode(other.name),
    text: `${percent} % of its structure equals that of ${inlineCode(of.name)}${other.name === of.name ? ` in ${inlineCode(of.path)}` : ""}`,
    citations: [{ kind: "lines", path: other.path, start: other.start, end: other.end }],
  }),
  async check({ of, other, percent }, evidence) {
    const first = await definitionAt(of, evidence);
    const index = await evidence.symbolIndex();
    const language = index.files.get(of.path)?.language;
    if ((await definitionAt(other, evidence)) === undefined)
      return wrong(`${inlineCode(other.name)} is not defined on these lines`);
    if (first === undefined || language === undefined)
      return wrong(`${inlineCode(of.name)} is not defined on these lines`);
    const found = findSimilar({ path: of.path, symbol: first }, language, index).find(
      ({ path, symbol }) => path === other.path && symbol.start === other.start && symbol.end === other.end,
    );
    return found !== undefined && Math.round(found.similarity * 100) === percent
      ? holds("compared again")
      : wrong("the two compare otherwise");
  },
});
