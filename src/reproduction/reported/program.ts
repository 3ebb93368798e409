/** A code block of a report. */
export interface CodeBlock {
  readonly language?: string;
  readonly text: string;
  /** The last line of the text before it. */
  readonly before?: string;
}

/** What the repository holds, as far as programs of a report name it. */
export interface ReportedProject {
  readonly paths: readonly string[];
  /** Texts of the files that say what the project is called and which commands it has, by path. */
  readonly manifests: ReadonlyMap<string, string>;
  /** The line with which files of the repository import a name, such as `import numpy as np`. */
  readonly importOf: (name: string) => Promise<string | undefined>;
}

/** Code or a command of a report that can be run over the repository. */
export interface ReportedProgram {
  /** Its code blocks, as the report has them, in order. */
  readonly blocks: readonly string[];
  readonly kind: "code" | "command";
  /** What a reader is shown: the whole text of the program, or the command. */
  readonly shown: string;
  /** A path whose ending names the language of `shown`. */
  readonly path: string;
  /** Lines that Casebook put before it: what the report leaves out and files of the repository write. */
  readonly added: readonly string[];
  /** Laid over the commit. */
  readonly files: ReadonlyMap<string, string>;
  /** The runtime, and the way to record how the program ends. */
  readonly runtime: "python" | "node" | "go" | "rust";
  /** Name of the toolchain that it needs. */
  readonly needs: string;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly seconds: number;
  /** Why it is not run. A clause. */
  readonly refused?: string;
}

/** Name of the files that Casebook writes. */
export const NAME = "casebook_reported";

/** Where a program's end is recorded, below `/out`. */
export const END = "casebook-end.json";
/** What was on the stack when time was up. */
export const HANG = "casebook-hang.txt";
export const ERRORS = "casebook-errors.txt";

/** Seconds of one run: interpreted code, and code that is built first. */
export const SECONDS = 30;
export const BUILD_SECONDS = 120;
