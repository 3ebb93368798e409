import { z } from "zod";
import type { BugPattern, SequenceLine } from "../evidence/bug-patterns/bug-pattern.ts";
import { BUG_PATTERNS } from "../evidence/bug-patterns/find-bug-patterns.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import type { DefinitionData } from "./claim-data.ts";

/** The name of a bug pattern in data. */
export const patternName = z.enum(BUG_PATTERNS.map(({ name }) => name) as [string, ...string[]]);

export function patternNamed(name: string): BugPattern {
  return BUG_PATTERNS.find((one) => one.name === name)!;
}

/** What the pattern finds in the function at the commit; undefined where it finds nothing. */
export async function sequenceIn(
  name: string,
  at: DefinitionData,
  evidence: ClaimEvidence,
): Promise<readonly SequenceLine[] | undefined> {
  const symbol = await definitionAt(at, evidence);
  const syntax = await evidence.codebase.syntax(at.path);
  const source = await evidence.codebase.text(at.path);
  if (symbol === undefined || syntax === undefined || source === undefined) return undefined;
  return patternNamed(name).find(symbol, { syntax, source });
}
