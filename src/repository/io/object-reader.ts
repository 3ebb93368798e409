import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { gitFailure } from "./git-failure.ts";
import { startGit } from "./git.ts";

/** Reads objects of one repository through one `git cat-file --batch`, started with the first request. */
export interface ObjectReader {
  /** The bytes of a blob; undefined when the repository does not have it whole. Answers come in the order of the questions. */
  read(oid: string): Promise<Buffer | undefined>;
  close(): void;
}

interface Waiter {
  readonly oid: string;
  readonly resolve: (bytes: Buffer | undefined) => void;
  readonly reject: (error: Error) => void;
}

const MAX_IN_VAIN = 8;

/** git answers in order, so the questions wait in a queue: `waiting[0]` is the one whose answer arrives now. */
export function objectReader(gitDir: string): ObjectReader {
  /** Processes in a row that ended before they gave one answer. */
  let inVain = 0;
  let child: ChildProcessWithoutNullStreams | undefined;
  let waiting: Waiter[] = [];
  let chunks: Buffer[] = [];
  let buffered = 0;
  /** Bytes of the answer that is arriving, its closing line feed included; undefined before its head arrives. */
  let size: number | undefined;
  let stderr = "";
  let isClosed = false;

  const take = (length: number): Buffer => {
    const all = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
    chunks = length < all.length ? [all.subarray(length)] : [];
    buffered -= length;
    return all.subarray(0, length);
  };

  const consume = (): void => {
    for (;;) {
      if (size === undefined) {
        const first = chunks.findIndex((chunk) => chunk.includes(10));
        if (first < 0) return;
        const length =
          chunks.slice(0, first).reduce((sum, chunk) => sum + chunk.length, 0) +
          chunks[first]!.indexOf(10) +
          1;
        inVain = 0;
        const [, kind, bytes] = take(length).toString("latin1").trim().split(" ");
        if (kind === "missing" || bytes === undefined) waiting.shift()?.resolve(undefined);
        else size = Number(bytes) + 1;
      } else {
        if (buffered < size) return;
        const bytes = take(size).subarray(0, -1);
        size = undefined;
        waiting.shift()?.resolve(bytes);
      }
    }
  };

  const start = (): ChildProcessWithoutNullStreams => {
    const own = startGit(["cat-file", "--batch"], { gitDir });
    const end = (error: Error, isOver: boolean): void => {
      if (child !== own) return;
      child = undefined;
      const left = waiting;
      [waiting, chunks, buffered, size] = [[], [], 0, undefined];
      if (isOver || ++inVain > MAX_IN_VAIN) {
        for (const { reject } of left) reject(error);
        return;
      }
      // Git ends at an object that is damaged: that one is not there, the others are asked for again.
      left.shift()?.resolve(undefined);
      for (const waiter of left) ask(waiter);
    };
    own.stdout.on("data", (chunk: Buffer) => {
      chunks.push(chunk);
      buffered += chunk.length;
      consume();
    });
    own.stderr.on("data", (chunk: Buffer) => (stderr = (stderr + chunk.toString()).slice(-2_000)));
    own.stdin.on("error", () => undefined);
    own.on("error", (error) => end(gitFailure(["cat-file"], error.message, error), true));
    own.on("close", () => end(gitFailure(["cat-file"], stderr || "it ended before it answered"), isClosed));
    return own;
  };

  const ask = (waiter: Waiter): void => {
    if (isClosed) {
      waiter.reject(new Error("The repository was closed before it was read"));
      return;
    }
    child ??= start();
    waiting.push(waiter);
    child.stdin.write(`${waiter.oid}\n`);
  };

  return {
    read: (oid) => new Promise((resolve, reject) => ask({ oid, resolve, reject })),
    close() {
      isClosed = true;
      child?.stdin.end();
      child?.kill();
    },
  };
}
