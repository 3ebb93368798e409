import type { Citation } from "./citation.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import type { Location } from "../text/location.ts";
import type { RecordedRun } from "./recorded-run.ts";

/**
 * Where a statement comes from. `code`: read from the tree or its history at the base commit. `run`: a program ran.
 * `model`: a model's own words about claims that were checked; the
 * words were not. `doubtful`: the same, where they do not follow from these claims. `inference`: concluded from other statements;
 * never a fact.
 */
export type Provenance = "code" | "run" | "model" | "doubtful" | "inference";

/**
 * How a claim is known; its type decides it. `run`: shown by a run. `code`: read in the code. `history`: in the history.
 * `reported`: a person's words. `concluded`: follows from what is named.
 */
export type Mark = "run" | "code" | "history" | "reported" | "concluded";

/** What a later phase of the investigation can take back; the sentence stays readable, struck out. */
interface Withdrawable {
  /** Title of the phase in which a model took it back. */
  readonly withdrawn?: string;
}

/** A statement that was checked for what it says. Type and data make the sentence, and are checked again later. */
export interface StatedClaim extends Withdrawable {
  /** A type of `src/claims`. */
  readonly type: string;
  /** JSON of that type's form. */
  readonly data: unknown;
  readonly mark: Mark;
  /** Its sentence: Markdown on one line. */
  readonly text: string;
  /** The first cell where it is a row of a table. */
  readonly label?: string;
  readonly citations: readonly Citation[];
}

/** One statement of a document. Plain text with Markdown inline code only; never raw text of the issue or the repository. */
export interface Finding extends Withdrawable {
  readonly text: string;
  readonly provenance: Provenance;
  /** At least one, except where `provenance` is `inference`. */
  readonly citations: readonly Citation[];
}

/** A cell of a table: text, or text with what it rests on. */
export interface Cell {
  readonly text: string;
  readonly citations?: readonly Citation[];
}

export type Block =
  /** `table`: a row each with its label, its sentence and how it is known. `steps`: numbered, in the order in which they happen. */
  | {
      readonly kind: "claims";
      readonly form: "list" | "table" | "steps" | "ranking";
      /** Of a table: the names of the first two columns. */
      readonly columns?: readonly [string, string];
      readonly items: readonly StatedClaim[];
    }
  | { readonly kind: "findings"; readonly items: readonly Finding[] }
  | { readonly kind: "table"; readonly columns: readonly string[]; readonly rows: readonly Row[] }
  /** Lines of a file, shown as a fenced block that the checker compares with the tree. */
  | (Location & { readonly kind: "excerpt"; readonly text: string; readonly language: string })
  /** Text that is not in the commit: a test that was written, a change. */
  | { readonly kind: "code"; readonly language: string; readonly text: string }
  /** Words of the issue, shown as a quotation. */
  | { readonly kind: "quote"; readonly text: string; readonly author?: string }
  /** What was not established, and what was tried. */
  | { readonly kind: "unknown"; readonly text: string }
  /** How to read what follows; makes no statement about code. */
  | { readonly kind: "note"; readonly text: string }
  | { readonly kind: "list"; readonly items: readonly string[]; readonly ordered: boolean }
  /** A search with its query and every hit; `casebook check` repeats it. */
  | { readonly kind: "search"; readonly search: RecordedSearch }
  /** A program that Casebook ran, which claims name: it is kept with the evidence, and not shown here. */
  | { readonly kind: "run"; readonly run: RecordedRun };

export interface Row {
  readonly cells: readonly Cell[];
  readonly provenance: Provenance;
}

export interface Section {
  /** Stable name within the phase, e.g. `suspects`; the heading is for people. */
  readonly id: string;
  readonly heading: string;
  /** Shown only when a reader opens it. */
  readonly folded?: true;
  readonly blocks: readonly Block[];
}

/** A research document as data; `renderDocument` makes the Markdown. */
export interface ResearchDocument {
  /** Phase type name, e.g. `root-cause`. */
  readonly phase: string;
  readonly title: string;
  /** 40 hexadecimal digits: every line citation is meant at this commit. */
  readonly baseCommit: string;
  /** The answer in one sentence. Absent where a model gives the lead. */
  readonly headline?: StatedClaim;
  /** The last lines before the fold: one or two commands, each with its effect. Markdown of ours alone. */
  readonly next?: readonly string[];
  /** The answer in one paragraph, and the unproven hypothesis that it rests on, if any. */
  readonly lead: readonly Finding[];
  readonly sections: readonly Section[];
}
