import type { RecordedSearch } from "../repository/recorded-search.ts";
import type { Location } from "../text/location.ts";
import type { RecordedRun } from "./recorded-run.ts";

/** The evidence of a statement. A machine can check each kind at the document's base commit. */
export type Citation = LineCitation | CommitCitation | IssueCitation | SearchCitation | RunCitation;

/** Lines of a file at the base commit. */
export interface LineCitation extends Location {
  readonly kind: "lines";
  /** Text that these lines must contain, line by line, outer white space ignored. */
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

/** Text that the issue must contain (title, body or a comment), white space folded. */
interface IssueCitation {
  readonly kind: "issue";
  readonly quote: string;
  /** Login of the comment's author; absent for the issue itself. */
  readonly author?: string;
}

/** A search whose repetition must find exactly the recorded hits: the evidence for "no others". */
interface SearchCitation {
  readonly kind: "search";
  readonly search: RecordedSearch;
}

/** Words that a run printed, white space folded. The document contains the run. */
interface RunCitation {
  readonly kind: "run";
  readonly run: RecordedRun;
  readonly quote: string;
}
