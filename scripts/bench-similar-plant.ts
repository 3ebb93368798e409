import type { SymbolIndex, Definition } from "../src/evidence/references/build-symbol-index.ts";
import type { LanguageName } from "../src/languages/languages.ts";
import type { SyntaxReader } from "../src/languages/syntax.ts";
import { type CloneType, lineStart, mutate } from "./bench-similar-mutate.ts";
import { shuffled } from "./bench-similar-random.ts";

/** A symbol index in which one file more than in the repository holds a copy of a function. */
export interface Planted {
  readonly symbolIndex: SymbolIndex;
  readonly copy: Definition;
  /** The copy's text. */
  readonly text: string;
}

export interface Field {
  readonly symbolIndex: SymbolIndex;
  readonly reader: SyntaxReader;
  readonly textOf: (path: string) => Promise<string | undefined>;
  readonly random: () => number;
}

const MAX_TRIES = 6;

/**
 * Puts a changed copy of a function behind another function of the same kind and indent in another file of its language.
 * Nothing is written: the symbol index is an overlay. Undefined when no place was found at which the changed text still parses.
 */
export async function plant(
  original: Definition,
  language: LanguageName,
  type: CloneType,
  { symbolIndex, reader, textOf, random }: Field,
): Promise<Planted | undefined> {
  const source = await textOf(original.path);
  if (source === undefined) return undefined;
  const { start, end, kind } = original.symbol;
  const indent = indentOf(source, start);
  const hosts = [...symbolIndex.files].filter(
    ([path, syntax]) =>
      path !== original.path &&
      syntax.language === language &&
      syntax.symbols.some((symbol) => symbol.kind === kind && symbol.shape !== undefined),
  );
  let tries = 0;
  for (const [path, syntax] of shuffled(hosts, random)) {
    const host = await textOf(path);
    if (host === undefined) continue;
    const place = shuffled(
      syntax.symbols.filter((symbol) => symbol.kind === kind && symbol.shape !== undefined),
      random,
    ).find((symbol) => indentOf(host, symbol.start) === indent && symbol.end > symbol.start);
    if (place === undefined) continue;
    if (++tries > MAX_TRIES) return undefined;
    const text = await mutate(source, language, { start, end }, type, random);
    if (text === undefined) continue;
    const at = lineStart(host, place.end + 1);
    const changed = `${host.slice(0, at)}${at > 0 && host[at - 1] !== "\n" ? "\n" : ""}\n${text}\n${host.slice(at)}`;
    const parsed = await parseOne(reader, path, language, changed);
    if (parsed === undefined || (parsed.hasErrors && !syntax.hasErrors)) continue;
    const last = place.end + 1 + text.split("\n").length;
    const copy = parsed.symbols.find(
      (symbol) => symbol.start > place.end && symbol.end <= last && symbol.shape !== undefined,
    );
    if (copy === undefined) continue;
    const files = new Map(symbolIndex.files).set(path, parsed);
    return { symbolIndex: { ...symbolIndex, files }, copy: { path, symbol: copy }, text };
  }
  return undefined;
}

async function parseOne(reader: SyntaxReader, oid: string, language: LanguageName, text: string) {
  for await (const { syntax } of reader.parse([{ oid, language, text }])) return syntax;
  return undefined;
}

function indentOf(text: string, line: number): string {
  const at = lineStart(text, line);
  return /^[ \t]*/.exec(text.slice(at, at + 200))![0];
}
