import { z } from "zod";
import { textRulesOf } from "../languages/languages.ts";
import { endingOf } from "../languages/paths.ts";
import { roleOfPath } from "../languages/role-of-path.ts";
import { qualifiedName } from "../languages/syntax.ts";
import { inlineCode } from "../text/inline-code.ts";
import { formatLocation, type Location } from "../text/location.ts";
import { type ClaimEvidence, codeOf } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Whole lines that one claim may show. */
export const MAX_LINES_READ = 4;

const KINDS = { code: "has", comment: "has the comment", documentation: "says" } as const;

/**
 * What is on some lines, letter by letter and whole: a part of a line can say the opposite of the line. Comments and documentation
 * are named as such; they are what somebody wrote, not what the program does.
 */
export const linesRead = claimType({
  name: "lines-read",
  mark: "code",
  schema: z.strictObject({
    lines: part.lines,
    kind: z.enum(Object.keys(KINDS) as [keyof typeof KINDS, ...(keyof typeof KINDS)[]]),
    /** The lines without the white space around them, one after the other. */
    words: z.array(z.string().max(2_000)).min(1).max(MAX_LINES_READ).readonly(),
    /** The innermost function or class around the lines. */
    in: part.name.optional(),
  }),
  say: ({ lines, kind, words, in: name }) => ({
    text: `${inlineCode(name ?? formatLocation(lines))} ${KINDS[kind]} ${words.map((one) => inlineCode(one, 300)).join(" ")}`,
    citations: [{ kind: "lines", ...lines }],
  }),
  async check({ lines, kind, words, in: name }, evidence) {
    const there = await readLines(lines, evidence);
    if (there === undefined) return wrong("there are no such lines");
    if (there.words.join("\n") !== words.join("\n")) return wrong("the lines hold other words");
    if (there.kind !== kind)
      return wrong(there.kind === "code" ? "the lines are code" : `the lines are a ${there.kind}`);
    return there.in === name
      ? holds("the lines hold these words")
      : wrong("the lines are in another function");
  },
});

/** What `linesRead` says about lines; undefined where there are none or too many, or nothing is on them. */
export async function readLines(
  { path, start, end }: Location,
  { codebase }: Pick<ClaimEvidence, "codebase">,
): Promise<
  { readonly kind: keyof typeof KINDS; readonly words: readonly string[]; readonly in?: string } | undefined
> {
  const source = await codebase.text(path);
  if (source === undefined || end < start || end > source.lines.length || end - start >= MAX_LINES_READ)
    return undefined;
  const lines = source.lines.slice(start - 1, end);
  if (lines.every((line) => line.trim() === "")) return undefined;
  const symbols = (await codebase.syntax(path))?.symbols ?? [];
  const around = symbols
    .filter((symbol) => symbol.start <= start && symbol.end >= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const rules = textRulesOf(endingOf(path));
  const isRemark = (line: string): boolean =>
    rules !== undefined &&
    (codeOf(line, rules).trim() === "" || (rules.block.length > 0 && /^\s*\*/.test(line)));
  const isDescribed = symbols.some(({ doc }) => doc !== undefined && doc.start <= start && end <= doc.end);
  return {
    kind:
      roleOfPath(path) === "docs"
        ? "documentation"
        : isDescribed || lines.filter((line) => line.trim() !== "").every(isRemark)
          ? "comment"
          : "code",
    words: lines.map((line) => line.trim()),
    ...(around === undefined ? {} : { in: qualifiedName(around) }),
  };
}
