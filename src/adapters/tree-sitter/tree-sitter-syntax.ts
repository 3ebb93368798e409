import { fileURLToPath } from "node:url";
import Tinypool from "tinypool";
import type { FileSyntax, FileText, Language, SyntaxReader } from "../../engine/syntax/syntax.ts";
import { languageOf } from "./language-of.ts";

/** Longer than the parser's own limit: reached only when the thread itself hangs, which then ends. */
const HANG_MS = 20_000;
/** Enough to keep a thread busy while results travel. */
const IN_FLIGHT = 3;

interface Parsed {
  readonly oid: string;
  readonly language: Language;
  readonly syntax: FileSyntax | undefined;
}

/**
 * Reads syntax with tree-sitter in `workers` threads (1 or more), started when the first file comes. Hostile text can
 * cost its own thread, never the process. Dispose it, else the process stays.
 */
export function treeSitterSyntax({ workers }: { readonly workers: number }): SyntaxReader & AsyncDisposable {
  let pool: Tinypool | undefined;
  const start = (): Tinypool =>
    (pool ??= new Tinypool({
      // Sources run as they are in a clone; a package holds them built.
      filename: fileURLToPath(
        new URL(import.meta.url.endsWith(".ts") ? "./parse-worker.ts" : "./parse-worker.js", import.meta.url),
      ),
      runtime: "worker_threads",
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
        running.set(
          own,
          parseOne(file, signal).then((parsed) => ({ ticket: own, parsed })),
        );
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
