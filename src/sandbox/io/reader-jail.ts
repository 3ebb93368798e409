import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, openSync, realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Duplex, Readable, Writable } from "node:stream";
import { findHostPrograms } from "./host-programs.ts";
import { seccompFilter } from "./seccomp.ts";
import { descriptors } from "./start-bwrap.ts";
import { hostPrograms } from "./surroundings.ts";

/** A process that reads foreign text, and all that it may touch. */
export interface ReaderProcess {
  readonly command: readonly string[];
  /** Its whole environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Files and folders that it sees, at the same place, and cannot change. */
  readonly readable: readonly string[];
  /** Folders in which it may write. */
  readonly writable: readonly string[];
}

export interface StartedReader {
  readonly child: ChildProcess;
  /** Its descriptor `CHANNEL_FD`. */
  readonly channel: Duplex;
  readonly stderr: Readable;
}

/** The descriptor by which a started process talks with the one that started it. */
export const CHANNEL_FD = 3;
/** The number of the user there, whoever starts it. */
export const READER_UID = 1_000;
const SECCOMP_FD = 4;
const ARGS_FD = 5;

/** Whether this host can start a reader apart from everything else. */
export type Jail =
  { readonly kind: "ready"; readonly bwrap: string } | { readonly kind: "none"; readonly why: string };

/** Finds bubblewrap; `none` with one sentence where there is none. Whether it works is seen when a reader says where it is. */
export async function findJail(): Promise<Jail> {
  if (process.platform !== "linux") return { kind: "none", why: "bubblewrap needs Linux" };
  const host = await findHostPrograms();
  return typeof host === "string" ? { kind: "none", why: host } : { kind: "ready", bwrap: host.bwrap };
}

/**
 * Starts a process that has its own user, network, process, mount and IPC namespaces, no capability, no variable but `env`, and sees
 * programs and libraries, `readable` and `writable`. It ends with its parent.
 */
export function startInJail(
  bwrap: string,
  { command, env, readable, writable }: ReaderProcess,
): StartedReader {
  const filter = seccompFilter(process.arch);
  const options = [
    ..."--unshare-all --unshare-user --disable-userns --die-with-parent --new-session".split(" "),
    ...`--clearenv --cap-drop ALL --uid ${READER_UID} --gid ${READER_UID} --hostname reader`.split(" "),
    ...(filter === undefined ? [] : ["--seccomp", `${SECCOMP_FD}`]),
    ..."--proc /proc --dev /dev".split(" "),
    ...hostPrograms([]),
    ..."--tmpfs /tmp".split(" "),
    ...outermost(readable).flatMap((path) => ["--ro-bind", path, path]),
    ...writable.flatMap((path) => ["--bind", path, path]),
    ..."--remount-ro /dev --remount-ro / --chdir /tmp".split(" "),
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
  const nothing = openSync("/dev/null", "r");
  try {
    const child = spawn(bwrap, ["--args", `${ARGS_FD}`, "--", ...command], {
      env: {},
      cwd: "/",
      stdio: descriptors(ARGS_FD + 1, nothing).map((one, fd) => (fd === 1 ? "ignore" : one)),
    });
    const pipes = child.stdio as readonly (Readable | Writable | null)[];
    for (const pipe of pipes) pipe?.on("error", () => undefined);
    (pipes[SECCOMP_FD] as Writable).end(filter ?? "");
    (pipes[ARGS_FD] as Writable).end(options.map((option) => `${option}\0`).join(""));
    return { child, channel: pipes[CHANNEL_FD] as Duplex, stderr: pipes[2] as Readable };
  } finally {
    closeSync(nothing);
  }
}

/** Starts the same process beside this one, for hosts that offer none: it has the rights of this user. */
export function startBeside({ command, env }: ReaderProcess): StartedReader {
  const [program, ...args] = command;
  const child = spawn(program!, args, { env, stdio: ["ignore", "ignore", "pipe", "pipe"] });
  const pipes = child.stdio as readonly (Readable | Writable | null)[];
  for (const pipe of pipes) pipe?.on("error", () => undefined);
  return { child, channel: pipes[CHANNEL_FD] as Duplex, stderr: pipes[2] as Readable };
}

/**
 * What a process of ours needs besides the programs of the host: this Node, a git that is elsewhere, the sources or the build, and
 * packages. `root`: the folder of `package.json`. Not all of that folder: it may be a clone with a `.env`.
 */
export function ownCode(root: string): readonly string[] {
  const git = (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "git"))
    .find((path) => path.startsWith("/") && existsSync(path));
  const packages: string[] = [];
  for (let at = root; ; at = dirname(at)) {
    packages.push(join(at, "node_modules"));
    if (dirname(at) === at) break;
  }
  return [
    process.execPath,
    ...(git === undefined ? [] : [git, realpathSync(git)]),
    ...["src", "dist", "package.json", "schemas"].map((name) => join(root, name)),
    ...packages,
  ].filter((path) => existsSync(path) && !isOfHost(path));
}

function isOfHost(path: string): boolean {
  return /^\/(?:usr|bin|sbin|lib\w*)\//.test(path) && !path.startsWith("/usr/src/");
}

/** Without what lies below another one. */
function outermost(paths: readonly string[]): readonly string[] {
  return [...new Set(paths)].filter(
    (path) => !paths.some((other) => other !== path && path.startsWith(`${other}/`)),
  );
}
