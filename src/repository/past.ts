import { RunFailure } from "../failure.ts";
import type { History } from "./history.ts";
import type { Repository } from "./repository.ts";

/**
 * A repository as it was: only what `base` reaches can be read, and only tags that were made up to `until` (seconds since 1970) exist.
 * What comes later is answered as if it were not there.
 */
export function pastOf(repository: Repository, base: string, until: number): Repository {
  const history = pastHistory(repository.history, base, until);
  return {
    ...repository,
    history,
    async resolve(revision) {
      const tagged = (await history.tags()).find(({ name }) => name === revision)?.commit;
      const commit = tagged ?? (await history.findCommit(revision));
      if (commit !== undefined) return commit;
      throw new RunFailure("unknown-revision", "The repository had no such commit or tag at that time");
    },
    async tree(commit, signal) {
      if ((await history.commit(base, commit)) === undefined)
        throw new RunFailure("unknown-revision", "The repository had no such commit at that time");
      return repository.tree(commit, signal);
    },
  };
}

function pastHistory(history: History, base: string, until: number): History {
  const isPast = async (oid: string): Promise<boolean> => (await history.commit(base, oid)) !== undefined;
  const ifPast = async <T>(oids: readonly string[], absent: T, answer: () => Promise<T>): Promise<T> => {
    for (const oid of oids) if (!(await isPast(oid))) return absent;
    return answer();
  };
  const tags: History["tags"] = async (reachedBy = base) =>
    ifPast([reachedBy], [], async () =>
      (await history.tags(reachedBy)).filter(({ created }) => created === undefined || created <= until),
    );
  return {
    shallow: history.shallow,
    tags,
    async findCommit(hash) {
      const oid = await history.findCommit(hash);
      return oid === undefined || !(await isPast(oid)) ? undefined : oid;
    },
    async facts(commit) {
      return ifPast([commit], undefined, async () => {
        const facts = await history.facts(commit);
        if (facts?.tag === undefined) return facts;
        const isThere = (await tags()).some(({ name }) => name === facts.tag);
        return { ...facts, tag: isThere ? facts.tag : undefined };
      });
    },
    commits: (from, limit, signal) =>
      ifPast([from], [] as Awaited<ReturnType<History["commits"]>>, () =>
        history.commits(from, limit, signal),
      ),
    commit: (from, oid) => ifPast([from], undefined, () => history.commit(from, oid)),
    commitsNaming: (from, numbers, signal) =>
      ifPast([from], [] as Awaited<ReturnType<History["commitsNaming"]>>, () =>
        history.commitsNaming(from, numbers, signal),
      ),
    blame: (commit, ...rest) => ifPast([commit], undefined, () => history.blame(commit, ...rest)),
    patch: (from, oid, ...rest) => ifPast([from, oid], undefined, () => history.patch(from, oid, ...rest)),
    pathsAt: (commit, signal) =>
      ifPast([commit], [] as readonly string[], () => history.pathsAt(commit, signal)),
    textAt: (file) => ifPast([file.commit], undefined, () => history.textAt(file)),
    diff: (from, to) => ifPast([from.commit, to.commit], undefined, () => history.diff(from, to)),
    renames: (from, to, signal) =>
      ifPast([from, to], new Map() as ReadonlyMap<string, string>, () => history.renames(from, to, signal)),
    changesOf: (commit) => ifPast([commit], undefined, () => history.changesOf(commit)),
    lineage: (from, limit, signal) =>
      ifPast([from], new Map() as ReadonlyMap<string, readonly string[]>, () =>
        history.lineage(from, limit, signal),
      ),
    removalOf: (from, path, signal) => ifPast([from], undefined, () => history.removalOf(from, path, signal)),
    fileWithWord: (commit, words, signal) =>
      ifPast([commit], undefined, () => history.fileWithWord(commit, words, signal)),
    touching: (commit, ...rest) =>
      ifPast([commit], [] as readonly string[], () => history.touching(commit, ...rest)),
  };
}
