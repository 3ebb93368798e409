import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** The function that a fix would change if the leading suspect is right. */
export const target = claimType({
  name: "target",
  mark: "concluded",
  schema: part.definition,
  say: ({ path, name, start, end }) => ({
    label: `${inlineCode(name)} ${inlineCode(`${start}-${end}`)}`,
    text: "the leading suspect",
    citations: [{ kind: "lines", path, start, end }],
  }),
  async check(at, evidence) {
    return (await definitionAt(at, evidence)) === undefined
      ? wrong("the file has no such definition on these lines")
      : holds("the file has it");
  },
});
