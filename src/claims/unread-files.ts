import { z } from "zod";
import { fileNameOf, stemOf } from "../languages/paths.ts";
import { holdsWord } from "../repository/run-search.ts";
import { MAX_BLOB_BYTES } from "../repository/source-tree.ts";
import { counted } from "../text/counted.ts";
import { inlineCode } from "../text/inline-code.ts";
import { listed } from "../text/listed.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";
import { claimType, holds, undecided, wrong } from "./claim.ts";
import { part } from "./claim-data.ts";

export const MAX_UNREAD_SHOWN = 3;

/** Source files of the commit whose content the clone does not have. Of pictures and data nobody expects that they are read. */
export function unreadSources(codebase: ClaimEvidence["codebase"]): readonly string[] {
  return codebase.unreadable.filter((path) => codebase.roleOf(path) === "source");
}

/** Source files that a text names, by their name without ending, and that are too large to be read. */
export function largeSources(codebase: ClaimEvidence["codebase"], text: string): readonly string[] {
  return codebase.tree.entries
    .filter(({ path, kind, size }) => {
      const isLarge = (kind === "file" || kind === "executable") && size > MAX_BLOB_BYTES;
      return isLarge && codebase.roleOf(path) === "source" && holdsWord(text, stemOf(fileNameOf(path)));
    })
    .map(({ path }) => path);
}

/** What a partial clone leaves out of the source: nothing is said of these files. */
export const unreadFiles = claimType({
  name: "unread-files",
  mark: "code",
  schema: z.strictObject({
    count: part.count.min(1),
    /** The first of them, in the order of their paths. */
    shown: z.array(part.path).min(1).max(MAX_UNREAD_SHOWN),
    /** They are there, too large to be read, and the report names them. */
    large: z.literal(true).optional(),
  }),
  say: ({ count, shown, large }) => ({
    text: `Casebook ${large === true ? `reads no file over ${counted(MAX_BLOB_BYTES, "byte")}, which leaves out` : "could not read"} ${counted(count, "source file")}: ${listed(shown.map((path) => inlineCode(path)))}${count > shown.length ? ` and ${count - shown.length} more` : ""}`,
  }),
  check({ count, shown, large }, { codebase, issue }) {
    if (large === true && issue === undefined) return undecided("the issue is not at hand");
    const there = large === true ? largeSources(codebase, issue!.text) : unreadSources(codebase);
    return there.length === count &&
      JSON.stringify(there.slice(0, MAX_UNREAD_SHOWN)) === JSON.stringify(shown)
      ? holds("they could not be read")
      : wrong(`${counted(there.length, "source file")} could not be read`);
  },
});
