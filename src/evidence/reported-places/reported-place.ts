import type { Frame } from "../../issue/issue-reading.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";
import type { Location } from "../../text/location.ts";

/** A place in the code that the report names, found in the repository. */
export interface ReportedPlace {
  /** As the report writes it. */
  readonly named: string;
  /** The revision that the lines are counted in: as a link writes it, else the tag of the reported version; empty for the base commit. */
  readonly ref: string;
  /** Full hash of that revision. */
  readonly commit: string;
  /** In that revision. */
  readonly path: string;
  /** 1-based, inclusive; absent where the report names no line. */
  readonly lines?: { readonly start: number; readonly end: number };
  /** What is written in the first of the lines, at that revision. */
  readonly text?: string;
  /** Where the lines are at the base commit: `gone` when all of them were changed or removed since. Absent without lines. */
  readonly atBase?: Location | "gone";
  /** The file at the base commit; undefined when it was removed. */
  readonly basePath: string | undefined;
  /** The function at the base commit that holds the lines, or has the name of the one that held them, or that is named. */
  readonly function?: SymbolDefinition;
}

/** A frame of a reported trace, found in the repository. */
export interface ReportedFrame extends ReportedPlace {
  readonly frame: Frame;
}

/** A change that the report names, found in the history of the base commit. */
export interface ReportedChange {
  /** As the report writes it. */
  readonly named: string;
  /** How the commit was found. `closes`: its message says that it fixes the named issue. */
  readonly by: "hash" | "subject" | "merge" | "closes";
  /** Full hash. */
  readonly commit: string;
  readonly subject: string;
  /** Files that it changed. */
  readonly files: readonly string[];
  /** Where its hunks are at the base commit, as far as any of their lines is left: near enough to rank by. */
  readonly left: readonly Location[];
  /** Lines that it wrote and that are still there, without a foreign line between them; a brace alone is none. */
  readonly written: readonly Location[];
}

/** The tag of a version of the project that the report names. */
export interface ReportedTag {
  readonly name: string;
  /** Full hash. */
  readonly commit: string;
  /** As the report writes it. */
  readonly version: string;
}

/** What a report names of the code and its history, as far as the repository has it. */
export interface Reported {
  /** The tag of the version that the report is about, the highest that it names; undefined where none fits. */
  readonly tag: ReportedTag | undefined;
  readonly places: readonly ReportedPlace[];
  /** Outermost call first; frames outside the repository have no entry. */
  readonly frames: readonly ReportedFrame[];
  readonly changes: readonly ReportedChange[];
}

export const NOTHING_REPORTED: Reported = { tag: undefined, places: [], frames: [], changes: [] };
