import { availableParallelism } from "node:os";
import { join } from "node:path";
import { cachedHistory } from "../repository/io/cached-history.ts";
import { indexThreads } from "../repository/io/index-threads.ts";
import type { GitRepository } from "../repository/io/open-repository.ts";
import { openGit, type WorkbenchOptions } from "./open-git.ts";
import { privateFolder } from "../process/private-folder.ts";
import { sqliteBlobCache } from "../repository/io/sqlite-blob-cache.ts";
import { treeSitterSyntax } from "../languages/io/tree-sitter-syntax.ts";
import type { VisibleIssue } from "../issue/visible-issue.ts";
import { understandIssue } from "../issue/understand-issue.ts";
import { type IndexedCodebase, openCodebase } from "../repository/open-codebase.ts";
import { readIssueForms } from "../evidence/read-issue-forms.ts";
import { findReported, repositoryName } from "../evidence/reported-places/find-reported.ts";
import { locate, type Ranking } from "../evidence/ranking/locate.ts";
import { buildQuery } from "../evidence/ranking/query.ts";
import { MAX_COMMITS } from "../repository/history.ts";
import type { SyntaxReader } from "../languages/syntax.ts";

/** A repository with everything that is needed to research it. Dispose it: it holds processes, threads and a database. */
export interface Workbench extends AsyncDisposable {
  readonly repository: GitRepository;
  readonly reader: SyntaxReader;
  readonly data: string;
  /** The codebase of a commit (40 hex digits), read once. */
  codebase(commit: string): Promise<IndexedCodebase>;
  locate(issue: VisibleIssue, commit: string, top: number): Promise<Ranking>;
}

const CACHE_BYTES = 2_000_000_000;

/** Throws RunFailure when the repository cannot be opened or the data folder cannot be written. */
export async function openWorkbench(options: WorkbenchOptions): Promise<Workbench> {
  const { data, signal, onStep } = options;
  privateFolder(data);
  const found = await openGit(options);
  const cache = sqliteBlobCache(join(data, "index.db"), {
    limitBytes: options.cacheBytes ?? CACHE_BYTES,
    now: () => Math.floor(Date.now() / 1000),
  });
  const repository: GitRepository = { ...found, history: cachedHistory(found.history, cache) };
  const workers = options.workers ?? Math.max(1, Math.min(8, availableParallelism()));
  const reader = treeSitterSyntax({ workers });
  const threads = workers === 0 ? {} : { threads: indexThreads(repository.gitDir, { workers }) };
  const opened = new Map<string, Promise<IndexedCodebase>>();
  const codebase = (commit: string): Promise<IndexedCodebase> => {
    let opening = opened.get(commit);
    if (opening === undefined) {
      onStep?.("listing files");
      opening = repository.tree(commit, signal).then((tree) =>
        openCodebase(tree, {
          cache,
          reader,
          ...threads,
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
      const [code, commits] = await together(signal, (stop) => [
        codebase(commit),
        repository.history.commits(commit, MAX_COMMITS, stop),
      ]);
      const reading = understandIssue(issue, await readIssueForms(code.tree, signal));
      const reported = await findReported(reading, code, repository.history, {
        repository: repositoryName(issue.url ?? repository.webUrl),
        signal,
      });
      onStep?.(`ranking ${code.tree.entries.length} files`);
      return locate(code, buildQuery(reading.textBlocks, reading, reported), commits, {
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

/** Both results; when one fails, the other one is stopped. */
async function together<A, B>(
  signal: AbortSignal | undefined,
  start: (stop: AbortSignal) => [Promise<A>, Promise<B>],
): Promise<[A, B]> {
  const failed = new AbortController();
  try {
    return await Promise.all(
      start(signal === undefined ? failed.signal : AbortSignal.any([signal, failed.signal])),
    );
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}
