import { spawn, type ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { closeSync, openSync, readdirSync, readFileSync } from "node:fs";
import type { Readable, Writable } from "node:stream";
import { COPY, MAX_COLLECTED, OUT } from "../places.ts";
import type { SandboxLimits } from "../sandbox.ts";
import type { HostPrograms } from "./host-programs.ts";
import { ARCHIVE_FD, INSIDE_SCRIPT, REPORT_FD } from "./inside-script.ts";
import { seccompFilter } from "./seccomp.ts";
import type { Programs } from "./surroundings.ts";

/** What is started: programs of the sandbox around it, the program itself, its limits. */
export interface Start {
  readonly host: HostPrograms;
  readonly programs: Programs;
  readonly dependencies: { readonly from: string; readonly at: string } | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly command: readonly string[];
  readonly collect: readonly string[];
  readonly limits: SandboxLimits;
}

export interface Started {
  readonly child: ChildProcess;
  /** Stands in the command line of bubblewrap, of its process 1 and of the shell inside, and of nothing else. */
  readonly mark: string;
  readonly output: Readable;
  /** What bubblewrap, the shell and tar complain about. */
  readonly complaint: Readable;
  /** Takes the files of the copy. */
  readonly archive: Writable;
  readonly report: Readable;
}

const ARGS_FD = 3;
const SECCOMP_FD = 4;
const FIRST_MADE_FD = 7;
export const MAX_NAMES = 16;
/** Who runs it when we are root: real root could not be held by limits of processes. */
const NOBODY = 65_534;

/** Starts a sandbox in a process group of its own; the caller feeds it, listens to it and ends it. */
export function startBwrap({ host, programs, dependencies, env, command, collect, limits }: Start): Started {
  const filter = seccompFilter(process.arch);
  const options = [
    ..."--unshare-all --unshare-user --disable-userns --die-with-parent --new-session".split(" "),
    ..."--clearenv --cap-drop ALL --uid 1000 --gid 1000 --hostname sandbox".split(" "),
    ...(filter === undefined ? [] : ["--seccomp", `${SECCOMP_FD}`]),
    ..."--proc /proc --dev /dev".split(" "),
    ...programs.args,
    ...programs.made.flatMap(({ path }, at) => ["--ro-bind-data", `${FIRST_MADE_FD + at}`, path]),
    ...folders(limits, dependencies),
    ...Object.entries(env).flatMap(([name, value]) => ["--setenv", name, value]),
  ];
  const root = process.getuid?.() === 0;
  const mark = `casebook-${randomUUID()}`;
  const nothing = openSync("/dev/null", "r");
  try {
    const child = spawn(
      host.prlimit,
      [
        `--as=${limits.memoryBytes}`,
        `--fsize=${limits.diskBytes}`,
        // Holds when nobody is left to look at the clock.
        `--cpu=${Math.ceil(limits.seconds) * 4}`,
        ..."--core=0 --nofile=4096 --msgqueue=0 --".split(" "),
        // When memory ends, these go first.
        host.choom,
        ..."-n 1000 --".split(" "),
        host.bwrap,
        // Options by descriptor: the command line is seen inside, as that of process 1, and they name folders of the host.
        "--args",
        `${ARGS_FD}`,
        ..."-- /bin/sh -c".split(" "),
        INSIDE_SCRIPT,
        mark,
        `${limits.processes}`,
        collect.join(" "),
        ...command,
      ],
      {
        // Empty, for the same reason: process 1 inside is bubblewrap.
        env: {},
        cwd: "/",
        detached: true,
        stdio: descriptors(FIRST_MADE_FD + programs.made.length, nothing),
        ...(root ? { uid: NOBODY, gid: NOBODY } : {}),
      },
    );
    const pipes = child.stdio as readonly (Readable | Writable | null)[];
    // The other end of each is gone when it is killed or could not start; how it ended tells.
    for (const pipe of pipes) pipe?.on("error", () => undefined);
    const send = (fd: number, content: string | Buffer): void => void (pipes[fd] as Writable).end(content);
    send(ARGS_FD, options.map((option) => `${option}\0`).join(""));
    send(SECCOMP_FD, filter ?? "");
    programs.made.forEach(({ text }, at) => send(FIRST_MADE_FD + at, text));
    return {
      child,
      mark,
      output: pipes[1] as Readable,
      complaint: pipes[2] as Readable,
      archive: pipes[ARCHIVE_FD] as Writable,
      report: pipes[REPORT_FD] as Readable,
    };
  } finally {
    closeSync(nothing);
  }
}

/** Everything that can be written, in parts of `diskBytes`; the rest, `/` and `/dev` too, is read-only. */
function folders({ diskBytes }: SandboxLimits, dependencies: Start["dependencies"]): readonly string[] {
  const out = Math.min(Math.floor(diskBytes / 8), MAX_NAMES * MAX_COLLECTED);
  const shared = Math.min(Math.floor(diskBytes / 8), 64 * 1024 ** 2);
  const half = Math.floor((diskBytes - out - shared) / 2);
  const sized = (place: string, bytes: number): readonly string[] => ["--size", `${bytes}`, "--tmpfs", place];
  return [
    ...sized("/dev/shm", shared),
    ...sized(OUT, out),
    ...sized("/tmp", half),
    ...sized(COPY, half),
    ...(dependencies === undefined ? [] : ["--ro-bind", dependencies.from, `${COPY}/${dependencies.at}`]),
    ..."--dir /home --symlink /tmp/home /home/casebook".split(" "),
    ..."--remount-ro /dev --remount-ro / --chdir".split(" "),
    COPY,
  ];
}

/** Standard input, then pipes up to `count`; whatever else a child would inherit from us leads nowhere. */
export function descriptors(count: number, nothing: number): ("ignore" | "pipe" | number)[] {
  const list: ("ignore" | "pipe" | number)[] = ["ignore"];
  for (let fd = 1; fd < count; fd++) list.push("pipe");
  // Node closes its own files in a child. What was left open by whoever started us it closes only below the first gap.
  for (const name of readdirSync("/proc/self/fd")) {
    const fd = Number(name);
    if (fd < count || !isInherited(fd)) continue;
    while (list.length < fd) list.push("ignore");
    list[fd] = nothing;
  }
  return list;
}

const CLOSE_ON_EXEC = 0o2000000;

function isInherited(fd: number): boolean {
  try {
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "utf8"))?.[1] ?? "0";
    return (Number.parseInt(flags, 8) & CLOSE_ON_EXEC) === 0;
  } catch {
    // The one that listed the folder is closed by now.
    return false;
  }
}
