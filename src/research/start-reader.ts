import { existsSync, readFileSync, readlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { privateFolder } from "../process/private-folder.ts";
import {
  findJail,
  type Jail,
  ownCode,
  type ReaderProcess,
  startBeside,
  type StartedReader,
  startInJail,
} from "../sandbox/io/reader-jail.ts";
import { type Channel, openChannel } from "./channel.ts";
import { readFromResearcher } from "./read-from-researcher.ts";
import type { FromResearcher, Whereabouts } from "./protocol.ts";
import { isOursAlone, keepReaderCode } from "./reader-code.ts";
import { readerHome } from "./reader-home.ts";

export interface ReaderOptions {
  /** Folder of mirrors, indexes and scratch files. */
  readonly data: string;
  readonly workers?: number | undefined;
  /** Bytes of all indexes. */
  readonly cacheBytes: number;
  /** Bytes that one fetch may bring. */
  readonly fetchBytes?: number | undefined;
  /** What is started, from the folder of this file; `main` when undefined. */
  readonly main?: ReaderMain | undefined;
  /** Told, once in the life of this process, why foreign text is read by a process that is not isolated. */
  readonly onNotIsolated?: ((why: string) => void) | undefined;
}

/** Files that are started: they read foreign text, or start sandboxes for one that does. */
export type ReaderMain = "main" | "sandbox-keeper" | "../cli/reader" | "../cli/reader-modules";

/** A process that reads foreign text, before it is given any. */
export interface Reader {
  readonly child: StartedReader["child"];
  readonly channel: Channel;
  /** The last words that it printed. */
  readonly told: () => string;
}

/** Milliseconds until a process that starts says where it is. */
const PATIENCE = 30_000;
const NAMESPACES = ["user", "net", "pid", "mnt", "ipc"];

/** What this host offers; asked once. */
let jail: Promise<Jail> | undefined;
/** One reader was seen in the jail: from then on none starts beside it. */
let hasHeld = false;
let isTold = false;
/** The compiled form of what readers load was looked at; once in the life of this process. */
let code: Promise<void> | undefined;

/** Why readers start without a jail here; undefined where they start in one. Starts one that reads nothing. */
export async function whyNotIsolated(data: string): Promise<string | undefined> {
  const found = await (jail ??= findJail());
  if (found.kind === "none") return found.why;
  try {
    const reader = await startIn(found.bwrap, readerProcess("main", { data, cacheBytes: 0 }, undefined), {});
    reader.channel.destroy();
    reader.child.kill("SIGKILL");
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

interface Hooks {
  /** Only messages of a known shape come in. */
  readonly onMessage?: (message: FromResearcher) => void;
  readonly onBroken?: (why: string) => void;
}

/**
 * Starts the process that reads the repository at `gitDir` (undefined: none), in bubblewrap where this host offers it: it then sees
 * programs, our code, this repository and an index of its own, and nothing else. Throws where it does not start.
 */
export async function startReader(
  gitDir: string | undefined,
  options: ReaderOptions,
  hooks: Hooks,
): Promise<Reader> {
  const found = await (jail ??= findJail());
  let why = found.kind === "none" ? found.why : "";
  if (found.kind === "ready") {
    await (code ??= keepReaderCode(cacheOf(options.data), {
      code: join(import.meta.dirname, ".."),
      load: () => startBeside(readerProcess("../cli/reader-modules", options, undefined)),
    }));
    try {
      const reader = await startIn(
        found.bwrap,
        readerProcess(options.main ?? "main", options, gitDir),
        hooks,
      );
      hasHeld = true;
      return reader;
    } catch (error) {
      // It had read nothing when it failed, so that no foreign text decides this.
      if (hasHeld) throw error;
      why = (error as Error).message;
      jail = Promise.resolve({ kind: "none", why });
    }
  }
  if (!isTold) options.onNotIsolated?.(why);
  isTold = true;
  // Where it may write, it could leave code for the next start: no compile cache without a jail.
  return opened(startBeside(withoutCache(readerProcess(options.main ?? "main", options, gitDir))), hooks);
}

/** Starts one of our processes that reads no foreign text: the environment of a reader, and this user's rights. */
export function startHelper(main: "sandbox-keeper", options: ReaderOptions): StartedReader {
  return startBeside(withoutCache(readerProcess(main, options, undefined)));
}

function withoutCache(started: ReaderProcess): ReaderProcess {
  const { NODE_COMPILE_CACHE: _, ...env } = started.env;
  return { ...started, env };
}

async function startIn(bwrap: string, started: ReaderProcess, hooks: Hooks): Promise<Reader> {
  const reader = opened(startInJail(bwrap, started), {
    onBroken: (why) => hooks.onBroken?.(why),
    onMessage: (message) => (message.kind === "started" ? said.resolve(message) : hooks.onMessage?.(message)),
  });
  const said = Promise.withResolvers<Whereabouts>();
  const timer = setTimeout(() => said.reject(new Error("it did not start in time")), PATIENCE);
  reader.child.once("error", (error) => said.reject(error));
  reader.child.once("close", () =>
    said.reject(new Error(reader.told().split("\n")[0] || "it ended at once")),
  );
  try {
    const shared = sharedWith(await said.promise);
    if (shared !== undefined) throw new Error(shared);
    return reader;
  } catch (error) {
    reader.channel.destroy();
    reader.child.kill("SIGKILL");
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

function sharedWith({ namespaces, hasGit }: Whereabouts): string | undefined {
  if (!hasGit) return "git cannot be started in the jail";
  const shared = NAMESPACES.find(
    (name) =>
      !namespaces.some((one) => one.startsWith(`${name}:[`)) ||
      namespaces.includes(readlinkSync(`/proc/self/ns/${name}`)),
  );
  return shared === undefined ? undefined : `it shared the ${shared} namespace of this host`;
}

function opened({ child, channel, stderr }: StartedReader, { onMessage, onBroken }: Hooks): Reader {
  let told = "";
  stderr.on("data", (chunk: Buffer) => (told = (told + chunk.toString()).slice(-2_000)));
  return {
    child,
    told: () => told.trim(),
    channel: openChannel(channel, {
      onMessage(value) {
        const message = readFromResearcher(value);
        if (typeof message === "string") onBroken?.(message);
        else onMessage?.(message);
      },
      onBroken: (why) => onBroken?.(why),
    }),
  };
}

/** What is started to read the repository at `gitDir`, and all that it may touch. */
export function readerProcess(
  main: ReaderMain,
  options: ReaderOptions,
  gitDir: string | undefined,
): ReaderProcess {
  const source = join(import.meta.dirname, `${main}.ts`);
  const file = existsSync(source) ? source : join(import.meta.dirname, `${main}.js`);
  const { data, workers, cacheBytes } = options;
  const { PATH = "" } = process.env;
  const cache = cacheOf(data);
  const hasCache = isOursAlone(cache);
  const home = gitDir === undefined ? data : readerHome(data, gitDir);
  if (gitDir !== undefined) privateFolder(home);
  return {
    command: [process.execPath, file],
    env: {
      PATH,
      HOME: "/tmp",
      TMPDIR: "/tmp",
      CASEBOOK_DATA: home,
      CASEBOOK_CACHE_MB: String(Math.max(10, Math.floor(cacheBytes / 1_000_000))),
      ...(workers === undefined ? {} : { CASEBOOK_WORKERS: String(workers) }),
      ...(hasCache ? { NODE_COMPILE_CACHE: cache } : {}),
    },
    readable: [
      ...ownCode(join(import.meta.dirname, "../..")),
      ...(gitDir === undefined ? [] : gitFolders(gitDir)),
      ...(hasCache ? [cache] : []),
    ],
    writable: gitDir === undefined ? [] : [home],
  };
}

/** Where the compiled form of our code is. */
function cacheOf(data: string): string {
  return process.env["NODE_COMPILE_CACHE"] ?? join(data, "compiled");
}

/** The git folder, that of the main work tree where it is a linked one, and folders of objects that it borrows. */
function gitFolders(gitDir: string): readonly string[] {
  const found = [gitDir];
  const common = lineOf(join(gitDir, "commondir"));
  if (common !== undefined) found.push(join(gitDir, common));
  for (const folder of found.slice())
    for (const line of (textOf(join(folder, "objects/info/alternates")) ?? "").split("\n"))
      if (line.startsWith("/") && existsSync(line)) found.push(line);
  return found.map((folder) => (folder.endsWith("/") ? dirname(join(folder, "x")) : folder));
}

function lineOf(file: string): string | undefined {
  return textOf(file)?.split("\n")[0]?.trim() || undefined;
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
