import { existsSync, statSync } from "node:fs";
import { RunFailure } from "../../failure.ts";
import type { Repository } from "../repository.ts";
import { findGitDir } from "./find-git-dir.ts";
import { git, tryGit } from "./git.ts";
import { gitHistory } from "./git-history.ts";
import { readTree } from "./git-tree.ts";
import { objectReader } from "./object-reader.ts";
import { webUrlOf } from "./web-url.ts";

export interface GitRepository extends Repository, Disposable {
  readonly gitDir: string;
}

/**
 * Opens a git repository in a folder: a work tree, a folder inside one, a bare clone, a worktree. Throws RunFailure
 * `not-a-repository`. Dispose it: it may hold a git process.
 */
export async function openRepository(
  folder: string,
  { name = folder, mirror = false }: { readonly name?: string; readonly mirror?: boolean } = {},
): Promise<GitRepository> {
  if (!existsSync(folder)) throw new RunFailure("not-a-repository", `There is no folder ${folder}`);
  if (!statSync(folder).isDirectory())
    throw new RunFailure("not-a-repository", `${folder} is a file, not a folder`);
  const gitDir = findGitDir(folder);
  if (gitDir === undefined)
    throw new RunFailure("not-a-repository", `${folder} is not inside a git repository`);
  const objects = objectReader(gitDir);
  const [history, origin] = await Promise.all([
    gitHistory(gitDir),
    tryGit(["config", "--get", "remote.origin.url"], { gitDir }),
  ]);
  return {
    name,
    gitDir,
    history,
    webUrl: webUrlOf(origin.stdout.toString().trim()),
    resolve: (revision) => resolveRevision(gitDir, revision, mirror),
    tree: (commit, signal) => readTree(gitDir, commit, objects, signal),
    [Symbol.dispose]: () => objects.close(),
  };
}

/** In a mirror the branches of the origin stand below `refs/remotes/origin`. */
async function resolveRevision(gitDir: string, revision: string, mirror: boolean): Promise<string> {
  const names = mirror ? [`refs/remotes/origin/${revision}`, revision] : [revision];
  // What starts with a dash would be read as an option; no branch or tag can have such a name.
  for (const name of revision.startsWith("-") || /[\0\n]/.test(revision) ? [] : names) {
    const { code, stdout } = await tryGit(["rev-parse", "--verify", "--quiet", `${name}^{commit}`], {
      gitDir,
    });
    const oid = stdout.toString().trim();
    if (code === 0 && /^[0-9a-f]{40}$/.test(oid)) return oid;
  }
  const any = await git(["for-each-ref", "--count=1"], { gitDir });
  const head = await tryGit(["rev-parse", "--verify", "--quiet", "HEAD"], { gitDir });
  if (any.length === 0 && head.code !== 0)
    throw new RunFailure("empty-repository", "The repository has no commit yet");
  const shown = revision.replace(/[^\x20-\x7e]/g, "?").slice(0, 100);
  throw new RunFailure("unknown-revision", `The repository has no commit, branch or tag ${shown}`);
}
