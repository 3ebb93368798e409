/** Something that a report takes for granted about the repository, and that is not so. */
export type Premise = PathPremise | VersionPremise | LinePremise | NamePremise | MessagePremise;

export interface PathPremise {
  readonly kind: "path";
  /** As the report writes it. */
  readonly written: string;
  /** Where a link names one: the revision that has no such file. */
  readonly ref?: string;
  /** The commit that removed it, and where that moved it. */
  readonly removed?: { readonly oid: string; readonly subject: string; readonly to?: string };
  /** Without such a commit: the one file of nearly this name. */
  readonly near?: string;
}

export interface VersionPremise {
  readonly kind: "version";
  readonly written: string;
  /** The newest tag of a version. */
  readonly newest: string;
}

export interface LinePremise {
  readonly kind: "line";
  readonly path: string;
  readonly line: number;
  /** The tag or revision that was read; empty for the base commit. */
  readonly ref: string;
  /** Lines that the file has there. */
  readonly lines: number;
}

export interface NamePremise {
  readonly kind: "name" | "option";
  /** As the report writes it: `Store.putt`, `--workrs`. */
  readonly written: string;
  /** A tag that still has it. */
  readonly in?: string;
  /** A definition of nearly this name. */
  readonly near?: string;
}

export interface MessagePremise {
  readonly kind: "message";
  /** Five words as the report quotes them. */
  readonly words: string;
  /** The same words in the code, but for one. */
  readonly there: string;
  readonly path: string;
  readonly line: number;
}
