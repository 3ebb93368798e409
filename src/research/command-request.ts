/** One command of the command line, for the process that reads foreign text. */
export interface CommandRequest {
  /** Folder of the repository; undefined: the command reads none. */
  readonly mirror: string | undefined;
  /** `locate`, `check`, ... */
  readonly command: string;
  /** What the process outside read for it, such as the issue. */
  readonly given: Readonly<Record<string, unknown>>;
  readonly options: Readonly<Record<string, unknown>>;
  /** Width of the terminal. */
  readonly columns?: number | undefined;
}

/** How it ended, and what it prints. */
export interface Ran {
  readonly exit: number;
  readonly out: string;
  /** A file that the user asked for. */
  readonly file?: string | undefined;
}
