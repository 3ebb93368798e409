import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { patternName, sequenceIn } from "./sequence.ts";

/** One line of a sequence that is known to cause a kind of symptom, and what happens there. */
export const sequenceStep = claimType({
  name: "sequence-step",
  mark: "code",
  schema: z.strictObject({ pattern: patternName, in: part.definition, line: part.line, what: part.words }),
  say: ({ in: at, line, what }) => ({
    text: `${inlineCode(at.name)} ${what}`,
    citations: [{ kind: "lines", path: at.path, start: line, end: line }],
  }),
  async check({ pattern, in: at, line, what }, evidence) {
    const there = await sequenceIn(pattern, at, evidence);
    return there?.some((step) => step.line === line && step.what === what) === true
      ? holds("the line does this")
      : wrong("the function has no such step");
  },
});
