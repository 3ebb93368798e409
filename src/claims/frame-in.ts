import { z } from "zod";
import type { ReportedFrame } from "../evidence/reported-places/reported-place.ts";
import { qualifiedName, type SymbolDefinition } from "../languages/syntax.ts";
import { inlineCode } from "../text/inline-code.ts";
import { textRulesOf } from "../languages/languages.ts";
import { endingOf } from "../languages/paths.ts";
import { codeOf, definitionAt } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const PRINTS_LINES = new Set(["python", "pytest", "ipython"]);

/** A frame of the reported trace, the function of the base commit that it is in, and what its line holds. */
export const frameIn = claimType({
  name: "frame-in",
  mark: "concluded",
  schema: z.strictObject({
    /** As the trace prints it. */
    frame: z.strictObject({ path: part.path, line: part.line }),
    /** The revision that the trace is of: the tag of the reported version; empty for the base commit. */
    ref: z.string().max(300),
    at: part.definition,
    /** The line at the base commit; absent where it changed since. */
    line: part.line.optional(),
    /** What the line holds at that revision; absent where it is not known to be the line of the trace. */
    text: part.words.optional(),
    /** True for the last call of the trace that is in the repository. */
    innermost: z.boolean(),
  }),
  say: ({ ref, at, line, text, innermost }) => ({
    text: `${innermost ? "The last call of the reported trace in this repository is in" : "The reported trace passes through"} ${inlineCode(at.name)}${
      text === undefined
        ? ""
        : ref === ""
          ? `; at the base commit the line is ${inlineCode(text)}`
          : `: ${inlineCode(text)} (at ${inlineCode(shortRef(ref))}${line === undefined ? "; the line changed since" : ""})`
    }`,
    citations: [{ kind: "lines", path: at.path, start: line ?? at.start, end: line ?? at.end }],
  }),
  async check({ frame, ref, at, line, text, innermost }, evidence) {
    const { reported, report, issue } = evidence;
    if (reported === undefined || report === undefined || issue === undefined)
      return undecided("the issue is not at hand");
    const { frames } = await reported();
    const isSame = (one: ReportedFrame | undefined): boolean =>
      one !== undefined && one.frame.path === frame.path && one.frame.line === frame.line;
    const found = frames.find(isSame);
    if (found === undefined) return wrong("the report has no such frame in this repository");
    if (innermost !== isSame(frames.at(-1))) return wrong("another frame is the innermost one");
    if (text === undefined) {
      if (found.text !== undefined && canBeInTrace(found.text, frame.path, found.function))
        return wrong("the trace has a line of this function");
      return found.function !== undefined &&
        isNamedBy(found.frame, found.function) &&
        qualifiedName(found.function) === at.name &&
        found.basePath === at.path &&
        line === undefined &&
        (await definitionAt(at, evidence)) !== undefined
        ? holds("the trace names the function")
        : wrong("the trace names another function");
    }
    const { format } =
      report.frames.find(
        (one) => one.path.replaceAll("\\", "/").endsWith(frame.path) && one.line === frame.line,
      ) ?? {};
    // These traces print the line itself; another line is of another version.
    if (PRINTS_LINES.has(format ?? "") && !isPrinted(frame.line, text, issue.text))
      return wrong("the trace prints another line");
    if (!canBeInTrace(text, frame.path, found.function)) return wrong("nothing runs on such a line");
    if (found.ref !== ref || found.text?.trim() !== text) return wrong("the line holds something else");
    if (
      found.function === undefined ||
      qualifiedName(found.function) !== at.name ||
      found.basePath !== at.path
    )
      return wrong("the frame is in another function");
    if ((await definitionAt(at, evidence)) === undefined)
      return wrong("there is no such function on these lines");
    const there = found.atBase === "gone" ? undefined : found.atBase?.start;
    return there === line && (line === undefined || (line >= at.start && line <= at.end))
      ? holds("the trace names the line, and the line is in the function")
      : wrong("the line is another at the base commit");
  },
});

/** A tag as it is, a hash cut. */
export function shortRef(ref: string): string {
  return /^[0-9a-f]{40}$/.test(ref) ? ref.slice(0, 12) : ref.slice(0, 40);
}

/** True where the trace prints the text at the line's number, or in the two lines below it. */
function isPrinted(line: number, text: string, issue: string): boolean {
  const lines = issue.split("\n");
  const number = new RegExp(`(?<!\\d)${line}(?!\\d)`);
  return lines.some(
    (one, i) => number.test(one) && lines.slice(i, i + 3).some((printed) => printed.trimEnd().endsWith(text)),
  );
}

/** The function that the trace prints beside the line has the name of the one that holds the line. */
export function isNamedBy(
  { function: printed }: ReportedFrame["frame"],
  { name }: Pick<SymbolDefinition, "name">,
): boolean {
  return printed?.split(/[.:#]+/).at(-1) === name;
}

/** A line that calls or raises something: no comment, no brace, no `end`, and not the head of the function around it. */
export function canBeInTrace(
  text: string,
  path: string,
  around?: Pick<SymbolDefinition, "signature">,
): boolean {
  const head = text.trim().replace(/\s+/g, " ");
  if (
    around !== undefined &&
    /[{:(,]$/.test(head) &&
    around.signature.startsWith(head.replace(/ ?[{:]$/, ""))
  )
    return false;
  const rules = textRulesOf(endingOf(path));
  const code = rules === undefined ? text : codeOf(text, rules);
  const words = code.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  return words.some((word) => !CLOSING.has(word));
}

const CLOSING: ReadonlySet<string> = new Set([
  "end",
  "else",
  "begin",
  "do",
  "then",
  "try",
  "fi",
  "done",
  "ensure",
  "finally",
]);
