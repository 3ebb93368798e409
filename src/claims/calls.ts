import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { resolvedCalls } from "./resolved-call.ts";

/** A function calls another on a line, and no other function can be meant. */
export const calls = claimType({
  name: "calls",
  mark: "code",
  schema: z.strictObject({ caller: part.definition, line: part.line, callee: part.definition }),
  say: ({ caller, line, callee }) => ({
    text: `${inlineCode(caller.name)} calls ${inlineCode(callee.name)}`,
    citations: [{ kind: "lines", path: caller.path, start: line, end: line }],
  }),
  async check({ caller, line, callee }, evidence) {
    if (line < caller.start || line > caller.end) return wrong("the line is not in the caller");
    const symbol = await definitionAt(callee, evidence);
    if (symbol === undefined) return wrong(`${inlineCode(callee.name)} is not defined on these lines`);
    const found = (await resolvedCalls({ path: callee.path, symbol }, evidence)).some(
      (call) =>
        call.line === line &&
        call.caller?.path === caller.path &&
        call.caller.name === caller.name &&
        call.caller.start === caller.start &&
        call.caller.end === caller.end,
    );
    if (found) return holds("import, receiver or type lead to this definition");
    const named = (await evidence.codebase.syntax(caller.path))?.references.some(
      (reference) => reference.line === line && reference.name === symbol.name,
    );
    return named === true
      ? undecided("the line names it, and what it means is not certain")
      : wrong("the line does not call it");
  },
});
