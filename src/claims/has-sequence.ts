import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { patternName, patternNamed, sequenceIn } from "./sequence.ts";

/** A function holds a whole sequence that is known to cause a kind of symptom. */
export const hasSequence = claimType({
  name: "has-sequence",
  mark: "code",
  schema: z.strictObject({
    pattern: patternName,
    in: part.definition,
    lines: z.array(part.line).min(1).max(10),
  }),
  say: ({ pattern, in: at, lines }) => ({
    label: `${inlineCode(at.name)} ${inlineCode(`${at.start}-${at.end}`)}`,
    text: patternNamed(pattern).claim,
    citations: lines.map((line) => ({ kind: "lines", path: at.path, start: line, end: line })),
  }),
  async check({ pattern, in: at, lines }, evidence) {
    const there = await sequenceIn(pattern, at, evidence);
    return there !== undefined && there.map(({ line }) => line).join() === lines.join()
      ? holds("the sequence is there")
      : wrong("the function has no such sequence");
  },
});
