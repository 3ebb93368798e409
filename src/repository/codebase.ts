import type { FileSyntax } from "../languages/syntax.ts";
import type { SourceText } from "./source-text.ts";
import type { SourceTree } from "./source-tree.ts";
import type { LanguageName } from "../languages/languages.ts";
import type { FileRole } from "../languages/role-of-path.ts";

/** The code of one commit. Everything is cached by blob and read on demand. */
export interface Codebase {
  readonly tree: SourceTree;
  /** The role of a file, by its path (and, for generated code, its first lines when they were read already). */
  roleOf(path: string): FileRole;
  /** The language of a file with a grammar for it, by its name, or by the first line of a script without an ending. */
  languageOf(path: string): LanguageName | undefined;
  /** Undefined when there is no such file, or it is binary, too large, or not a regular file. */
  text(path: string): Promise<SourceText | undefined>;
  /** Undefined when there is no grammar for it or it could not be parsed. */
  syntax(path: string): Promise<FileSyntax | undefined>;
  /** The files among `paths` that have a syntax, in no particular order. */
  syntaxes(
    paths: Iterable<string>,
    signal?: AbortSignal,
  ): AsyncIterable<{ path: string; syntax: FileSyntax }>;
  /** Paths of text files that hold this identifier, case ignored, ordered by path. May list a few files too many, never one too few. */
  pathsWithWord(word: string): readonly string[];
}

/**
 * What was derived from a blob, kept under the blob's hash: the next commit derives again only what changed.
 * Losing it costs time, never correctness: a missing, damaged or locked store behaves like an empty one.
 */
export interface BlobCache {
  /** `kind` names the derivation and its version (`invertedIndex-3`): another version is another kind. */
  getMany(kind: string, oids: readonly string[]): Map<string, Uint8Array>;
  putMany(kind: string, entries: Iterable<readonly [oid: string, data: Uint8Array]>): void;
}
