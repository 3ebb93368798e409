import { z } from "zod";
import { callsFor } from "../evidence/bug-patterns/bug-pattern.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { patternName, patternNamed, sequenceIn } from "./sequence.ts";

/** The function has the sequence and the report a symptom of its kind: the likely cause. Concluded, because nothing was run. */
export const sequenceExplains = claimType({
  name: "sequence-explains",
  mark: "concluded",
  schema: z.strictObject({ pattern: patternName, in: part.definition }),
  say: ({ pattern, in: at }) => ({
    text: `${inlineCode(at.name)} ${patternNamed(pattern).claim}. ${patternNamed(pattern).consequence}`,
    citations: [{ kind: "lines", path: at.path, start: at.start, end: at.end }],
  }),
  async check({ pattern, in: at }, evidence) {
    if ((await sequenceIn(pattern, at, evidence)) === undefined)
      return wrong("the function has no such sequence");
    if (evidence.query === undefined) return undecided("the issue is not at hand");
    return callsFor(evidence.query, patternNamed(pattern))
      ? holds("the report describes a symptom of this kind")
      : wrong("the report describes no symptom of this kind");
  },
});
