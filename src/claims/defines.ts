import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A definition and its lines. */
export const defines = claimType({
  name: "defines",
  mark: "code",
  schema: part.definition,
  say: ({ path, name, start, end }) => ({
    text: inlineCode(name),
    citations: [{ kind: "lines", path, start, end }],
  }),
  async check(data, evidence) {
    if ((await definitionAt(data, evidence)) !== undefined) return holds("the syntax tree has it");
    return (await evidence.codebase.syntax(data.path)) === undefined &&
      (await evidence.codebase.text(data.path)) !== undefined
      ? undecided("Casebook has no grammar for the file")
      : wrong("the file has no such definition on these lines");
  },
});
