import type { FileSyntax, Reference, SymbolDefinition } from "../../languages/syntax.ts";

/** What a function calls, in line order; calls of functions inside it are theirs, not its own. */
export function functionCalls(symbol: SymbolDefinition, syntax: FileSyntax): readonly Reference[] {
  const index = syntax.symbols.indexOf(symbol);
  return syntax.references
    .filter(({ kind, inside }) => inside === index && (kind === "call" || kind === "new"))
    .sort((a, b) => a.line - b.line);
}
