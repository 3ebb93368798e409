import type { Readable, Writable } from "node:stream";
import type { ReaderOptions } from "../research/start-reader.ts";
import type { researchInProcesses } from "../research/research-process.ts";

/** The process as a command sees it. Commands use nothing else of it. */
export interface CommandIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** Prints a result, for people or programs. */
  readonly out: (text: string) => void;
  /** Prints progress and failures. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /** Width of the terminal that `out` writes to, in characters; absent without a terminal. */
  readonly columns?: number;
  readonly stdin: () => Promise<string>;
  /** Standard input and output, for a protocol; absent where somebody else uses them. */
  readonly streams?: { readonly input: Readable; readonly output: Writable };
  /** Starts what reads repositories; absent: processes of their own. */
  readonly research?: (options: ReaderOptions) => Pick<ReturnType<typeof researchInProcesses>, "investigate">;
}

/** What a command that reads foreign text gets where it runs. */
export type ReaderIo = Pick<CommandIo, "cwd" | "env" | "signal" | "out" | "columns"> & {
  readonly step: (text: string) => void;
  /** Keeps the text of a file that the user asked for. */
  readonly file: (text: string) => void;
};
