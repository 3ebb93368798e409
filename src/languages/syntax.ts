import type { Import, ReferenceKind, SymbolKind } from "./grammar-rules.ts";
import type { LanguageName } from "./languages.ts";

/** What the syntax tree of one file holds, as far as Casebook needs it. Lines are 1-based and inclusive. */
export interface FileSyntax {
  readonly language: LanguageName;
  readonly symbols: readonly SymbolDefinition[];
  readonly references: readonly Reference[];
  readonly imports: readonly Import[];
  /** What the file gives out under another name than its own: `export default run`, `export { a as b }`. */
  readonly renamedExports?: readonly RenamedExport[];
  /** True when the parser met text it could not place; what it did understand is listed all the same. */
  readonly hasErrors: boolean;
}

export interface SymbolDefinition {
  readonly name: string;
  readonly kind: SymbolKind;
  /** Names of the definitions around it, outermost first: `["Store"]` for a method of Store. */
  readonly container: readonly string[];
  /** From the first line of the definition (decorators and attributes included) to its last. */
  readonly start: number;
  readonly end: number;
  /** The line that holds the name. */
  readonly nameLine: number;
  /** The definition's head on one line, white space folded, at most 200 characters. */
  readonly signature: string;
  /** True when code outside the file or package can use it, as far as the file shows (`pub`, `export`, `public`, no leading `_`). */
  readonly isPublic: boolean;
  /** The comment or docstring that belongs to it, as lines. */
  readonly doc?: { readonly start: number; readonly end: number };
  /** For functions, methods and constructors with a body: what it looks like without its names. */
  readonly shape?: Shape;
}

const FUNCTION_LIKE: ReadonlySet<SymbolKind> = new Set(["function", "method", "constructor", "macro"]);

export function isFunctionLike({ kind }: SymbolDefinition): boolean {
  return FUNCTION_LIKE.has(kind);
}

/** `Store.set` for a member, `set` for a function of its own. */
export function qualifiedName({ container, name }: Pick<SymbolDefinition, "container" | "name">): string {
  return [...container, name].join(".");
}

/**
 * A function's body as a sequence of tokens, names and literals folded away, for finding similar code.
 * Types 1 and 2 (layout, names and literals changed) give equal sequences; type 3 gives close ones.
 */
export interface Shape {
  /** One number a token: keywords, operators and node kinds by their own hash, every identifier one value, every literal by its kind. */
  readonly tokens: readonly number[];
  /** The names of what is called, in order, as written (last part of a dotted name). */
  readonly calls: readonly string[];
  /** The tokens of each statement directly in the body, hashed: what reordering leaves alone. */
  readonly statements: readonly number[];
}

/** A use of a name that is not its definition. */
export interface Reference {
  readonly name: string;
  readonly kind: ReferenceKind;
  readonly line: number;
  /** The expression before the dot, when it is a plain or dotted name: `self.store` in `self.store.get()`. */
  readonly receiver?: string;
  /** It hangs on an expression that is no plain name: `read` in `open(path).read()`. */
  readonly onValue?: true;
  /** A function around it has a parameter or variable of the name. Only calls are listed then. */
  readonly isLocal?: true;
  /** Index into `symbols` of the innermost function, method or class around it; undefined at top level. */
  readonly inside?: number;
}

export interface RenamedExport {
  /** As the file calls it. */
  readonly name: string;
  /** As others import it; `default` for what a module gives out as a whole. */
  readonly as: string;
}

/** Parses files; the only thing that knows a parser. */
export interface SyntaxReader {
  /** The language of a file by its name; undefined when there is no grammar for it. */
  languageOf(path: string): LanguageName | undefined;
  /**
   * Yields in no particular order, one for each file given. `syntax` is undefined when the file could not be parsed
   * in its limit of steps; that is an answer, not an error.
   */
  parse(
    files: AsyncIterable<FileText> | Iterable<FileText>,
    signal?: AbortSignal,
  ): AsyncIterable<{ oid: string; language: LanguageName; syntax: FileSyntax | undefined }>;
}

export interface FileText {
  readonly oid: string;
  readonly language: LanguageName;
  readonly text: string;
}
