import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { type ResolvedCall, resolvedCalls } from "./resolved-call.ts";

/** A test calls a function that calls this one; both calls are certain. */
export const testReaches = claimType({
  name: "test-reaches",
  mark: "code",
  schema: z.strictObject({
    callee: part.definition,
    via: part.definition,
    /** The line in `via` that calls `callee`. */
    line: part.line,
    test: z.strictObject({ path: part.path, line: part.line, name: part.name }),
  }),
  say: ({ callee, via, line, test }) => ({
    label: "Tested by",
    text: `Casebook found no test that calls ${inlineCode(callee.name)} itself; ${inlineCode(test.name)} calls ${inlineCode(via.name)}, which holds a call of it`,
    citations: [
      { kind: "lines", path: test.path, start: test.line, end: test.line },
      { kind: "lines", path: via.path, start: line, end: line },
    ],
  }),
  async check({ callee, via, line, test }, evidence) {
    const direct = await callsOf(callee, evidence);
    if (direct.some(({ inTest }) => inTest)) return wrong("a test calls it itself");
    if (!direct.some((call) => call.line === line && isIn(call, via)))
      return wrong("the first call is another");
    return (await callsOf(via, evidence)).some(
      (call) =>
        call.inTest && call.path === test.path && call.line === test.line && call.caller?.name === test.name,
    )
      ? holds("both calls are certain")
      : wrong("the test does not call it");
  },
});

type At = z.infer<typeof part.definition>;

async function callsOf(at: At, evidence: ClaimEvidence): Promise<readonly ResolvedCall[]> {
  const symbol = await definitionAt(at, evidence);
  return symbol === undefined ? [] : resolvedCalls({ path: at.path, symbol }, evidence);
}

function isIn({ caller }: ResolvedCall, { path, name, start, end }: At): boolean {
  return caller?.path === path && caller.name === name && caller.start === start && caller.end === end;
}

/** The first test that reaches a function through one other; undefined where none does for certain. */
export async function testThatReaches(
  callee: At,
  evidence: ClaimEvidence,
): Promise<ReturnType<typeof testReaches.of> | undefined> {
  for (const { caller, line, inTest } of await callsOf(callee, evidence)) {
    if (caller === undefined || inTest) continue;
    for (const call of await callsOf(caller, evidence))
      if (call.caller !== undefined && call.inTest)
        return testReaches.of({
          callee,
          via: caller,
          line,
          test: { path: call.path, line: call.line, name: call.caller.name },
        });
  }
  return undefined;
}
