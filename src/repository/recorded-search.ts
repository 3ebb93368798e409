/** A query over the files of one commit. Matching is per line, and linear in the text. */
export interface SearchQuery {
  /** `word`: an identifier, whole. `text`: these characters. `regex`: RE2 syntax. All match case. */
  readonly kind: "word" | "text" | "regex";
  readonly pattern: string;
  /** Glob patterns over paths (`**`, `*`, `?`, `{a,b}`); empty means every text file. */
  readonly include: readonly string[];
  readonly exclude: readonly string[];
}

export interface RecordedSearch {
  readonly query: SearchQuery;
  /** Every matching line, ordered by path (code units), then line. */
  readonly hits: readonly SearchHit[];
}

export interface SearchHit {
  readonly path: string;
  readonly line: number;
}
