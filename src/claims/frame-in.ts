import { z } from "zod";
import type { ReportFrame } from "../issue/report/trace-frames.ts";
import { inlineCode } from "../text/inline-code.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { definitionAt, lineText } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** A frame of the reported trace lies in a function of the base commit, with what stands on its line there. */
export const frameIn = claimType({
  name: "frame-in",
  mark: "concluded",
  schema: z.strictObject({
    /** As the trace prints it. */
    frame: z.strictObject({ path: part.path, line: part.line }),
    at: part.definition,
    /** The line at the base commit, white space removed. */
    text: part.words,
    /** True where it is the frame in which the failure surfaces. */
    innermost: z.boolean(),
  }),
  say: ({ frame, at, text, innermost }) => ({
    text: `${innermost ? "The reported failure surfaces" : "A frame of the reported trace is"} in ${inlineCode(at.name)}: ${inlineCode(text)}`,
    citations: [{ kind: "lines", path: at.path, start: frame.line, end: frame.line }],
  }),
  async check({ frame, at, text, innermost }, evidence) {
    const { report } = evidence;
    if (report === undefined) return undecided("the issue is not at hand");
    const isSame = (one: ReportFrame | undefined): boolean =>
      one !== undefined && one.path === frame.path && one.line === frame.line;
    if (!report.frames.some(isSame)) return wrong("the report has no such frame");
    if (innermost !== isSame(ownInnermost(report, evidence)))
      return wrong("another frame is the innermost one");
    if (pathOfFrame(frame.path, evidence) !== at.path) return wrong("the frame is of another file");
    if ((await definitionAt(at, evidence)) === undefined)
      return wrong("there is no such function on these lines");
    if (frame.line < at.start || frame.line > at.end)
      return wrong("the reported line is in another function at the base commit");
    return (await lineText({ path: at.path, line: frame.line }, evidence)) === text
      ? holds("the trace names the line, and the line is in the function")
      : wrong("the line holds something else");
  },
});

/** The one file of the commit whose path the frame's path ends with, or that ends with the frame's; undefined for none or several. */
export function pathOfFrame(
  written: string,
  { codebase }: Pick<ClaimEvidence, "codebase">,
): string | undefined {
  const path = written.replaceAll("\\", "/").replace(/^(?:[a-z]+:\/\/\/?|\.\/)/i, "");
  const parts = path.split("/").filter((one) => one !== "");
  const name = parts.at(-1);
  if (name === undefined) return undefined;
  const longest: string[] = [];
  let shared = 0;
  for (const entry of codebase.tree.entries) {
    if (!entry.path.endsWith(name)) continue;
    const own = entry.path.split("/");
    let same = 0;
    while (same < own.length && same < parts.length && own.at(-1 - same) === parts.at(-1 - same)) same++;
    // One path holds the other whole: `/usr/lib/python3/site-packages/x/y.py` and `src/x/y.py` share two parts.
    if (same === 0 || same < shared) continue;
    if (same > shared) longest.length = 0;
    shared = same;
    longest.push(entry.path);
  }
  const [only] = longest;
  const isWhole = shared === parts.length || shared === only?.split("/").length || shared >= 2;
  return longest.length === 1 && isWhole ? only : undefined;
}

/** The innermost frame whose file the commit has: where the trace leaves the repository. */
export function ownInnermost(
  report: NonNullable<ClaimEvidence["report"]>,
  evidence: Pick<ClaimEvidence, "codebase">,
): ReportFrame | undefined {
  const { innermostFrame } = report;
  if (innermostFrame !== undefined && pathOfFrame(innermostFrame.path, evidence) !== undefined)
    return innermostFrame;
  return undefined;
}
