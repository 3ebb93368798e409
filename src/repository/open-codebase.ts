import { rolesIn } from "../languages/role-of-path.ts";
import { yielder } from "../process/clock.ts";
import type { SourceTree, TreeEntry } from "./source-tree.ts";
import { decodeSyntax, encodeSyntax, SYNTAX_KIND } from "../languages/encode-syntax.ts";
import type { FileSyntax, FileText, SyntaxReader } from "../languages/syntax.ts";
import type { Codebase } from "./codebase.ts";
import { findTerm, isFull, type InvertedIndex } from "./inverted-index/inverted-index.ts";
import {
  batches,
  readInvertedIndexes,
  type ReadIndexesOptions,
} from "./inverted-index/read-inverted-indexes.ts";
import { termOf } from "./inverted-index/words.ts";
import { hash32 } from "../text/hash.ts";
import { decodeText, sourceText, type SourceText } from "./source-text.ts";

/** A codebase with the inverted index of each of its text files. */
export interface IndexedCodebase extends Codebase {
  /** Undefined for what is binary, too large or not a regular file. */
  invertedIndex(path: string): InvertedIndex | undefined;
  /** Files that the repository lists but whose content it does not hold: nothing was read, searched or ranked in them. */
  readonly unreadable: readonly string[];
}

export interface OpenOptions extends ReadIndexesOptions {
  readonly reader: SyntaxReader;
}

/**
 * Reads the words of every text file of a tree (only those whose blob is not in the cache yet). Syntax is read when
 * asked for. Memory: the inverted indexes, about 4 KB a file; texts and syntaxes that were asked for stay for the run.
 */
export async function openCodebase(
  tree: SourceTree,
  { reader, ...options }: OpenOptions,
): Promise<IndexedCodebase> {
  const { cache, signal } = options;
  const { invertedIndexes, unreadable } = await readInvertedIndexes(tree, options);
  const texts = new Map<string, SourceText | undefined>();
  const syntaxes = new Map<string, FileSyntax | undefined>();

  async function* readSyntaxes(
    paths: Iterable<string>,
    stop?: AbortSignal,
  ): AsyncIterable<{ path: string; syntax: FileSyntax }> {
    const wanted = new Map<string, { readonly entry: TreeEntry; readonly paths: string[] }>();
    for (const path of new Set(paths)) {
      const known = syntaxes.get(path);
      if (known !== undefined) yield { path, syntax: known };
      if (syntaxes.has(path)) continue;
      const entry = tree.find(path);
      const language = reader.languageOf(path);
      if (entry === undefined || language === undefined || !invertedIndexes.has(path)) continue;
      const key = `${entry.oid}:${language}`;
      const same = wanted.get(key);
      if (same === undefined) wanted.set(key, { entry, paths: [path] });
      else same.paths.push(path);
    }
    const missing: string[] = [];
    const yieldNow = yielder(stop);
    for (const keys of batches([...wanted.keys()])) {
      const cached = cache.getMany(SYNTAX_KIND, keys);
      for (const key of keys) {
        await yieldNow();
        const bytes = cached.get(key);
        const syntax = bytes === undefined ? undefined : decodeSyntax(bytes);
        if (syntax === undefined) {
          missing.push(key);
          continue;
        }
        for (const path of wanted.get(key)!.paths) {
          syntaxes.set(path, syntax);
          yield { path, syntax };
        }
      }
    }
    for (const keys of batches(missing)) {
      const fresh: [string, Uint8Array][] = [];
      try {
        for await (const { oid, language, syntax } of reader.parse(
          textsOf(
            tree,
            reader,
            keys.map((key) => wanted.get(key)!.entry),
            stop,
          ),
          stop,
        )) {
          const key = `${oid}:${language}`;
          if (syntax !== undefined) fresh.push([key, encodeSyntax(syntax)]);
          for (const path of wanted.get(key)?.paths ?? []) {
            syntaxes.set(path, syntax);
            if (syntax !== undefined) yield { path, syntax };
          }
        }
      } finally {
        // Also when the reader stops early: what was parsed is not parsed again.
        cache.putMany(SYNTAX_KIND, fresh);
      }
    }
  }

  return {
    tree,
    unreadable,
    roleOf: rolesIn(tree.entries.map(({ path }) => path)),
    invertedIndex: (path) => invertedIndexes.get(path),
    async text(path) {
      if (!texts.has(path)) {
        const entry = tree.find(path);
        let found: SourceText | undefined;
        if (entry !== undefined && invertedIndexes.has(path))
          for await (const { bytes } of tree.read([entry], signal)) found = sourceText(bytes);
        texts.set(path, found);
      }
      return texts.get(path);
    },
    async syntax(path) {
      for await (const { syntax } of readSyntaxes([path], signal)) return syntax;
      return undefined;
    },
    syntaxes: readSyntaxes,
    pathsWithWord(word) {
      const bare = word.replace(/^[_$]+|[_$]+$/g, "").toLowerCase();
      // Words that inverted indexes leave out (one letter, very long) can be in any file.
      const anywhere = bare.length < 2 || word.length > 64;
      const hash = hash32(termOf(bare));
      const found: string[] = [];
      for (const [path, invertedIndex] of invertedIndexes)
        if (anywhere || isFull(invertedIndex) || findTerm(invertedIndex, hash) >= 0) found.push(path);
      return found;
    },
  };
}

async function* textsOf(
  tree: SourceTree,
  reader: SyntaxReader,
  entries: readonly TreeEntry[],
  signal?: AbortSignal,
): AsyncIterable<FileText> {
  for await (const { entry, bytes } of tree.read(entries, signal)) {
    const text = bytes === undefined ? undefined : decodeText(bytes);
    const language = reader.languageOf(entry.path);
    if (text !== undefined && language !== undefined) yield { oid: entry.oid, language, text };
  }
}
