import type { SearchQuery } from "../repository/recorded-search.ts";
import { sourceText, type SourceText } from "../repository/source-text.ts";
import type { Codebase } from "../repository/codebase.ts";
import { runSearch } from "../repository/run-search.ts";
import type { Repository } from "../repository/repository.ts";
import type { CheckSource } from "./check-document.ts";

/**
 * One commit of a repository as something to check against. Files are read when a document names them; `openCodebase` is
 * called only when a search has to be run.
 */
export async function repositorySource(
  repository: Repository,
  commit: string,
  openCodebase: () => Promise<Codebase>,
  issueText?: string,
): Promise<CheckSource> {
  const tree = await repository.tree(commit);
  const folders = new Set<string>();
  for (const { path } of tree.entries)
    for (
      let at = path.lastIndexOf("/");
      at > 0 && !folders.has(path.slice(0, at));
      at = path.lastIndexOf("/", at - 1)
    )
      folders.add(path.slice(0, at));
  const texts = new Map<string, SourceText | undefined>();
  let codebase: Promise<Codebase> | undefined;
  return {
    commit,
    issueText,
    exists: (path) => tree.find(path) !== undefined || folders.has(path.replace(/\/$/, "")),
    async text(path) {
      if (!texts.has(path)) {
        const entry = tree.find(path);
        let found: SourceText | undefined;
        if (entry !== undefined) for await (const { bytes } of tree.read([entry])) found = sourceText(bytes);
        texts.set(path, found);
      }
      return texts.get(path);
    },
    async ancestor(oid) {
      return repository.history.commit(commit, oid);
    },
    async search(query: SearchQuery) {
      return runSearch(query, await (codebase ??= openCodebase()));
    },
    async at(other) {
      try {
        return await repositorySource(repository, await repository.resolve(other), openCodebase);
      } catch (error) {
        if (error instanceof Error && error.name === "RunFailure") return undefined;
        throw error;
      }
    },
  };
}
