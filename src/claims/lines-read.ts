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

/** Whole lines of code that one claim may show. */
export const MAX_LINES_READ = 4;
/** Lines of comments and documentation, with the rest of their sentences. */
const MAX_REMARK = 10;

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
    words: z.array(z.string().max(2_000)).min(1).max(MAX_REMARK).readonly(),
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
    if (!isSame(await wholeSentences(lines, evidence), lines))
      return wrong("the words are a part of a sentence");
    return there.in === name
      ? holds("the lines hold these words")
      : wrong("the lines are in another function");
  },
});

/** What `linesRead` says about lines; undefined where there are none or too many, or nothing is on them. */
export async function readLines(
  lines: Location,
  evidence: Pick<ClaimEvidence, "codebase">,
): Promise<
  { readonly kind: keyof typeof KINDS; readonly words: readonly string[]; readonly in?: string } | undefined
> {
  const { path, start, end } = lines;
  const source = await evidence.codebase.text(path);
  if (source === undefined || end < start || end > source.lines.length) return undefined;
  const own = source.lines.slice(start - 1, end);
  if (own.every((line) => line.trim() === "")) return undefined;
  const around = ((await evidence.codebase.syntax(path))?.symbols ?? [])
    .filter((symbol) => symbol.start <= start && symbol.end >= end)
    .sort((a, b) => a.end - a.start - (b.end - b.start))[0];
  const kind = (await kindsIn(path, evidence))(start, end);
  if (end - start >= (kind === "code" ? MAX_LINES_READ : MAX_REMARK)) return undefined;
  return {
    kind,
    words: own.map((line) => line.trim()),
    ...(around === undefined ? {} : { in: qualifiedName(around) }),
  };
}

/** What lines of a file are. */
async function kindsIn(
  path: string,
  { codebase }: Pick<ClaimEvidence, "codebase">,
): Promise<(start: number, end: number) => keyof typeof KINDS> {
  if (roleOfPath(path) === "docs") return () => "documentation";
  const lines = (await codebase.text(path))?.lines ?? [];
  const symbols = (await codebase.syntax(path))?.symbols ?? [];
  const rules = textRulesOf(endingOf(path));
  const isRemark = (line: string): boolean =>
    rules !== undefined &&
    (codeOf(line, rules).trim() === "" || (rules.block.length > 0 && /^\s*\*/.test(line)));
  return (start, end) =>
    symbols.some(({ doc }) => doc !== undefined && doc.start <= start && end <= doc.end) ||
    lines
      .slice(start - 1, end)
      .filter((line) => line.trim() !== "")
      .every(isRemark)
      ? "comment"
      : "code";
}

/** Signs that begin a comment or a docstring, and those that end one. */
const SIGNS = /^\s*(?:\/\*+|\*\/|\*|\/\/+!?|#+|--+|;+|[rRuU]?(?:"""|'''))+\s*|\s*(?:\*\/|"""|''')\s*$/g;
/** What begins a line of its own: an item, a row, a field, an example. */
const ITEM = /^\s*(?:[-*+|>]|\d+[.)]\s|#{1,6}\s|@\p{L}|:\p{L}|\.{2,3}\s)/u;
const EXAMPLE = /^\s*(?:>>>|\.\.\.)/;
const SENTENCE_END = /[.!?:;]["'”’)\]`*_]*$/;

/**
 * The lines with the rest of the sentences that begin or end on them, where they are a comment or documentation: a part of a sentence can
 * say the opposite of it. Code is given back as it is.
 */
export async function wholeSentences(
  lines: Location,
  evidence: Pick<ClaimEvidence, "codebase">,
): Promise<Location> {
  const { path } = lines;
  const kindOf = await kindsIn(path, evidence);
  const all = (await evidence.codebase.text(path))?.lines ?? [];
  const kind = kindOf(lines.start, lines.end);
  if (kind === "code") return lines;
  const text = (at: number): string =>
    kind === "documentation" ? all[at - 1]!.trim() : all[at - 1]!.replace(SIGNS, "").trim();
  const goesOn = (at: number): boolean =>
    at >= 1 &&
    at < all.length &&
    kindOf(at, at) === kind &&
    kindOf(at + 1, at + 1) === kind &&
    [at, at + 1].every((one) => /[\p{L}\p{N}]/u.test(text(one)) && !EXAMPLE.test(text(one))) &&
    !SENTENCE_END.test(text(at)) &&
    !ITEM.test(text(at + 1));
  let { start, end } = lines;
  while (goesOn(start - 1)) start--;
  while (goesOn(end)) end++;
  return { path, start, end };
}

function isSame(one: Location, other: Location): boolean {
  return one.start === other.start && one.end === other.end;
}
