import { importResolver } from "../../references/resolve-imports.ts";
import type { IndexedCodebase } from "../../../repository/open-codebase.ts";
import { memoise } from "../../memoise.ts";
import type { Query } from "../query.ts";
import type { DirectRanking, NearSignal, SignalContext } from "../signal.ts";
import { inlineCode } from "../../../text/inline-code.ts";

/** Whose imports are followed. */
const IMPORTERS = 20;
const MAX_SHOWN = 3;

/** The files that match best import this one. An importer's worth is shared by all that it imports. */
export const importedBy: NearSignal = {
  name: "imported by",
  scale: "relative",
  async score(query, context, first) {
    const scores = new Map<string, number>();
    for (const { target, share } of await importsOfBest(query, context, first))
      scores.set(target, (scores.get(target) ?? 0) + share);
    return scores;
  },
  async explain(path, query, context, first) {
    const imports = (await importsOfBest(query, context, first)).filter(({ target }) => target === path);
    if (imports.length === 0) return [];
    const shown = imports.slice(0, MAX_SHOWN);
    return [
      {
        signal: "imported by",
        text: `${shown.map(({ from }) => inlineCode(from)).join(", ")}, of the files that match best, ${shown.length === 1 ? "imports" : "import"} it`,
        citations: shown.map(({ from, line }) => ({ kind: "lines", path: from, start: line, end: line })),
      },
    ];
  },
};

interface FollowedImport {
  readonly from: string;
  readonly target: string;
  readonly line: number;
  readonly share: number;
}

/** One entry for each pair of files, best importers first. */
const importsOfBest = memoise(
  async (
    _query: Query,
    { codebase, candidates, signal }: SignalContext,
    first: DirectRanking,
  ): Promise<readonly FollowedImport[]> => {
    const importers = first.slice(0, IMPORTERS);
    const ranked = new Set(candidates);
    const linesOf = new Map<string, Map<string, number>>();
    for await (const { path, syntax } of codebase.syntaxes(
      importers.map(({ path }) => path),
      signal,
    )) {
      const lines = new Map<string, number>();
      for (const imported of syntax.imports)
        for (const target of resolverOf(codebase).resolve(path, syntax.language, imported))
          if (target !== path && ranked.has(target) && !lines.has(target)) lines.set(target, imported.line);
      linesOf.set(path, lines);
    }
    return importers.flatMap(({ path, score }) => {
      const lines = linesOf.get(path) ?? new Map<string, number>();
      const share = score / importers[0]!.score / Math.sqrt(lines.size);
      return [...lines].map(([target, line]) => ({ from: path, target, line, share }));
    });
  },
);

const resolverOf = memoise((codebase: IndexedCodebase) =>
  importResolver(codebase.tree.entries.map(({ path }) => path)),
);
