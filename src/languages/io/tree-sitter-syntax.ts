import { fileURLToPath } from "node:url";
import Tinypool from "tinypool";
import { languageOf, type LanguageName } from "../languages.ts";
import type { FileSyntax, FileText, SyntaxReader } from "../syntax.ts";

/** Far longer than the parser's own limit takes: reached only when the thread itself hangs, which then ends. */
const HANG_MS = 120_000;
/** Enough to keep a thread busy while results travel. */
const IN_FLIGHT = 3;

interface Parsed {
  readonly oid: string;
  readonly language: LanguageName;
  readonly syntax: FileSyntax | undefined;
}

/**
 * Reads syntax with tree-sitter in `workers` threads, started when the first file comes: hostile text can cost its own
 * thread, never the process. Dispose it, else the threads keep the process alive. With 0 workers files are parsed one
 * after the other in the calling thread: no threads to start, for tests and small jobs; the parser's own
 * limit of steps still holds there, but nothing stops a thread that hangs. Throws RangeError for any other number.
 */
export function treeSitterSyntax({ workers }: { readonly workers: number }): SyntaxReader & AsyncDisposable {
  if (!Number.isSafeInteger(workers) || workers < 0)
    throw new RangeError(`workers: expected 0 or more, found ${workers}`);
  return workers === 0 ? inThisThread() : inThreads(workers);
}

function inThisThread(): SyntaxReader & AsyncDisposable {
  return {
    languageOf,
    async *parse(files, signal) {
      // Imported late: a process that only starts threads does not need the parser itself.
      const { parseOne } = await import("./parse-worker.ts");
      for await (const { oid, language, text } of files) {
        signal?.throwIfAborted();
        yield { oid, language, syntax: await parseOne({ language, text }) };
      }
      signal?.throwIfAborted();
    },
    async [Symbol.asyncDispose]() {},
  };
}

function inThreads(workers: number): SyntaxReader & AsyncDisposable {
  let pool: Tinypool | undefined;
  const start = (): Tinypool =>
    (pool ??= new Tinypool({
      // Sources run as they are in a clone; a package holds them built.
      filename: fileURLToPath(
        new URL(import.meta.url.endsWith(".ts") ? "./parse-worker.ts" : "./parse-worker.js", import.meta.url),
      ),
      name: "parseOne",
      runtime: "worker_threads",
      // Flags of the process are about its own entry: a thread refuses --input-type.
      execArgv: [],
      minThreads: 0,
      maxThreads: workers,
      idleTimeout: 30_000,
      concurrentTasksPerWorker: 1,
    }));

  async function parseOne({ oid, language, text }: FileText, signal?: AbortSignal): Promise<Parsed> {
    const hang = AbortSignal.timeout(HANG_MS);
    try {
      const stop = signal === undefined ? hang : AbortSignal.any([hang, signal]);
      const syntax = (await start().run({ language, text }, { signal: stop })) as FileSyntax | undefined;
      return { oid, language, syntax };
    } catch {
      signal?.throwIfAborted();
      return { oid, language, syntax: undefined };
    }
  }

  return {
    languageOf,
    async *parse(files, signal) {
      const running = new Map<number, Promise<{ readonly ticket: number; readonly parsed: Parsed }>>();
      let ticket = 0;
      const next = async (): Promise<Parsed> => {
        const done = await Promise.race(running.values());
        running.delete(done.ticket);
        return done.parsed;
      };
      for await (const file of files) {
        signal?.throwIfAborted();
        const own = ticket++;
        const parsing = parseOne(file, signal).then((parsed) => ({ ticket: own, parsed }));
        // When the reading ends early nobody waits for it any more, and its failure must not end the process.
        parsing.catch(() => undefined);
        running.set(own, parsing);
        if (running.size >= workers * IN_FLIGHT) yield await next();
      }
      while (running.size > 0) yield await next();
    },
    async [Symbol.asyncDispose]() {
      await pool?.destroy();
      pool = undefined;
    },
  };
}
