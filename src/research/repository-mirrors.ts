import { setTimeout as pause } from "node:timers/promises";
import { RunFailure } from "../failure.ts";
import { belongsTo } from "../phases/names.ts";
import type { RepositoryInfo } from "../github/github.ts";
import type { Mirror } from "../service/research.ts";
import { git, HISTORY_BYTES } from "../repository/io/git.ts";
import { discardMirror, fetchPull, openMirror } from "../repository/io/mirror.ts";
import { resolveRevision } from "../repository/io/open-repository.ts";
import { readChantFiles } from "../repository/io/read-chant-files.ts";

/** Another process on this machine may be fetching the same repository. */
const BUSY_TRIES = 20;
const BUSY_MILLISECONDS = 500;
/** Names of the files that one commit of a person changed; a commit of a million files has about as much. */
const MAX_CHANGED_BYTES = 100_000_000;

/**
 * Mirrors of repositories on GitHub, one folder each, named by the repository's number so that a rename keeps it. Calls
 * for one repository follow each other: git's own locks would make the second one fail.
 */
export function repositoryMirrors(
  data: string,
  fetchBytes?: number,
): {
  open(repository: RepositoryInfo, token: string, signal: AbortSignal): Promise<Mirror>;
  /** The mirror was found damaged: the next `open` fetches it anew. RunFailure `busy`: another process uses it. */
  discard(repository: Pick<RepositoryInfo, "id">): void;
} {
  const turns = new Map<number, Promise<unknown>>();
  return {
    open(repository, token, signal) {
      const before = turns.get(repository.id) ?? Promise.resolve();
      const turn = before
        .catch(() => undefined)
        .then(() => refresh(repository, { token, data, fetchBytes }, signal));
      turns.set(repository.id, turn);
      return turn;
    },
    discard: ({ id }) => discardMirror(data, nameOf(id)),
  };
}

async function refresh(
  { id, cloneUrl }: RepositoryInfo,
  {
    token,
    data,
    fetchBytes,
  }: { readonly token: string; readonly data: string; readonly fetchBytes: number | undefined },
  signal: AbortSignal,
): Promise<Mirror> {
  for (let attempt = 1; ; attempt++) {
    try {
      const folder = await openMirror(cloneUrl, data, signal, {
        name: nameOf(id),
        token,
        knowsDefault: true,
        ...(fetchBytes === undefined ? {} : { maxBytes: fetchBytes }),
      });
      return mirrorIn(folder, (number) => fetchPull(folder, cloneUrl, number, { token, signal }));
    } catch (error) {
      if (!(error instanceof RunFailure) || error.code !== "busy" || attempt === BUSY_TRIES) throw error;
      await pause(BUSY_MILLISECONDS, undefined, { signal });
    }
  }
}

function nameOf(id: number): string {
  return `repository-${id}.git`;
}

function mirrorIn(folder: string, pull: Mirror["pull"]): Mirror {
  return {
    mirror: folder,
    pull,
    resolve: (revision) => resolveRevision(folder, revision, true),
    filesOf: (commit, issueKey) => readChantFiles(folder, commit, (path) => belongsTo(issueKey, path)),
    async changedBy(commits) {
      const paths = new Set<string>();
      for (const oid of commits) {
        // A merge changes what differs from either parent: asking about both errs on the side of people.
        const listed = await git(
          [
            "diff-tree",
            "-r",
            "-z",
            "-m",
            "--root",
            "--name-only",
            "--no-commit-id",
            "--no-renames",
            "--no-ext-diff",
            oid,
          ],
          { gitDir: folder, seconds: 120, bounds: { memory: HISTORY_BYTES }, maxOutput: MAX_CHANGED_BYTES },
        );
        for (const path of listed.toString().split("\0")) if (path !== "") paths.add(path);
      }
      return paths;
    },
  };
}
