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
  "gc.auto=0",
  "maintenance.auto=false",
  "safe.bareRepository=explicit",
  "log.showSignature=false",
  // A server that sends less than this for so many seconds has stopped.
  "http.lowSpeedLimit=500",
  "http.lowSpeedTime=60",
];

/** Seconds for one call; what reads a local repository is far below it, and a fetch that needs more is told as slow. */
const MAX_SECONDS = 1_800;

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
}

/** Starts git without a shell; the only place that does. The caller ends it. `detached`: with its helpers in a group of their own. */
export function startGit(
  args: readonly string[],
  {
    gitDir,
    cwd = tmpdir(),
    protocol,
    env,
    detached = false,
  }: Pick<GitOptions, "gitDir" | "cwd" | "protocol" | "env"> & { readonly detached?: boolean } = {},
): ChildProcessWithoutNullStreams {
  const settings = protocol === undefined ? SETTINGS : [...SETTINGS, `protocol.${protocol}.allow=always`];
  const own = [
    ...settings.flatMap((setting) => ["-c", setting]),
    ...(gitDir === undefined ? [] : [`--git-dir=${gitDir}`]),
  ];
  // What waits for a network ends with us; everything else ends by itself when nobody reads it.
  const binding = protocol === undefined ? [] : endsWithParent();
  const program = binding[0] ?? "git";
  const before = binding.length === 0 ? [] : [...binding.slice(1), "git"];
  // A folder of nobody's project: no `.git` above it is found by accident.
  return spawn(program, [...before, ...own, ...args], {
    cwd,
    env: { ...environment(), ...env },
    stdio: "pipe",
    detached,
  });
}

let bound: readonly string[] | undefined;

/** Words before a command by which Linux kills it when its parent dies, also by SIGKILL; none where that cannot be asked for. */
function endsWithParent(): readonly string[] {
  if (bound !== undefined) return bound;
  const words = ["setpriv", "--pdeathsig", "KILL"];
  const { PATH } = process.env;
  const tried =
    process.platform === "linux" && spawnSync(words[0]!, [...words.slice(1), "true"], { env: { PATH } });
  return (bound = tried !== false && tried.status === 0 ? words : []);
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
  const { signal, protocol, seconds = MAX_SECONDS } = options;
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
      if (bytes > MAX_OUTPUT_BYTES) stop();
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
            ? gitFailure(args, `git ${args[0]} took more than ${seconds} s`)
            : new RunFailure(
                "repository-unreachable",
                `The repository cannot be read from there: git ${args[0]} took more than ${seconds} s`,
              ),
        );
      else if (bytes > MAX_OUTPUT_BYTES)
        reject(gitFailure(args, `git ${args[0]} printed more than ${MAX_OUTPUT_BYTES} bytes`));
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
