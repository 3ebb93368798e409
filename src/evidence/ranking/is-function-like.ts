import type { SymbolKind } from "../../languages/grammar-rules.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";

const FUNCTION_LIKE: ReadonlySet<SymbolKind> = new Set(["function", "method", "constructor", "macro"]);

export function isFunctionLike(symbol: SymbolDefinition): boolean {
  return FUNCTION_LIKE.has(symbol.kind);
}
