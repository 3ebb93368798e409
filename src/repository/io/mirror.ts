import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, utimesSync } from "node:fs";
import { join, sep } from "node:path";
import { RunFailure } from "../../failure.ts";
import { fileFailure } from "../../process/file-failure.ts";
import { privateFolder } from "../../process/private-folder.ts";
import { takeLock } from "../../process/take-lock.ts";
import { sha256 } from "../../text/hash.ts";
import { git, type GitOptions, tryGit } from "./git.ts";
import { gitFailure } from "./git-failure.ts";
import { openScratch } from "./scratch-folder.ts";

/** Protocols that a person may name. `ext::` and other helpers run programs. */
const PROTOCOLS = new Set(["https", "http", "ssh", "git", "file"]);
/** Branches of the origin have a namespace of their own, so that a refresh never removes an investigation. */
const REFSPECS = ["+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"];

export interface MirrorOptions {
  /** Folder below `<data>/mirrors`. Default: made from the URL. */
  readonly name?: string;
  /** Installation token of a GitHub App. */
  readonly token?: string;
  /** Further settings of git for this server. */
  readonly settings?: readonly (readonly [string, string])[];
  /** The caller knows the default branch: the origin is not asked for it, which is a second connection. */
  readonly knowsDefault?: boolean;
  /** Bytes that one fetch may bring. Default: `MAX_BYTES`. */
  readonly maxBytes?: number;
}

type FetchOptions = Pick<GitOptions, "protocol" | "env" | "signal" | "bounds">;

/** Of one fetch; the history of Linux takes a third. */
const MAX_BYTES = 15_000_000_000;

/** The protocol of a URL (`https://…`, `git@host:path`); undefined for a path of this machine. */
export function protocolOf(place: string): string | undefined {
  const scheme = /^([a-z][a-z0-9+.-]{0,20}):\/\//i.exec(place)?.[1]?.toLowerCase();
  if (scheme !== undefined) return scheme;
  return /^[\w.-]{1,100}@[\w.-]{1,200}:[^\s]{1,1000}$/.test(place) ? "ssh" : undefined;
}

/**
 * The folder of a bare mirror of `url` below `<data>/mirrors`: created, or refreshed when it exists. RunFailure `busy`: another
 * process refreshes it. `repository-unreachable`: an older mirror stays as it is. A damaged one is fetched anew, once.
 */
export async function openMirror(
  url: string,
  data: string,
  signal?: AbortSignal,
  {
    name = mirrorName(url),
    token,
    settings = [],
    knowsDefault = false,
    maxBytes = MAX_BYTES,
  }: MirrorOptions = {},
): Promise<string> {
  const protocol = protocolOf(url);
  if (protocol === undefined || !PROTOCOLS.has(protocol))
    throw new RunFailure(
      "usage",
      `Casebook cannot read from ${protocol ?? "that"}: https, ssh, git, http and file URLs only`,
    );
  const folder = join(data, "mirrors", name);
  const env = settingsOf([...settings, ...(token === undefined ? [] : [authorization(url, token)])]);
  privateFolder(data);
  fileFailure(folder, () => mkdirSync(join(data, "mirrors"), { recursive: true }));
  using _lock = takeLock(`${folder}.lock`, `the mirror of ${url}`);
  const options = { protocol, env, signal, bounds: { file: maxBytes } };
  if (existsSync(folder) && (await isRefreshed(folder, url, knowsDefault, options))) {
    markUsed(folder);
    return folder;
  }
  // A killed first fetch leaves a scratch folder, never half a mirror.
  using scratch = openScratch(data);
  const fresh = join(scratch.path, "mirror");
  await git(["init", "--quiet", "--bare", "--template=", fresh], { signal });
  await git(["config", "remote.origin.url", url], { gitDir: fresh, signal });
  await refresh(fresh, url, knowsDefault, options);
  // A damaged one stays until there is another.
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  markUsed(folder);
  return folder;
}

/** Removes a mirror that was found damaged, so that the next `openMirror` fetches it anew. Throws RunFailure `busy`. */
export function discardMirror(data: string, name: string): void {
  const folder = join(data, "mirrors", name);
  if (!existsSync(folder)) return;
  using _lock = takeLock(`${folder}.lock`, "the mirror");
  rmSync(folder, { recursive: true, force: true });
}

/** Failures that say nothing about the mirror: fetching it anew would end in the same way. */
const NOT_OURS: ReadonlySet<string> = new Set([
  "repository-unreachable",
  "refused-repository",
  "too-large",
  "no-space",
  "no-permission",
]);

/** Brings a mirror up to date; false when it is damaged. Throws RunFailure for what is no damage. */
async function isRefreshed(
  gitDir: string,
  url: string,
  knowsDefault: boolean,
  options: FetchOptions,
): Promise<boolean> {
  if (!["HEAD", "config", "objects", "refs"].every((name) => existsSync(join(gitDir, name)))) return false;
  removeLocks(gitDir);
  try {
    // A renamed repository has another address, and links are made from it.
    await git(["config", "remote.origin.url", url], { gitDir, signal: options.signal });
    await refresh(gitDir, url, knowsDefault, options);
    // Git fails here when a branch or tag names an object that is not there.
    await git(["for-each-ref", "--format=%(objecttype)"], { gitDir, signal: options.signal });
    return true;
  } catch (error) {
    if (options.signal?.aborted === true) throw error;
    if (error instanceof RunFailure && NOT_OURS.has(error.code)) throw error;
    return false;
  }
}

/** Locks of a git that was killed: we hold the mirror's own lock, so nobody writes there. */
function removeLocks(gitDir: string): void {
  for (const entry of readdirSync(gitDir, { recursive: true, withFileTypes: true }))
    if (entry.isFile() && entry.name.endsWith(".lock") && !entry.parentPath.includes(`${sep}objects${sep}`))
      rmSync(join(entry.parentPath, entry.name), { force: true });
}

/** Its time of change says when it was last opened. */
function markUsed(folder: string): void {
  const now = new Date();
  utimesSync(folder, now, now);
}

/**
 * The head of a pull request of GitHub, brought into the mirror: 40 hex digits, also of one from a fork. Undefined when the
 * origin has none of that number. Throws RunFailure as `openMirror`.
 */
export async function fetchPull(
  gitDir: string,
  url: string,
  number: number,
  {
    token,
    settings = [],
    signal,
  }: {
    readonly token?: string | undefined;
    readonly settings?: MirrorOptions["settings"];
    readonly signal?: AbortSignal | undefined;
  } = {},
): Promise<string | undefined> {
  const ref = `refs/pull/${number}/head`;
  const env = settingsOf([...settings, ...(token === undefined ? [] : [authorization(url, token)])]);
  const protocol = protocolOf(url);
  if (protocol === undefined || !PROTOCOLS.has(protocol)) return undefined;
  using _lock = takeLock(`${gitDir}.lock`, `the mirror of ${url}`);
  const args = [...FETCH, "--end-of-options", url, `+${ref}:${ref}`];
  const { code, stderr } = await tryGit(args, {
    gitDir,
    protocol,
    env,
    signal,
    bounds: { file: MAX_BYTES },
  });
  if (code !== 0) {
    if (/couldn't find remote ref/.test(stderr)) return undefined;
    throw gitFailure(args, stderr);
  }
  return (await git(["rev-parse", "--verify", `${ref}^{commit}`], { gitDir, signal })).toString().trim();
}

const FETCH = ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head"];

async function refresh(
  gitDir: string,
  url: string,
  knowsDefault: boolean,
  options: FetchOptions,
): Promise<void> {
  await git([...FETCH, "--prune", "--end-of-options", url, ...REFSPECS], { gitDir, ...options }).catch(
    (error: unknown) => {
      if (!(error instanceof RunFailure) || error.code !== "too-large") throw error;
      const most = Math.ceil((options.bounds?.file ?? MAX_BYTES) / 1_000_000);
      throw new RunFailure("too-large", `A fetch may bring at most ${most} MB (CASEBOOK_FETCH_MB)`, error);
    },
  );
  if (knowsDefault) return;
  const { stdout } = await tryGit(["ls-remote", "--symref", "--end-of-options", url, "HEAD"], {
    gitDir,
    ...options,
  });
  const head = /^ref: refs\/heads\/([^\t\n]{1,500})\tHEAD/.exec(stdout.toString())?.[1];
  if (head !== undefined)
    await git(["symbolic-ref", "refs/remotes/origin/HEAD", `refs/remotes/origin/${head}`], {
      gitDir,
      signal: options.signal,
    });
}

/**
 * The token goes by environment to git alone: not into the URL, an argument that others can list, or a file. It is sent
 * to this server only, and git follows no redirect.
 */
function authorization(url: string, token: string): readonly [string, string] {
  const basic = Buffer.from(`x-access-token:${token}`).toString("base64");
  return [`http.${new URL(url).origin}/.extraHeader`, `Authorization: Basic ${basic}`];
}

/** Settings of git, as variables. */
function settingsOf(settings: readonly (readonly [string, string])[]): Readonly<Record<string, string>> {
  return Object.fromEntries([
    ["GIT_CONFIG_COUNT", `${settings.length}`],
    ...settings.flatMap(([name, value], at) => [
      [`GIT_CONFIG_KEY_${at}`, name],
      [`GIT_CONFIG_VALUE_${at}`, value],
    ]),
  ]) as Record<string, string>;
}

/** Readable, and one folder for one URL whatever its characters. */
function mirrorName(url: string): string {
  const readable = url
    .replace(/^[a-z+]+:\/\//i, "")
    .replace(/\.git$/, "")
    .replace(/[^A-Za-z0-9]+/g, "-");
  return `${readable.slice(-60).replace(/^-/, "")}-${sha256(url).slice(0, 8)}.git`;
}
