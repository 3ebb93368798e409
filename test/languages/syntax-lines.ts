import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import type { LanguageName } from "../../src/languages/languages.ts";
import type { FileSyntax } from "../../src/languages/syntax.ts";

/** The syntax of one text, parsed in this thread. Throws when the parser gives up on it. */
export async function readSyntax(language: LanguageName, text: string): Promise<FileSyntax> {
  await using reader = treeSitterSyntax({ workers: 0 });
  for await (const { syntax } of reader.parse([{ oid: "1", language, text }])) {
    if (syntax !== undefined) return syntax;
  }
  throw new Error(`no syntax for a text of ${text.length} characters`);
}

/** One line a symbol: `method Store.get 12-20 @14 public doc 10-11: def get(self)`; `@` is the line of the name. */
export function symbolLines(syntax: FileSyntax): string[] {
  return syntax.symbols.map((symbol) => {
    const { kind, start, end, nameLine, isPublic, doc, signature } = symbol;
    const about = doc === undefined ? "" : ` doc ${doc.start}-${doc.end}`;
    const access = isPublic ? "public" : "private";
    return `${kind} ${pathOf(symbol)} ${start}-${end} @${nameLine} ${access}${about}: ${signature}`;
  });
}

/**
 * One line for the references that follow each other on a source line and in the same definition:
 * `15 in Store.get: call self.store|get, name LIMIT`. Before the bar is the receiver, if there is one.
 */
export function referenceLines(syntax: FileSyntax): string[] {
  const lines: string[] = [];
  let open = "";
  for (const { line, kind, receiver, name, inside } of syntax.references) {
    const holder = inside === undefined ? undefined : syntax.symbols[inside];
    const place = `${line}${holder === undefined ? "" : ` in ${pathOf(holder)}`}: `;
    const use = `${kind} ${receiver === undefined ? "" : `${receiver}|`}${name}`;
    if (place === open) lines.push(`${lines.pop() ?? ""}, ${use}`);
    else lines.push(`${place}${use}`);
    open = place;
  }
  return lines;
}

/** One line an import: `3 ./store.ts {open, close}`. */
export function importLines(syntax: FileSyntax): string[] {
  return syntax.imports.map(({ line, source, names }) => `${line} ${source} {${names.join(", ")}}`);
}

function pathOf({
  container,
  name,
}: {
  readonly container: readonly string[];
  readonly name: string;
}): string {
  return [...container, name].join(".");
}
