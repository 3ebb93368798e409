import { existsSync, statSync, readFileSync } from "node:fs";
import { RunFailure } from "../../failure.ts";
import type { Repository } from "../repository.ts";
import { git, tryGit } from "./git.ts";
import { gitHistory } from "./git-history.ts";
import type { SourceTree } from "../source-tree.ts";
import { readTree } from "./git-tree.ts";
import { objectReader } from "./object-reader.ts";
import { dirname, join, resolve } from "node:path";

export interface GitRepository extends Repository, Disposable {
  readonly gitDir: string;
}

/**
 * Opens a git repository in a folder: a work tree, a folder inside one, a bare clone, a worktree. Throws RunFailure
 * `not-a-repository`. Dispose it: it may hold a git process. `mirror`: branches are those of the origin. `isWhole`: it is a mirror
 * that Casebook keeps, so an object that is not there is RunFailure `damaged-mirror`.
 */
export async function openRepository(
  folder: string,
  {
    name = folder,
    mirror = false,
    isWhole = false,
  }: { readonly name?: string; readonly mirror?: boolean; readonly isWhole?: boolean } = {},
): Promise<GitRepository> {
  const gitDir = gitDirOf(folder);
  const objects = objectReader(gitDir);
  const { stdout: origin } = await tryGit(["config", "--get", "remote.origin.url"], { gitDir });
  // A commit stays as it is, and a task asks for the same tree several times.
  const trees = new Map<string, Promise<SourceTree>>();
  return {
    name,
    gitDir,
    history: gitHistory(gitDir),
    webUrl: webUrlOf(origin.toString().trim()),
    resolve: (revision) => resolveRevision(gitDir, revision, mirror),
    tree(commit, signal) {
      const known = trees.get(commit);
      if (known !== undefined) return known;
      const tree = readTree(gitDir, commit, objects, { signal, isWhole });
      trees.set(commit, tree);
      tree.catch(() => trees.delete(commit));
      return tree;
    },
    [Symbol.dispose]: () => objects.close(),
  };
}

/** In a mirror the branches of the origin are below `refs/remotes/origin`. */
export async function resolveRevision(gitDir: string, revision: string, mirror: boolean): Promise<string> {
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

/** Where two commits have their history in common, the newest such commit; undefined when they have nothing in common. */
export async function mergeBase(gitDir: string, one: string, other: string): Promise<string | undefined> {
  const { code, stdout } = await tryGit(["merge-base", one, other], { gitDir });
  return code === 0 ? stdout.toString().trim() : undefined;
}

/** Hosts whose pages show a commit's file at `<repository>/blob/<commit>/<path>`. */
const HOSTS = new Set(["github.com", "gitlab.com", "codeberg.org"]);

/** The page of a repository, from a remote's URL in one of git's forms; undefined for hosts that are not known. */
export function webUrlOf(remote: string): string | undefined {
  const match =
    /^(?:https?|ssh|git):\/\/(?:[^@/\s]{1,200}@)?([\w.-]{1,200})(?::\d{1,5})?\/([\w./~-]{1,500})$/.exec(
      remote,
    ) ?? /^(?:[\w.-]{1,100}@)([\w.-]{1,200}):([\w./~-]{1,500})$/.exec(remote);
  if (match === null || !HOSTS.has(match[1]!.toLowerCase())) return undefined;
  const path = match[2]!.replace(/\.git$/, "").replace(/\/+$/, "");
  return path.split("/").length > 1 && path.split("/").every((part) => /^(?!\.+$)[\w.-]+$/.test(part))
    ? `https://${match[1]!.toLowerCase()}/${path}`
    : undefined;
}

/** The git folder of a folder, found without git. Throws RunFailure `not-a-repository`. */
export function gitDirOf(folder: string): string {
  if (!existsSync(folder)) throw new RunFailure("not-a-repository", `There is no folder ${folder}`);
  if (!statSync(folder).isDirectory())
    throw new RunFailure("not-a-repository", `${folder} is a file, not a folder`);
  const gitDir = findGitDir(folder);
  if (gitDir === undefined)
    throw new RunFailure("not-a-repository", `${folder} is not inside a git repository`);
  return gitDir;
}

/**
 * The git folder of `folder`: itself when it is bare, else the `.git` (folder, or the file of a worktree or submodule) in
 * it or above it. Undefined when there is none. Git does not look for it: it would obey the settings in the folder.
 */
function findGitDir(folder: string): string | undefined {
  const start = resolve(folder);
  if (isGitDir(start)) return start;
  for (let at = start; ; at = dirname(at)) {
    const inside = join(at, ".git");
    const found = statSync(inside, { throwIfNoEntry: false });
    if (found?.isDirectory() === true && isGitDir(inside)) return inside;
    if (found?.isFile() === true) {
      const target = readFileSync(inside, "utf8")
        .match(/^gitdir: (.{1,4000})/)?.[1]
        ?.trim();
      const linked = target === undefined ? undefined : resolve(at, target);
      if (linked !== undefined && existsSync(join(linked, "HEAD"))) return linked;
    }
    if (dirname(at) === at) return undefined;
  }
}

function isGitDir(folder: string): boolean {
  return ["HEAD", "objects", "refs"].every((name) => existsSync(join(folder, name)));
}
