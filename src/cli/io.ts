/** What a command sees of the process: nothing else of it is read or written. */
export interface CommandIo {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal;
  /** The result, for people or programs. */
  readonly out: (text: string) => void;
  /** Progress and failures. */
  readonly err: (text: string) => void;
  readonly isTerminal: boolean;
  /** Width of the terminal that `out` writes to, in characters; absent when it goes elsewhere. */
  readonly columns?: number;
  readonly stdin: () => Promise<string>;
}
