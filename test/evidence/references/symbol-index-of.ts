import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";
import { parseImportSettings } from "../../../src/languages/javascript-packages.ts";
import type { SymbolIndex, Definition } from "../../../src/evidence/references/build-symbol-index.ts";
import type { FileSyntax } from "../../../src/languages/syntax.ts";

/** A symbol index of a few files, parsed for real; JSON files are read as settings. */
export async function symbolIndexOf(texts: Readonly<Record<string, string>>): Promise<SymbolIndex> {
  await using reader = treeSitterSyntax({ workers: 0 });
  const files = new Map<string, FileSyntax>();
  const definitions = new Map<string, Definition[]>();
  const wanted = Object.entries(texts).flatMap(([path, text]) => {
    const language = reader.languageOf(path);
    return language === undefined ? [] : [{ oid: path, language, text }];
  });
  for await (const { oid, syntax } of reader.parse(wanted)) files.set(oid, syntax!);
  for (const [path, { symbols }] of files)
    for (const symbol of symbols)
      definitions.set(symbol.name, [...(definitions.get(symbol.name) ?? []), { path, symbol }]);
  const settings = Object.entries(texts).filter(([path]) => path.endsWith(".json"));
  return { files, definitions, unparsed: [], importSettings: parseImportSettings(new Map(settings)) };
}

/** The first definition of a name in a file. */
export function definitionIn(symbolIndex: SymbolIndex, path: string, name: string): Definition {
  return { path, symbol: symbolIndex.files.get(path)!.symbols.find((symbol) => symbol.name === name)! };
}
