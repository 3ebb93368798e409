import type { SuiteSettings } from "./suite-settings.ts";

/** Runs code of the repository: no network, no environment of ours, a copy of the files that is thrown away. */
export interface Sandbox {
  /** What the code finds there, for the document. */
  readonly environment: SandboxEnvironment;
  /** Runs one program in a fresh copy of the commit's files. Throws only for the signal and for bugs. */
  run(request: SandboxRequest, signal: AbortSignal): Promise<SandboxResult>;
}

/** Whether code can be run on this host; it is never run without the sandbox. */
export type SandboxState =
  | { readonly kind: "ready"; readonly sandbox: Sandbox }
  /** One sentence: what is missing. */
  | { readonly kind: "none"; readonly why: string };

export interface SandboxEnvironment {
  /** E.g. `bubblewrap 0.8.0`. */
  readonly sandbox: string;
  /** Name and version of each language runtime found in it, e.g. `python3` → `3.11.2`. */
  readonly toolchains: ReadonlyMap<string, string>;
  /** Folder with prepared dependencies that the operator offers, as the code sees it; undefined: none. */
  readonly dependencies: string | undefined;
  /** How the project's tests are started, by settings. */
  readonly suite?: SuiteSettings | undefined;
}

export interface SandboxRequest {
  /** Written over the commit's files before the program starts; undefined removes a file. Paths inside the repository. */
  readonly changes: ReadonlyMap<string, string | undefined>;
  /** Program and arguments; no shell reads them. Starts in the root of the copy. */
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Files below `/out` that are read when the program ended, at most `MAX_COLLECTED` bytes each: names without folders. */
  readonly collect?: readonly string[];
  readonly limits?: Partial<SandboxLimits>;
}

export interface SandboxLimits {
  /** Of the clock, for everything. */
  readonly seconds: number;
  /** Bytes of address space of each process. */
  readonly memoryBytes: number;
  /** Bytes of all files in the copy and `/tmp`. */
  readonly diskBytes: number;
  readonly processes: number;
  /** Characters of output that are kept; the middle is cut. */
  readonly outputCharacters: number;
}

export interface SandboxResult {
  readonly end:
    | { readonly kind: "exit"; readonly code: number }
    | { readonly kind: "signal"; readonly signal: string }
    | { readonly kind: "limit"; readonly limit: "seconds" | "output" }
    /** The program did not start: a path that is refused, a copy that does not fit. One sentence. */
    | { readonly kind: "not-started"; readonly why: string };
  /** Output and errors as they came, control characters removed. */
  readonly output: string;
  /** Characters of output that were cut. */
  readonly cut: number;
  readonly milliseconds: number;
  /** What was collected, by name; one that is missing, too large or no file is not there. */
  readonly files: ReadonlyMap<string, string>;
}
