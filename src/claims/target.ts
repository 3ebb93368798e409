import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { fileNameOf } from "../languages/paths.ts";
import { definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Why a function that is not the likeliest is the one: what the page of the root cause names first. */
const WHY = {
  given: "the place that a person named",
  proposed: "the place that a model proposes",
  frame: "in the reported trace",
  pointed: "the report points to it",
} as const;
export type WhyTarget = keyof typeof WHY;

/** The function that a fix would change if the leading suspect is right. */
export const target = claimType({
  name: "target",
  mark: "concluded",
  schema: part.definition.extend({ why: z.enum(Object.keys(WHY) as [WhyTarget, ...WhyTarget[]]).optional() }),
  say: ({ path, name, start, end, why }) => ({
    label: `${inlineCode(name)} ${inlineCode(`${start}-${end}`)}`,
    text: why === undefined ? "the leading suspect" : WHY[why],
    citations: [{ kind: "lines", path, start, end }],
  }),
  async check({ why, ...at }, evidence) {
    const { report } = evidence;
    const name = fileNameOf(at.path);
    const isNamed = report?.frames.some(({ path }) => fileNameOf(path.replaceAll("\\", "/")) === name);
    if (why === "frame" && isNamed === false) return wrong("the reported trace does not name the file");
    return (await definitionAt(at, evidence)) === undefined
      ? wrong("the file has no such definition on these lines")
      : holds("the file has it");
  },
});
