import { qualifiedName } from "../../languages/syntax.ts";
import { z } from "zod";
import type { Codebase } from "../../repository/codebase.ts";
import type { Certainty, Use, UseFinder } from "../../evidence/references/find-uses.ts";
import type { SymbolIndex } from "../../evidence/references/build-symbol-index.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, lineOf, onOneLine, quotedAnswer } from "./answer.ts";
import { definitionArgs, definitionOf, placeOf } from "./find-definition.ts";
import type { PathFinder } from "./path-finder.ts";

export interface References {
  readonly codebase: Pick<Codebase, "text" | "roleOf">;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly uses: () => Promise<UseFinder>;
  readonly paths: PathFinder;
  readonly nonce: string;
}

const ORDER: readonly Certainty[] = ["resolved", "only-one", "by-name"];
const MEANS: Readonly<Record<Certainty, string>> = {
  resolved: "resolved",
  "only-one": "only definition of the name",
  "by-name": "shares the name",
};

/** What a model is told of the tool. */
export const REFERENCES = {
  name: "references",
  description:
    'Lists the uses of a function, method, class or constant, with how sure each is: "resolved" through its file or an import, "only definition of the name", or "shares the name" with other definitions. Calls that do not write the name (reflection, callbacks) are not found. Sure ones come first; ask for the rest with "from".',
  args: z.strictObject({
    ...definitionArgs,
    from: z.int().min(1).max(10_000_000).default(1).describe("The first use to show."),
  }),
};

/** Who uses a definition, and how sure that is. */
export function referencesTool({ codebase, symbolIndex, uses, paths, nonce }: References): Tool {
  return defineTool({
    ...REFERENCES,
    async run({ from, ...wanted }) {
      const found = definitionOf(wanted, { symbolIndex: await symbolIndex(), paths, nonce });
      if (typeof found === "string") return found;
      const finder = await uses();
      const all = [...finder.usesOf(found)].sort(
        (a, b) => ORDER.indexOf(a.certainty) - ORDER.indexOf(b.certainty),
      );
      const counts = ORDER.map(
        (certainty) => [certainty, all.filter((use) => use.certainty === certainty).length] as const,
      )
        .filter(([, n]) => n > 0)
        .map(([certainty, n]) => `${n} ${MEANS[certainty]}`);
      const importers = finder.importersOf(found.path);
      const head = `${counted(all.length, "use")}${counts.length > 0 ? ` (${counts.join(", ")})` : ""}; its file is imported by ${counted(importers.length, "file")}.`;
      if (from > Math.max(1, all.length)) return `${head} "from" is beyond them.`;
      const shown = await Promise.all(all.slice(from - 1, from - 1 + 200).map(describe));
      const next = (count: number): string =>
        from - 1 + count >= all.length
          ? ""
          : `Shown: ${from} to ${from - 1 + count} of ${all.length}. Ask for the rest with "from": ${from + count}.`;
      return quotedAnswer({
        nonce,
        head,
        source: "uses in the repository",
        lines: [`uses of ${placeOf(found)}`, ...shown],
        rest: (count) => next(count - 1),
      });
    },
  });

  async function describe({ path, line, kind, certainty, inside }: Use): Promise<string> {
    const text = (await codebase.text(path))?.lines[line - 1] ?? "";
    const where =
      inside === undefined ? "at the top of the file" : `in ${onOneLine(qualifiedName(inside), 120)}`;
    const test = codebase.roleOf(path) === "test" ? ", test" : "";
    return `${onOneLine(path)}:${line}  ${kind} ${where} (${MEANS[certainty]}${test}): ${lineOf(text.trim(), 160)}`;
  }
}
