import { z } from "zod";
import { RunFailure } from "../failure.ts";
import { API, type FetchOptions, readAnswer, send } from "./fetch-issue.ts";

/** Pages of 100 entries; the API answers 60 questions an hour without a key. */
const MAX_PAGES = 50;
const PAGE = 100;

/** Entries of a tracker that were read, and why no more were. */
export interface FetchedTracker {
  readonly entries: readonly unknown[];
  /** A clause for people; undefined when the tracker was read to its beginning. */
  readonly stopped?: string;
}

/**
 * Issues and pull requests of a public repository, the newest first, without comments and without a key. Ends at the first question
 * that GitHub refuses or does not answer. `repository`: `owner/name`. Throws nothing but an abort.
 */
export async function fetchTracker(
  repository: string,
  { apiUrl, signal }: FetchOptions,
): Promise<FetchedTracker> {
  const api = (apiUrl ?? API).replace(/\/+$/, "");
  const [owner = "", name = ""] = repository.split("/");
  const entries: unknown[] = [];
  for (let page = 1; page <= MAX_PAGES; page++) {
    const query = `state=all&sort=created&direction=desc&per_page=${PAGE}&page=${page}`;
    try {
      const answer = await send(`${api}/repos/${owner}/${name}/issues?${query}`, signal);
      const found = await readAnswer(answer, z.array(z.unknown()), { owner, name, number: `page ${page}` });
      entries.push(...found);
      if (found.length < PAGE) return { entries };
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof RunFailure) return { entries, stopped: error.message };
      throw error;
    }
  }
  return { entries, stopped: `Casebook reads the newest ${MAX_PAGES * PAGE} entries` };
}
