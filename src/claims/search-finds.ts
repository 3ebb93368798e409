import { z } from "zod";
import type { SearchQuery } from "../repository/recorded-search.ts";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

const globs = z.array(z.string().min(1).max(500)).max(20);
const MAX_SHOWN = 3;

/** How many lines of the commit a search finds, with its scope: that there are none is a count of zero. */
export const searchFinds = claimType({
  name: "search-finds",
  mark: "code",
  schema: z.strictObject({
    kind: z.enum(["word", "text", "regex"]),
    pattern: z.string().min(1).max(500),
    include: globs,
    exclude: globs,
    count: part.count,
    files: part.count,
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(MAX_SHOWN),
    /** Lines outside of the scope, where the search has one and finds nothing in it. */
    elsewhere: part.count.optional(),
  }),
  say: ({ kind, pattern, include, exclude, count, files, shown, elsewhere }) => ({
    text: `${count === 0 ? "Casebook found no line with" : `${counted(count, "line")} of ${counted(files, "file")} ${count === 1 ? "holds" : "hold"}`} the ${kind} ${inlineCode(pattern)}${scopeOf(include, exclude)}${elsewhere === undefined ? "" : elsewhere === 0 ? ", nor anywhere else" : `, but ${counted(elsewhere, "line")} elsewhere`}`,
    citations: shown.map(({ path, line }) => ({ kind: "lines", path, start: line, end: line })),
  }),
  async check({ count, files, shown, elsewhere, ...query }, evidence) {
    const there = await searchOf(query, evidence);
    if (typeof there === "string") return wrong(there);
    return there.count === count &&
      there.files === files &&
      there.elsewhere === elsewhere &&
      JSON.stringify(there.shown) === JSON.stringify(shown)
      ? holds("searched again")
      : wrong(`the search finds ${counted(there.count, "line")} of ${counted(there.files, "file")}`);
  },
});

function scopeOf(include: readonly string[], exclude: readonly string[]): string {
  const names = (globs: readonly string[]): string => listed(globs.map((glob) => inlineCode(glob)));
  return [
    include.length === 0 ? "" : ` in ${names(include)}`,
    exclude.length === 0 ? "" : `${include.length === 0 ? "" : ","} without ${names(exclude)}`,
  ].join("");
}

/** What a search finds, as the claim counts it; a text says why it cannot be run. */
export async function searchOf(
  query: SearchQuery,
  evidence: Pick<ClaimEvidence, "search">,
): Promise<
  | {
      readonly count: number;
      readonly files: number;
      readonly shown: { path: string; line: number }[];
      readonly elsewhere?: number;
    }
  | string
> {
  try {
    const { hits } = await evidence.search(query);
    const isScoped = query.include.length + query.exclude.length > 0;
    return {
      // None in one file says little where another one has it.
      ...(hits.length === 0 && isScoped
        ? { elsewhere: (await evidence.search({ ...query, include: [], exclude: [] })).hits.length }
        : {}),
      count: hits.length,
      files: new Set(hits.map(({ path }) => path)).size,
      shown: hits.slice(0, MAX_SHOWN).map(({ path, line }) => ({ path, line })),
    };
  } catch (error) {
    if (error instanceof Error && (error.name === "SyntaxError" || error.name === "RangeError"))
      return `the search for ${inlineCode(query.pattern, 80)} cannot be run: ${error.message}`;
    throw error;
  }
}
