import { qualifiedName } from "../../languages/syntax.ts";
import { z } from "zod";
import { nearest } from "../../text/nearest.ts";
import type { SymbolIndex, Definition } from "../../evidence/references/build-symbol-index.ts";
import { formatLocation } from "../../text/location.ts";
import { counted, onOneLine, quotedAnswer } from "./answer.ts";
import type { PathFinder } from "./path-finder.ts";

/** How a model names a definition. */
export interface Wanted {
  /** `set`, or with what it stands in: `Store.set`. */
  readonly name: string;
  readonly path?: string | undefined;
  /** A line inside it. */
  readonly line?: number | undefined;
}

export type FoundDefinition =
  | { readonly kind: "one"; readonly definition: Definition }
  /** In path order. */
  | { readonly kind: "several"; readonly definitions: readonly Definition[] }
  | { readonly kind: "none"; readonly near: readonly string[] };

/** Every definition of the name, narrowed by file and line; for a name that nothing has, the nearest one. */
function findDefinition({ name, path, line }: Wanted, symbolIndex: SymbolIndex): FoundDefinition {
  const named = definitionsOf(name, symbolIndex);
  if (named.length === 0) return { kind: "none", near: nearNames(name, symbolIndex) };
  const inFile = path === undefined ? named : named.filter((item) => item.path === path);
  const here =
    line === undefined
      ? inFile
      : inFile
          .filter(({ symbol }) => symbol.start <= line && line <= symbol.end)
          .sort(bySize)
          .slice(0, 1);
  // A file or line that does not fit is no reason to hide where the name does stand.
  if (here.length === 0) return { kind: "several", definitions: named };
  return here.length === 1 ? { kind: "one", definition: here[0]! } : { kind: "several", definitions: here };
}

/** `Store.set`, `Store::set` and `Store#set` are the definitions of set that appear in a Store. */
export function definitionsOf(name: string, symbolIndex: SymbolIndex): readonly Definition[] {
  const whole = symbolIndex.definitions.get(name);
  if (whole !== undefined) return whole;
  const parts = name.split(/::|->|[.#]/).filter((part) => part !== "");
  const last = parts.pop();
  if (last === undefined) return [];
  const found = symbolIndex.definitions.get(last) ?? [];
  return found.filter(({ symbol }) => {
    const containers = symbol.container.slice(-parts.length);
    return (
      parts.length === 0 ||
      (containers.length === parts.length && containers.every((part, i) => part === parts[i]))
    );
  });
}

export function nearNames(name: string, symbolIndex: SymbolIndex): readonly string[] {
  const parts = name.split(/::|->|[.#]/).filter((part) => part !== "");
  const last = parts.at(-1) ?? name;
  // The container was wrong, not the name.
  const same = (symbolIndex.definitions.get(last) ?? []).map(({ symbol }) => qualifiedName(symbol));
  if (same.length > 0) return [...new Set(same)].slice(0, 5);
  const near = nearest(last, [...symbolIndex.definitions.keys()]);
  return near === undefined
    ? []
    : [...new Set(symbolIndex.definitions.get(near)!.map(({ symbol }) => qualifiedName(symbol)))].slice(0, 5);
}

/** `src/a.py:3-9  method Store.set` */
export function placeOf({ path, symbol }: Definition): string {
  return `${formatLocation({ path: onOneLine(path), ...symbol })}  ${symbol.kind} ${onOneLine(qualifiedName(symbol), 120)}`;
}

/** The answer for a name that means nothing or several things; undefined when it means one. */
export function unclear(found: FoundDefinition, nonce: string): string | undefined {
  if (found.kind === "one") return undefined;
  if (found.kind === "several")
    return quotedAnswer({
      nonce,
      head: `The name is defined in ${counted(found.definitions.length, "place")}; call again with "path" and "line" of the one that is meant.`,
      source: "definitions in the repository",
      lines: found.definitions.map(placeOf),
      rest: (shown) =>
        shown === found.definitions.length
          ? ""
          : `${found.definitions.length - shown} more are not shown; give "path".`,
      max: 6_000,
    });
  if (found.near.length === 0)
    return "No definition has this name in the files with a grammar (source, tests, examples; not generated or vendored code). The tool search finds it anywhere in the text.";
  return quotedAnswer({
    nonce,
    head: "No definition has this name. Nearest:",
    source: "names in the repository",
    lines: found.near.map((name) => onOneLine(name, 120)),
    max: 2_500,
  });
}

function bySize(a: Definition, b: Definition): number {
  return (
    a.symbol.end - a.symbol.start - (b.symbol.end - b.symbol.start) || b.symbol.nameLine - a.symbol.nameLine
  );
}

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
