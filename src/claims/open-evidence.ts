import { type History, MAX_COMMITS } from "../repository/history.ts";
import type { IndexedCodebase } from "../repository/open-codebase.ts";
import type { RecordedSearch } from "../repository/recorded-search.ts";
import { runSearch } from "../repository/run-search.ts";
import { buildSymbolIndex } from "../evidence/references/build-symbol-index.ts";
import { useFinder } from "../evidence/references/find-uses.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";

export interface EvidenceOptions {
  readonly codebase: IndexedCodebase;
  readonly history: History;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
}

/** What one commit says, without an issue. Each answer is worked out when it is first asked for, and once. */
export function openEvidence({ codebase, history, signal, onStep }: EvidenceOptions): ClaimEvidence {
  const baseCommit = codebase.tree.commit;
  const symbolIndex = once(() => {
    onStep?.("reading the structure of the code");
    return buildSymbolIndex(codebase, signal);
  });
  const searches = new Map<string, Promise<RecordedSearch>>();
  return {
    baseCommit,
    codebase,
    history,
    symbolIndex,
    commits: once(() => {
      onStep?.("reading history");
      return history.commits(baseCommit, MAX_COMMITS, signal);
    }),
    uses: once(async () => useFinder(await symbolIndex())),
    search(query) {
      const key = JSON.stringify(query);
      let found = searches.get(key);
      if (found === undefined) searches.set(key, (found = runSearch(query, codebase, signal)));
      return found;
    },
  };
}

/** The same work, done when it is first asked for. */
export function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
