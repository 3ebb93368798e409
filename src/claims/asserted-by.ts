import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { definitionAt, type ClaimEvidence } from "./claim-evidence.ts";
import { type DefinitionData, part } from "./claim-data.ts";
import { resolvedCalls } from "./resolved-call.ts";

/** Longer lines say more than one thing. */
const MAX_WORDS = 200;

const assertedSchema = z.strictObject({
  callee: part.definition,
  test: z.strictObject({ path: part.path, name: part.name, line: part.line }),
  /** The whole line. */
  words: z.string().min(1).max(MAX_WORDS),
});

export type Asserted = z.infer<typeof assertedSchema>;

/**
 * A test asserts, on one whole line, something of a call of this function: what somebody wants it to do. Whether that is right is a
 * person's judgement.
 */
export const assertedBy = claimType({
  name: "asserted-by",
  mark: "code",
  schema: assertedSchema,
  say: ({ callee, test, words }) => ({
    label: "Asserted by",
    text: `${inlineCode(test.name)} asserts ${inlineCode(words, MAX_WORDS)}, which calls ${inlineCode(callee.name)}`,
    citations: [{ kind: "lines", path: test.path, start: test.line, end: test.line }],
  }),
  async check({ callee, test, words }, evidence) {
    if ((await definitionAt(callee, evidence)) === undefined)
      return wrong("there is no such function on these lines");
    const there = (await assertionsOn(callee, evidence)).find(
      (one) => one.test.path === test.path && one.test.line === test.line && one.test.name === test.name,
    );
    if (there !== undefined)
      return there.words === words ? holds("the line asserts it") : wrong("the line has other words");
    const named = (await evidence.codebase.syntax(test.path))?.references.some(
      ({ line, name }) => line === test.line && name === callee.name.split(".").at(-1),
    );
    return named === true
      ? undecided("the line names it, and Casebook does not read an assertion of it there")
      : wrong("the line does not call it");
  },
});

/** Lines of tests that are one whole assertion and call the function for certain; no test that is left out or expected to fail. */
export async function assertionsOn(
  callee: DefinitionData,
  evidence: ClaimEvidence,
): Promise<readonly Asserted[]> {
  const symbol = await definitionAt(callee, evidence);
  if (symbol === undefined) return [];
  const found: Asserted[] = [];
  for (const { path, line, inTest, caller } of await resolvedCalls({ path: callee.path, symbol }, evidence)) {
    if (!inTest || caller === undefined || caller.path !== path) continue;
    const lines = (await evidence.codebase.text(path))?.lines ?? [];
    const words = (lines[line - 1] ?? "").trim();
    if (words.length > MAX_WORDS || !isAssertion(words)) continue;
    if (
      lines.slice(Math.max(0, caller.start - 1 - MARKS_ABOVE), caller.end).some((one) => LEFT_OUT.test(one))
    )
      continue;
    found.push({ callee, test: { path, name: caller.name, line }, words });
  }
  return found;
}

/** Lines above a test that can mark it. */
const MARKS_ABOVE = 4;
/** A test that is skipped, or that somebody expects to fail, says the opposite. */
const LEFT_OUT =
  /\b(?:x?fail\w*|skip\w*|ignored?|disabled|todo|pending|broken|known_?bug\w*|expected_?failure)\b/i;
/** `assert …`, `self.assertEqual(`, `Assert.AreEqual(`, `assert_eq!(`, `expect(`, `EXPECT_EQ(`, `require.Equal(`. */
const ASSERTS =
  /^(?:await\s+)?(?:assert(?=\s+\S)|(?:self\.|this\.|\$this->|self::|static::)?assert\w*!?\(|(?:[Aa]ssert(?:ions?)?|require)\.\w+\(|expect\(|(?:ASSERT|EXPECT|REQUIRE|CHECK)\w*\()/;

/** The line begins with an assertion and ends it: every bracket that it opens is closed, and nothing of it is a remark. */
function isAssertion(line: string): boolean {
  if (!ASSERTS.test(line) || /[\\,]$|\p{Cc}/u.test(line)) return false;
  if (line.startsWith("expect(") && !/\)\s*\.\s*\w/.test(line)) return false;
  let open = 0;
  for (const character of line.replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/g, "")) {
    if ("([{".includes(character)) open++;
    else if (")]}".includes(character) && --open < 0) return false;
  }
  return open === 0;
}
