import { ByteReader, ByteWriter, DamagedBytes } from "./bytes.ts";
import type { Import, ReferenceKind, SymbolKind } from "./grammar-rules.ts";
import { LANGUAGE_NAMES } from "./languages.ts";
import type { FileSyntax, Reference, RenamedExport, Shape, SymbolDefinition } from "./syntax.ts";

/** The BlobCache kind of encoded syntax. Whoever changes what is extracted or how it is written counts it up. */
export const SYNTAX_KIND = "syntax-8";

const SYMBOL_KINDS: readonly SymbolKind[] = [
  "function",
  "method",
  "constructor",
  "class",
  "interface",
  "enum",
  "type",
  "module",
  "variable",
  "macro",
];
const REFERENCE_KINDS: readonly ReferenceKind[] = ["call", "new", "type", "inherit", "name"];

/**
 * Made for size: every text and every token hash is written once in a table and then named by its place there, lines are
 * written as the distance to the one before. About 5 KB for a source file of 10 KB.
 */
export function encodeSyntax(syntax: FileSyntax): Uint8Array {
  const out = new ByteWriter();
  // By its name: a language that joins the table must not change what is kept of others.
  out.text(syntax.language);
  out.number(syntax.hasErrors ? 1 : 0);
  out.number(syntax.symbols.length);
  let line = 0;
  for (const symbol of syntax.symbols) line = writeSymbol(out, symbol, line);
  out.number(syntax.references.length);
  let previous = { line: 0, inside: 0 };
  for (const reference of syntax.references) previous = writeReference(out, reference, previous);
  out.number(syntax.imports.length);
  for (const { source, names, locals, line } of syntax.imports) {
    out.text(source);
    out.texts(names);
    out.number(locals === undefined ? 0 : 1);
    if (locals !== undefined) out.texts(locals);
    out.number(line);
  }
  const renamed = syntax.renamedExports ?? [];
  out.texts(renamed.flatMap(({ name, as }) => [name, as]));
  return out.finish();
}

/** What `encodeSyntax` was given; undefined when a byte is missing or wrong. Never throws. */
export function decodeSyntax(bytes: Uint8Array): FileSyntax | undefined {
  try {
    const from = new ByteReader(bytes);
    const name = from.text();
    const language = LANGUAGE_NAMES.find((one) => one === name);
    if (language === undefined) return undefined;
    const hasErrors = from.number() === 1;
    const symbols: SymbolDefinition[] = [];
    for (let left = from.count(), line = 0; left > 0; left--) {
      const symbol = readSymbol(from, line);
      line = symbol.start;
      symbols.push(symbol);
    }
    const references: Reference[] = [];
    for (let left = from.count(), previous = { line: 0, inside: 0 }; left > 0; left--) {
      const reference = readReference(from, previous);
      previous = { line: reference.line, inside: reference.inside ?? previous.inside };
      references.push(reference);
    }
    const imports: Import[] = [];
    for (let left = from.count(); left > 0; left--) {
      imports.push(readImport(from));
    }
    const renamedExports = pairs(from.texts());
    from.end();
    return renamedExports.length === 0
      ? { language, symbols, references, imports, hasErrors }
      : { language, symbols, references, imports, renamedExports, hasErrors };
  } catch (error) {
    if (error instanceof DamagedBytes) return undefined;
    throw error;
  }
}

function pairs(texts: readonly string[]): RenamedExport[] {
  if (texts.length % 2 === 1) throw new DamagedBytes();
  const found: RenamedExport[] = [];
  for (let at = 0; at < texts.length; at += 2) found.push({ name: texts[at]!, as: texts[at + 1]! });
  return found;
}

function readImport(from: ByteReader): Import {
  const source = from.text();
  const names = from.texts();
  const locals = from.number() === 0 ? undefined : from.texts();
  const line = from.number();
  return locals === undefined ? { source, names, line } : { source, names, locals, line };
}

function writeSymbol(out: ByteWriter, symbol: SymbolDefinition, line: number): number {
  const flags =
    (symbol.isPublic ? 1 : 0) + (symbol.doc === undefined ? 0 : 2) + (symbol.shape === undefined ? 0 : 4);
  out.number(SYMBOL_KINDS.indexOf(symbol.kind) * 8 + flags);
  out.text(symbol.name);
  out.texts(symbol.container);
  out.signed(symbol.start - line);
  out.signed(symbol.end - symbol.start);
  out.signed(symbol.nameLine - symbol.start);
  out.text(symbol.signature);
  if (symbol.doc !== undefined) {
    out.signed(symbol.doc.start - symbol.start);
    out.signed(symbol.doc.end - symbol.doc.start);
  }
  if (symbol.shape !== undefined) {
    out.hashes(symbol.shape.tokens);
    out.texts(symbol.shape.calls);
    out.hashes(symbol.shape.statements);
  }
  return symbol.start;
}

function readSymbol(from: ByteReader, line: number): SymbolDefinition {
  const head = from.number();
  const kind = from.oneOf(SYMBOL_KINDS, head >> 3);
  const name = from.text();
  const container = from.texts();
  const start = line + from.signed();
  const end = start + from.signed();
  const nameLine = start + from.signed();
  const signature = from.text();
  const symbol = { name, kind, container, start, end, nameLine, signature, isPublic: (head & 1) !== 0 };
  const doc = (head & 2) === 0 ? undefined : readDoc(from, start);
  const shape = (head & 4) === 0 ? undefined : readShape(from);
  return { ...symbol, ...(doc === undefined ? {} : { doc }), ...(shape === undefined ? {} : { shape }) };
}

function readDoc(from: ByteReader, base: number): { start: number; end: number } {
  const start = base + from.signed();
  return { start, end: start + from.signed() };
}

function readShape(from: ByteReader): Shape {
  return { tokens: from.hashes(), calls: from.texts(), statements: from.hashes() };
}

interface Before {
  readonly line: number;
  readonly inside: number;
}

function writeReference(out: ByteWriter, reference: Reference, before: Before): Before {
  const { receiver, inside } = reference;
  const flags =
    (receiver === undefined ? 0 : 1) +
    (inside === undefined ? 0 : 2) +
    (reference.onValue === undefined ? 0 : 4) +
    (reference.isLocal === undefined ? 0 : 8);
  out.number(REFERENCE_KINDS.indexOf(reference.kind) * 16 + flags);
  out.text(reference.name);
  out.signed(reference.line - before.line);
  if (receiver !== undefined) out.text(receiver);
  if (inside !== undefined) out.signed(inside - before.inside);
  return { line: reference.line, inside: inside ?? before.inside };
}

function readReference(from: ByteReader, before: Before): Reference {
  const head = from.number();
  const kind = from.oneOf(REFERENCE_KINDS, head >> 4);
  const name = from.text();
  const line = before.line + from.signed();
  const receiver = (head & 1) === 0 ? undefined : from.text();
  const inside = (head & 2) === 0 ? undefined : before.inside + from.signed();
  if ((head & 12) !== 0)
    return {
      name,
      kind,
      line,
      ...(receiver === undefined ? {} : { receiver }),
      ...(inside === undefined ? {} : { inside }),
      ...((head & 4) === 0 ? {} : { onValue: true as const }),
      ...((head & 8) === 0 ? {} : { isLocal: true as const }),
    };
  // Written out: spreading conditional parts costs more than the rest of the decoding.
  if (receiver === undefined)
    return inside === undefined ? { name, kind, line } : { name, kind, line, inside };
  return inside === undefined ? { name, kind, line, receiver } : { name, kind, line, receiver, inside };
}
