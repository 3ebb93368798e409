import type { Codebase } from "../repository/codebase.ts";

/**
 * The test files nearest to one, nearest first: those whose imports share the largest part with its own. In: the file's path and
 * imports (`importedWords`), the test files of the commit, and how many are wanted. Files that share nothing are left out.
 */
export async function nearestTests(
  { path, imports }: { readonly path: string; readonly imports: readonly string[] },
  tests: readonly string[],
  codebase: Pick<Codebase, "syntax">,
  most: number,
): Promise<readonly string[]> {
  const own = new Set(imports);
  const found: { readonly path: string; readonly score: number }[] = [];
  for (const other of tests) {
    if (other === path) continue;
    const syntax = await codebase.syntax(other);
    if (syntax === undefined) continue;
    const theirs = new Set(importedWords(syntax.imports));
    const shared = [...theirs].filter((word) => own.has(word)).length;
    if (shared > 0) found.push({ path: other, score: shared / (own.size + theirs.size - shared) });
  }
  return found
    .sort((a, b) => b.score - a.score || (a.path < b.path ? -1 : 1))
    .slice(0, most)
    .map((one) => one.path);
}

/** Modules by their last part, and the names that come from each: `../src/cart.js` and `shop.cart` are both `cart`. */
export function importedWords(
  imports: readonly { readonly source: string; readonly names: readonly string[] }[],
): readonly string[] {
  return imports.flatMap(({ source, names }) => {
    const module =
      source
        .replace(/\.[cm]?[jt]sx?$/, "")
        .split(/[./]+/)
        .at(-1) ?? "";
    return [module, ...names.filter((name) => name !== "*").map((name) => `${module}.${name}`)].filter(
      Boolean,
    );
  });
}
