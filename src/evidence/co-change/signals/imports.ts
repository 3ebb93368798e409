import { inlineCode } from "../../../text/inline-code.ts";
import type { Codebase } from "../../../repository/codebase.ts";
import { importResolver } from "../../references/resolve-imports.ts";
import { memoise } from "../../memoise.ts";
import type { FileContext, FileSignal } from "../signal.ts";

/** Without a symbol index, at most this many files that hold the seed's name are read for imports of it. */
const MAX_READ = 150;

interface Relation {
  readonly path: string;
  /** The file that holds the import, and its line. */
  readonly from: string;
  readonly line: number;
  /** One over the root of how many files the import may mean. */
  readonly value: number;
}

/** The seed imports the file. */
export const imports: FileSignal = {
  name: "imports",
  score: async (seed, context) => byPath(seed, (await relations(context, seed)).imported, context),
  async explain(path, seed, context) {
    const found = (await relations(context, seed)).imported.find((relation) => relation.path === path);
    return explain("imports", `${inlineCode(seed)} imports ${inlineCode(path)}`, found);
  },
};

/** The file imports the seed. */
export const importers: FileSignal = {
  name: "importers",
  score: async (seed, context) => byPath(seed, (await relations(context, seed)).importing, context),
  async explain(path, seed, context) {
    const found = (await relations(context, seed)).importing.find((relation) => relation.path === path);
    return explain("importers", `${inlineCode(path)} imports ${inlineCode(seed)}`, found);
  },
};

function explain(signal: string, text: string, relation: Relation | undefined) {
  if (relation === undefined) return [];
  const { from, line } = relation;
  return [{ signal, text, citations: [{ kind: "lines", path: from, start: line, end: line } as const] }];
}

function byPath(
  seed: string,
  found: readonly Relation[],
  { candidates }: FileContext,
): ReadonlyMap<string, number> {
  const ranked = new Set(candidates);
  const scores = new Map<string, number>();
  for (const { path, value } of found)
    if (path !== seed && ranked.has(path)) scores.set(path, Math.max(value, scores.get(path) ?? 0));
  return scores;
}

const resolverOf = memoise(({ candidates }: FileContext) => importResolver(candidates));

/** Both directions, each seed read once. */
const relations = memoise(async (context: FileContext, seed: string) => {
  const { codebase, uses } = context;
  const resolver = resolverOf(context);
  const imported: Relation[] = [];
  const importing: Relation[] = [];
  const syntax = await codebase.syntax(seed);
  for (const one of syntax?.imports ?? []) {
    const meant = resolver.resolve(seed, syntax!.language, one);
    for (const path of meant)
      imported.push({ path, from: seed, line: one.line, value: 1 / Math.sqrt(meant.length) });
  }
  if (uses !== undefined)
    for (const { path, line } of uses.importersOf(seed)) importing.push({ path, from: path, line, value: 1 });
  else
    for await (const { path, syntax: other } of codebase.syntaxes(mayImport(seed, codebase)))
      for (const one of other.imports)
        if (path !== seed && resolver.resolve(path, other.language, one).includes(seed))
          importing.push({ path, from: path, line: one.line, value: 1 });
  return { imported, importing };
});

/** Source files that hold the name by which the seed is imported: its own, or its folder's. */
function mayImport(seed: string, codebase: Codebase): readonly string[] {
  const parts = seed.split("/");
  const stem = parts.at(-1)!.split(".")[0]!;
  const paths = new Set([stem, parts.at(-2) ?? stem].flatMap((word) => codebase.pathsWithWord(word)));
  return [...paths].filter((path) => codebase.roleOf(path) === "source").slice(0, MAX_READ);
}
