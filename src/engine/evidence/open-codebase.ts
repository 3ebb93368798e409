import { roleOfPath } from "../../domain/file-role/role-of-path.ts";
import { type BlobCache } from "../source/blob-cache.ts";
import type { SourceTree, TreeEntry } from "../source/source-tree.ts";
import { decodeSyntax, encodeSyntax, SYNTAX_KIND } from "../syntax/encode-syntax.ts";
import type { FileSyntax, FileText, SyntaxReader } from "../syntax/syntax.ts";
import type { Codebase, SourceText } from "./codebase.ts";
import {
  decodeLexicon,
  encodeLexicon,
  findTerm,
  isFull,
  LEXICON_KIND,
  type Lexicon,
  lexiconMaker,
} from "./lexicon/lexicon.ts";
import { hashTerm, termOf } from "./lexicon/words.ts";
import { decodeText } from "./decode-text.ts";
import { linesOf } from "./lines-of.ts";

/** A codebase that also gives the lexicon of each of its text files. */
export interface IndexedCodebase extends Codebase {
  /** Undefined for what is binary, too large or not a regular file. */
  lexicon(path: string): Lexicon | undefined;
}

export interface OpenOptions {
  readonly cache: BlobCache;
  readonly reader: SyntaxReader;
  readonly signal?: AbortSignal;
  /** Files read so far, of how many. */
  readonly onProgress?: (done: number, total: number) => void;
}

const BATCH = 400;

/**
 * Reads the words of every text file of a tree (only those whose blob is not in the cache yet). Syntax is read when
 * asked for. Memory: the lexicons, about 4 KB a file; texts and syntaxes that were asked for stay for the run.
 */
export async function openCodebase(
  tree: SourceTree,
  { cache, reader, signal, onProgress }: OpenOptions,
): Promise<IndexedCodebase> {
  const lexicons = await readLexicons(tree, cache, signal, onProgress);
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
      if (entry === undefined || language === undefined || !lexicons.has(path)) continue;
      const key = `${entry.oid}:${language}`;
      const same = wanted.get(key);
      if (same === undefined) wanted.set(key, { entry, paths: [path] });
      else same.paths.push(path);
    }
    const missing: string[] = [];
    for (const keys of batches([...wanted.keys()])) {
      const cached = cache.getMany(SYNTAX_KIND, keys);
      for (const key of keys) {
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
      cache.putMany(SYNTAX_KIND, fresh);
    }
  }

  return {
    tree,
    roleOf: roleOfPath,
    lexicon: (path) => lexicons.get(path),
    async text(path) {
      if (!texts.has(path)) {
        const entry = tree.find(path);
        let found: SourceText | undefined;
        if (entry !== undefined && lexicons.has(path)) {
          for await (const { bytes } of tree.read([entry], signal)) {
            const text = bytes === undefined ? undefined : decodeText(bytes);
            if (text !== undefined) found = { text, lines: linesOf(text) };
          }
        }
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
      // Words that lexicons leave out (one letter, very long) can stand anywhere.
      const anywhere = bare.length < 2 || word.length > 64;
      const hash = hashTerm(termOf(bare));
      const found: string[] = [];
      for (const [path, lexicon] of lexicons)
        if (anywhere || isFull(lexicon) || findTerm(lexicon, hash) >= 0) found.push(path);
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

function* batches<T>(items: readonly T[]): Iterable<readonly T[]> {
  for (let at = 0; at < items.length; at += BATCH) yield items.slice(at, at + BATCH);
}

async function readLexicons(
  tree: SourceTree,
  cache: BlobCache,
  signal: AbortSignal | undefined,
  onProgress: OpenOptions["onProgress"],
): Promise<Map<string, Lexicon>> {
  const keyOf = (entry: TreeEntry): string => `${entry.oid}:${endingOf(entry.path)}`;
  const entries = tree.entries.filter(({ kind }) => kind === "file" || kind === "executable");
  const byKey = new Map<string, Lexicon | undefined>();
  const missing = new Map<string, TreeEntry>();
  let done = 0;
  for (const batch of batches(entries)) {
    const cached = cache.getMany(LEXICON_KIND, batch.map(keyOf));
    for (const entry of batch) {
      const key = keyOf(entry);
      const bytes = cached.get(key);
      // No bytes at all stand for "read, and no text".
      const lexicon = bytes === undefined || bytes.byteLength === 0 ? undefined : decodeLexicon(bytes);
      if (lexicon === undefined && bytes?.byteLength !== 0) missing.set(key, entry);
      else byKey.set(key, lexicon);
    }
    done += batch.length;
  }
  done -= missing.size;
  const make = lexiconMaker();
  for (const batch of batches([...missing.values()])) {
    const fresh: [string, Uint8Array][] = [];
    for await (const { entry, bytes } of tree.read(batch, signal)) {
      const text = bytes === undefined ? undefined : decodeText(bytes);
      const lexicon = text === undefined ? undefined : make(text, endingOf(entry.path));
      byKey.set(keyOf(entry), lexicon);
      fresh.push([keyOf(entry), lexicon === undefined ? new Uint8Array() : encodeLexicon(lexicon)]);
    }
    cache.putMany(LEXICON_KIND, fresh);
    done += batch.length;
    onProgress?.(done, entries.length);
  }
  const lexicons = new Map<string, Lexicon>();
  for (const entry of entries) {
    const lexicon = byKey.get(keyOf(entry));
    if (lexicon !== undefined) lexicons.set(entry.path, lexicon);
  }
  return lexicons;
}

function endingOf(path: string): string {
  const dot = path.lastIndexOf(".");
  return dot > path.lastIndexOf("/") ? path.slice(dot + 1).toLowerCase() : "";
}
