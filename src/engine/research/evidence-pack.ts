/** Commits before the base commit that are looked at: history beyond that says little about today's files. */
export const MAX_COMMITS = 3_000;
