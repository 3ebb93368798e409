import { z } from "zod";
import type { Codebase } from "../repository/codebase.ts";
import { matcherOf } from "../repository/glob.ts";
import { inlineCode } from "../text/inline-code.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

/** Where GitHub looks, in this order; it reads one file. */
const PLACES = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS"] as const;
/** Characters that are read; the files of large projects have a tenth of it. */
const MAX_FILE = 300_000;
const MAX_OWNERS = 2;

const ownerSchema = z.string().regex(/^(?:@[\w.-]{1,100}(?:\/[\w.-]{1,100})?|[^\s@]{1,100}@[\w.-]{1,100})$/);

const ownedSchema = z.strictObject({
  path: part.path,
  /** The line of the file of owners that decides. */
  by: z.strictObject({ path: z.enum(PLACES), line: part.line }),
  owners: z.array(ownerSchema).min(1).max(MAX_OWNERS),
  /** Owners on that line that are not named here. */
  more: part.count,
});

export type Owned = z.infer<typeof ownedSchema>;

/** Whom the repository's own file of owners names for a file: at most two, as code, which notifies nobody. */
export const ownedBy = claimType({
  name: "owned-by",
  mark: "code",
  schema: ownedSchema,
  say: ({ path, by, owners, more }) => ({
    label: "Owned by",
    text: `${inlineCode(by.path)} names ${owners.map((one) => inlineCode(one)).join(" and ")}${
      more === 0 ? "" : ` and ${more} more`
    } for ${inlineCode(path)}`,
    citations: [{ kind: "lines", path: by.path, start: by.line, end: by.line }],
  }),
  async check(data, { codebase }) {
    const there = await ownersOf(data.path, codebase);
    if (there === "unreadable")
      return undecided("Casebook does not read a pattern of the file as GitHub does");
    return there !== undefined &&
      there.path === data.path &&
      there.more === data.more &&
      there.by.path === data.by.path &&
      there.by.line === data.by.line &&
      there.owners.join("\n") === data.owners.join("\n")
      ? holds("the last line that matches names them")
      : wrong("the file of owners names others, or nobody");
  },
});

/** The owners of a file by the last line that matches it; undefined where there are none, "unreadable" where a line could mean anything. */
export async function ownersOf(
  path: string,
  { tree, text }: Pick<Codebase, "tree" | "text">,
): Promise<Owned | "unreadable" | undefined> {
  const place = PLACES.find((one) => tree.find(one) !== undefined);
  if (place === undefined || tree.find(path) === undefined) return undefined;
  const source = await text(place);
  if (source === undefined || source.text.length > MAX_FILE) return "unreadable";
  for (const [i, line] of [...source.lines.entries()].toReversed()) {
    const [pattern, ...owners] = line
      .replace(/(?:^|\s)#.*$/, "")
      .trim()
      .split(/(?<!\\)\s+/);
    if (pattern === undefined || pattern === "") continue;
    // GitHub skips a line that it cannot read.
    if (!owners.every((one) => ownerSchema.safeParse(one).success)) continue;
    const matches = matcherOfPattern(pattern);
    if (matches === undefined) return "unreadable";
    if (!matches(path)) continue;
    if (owners.length === 0) return undefined;
    return {
      path,
      by: { path: place, line: i + 1 },
      owners: owners.slice(0, MAX_OWNERS),
      more: Math.max(0, owners.length - MAX_OWNERS),
    };
  }
  return undefined;
}

/**
 * A test for paths, as GitHub reads a pattern of owners: the rules of `.gitignore`, without negation and sets, and `/*` at the end is
 * the files of that folder alone. Undefined where it is none of these. Linear (RE2): the pattern is a stranger's.
 */
export function matcherOfPattern(pattern: string): ((path: string) => boolean) | undefined {
  // A brace is a letter there, and a choice in our globs.
  if (/[![\]{}\\]/.test(pattern) || pattern.length > 200 || /\*{3}/.test(pattern)) return undefined;
  const name = pattern.replace(/^\//, "").replace(/\/$/, "");
  if (name === "" || /(?:^|\/)\.{0,2}(?:\/|$)|[^/]\*\*|\*\*[^/]/.test(name)) return undefined;
  // A slash that is not the last one ties the pattern to the root.
  const from = pattern.replace(/\/$/, "").includes("/") ? name : `**/${name}`;
  const inside = matcherOf(`${from}/**`);
  if (pattern.endsWith("/")) return from.endsWith("/**") ? matcherOf(`${from}/*/**`) : inside;
  const matches = matcherOf(from);
  // A glob without a slash looks at names in every folder; `/name` is at the root.
  const itself = from.includes("/") ? matches : (path: string) => !path.includes("/") && matches(path);
  return from.endsWith("/*") || name === "*" ? itself : (path) => itself(path) || inside(path);
}
