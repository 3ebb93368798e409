import { rolesIn } from "../languages/role-of-path.ts";
import type { LanguageName } from "../languages/languages.ts";
import { mayBeScript, scriptLanguage } from "../languages/script-language.ts";
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
  /** The syntax of another text of a file: of another revision. Undefined without a grammar, or where it could not be parsed. */
  parse(path: string, text: string): Promise<FileSyntax | undefined>;
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
  const scripts = await scriptsOf(tree, invertedIndexes, signal);
  const languageOf = (path: string): LanguageName | undefined => reader.languageOf(path) ?? scripts.get(path);
  const roleByPath = rolesIn(tree.entries.map(({ path }) => path));
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
      const language = languageOf(path);
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
            languageOf,
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
    languageOf,
    roleOf(path) {
      const role = roleByPath(path);
      return role === "other" && scripts.has(path) ? "source" : role;
    },
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
    async parse(path, text) {
      const language = languageOf(path);
      if (language === undefined) return undefined;
      for await (const { syntax } of reader.parse([{ oid: path, language, text }], signal)) return syntax;
      return undefined;
    },
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

/** Scripts without an ending that are looked for, and the bytes of one. */
const MAX_SCRIPTS = 200;
const MAX_SCRIPT_BYTES = 200_000;

/** Programs without an ending, by the language that their first line names. */
async function scriptsOf(
  tree: SourceTree,
  indexes: ReadonlyMap<string, InvertedIndex>,
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, LanguageName>> {
  const found = new Map<string, LanguageName>();
  const candidates = tree.entries.filter(
    ({ path, kind, size }) =>
      kind === "executable" && size <= MAX_SCRIPT_BYTES && mayBeScript(path) && indexes.has(path),
  );
  for await (const { entry, bytes } of tree.read(candidates.slice(0, MAX_SCRIPTS), signal)) {
    const language = scriptLanguage(bytes === undefined ? "" : (decodeText(bytes) ?? ""));
    if (language !== undefined) found.set(entry.path, language);
  }
  return found;
}

async function* textsOf(
  tree: SourceTree,
  languageOf: (path: string) => LanguageName | undefined,
  entries: readonly TreeEntry[],
  signal?: AbortSignal,
): AsyncIterable<FileText> {
  for await (const { entry, bytes } of tree.read(entries, signal)) {
    const text = bytes === undefined ? undefined : decodeText(bytes);
    const language = languageOf(entry.path);
    if (text !== undefined && language !== undefined) yield { oid: entry.oid, language, text };
  }
}
