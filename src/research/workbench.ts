import { availableParallelism } from "node:os";
import { basename, dirname, join } from "node:path";
import { cachedHistory } from "../repository/io/cached-history.ts";
import { indexThreads } from "../repository/io/index-threads.ts";
import { discardMirror, openMirror, protocolOf } from "../repository/io/mirror.ts";
import { publicHost } from "../repository/io/public-host.ts";
import { type GitRepository, openRepository } from "../repository/io/open-repository.ts";
import { RunFailure } from "../failure.ts";
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
import { MAX_COMMITS } from "../claims/open-evidence.ts";
import type { SyntaxReader } from "../languages/syntax.ts";

export interface WorkbenchOptions {
  /** A folder or a URL. */
  readonly repository: string;
  /** Where mirrors, index and scratch folders live. */
  readonly data: string;
  readonly workers?: number | undefined;
  /** Bytes that the fetch of a URL may bring. */
  readonly fetchBytes?: number | undefined;
  /** Hosts of this machine or a private network that a URL may name. */
  readonly privateHosts?: readonly string[] | undefined;
  /** Bytes of the index on disk before it is evicted. */
  readonly cacheBytes?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Told when a URL is fetched and when files are listed, read and ranked. */
  readonly onStep?: ((step: string) => void) | undefined;
}

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
  const threads = indexThreads(repository.gitDir, { workers });
  const opened = new Map<string, Promise<IndexedCodebase>>();
  const codebase = (commit: string): Promise<IndexedCodebase> => {
    let opening = opened.get(commit);
    if (opening === undefined) {
      onStep?.("listing files");
      opening = repository.tree(commit, signal).then((tree) =>
        openCodebase(tree, {
          cache,
          reader,
          threads,
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

/** The repository alone: a folder, or the mirror of a URL, which is fetched. Throws RunFailure. */
export async function openGit(
  options: Pick<
    WorkbenchOptions,
    "repository" | "data" | "fetchBytes" | "privateHosts" | "signal" | "onStep"
  >,
): Promise<GitRepository> {
  const { data, onStep } = options;
  const isUrl = protocolOf(options.repository) !== undefined;
  if (isUrl) onStep?.(`fetching ${options.repository}`);
  return isUrl
    ? await openFetched(options.repository, options)
    : await openRepository(options.repository, {
        // A mirror of ours, kept by the process that started this one, whose folder is two above the reader's home.
        isWhole: [data, dirname(dirname(data))].some(
          (folder) => dirname(options.repository) === join(folder, "mirrors"),
        ),
      });
}

/** A mirror of the URL whose newest commit lacks nothing: one that is damaged is fetched anew, once. */
async function openFetched(
  url: string,
  {
    data,
    signal,
    fetchBytes,
    privateHosts,
  }: Pick<WorkbenchOptions, "data" | "signal" | "fetchBytes" | "privateHosts">,
): Promise<GitRepository> {
  const settings = await publicHost(url, { allowed: privateHosts ?? [] });
  const open = async (): Promise<GitRepository> =>
    openRepository(
      await openMirror(url, data, signal, {
        settings,
        ...(fetchBytes === undefined ? {} : { maxBytes: fetchBytes }),
      }),
      { name: url, mirror: true, isWhole: true },
    );
  const found = await open();
  try {
    const head = await found.resolve("HEAD").catch(() => undefined);
    if (head !== undefined) await found.tree(head, signal);
    return found;
  } catch (error) {
    found[Symbol.dispose]();
    if (!(error instanceof RunFailure) || error.code !== "damaged-mirror") throw error;
    discardMirror(data, basename(found.gitDir));
    return open();
  }
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
