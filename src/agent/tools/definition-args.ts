import { z } from "zod";
import type { SymbolIndex, Definition } from "../../evidence/references/build-symbol-index.ts";
import { findDefinition, unclear, type Wanted } from "./find-definition.ts";
import type { PathFinder } from "./path-finder.ts";

/** How every tool about one definition is told which. */
export const definitionArgs = {
  name: z.string().min(1).max(300).describe("`set`, or with what it stands in: `Store.set`."),
  path: z.string().min(1).max(4_096).optional().describe("The file that defines it, when several do."),
  line: z
    .int()
    .min(1)
    .max(10_000_000)
    .optional()
    .describe("A line inside it, when the file defines several."),
};

/** The definition, or the answer that says which there are. */
export function definitionOf(
  wanted: Wanted,
  {
    symbolIndex,
    paths,
    nonce,
  }: { readonly symbolIndex: SymbolIndex; readonly paths: PathFinder; readonly nonce: string },
): Definition | string {
  const place = wanted.path === undefined ? undefined : paths.find(wanted.path);
  const path = place?.kind === "entry" ? place.entry.path : wanted.path;
  const found = findDefinition({ ...wanted, path }, symbolIndex);
  return found.kind === "one" ? found.definition : unclear(found, nonce)!;
}
