import { readdirSync, readFileSync } from "node:fs";
import { constants } from "node:os";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { DEFAULT_LIMITS, MAX_COLLECTED } from "../places.ts";
import type { SandboxLimits, SandboxRequest, SandboxResult } from "../sandbox.ts";
import { collectOutput } from "./clean-output.ts";
import { applyChanges, type CopiedFiles } from "./copied-files.ts";
import type { HostPrograms } from "./host-programs.ts";
import { readReport, type InsideReport } from "./inside-script.ts";
import { MAX_NAMES, startBwrap, type Started } from "./start-bwrap.ts";
import type { Programs } from "./surroundings.ts";
import { watchMemory } from "./watch-memory.ts";
import { writeArchive } from "./write-archive.ts";

/** Everything that a run needs besides its request. */
export interface Workshop {
  readonly host: HostPrograms;
  readonly programs: Programs;
  readonly files: CopiedFiles;
  readonly dependencies: { readonly from: string; readonly at: string } | undefined;
  /** Set for every program. */
  readonly env: Readonly<Record<string, string>>;
}

/** A program that printed this many times what is kept is stopped. */
const OUTPUT_FACTOR = 50;
/** Bytes of complaints that are kept. */
const MAX_COMPLAINT = 4_000;

/** Runs one program in a fresh copy. Throws the signal's reason, and Error for bugs. */
export async function runProgram(
  { files, programs, ...workshop }: Workshop,
  { command, changes, env = {}, collect = [], limits: wanted }: SandboxRequest,
  signal: AbortSignal,
): Promise<SandboxResult> {
  signal.throwIfAborted();
  const began = performance.now();
  checkRequest(command, env, collect);
  const limits: SandboxLimits = { ...DEFAULT_LIMITS, ...wanted };
  const copy = applyChanges(files, changes, workshop.dependencies?.at);
  if (typeof copy === "string") return notStarted(copy, began);

  const started = startBwrap({
    ...workshop,
    programs,
    command,
    collect,
    limits,
    env: { PATH: programs.path, ...workshop.env, ...env },
  });
  const { child } = started;
  let stopped: SandboxResult["end"] | undefined;
  let note = "";
  const stop = (end?: SandboxResult["end"]): void => {
    stopped ??= end;
    kill(started);
  };
  const onAbort = (): void => stop();
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = setTimeout(() => stop({ kind: "limit", limit: "seconds" }), limits.seconds * 1000);
  using _ = watchMemory(child.pid, limits, (why) => {
    note = `\n[stopped: ${why}]\n`;
    stop({ kind: "signal", signal: "SIGKILL" });
  });
  try {
    const output = collectOutput(limits.outputCharacters);
    started.output.on("data", (chunk: Buffer) => {
      output.add(chunk);
      if (output.bytes <= OUTPUT_FACTOR * limits.outputCharacters) return;
      started.output.destroy();
      stop({ kind: "limit", limit: "output" });
    });
    const complaint = gather(started.complaint, MAX_COMPLAINT);
    const report = gather(started.report, collect.length * (MAX_COLLECTED + 300) + 1_000);
    const [exit] = await Promise.all([ended(started), send(copy, started)]);
    signal.throwIfAborted();

    const told = readReport(report(), collect);
    const { output: text, cut } = output.end();
    return {
      end: stopped ?? endOf(told, exit, complaint().toString(), limits),
      output: text + note,
      cut,
      milliseconds: performance.now() - began,
      files: new Map([...told.files].map(([name, bytes]) => [name, bytes.toString()])),
    };
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
    kill(started);
  }
}

const LOOK_MILLISECONDS = 100;

/** What no caller may ask for; they check what comes from outside. */
function checkRequest(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  collect: readonly string[],
): void {
  if (command.length === 0 || command[0] === "" || command[0]!.startsWith("-"))
    throw new RangeError("a command needs a program");
  if ([...command, ...Object.values(env)].some((word) => word.includes("\0")))
    throw new RangeError("a command holds no NUL");
  // The kernel takes 128 KiB for one argument.
  if (command.some((word) => Buffer.byteLength(word) > 100_000))
    throw new RangeError("an argument has at most 100,000 bytes");
  if (Object.keys(env).some((name) => !/^[A-Za-z_]\w*$/.test(name)))
    throw new RangeError("names of variables are words");
  if (collect.length > MAX_NAMES || collect.some((name) => !/^[A-Za-z0-9][\w.-]{0,99}$/.test(name)))
    throw new RangeError("names to collect are plain file names");
}

/** A sandbox that ended reads no further; why it did is told by how it ended. A file that cannot be read is an error. */
async function send(files: CopiedFiles, started: Started): Promise<void> {
  const { archive, report } = started;
  if (!(await isReady(report)) || archive.destroyed) return;
  try {
    await pipeline(writeArchive(files), archive);
  } catch (error) {
    if (GONE.has((error as NodeJS.ErrnoException).code ?? "")) return;
    kill(started);
    throw error;
  }
}

/** How writing to a sandbox fails that ended, or was killed. */
const GONE = new Set(["EPIPE", "ECONNRESET", "ERR_STREAM_PREMATURE_CLOSE", "ERR_STREAM_DESTROYED"]);

/** The first that comes is `ready`. */
function isReady(report: Readable): Promise<boolean> {
  return new Promise((resolve) => {
    report.once("data", () => resolve(true));
    report.once("close", () => resolve(false));
  });
}

/**
 * Kills bubblewrap; its process 1 dies with it, and with that everything in there, whatever session it is in. One that was
 * not ready ends when it finds that nobody sends it files.
 */
function kill({ child, archive }: Started): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  archive.destroy();
  try {
    process.kill(-child.pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}

/**
 * Ends when bubblewrap and everything in there did. Killed in its first moments it can leave its process 1 behind, which is
 * not bound to it yet and keeps our pipes open: that one is looked for by its mark until it is gone.
 */
function ended({ child, mark }: Started): Promise<number | NodeJS.Signals> {
  return new Promise((resolve, reject) => {
    let looking: ReturnType<typeof setInterval> | undefined;
    child.on("error", reject);
    child.on("exit", () => (looking ??= setInterval(() => killMarked(mark), LOOK_MILLISECONDS)));
    child.on("close", (code, signal) => {
      clearInterval(looking);
      resolve(signal ?? code ?? -1);
    });
  });
}

/** What is in the sandbox dies with its process 1. */
function killMarked(mark: string): void {
  for (const name of readdirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      if (readFileSync(`/proc/${name}/cmdline`, "utf8").includes(mark)) process.kill(Number(name), "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

function gather(stream: Readable, most: number): () => Buffer {
  const chunks: Buffer[] = [];
  let bytes = 0;
  stream.on("data", (chunk: Buffer) => {
    // What is over is read and dropped, so that nobody waits for us.
    if (bytes < most) chunks.push(chunk.subarray(0, most - bytes));
    bytes += chunk.length;
  });
  return () => Buffer.concat(chunks);
}

function endOf(
  { started, code }: InsideReport,
  exit: number | NodeJS.Signals,
  complaint: string,
  limits: SandboxLimits,
): SandboxResult["end"] {
  if (!started) return { kind: "not-started", why: whyNot(complaint, limits) };
  // The shell inside was killed by what it ran.
  if (code === undefined) return { kind: "signal", signal: typeof exit === "string" ? exit : "SIGKILL" };
  return code > 128 ? (signalOf(code - 128) ?? { kind: "exit", code }) : { kind: "exit", code };
}

/** A shell tells a signal only as 128 and its number. */
function signalOf(number: number): SandboxResult["end"] | undefined {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0];
  return name === undefined ? undefined : { kind: "signal", signal: name };
}

function whyNot(complaint: string, { diskBytes }: SandboxLimits): string {
  if (/No space left on device|Wrote only \d+ of/.test(complaint))
    return `the files do not fit in the sandbox, where the copy may have about ${Math.round(diskBytes / 2 / 1024 ** 2)} MiB`;
  const line = complaint.split("\n").find((line) => line.trim() !== "");
  return line === undefined ? "the sandbox ended before the program began" : line.trim().slice(0, 300);
}

function notStarted(why: string, began: number): SandboxResult {
  return {
    end: { kind: "not-started", why },
    output: "",
    cut: 0,
    milliseconds: performance.now() - began,
    files: new Map(),
  };
}
