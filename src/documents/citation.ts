import type { RecordedSearch } from "../repository/recorded-search.ts";
import type { Location } from "../text/location.ts";
import type { RecordedRun } from "./recorded-run.ts";

/** What a statement rests on. Each kind can be checked by machine at the document's base commit. */
export type Citation = LineCitation | CommitCitation | IssueCitation | SearchCitation | RunCitation;

/** Lines of a file at the base commit. */
export interface LineCitation extends Location {
  readonly kind: "lines";
  /** Text that must stand within these lines, line by line, outer white space ignored. */
  readonly quote?: string;
}

/** A commit that is an ancestor of the base commit, or the base commit itself. */
interface CommitCitation {
  readonly kind: "commit";
  /** 40 hexadecimal digits. */
  readonly oid: string;
  /** The subject line, which must be the commit's own. */
  readonly subject: string;
  /** A file that the commit must have changed. */
  readonly path?: string;
}

/** Text that must stand in the issue (title, body or a comment), white space folded. */
interface IssueCitation {
  readonly kind: "issue";
  readonly quote: string;
  /** Login of the comment's author; absent for the issue itself. */
  readonly author?: string;
}

/** A search that gives exactly the recorded hits when it is run again: what "no others" rests on. */
interface SearchCitation {
  readonly kind: "search";
  readonly search: RecordedSearch;
}

/** Words that a run printed, white space folded. The document holds the run. */
interface RunCitation {
  readonly kind: "run";
  readonly run: RecordedRun;
  readonly quote: string;
}
