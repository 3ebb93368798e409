import { z } from "zod";
import type { LocatedFunction, Ranking } from "../evidence/ranking/locate.ts";
import { inlineCode } from "../text/inline-code.ts";
import { percent } from "../text/percent.ts";
import { type ClaimEvidence, isTestLine } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";
import { percentOf } from "./suspect.ts";

/** A file, how likely a fix changes it in whole percent, and its functions that are likeliest to change. */
export const component = claimType({
  name: "component",
  mark: "concluded",
  schema: z.strictObject({
    path: part.path,
    percent: z.int().min(0).max(100),
    best: z.array(part.definition).max(4),
  }),
  say: ({ path, percent: likelihood, best }) => ({
    label: inlineCode(path),
    text:
      best.length === 0
        ? percent(likelihood)
        : `${percent(likelihood)}, most likely in ${[...new Set(best.map(({ name }) => inlineCode(name)))].join(", ")}`,
    citations:
      best.length === 0
        ? [{ kind: "lines", path, start: 1, end: 1 }]
        : best.map(({ start, end }) => ({ kind: "lines", path, start, end })),
  }),
  async check({ path, percent: likelihood, best }, evidence) {
    const { ranking } = evidence;
    if (ranking === undefined) return undecided("the issue is not at hand");
    const there = await ranking();
    const file = there.files.find((one) => one.path === path);
    if (file === undefined || Math.round(file.confidence * 100) !== likelihood)
      return wrong("the ranking is another");
    const functions = await likeliestIn(path, there, evidence);
    return best.every(
      (one, i) => functions[i]?.symbol.start === one.start && percentOf(one, there) !== undefined,
    )
      ? holds("ranked again")
      : wrong("other functions of the file are likelier");
  },
});

/** The functions of a file that are likeliest to change, without those of tests beside them: a fix changes the program first. */
export async function likeliestIn(
  path: string,
  { functions }: Ranking,
  evidence: Pick<ClaimEvidence, "codebase">,
): Promise<readonly LocatedFunction[]> {
  const found: LocatedFunction[] = [];
  for (const one of functions)
    if (one.path === path && !(await isTestLine({ path, line: one.symbol.start }, evidence))) found.push(one);
  return found;
}
