import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { counted } from "../text/counted.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { importersOf } from "./importers.ts";
import { part } from "./claim-data.ts";

/** Files that import a file, all of them: counted again. */
export const importedBy = claimType({
  name: "imported-by",
  mark: "code",
  schema: z.strictObject({
    path: part.path,
    count: part.count,
    /** The first of them, each with the line of its import. */
    shown: z.array(z.strictObject({ path: part.path, line: part.line })).max(5),
  }),
  say: ({ path, count, shown }) => ({
    label: "Imported by",
    text:
      count === 0
        ? `Casebook found no import of ${inlineCode(path)} in the files with a grammar`
        : `${counted(count, "file")} ${count === 1 ? "imports" : "import"} ${inlineCode(path)}`,
    citations: shown.map((one) => ({ kind: "lines", path: one.path, start: one.line, end: one.line })),
  }),
  async check({ path, count, shown }, evidence) {
    if (evidence.codebase.tree.find(path) === undefined) return wrong("there is no such file");
    const there = await importersOf(path, evidence);
    if (there.length !== count) return wrong(`${counted(there.length, "file")} import it`);
    return shown.every((one) => there.some(({ path: from, line }) => from === one.path && line === one.line))
      ? holds("counted again")
      : wrong("a cited line is no import of it");
  },
});
