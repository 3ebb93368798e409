import { mkdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { openMirror, protocolOf } from "../adapters/git/mirror.ts";
import { type GitRepository, openRepository } from "../adapters/git/open-repository.ts";
import { sweepScratch } from "../adapters/git/scratch-folder.ts";
import { fileFailure } from "../adapters/git/file-failure.ts";
import { sqliteBlobCache } from "../adapters/cache/sqlite-blob-cache.ts";
import { treeSitterSyntax } from "../adapters/tree-sitter/tree-sitter-syntax.ts";
import type { Issue } from "../domain/issue/issue.ts";
import { understandIssue } from "../domain/issue/understand-issue.ts";
import { type IndexedCodebase, openCodebase } from "../engine/evidence/open-codebase.ts";
import { locate, type Location } from "../engine/evidence/locate/locate.ts";
import { buildQuery } from "../engine/evidence/locate/query.ts";
import { MAX_COMMITS } from "../engine/research/research-context.ts";
import type { SyntaxReader } from "../engine/syntax/syntax.ts";

export interface WorkbenchOptions {
  /** A folder or a URL. */
  readonly repository: string;
  /** Where mirrors, index and scratch folders live. */
  readonly data: string;
  readonly workers?: number | undefined;
  /** Bytes of the index on disk before it is evicted. */
  readonly cacheBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when a URL is fetched and when files are read. */
  readonly onStep?: ((step: string) => void) | undefined;
}

/** A repository with everything that is needed to research it. Dispose it: it holds processes, threads and a database. */
export interface Workbench extends AsyncDisposable {
  readonly repository: GitRepository;
  readonly reader: SyntaxReader;
  readonly data: string;
  /** The codebase of a commit (40 hex digits), read once. */
  codebase(commit: string): Promise<IndexedCodebase>;
  locate(issue: Issue, commit: string, top: number): Promise<Location>;
}

const CACHE_BYTES = 2_000_000_000;

/** Throws RunFailure when the repository cannot be opened or the data folder cannot be written. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { data, signal, onStep } = options;
  fileFailure(data, () => mkdirSync(data, { recursive: true }));
  sweepScratch(data);
  const isUrl = protocolOf(options.repository) !== undefined;
  if (isUrl) onStep?.(`fetching ${options.repository}`);
  const folder = isUrl ? await openMirror(options.repository, data, signal) : options.repository;
  const repository = await openRepository(folder, { name: options.repository, mirror: isUrl });
  const cache = sqliteBlobCache(join(data, "index.db"), {
    limitBytes: options.cacheBytes ?? CACHE_BYTES,
    now: () => Math.floor(Date.now() / 1000),
  });
  const reader = treeSitterSyntax({
    workers: options.workers ?? Math.max(1, Math.min(8, availableParallelism())),
  });
  const opened = new Map<string, Promise<IndexedCodebase>>();
  const codebase = (commit: string): Promise<IndexedCodebase> => {
    let opening = opened.get(commit);
    if (opening === undefined) {
      opening = repository.tree(commit, signal).then((tree) =>
        openCodebase(tree, {
          cache,
          reader,
          ...(signal === undefined ? {} : { signal }),
          onProgress: (done, total) => onStep?.(`reading files: ${done} of ${total}`),
        }),
      );
      opened.set(commit, opening);
    }
    return opening;
  };
  return {
    repository,
    reader,
    data,
    codebase,
    async locate(issue, commit, top) {
      const reading = understandIssue(issue);
      const commits = await repository.history.commits(commit, MAX_COMMITS, signal);
      return locate(await codebase(commit), buildQuery(reading.passages, reading), commits, {
        top,
        ...(signal === undefined ? {} : { signal }),
      });
    },
    async [Symbol.asyncDispose]() {
      repository[Symbol.dispose]();
      await reader[Symbol.asyncDispose]();
      cache[Symbol.dispose]();
    },
  };
}
