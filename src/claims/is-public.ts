import { z } from "zod";
import { inlineCode } from "../text/inline-code.ts";
import { type ClaimEvidence, definitionAt } from "./claim-evidence.ts";
import { claimType, holds, wrong } from "./claim.ts";
import { type DefinitionData, part } from "./claim-data.ts";

/** How visible a definition is outside of its file. */
type Visibility = "public" | "internal" | "hidden";

const SAYS: Readonly<Record<Visibility, string>> = {
  public: "public",
  internal: "internal by the name of the folder or namespace",
  hidden: "not declared public",
};

/** Whether code outside their files can use definitions, and is meant to. */
export const isPublic = claimType({
  name: "is-public",
  mark: "code",
  schema: z.strictObject({
    at: z.array(part.definition).min(1).max(12),
    /** Absent: they are public. */
    as: z.enum(["internal", "hidden"]).optional(),
  }),
  say: ({ at, as }) => ({
    label: "Compatibility",
    text: `${at.map(({ name }) => inlineCode(name)).join(", ")} ${at.length === 1 ? "is" : "are"} ${SAYS[as ?? "public"]}`,
    citations: at.slice(0, 3).map(({ path, start, end }) => ({ kind: "lines", path, start, end })),
  }),
  async check({ at, as }, evidence) {
    const wanted = as ?? "public";
    for (const one of at) {
      const symbol = await definitionAt(one, evidence);
      if (symbol === undefined || (await visibilityOf(one, symbol, evidence)) !== wanted)
        return wrong(`${inlineCode(one.name)} is not ${SAYS[wanted]}`);
    }
    return holds("their files show it");
  },
});

/** Names by which projects say that what is inside is theirs alone. */
const INTERNAL = /^(?:details?|internals?|_?impl|private)$/i;

/** Languages whose declarations say who may use them. In the others a name, or what a function returns, may decide. */
const DECLARES = /\.(?:java|kts?|cs|php|rs|go|rb|c|h|cc|cpp|cxx|hh|hpp|hxx)$/i;
/** An `export` in a module of JavaScript says so of what is at the top of the file. */
const MODULE = /\.[cm]?[jt]sx?$/i;

/** What the declaration says, and the names of the folders and namespaces around it; undefined where neither says anything. */
export async function visibilityOf(
  { path, name }: Pick<DefinitionData, "path" | "name">,
  { isPublic: declared }: { readonly isPublic: boolean },
  { codebase }: Pick<ClaimEvidence, "codebase">,
): Promise<Visibility | undefined> {
  if (!declared) {
    if (DECLARES.test(path)) return "hidden";
    const isTop = MODULE.test(path) && !name.includes(".");
    return isTop && /^export\b/m.test((await codebase.text(path))?.text ?? "") ? "hidden" : undefined;
  }
  // Nobody can import a program.
  if (path.endsWith(".go") && /^package main\b/m.test((await codebase.text(path))?.text ?? ""))
    return undefined;
  const around = [...path.split("/").slice(0, -1), ...name.split(".").slice(0, -1)];
  return around.some((one) => INTERNAL.test(one)) ? "internal" : "public";
}
