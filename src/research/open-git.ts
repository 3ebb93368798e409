import { basename, dirname, join } from "node:path";
import { discardMirror, openMirror, protocolOf } from "../repository/io/mirror.ts";
import { publicHost } from "../repository/io/public-host.ts";
import { type GitRepository, openRepository } from "../repository/io/open-repository.ts";
import { RunFailure } from "../failure.ts";

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
