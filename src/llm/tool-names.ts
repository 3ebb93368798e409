/** What the model noted outlives a transcript that is cut short. */
export const NOTE = "note";

/**
 * Tools whose answers can be left out of a long transcript, because asking again gives them again. What is not here is
 * kept: a finding that was accepted must not be handed in twice.
 */
export const REPEATABLE: ReadonlySet<string> = new Set([
  "list_files",
  "read_file",
  "search",
  "symbols",
  "references",
  "callers",
  "similar_code",
  "history",
  "blame",
  "earlier_documents",
  "issue",
  "run",
]);
