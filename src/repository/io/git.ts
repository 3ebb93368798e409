import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { tmpdir } from "node:os";
import { RunFailure } from "../../failure.ts";
import { gitFailure } from "./git-failure.ts";

/**
 * Nothing of the machine, the user or the repository decides how git behaves: no system or user settings, no hooks, no
 * monitor, no prompt, no large-file download, no protocol but the named one. From `git help config`, each tried.
 */
const SETTINGS = [
  "core.hooksPath=/dev/null",
  "core.fsmonitor=false",
  "core.attributesFile=/dev/null",
  "core.quotePath=false",
  "protocol.allow=never",
  "submodule.recurse=false",
  "fetch.recurseSubmodules=false",
  "transfer.fsckObjects=true",
  // One pack for each fetch, so that its size has a bound; the collection of mirrors packs them together.
  "fetch.unpackLimit=1",
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.bareRepository=explicit",
  "log.showSignature=false",
  // A token is for one server, and a public server must not lead to one of this machine.
  "http.followRedirects=false",
  // A server that sends less than this for so many seconds has stopped.
  "http.lowSpeedLimit=500",
  "http.lowSpeedTime=60",
];

/**
 * What old tools wrote into authors, dates and modes, and nothing here depends on: famous repositories hold such objects. They are
 * warnings; what could lead a path or a submodule astray stays refused. From `git help fsck`, "FSCK MESSAGES".
 */
const HARMLESS = [
  "badDate",
  "badDateOverflow",
  "badEmail",
  "badFilemode",
  "badName",
  "badTimezone",
  "missingEmail",
  "missingNameBeforeEmail",
  "missingSpaceBeforeDate",
  "missingSpaceBeforeEmail",
  "multipleAuthors",
  "nulInCommit",
  "zeroPaddedDate",
  "zeroPaddedFilemode",
];

/** Seconds for one call that reads a local repository, and for one that talks to a server. */
const MAX_SECONDS = 600;
const MAX_SECONDS_OF_SERVER = 1_800;

/** Memory for git where a few objects can ask for any amount. 3,000 commits of repositories of 400 MB took less than 60 MB. */
export const HISTORY_BYTES = 1_000_000_000;

/** Memory for one answer of git. The largest seen, the list of 100,000 files, has 12 MB. */
const MAX_OUTPUT_BYTES = 512 * 1024 * 1024;

export interface GitOptions {
  /** The git folder; undefined for commands that need none (`clone`, `ls-remote`). */
  readonly gitDir?: string | undefined;
  /** The folder that it starts in; a folder of nobody's project when undefined. */
  readonly cwd?: string;
  /** A protocol that this call may use, e.g. `https`. */
  readonly protocol?: string;
  /** More variables, e.g. `GIT_INDEX_FILE`. */
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string | Uint8Array;
  readonly signal?: AbortSignal | undefined;
  /** It is ended after so many seconds; `MAX_SECONDS` when undefined. */
  readonly seconds?: number | undefined;
  /** Bytes of memory for it and each helper, and of the largest file that they write. Linux alone holds them to it. */
  readonly bounds?: { readonly memory?: number; readonly file?: number } | undefined;
  /** Bytes of its answer; `MAX_OUTPUT_BYTES` when undefined. */
  readonly maxOutput?: number | undefined;
}

/**
 * Starts git; the only place that does. No shell reads the arguments. The caller ends it, and Linux does when the caller is killed. `detached`:
 * with its helpers in a group of their own.
 */
export function startGit(
  args: readonly string[],
  {
    gitDir,
    cwd = tmpdir(),
    protocol,
    env,
    bounds = {},
    detached = false,
  }: Pick<GitOptions, "gitDir" | "cwd" | "protocol" | "env" | "bounds"> & {
    readonly detached?: boolean;
  } = {},
): ChildProcessWithoutNullStreams {
  const settings = protocol === undefined ? SETTINGS : [...SETTINGS, `protocol.${protocol}.allow=always`];
  const checks = protocol === undefined ? [] : HARMLESS.map((id) => `fetch.fsck.${id}=warn`);
  const own = [
    ...[...settings, ...checks].flatMap((setting) => ["-c", setting]),
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
  ];
  const [program, ...before] = [...boundedBy(bounds), ...endsWithParent(), "git"];
  // A folder of nobody's project: no `.git` above it is found by accident.
  return spawn(program, [...before, ...own, ...args], {
    cwd,
    env: { ...environment(), ...env },
    stdio: "pipe",
    detached,
  });
}

/**
 * Words before a command by which Linux kills it when its parent dies, also by SIGKILL; none where that cannot be asked for. A parent
 * that died before it was asked for kills nothing, so the command starts only as a child of this process.
 */
const endsWithParent = whereItWorks([
  "setpriv",
  "--pdeathsig",
  "KILL",
  "sh",
  "-c",
  'test "$PPID" = "$0" && exec "$@"',
  String(process.pid),
]);
const hasBounds = whereItWorks(["prlimit", "--data=1000000000:", "--fsize=1000000000:"]);

function boundedBy({ memory, file }: NonNullable<GitOptions["bounds"]>): readonly string[] {
  const words = [
    ...(memory === undefined ? [] : [`--data=${memory}`]),
    ...(file === undefined ? [] : [`--fsize=${file}`]),
  ];
  return words.length === 0 || hasBounds().length === 0 ? [] : ["prlimit", ...words];
}

/** The words where Linux starts a program with them, else none; tried once. */
function whereItWorks(words: readonly string[]): () => readonly string[] {
  let known: readonly string[] | undefined;
  return () => {
    if (known !== undefined) return known;
    const [program = "", ...rest] = words;
    const { PATH } = process.env;
    const works =
      process.platform === "linux" && spawnSync(program, [...rest, "true"], { env: { PATH } }).status === 0;
    return (known = works ? words : []);
  };
}

/** Runs git and returns its output. Throws RunFailure for what a user can fix, Error for anything else. */
export async function git(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code === 0) return stdout;
  throw gitFailure(args, stderr);
}

/** As `git`, but an end with an error is an answer. Throws when it cannot be started, prints too much, or is cancelled. */
export function tryGit(
  args: readonly string[],
  options: GitOptions = {},
): Promise<{ code: number; stdout: Buffer; stderr: string }> {
  const { signal, protocol, maxOutput = MAX_OUTPUT_BYTES } = options;
  const { seconds = protocol === undefined ? MAX_SECONDS : MAX_SECONDS_OF_SERVER } = options;
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const child = startGit(args, { ...options, detached: true });
    const chunks: Buffer[] = [];
    let bytes = 0;
    let stderr = "";
    // The whole group: a helper that talks to a server keeps our pipes open.
    const stop = (): void => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      try {
        if (child.pid === undefined) child.kill("SIGKILL");
        else process.kill(-child.pid, "SIGKILL");
      } catch {
        child.kill("SIGKILL");
      }
    };
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      stop();
    }, seconds * 1_000);
    signal?.addEventListener("abort", stop, { once: true });
    child.stdout.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxOutput) stop();
      else chunks.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-10_000)));
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(gitFailure(args, error.message, error));
    });
    // A program may exit without reading all of its input; its exit code says whether it failed.
    child.stdin.on("error", () => undefined);
    child.on("close", (code) => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      if (signal?.aborted === true) reject(signal.reason as Error);
      else if (isLate)
        reject(
          protocol === undefined
            ? new RunFailure(
                "too-large",
                `The repository is too large: git ${args[0]} took more than ${seconds} s`,
              )
            : new RunFailure(
                "repository-unreachable",
                `The repository cannot be read from there: git ${args[0]} took more than ${seconds} s`,
              ),
        );
      else if (bytes > maxOutput)
        reject(
          new RunFailure(
            "too-large",
            `The repository is too large: git ${args[0]} printed more than ${maxOutput} bytes`,
          ),
        );
      else resolve({ code: code ?? -1, stdout: Buffer.concat(chunks), stderr });
    });
    child.stdin.end(options.input ?? "");
  });
}

function environment(): Record<string, string | undefined> {
  const { PATH, HOME, TMPDIR, SSH_AUTH_SOCK, SystemRoot } = process.env;
  return {
    PATH,
    HOME,
    TMPDIR,
    SSH_AUTH_SOCK,
    SystemRoot,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_ATTR_NOSYSTEM: "1",
    GIT_TERMINAL_PROMPT: "0",
    GIT_ASKPASS: "/bin/false",
    GIT_SSH_COMMAND: "ssh -oBatchMode=yes",
    GIT_LFS_SKIP_SMUDGE: "1",
    GIT_NO_LAZY_FETCH: "1",
    GIT_NO_REPLACE_OBJECTS: "1",
    GIT_OPTIONAL_LOCKS: "0",
  };
}
