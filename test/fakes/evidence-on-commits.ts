import { shortlist } from "../../src/evidence/related/shortlist.ts";
import { parseTracker } from "../../src/issue/parse-tracker.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { researchContext, type ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import { gitFolder } from "./git-folder.ts";
import { memoryCache } from "./memory-cache.ts";

/** A commit's subject, the files that it writes (undefined removes one), and its tag. */
type Commit = readonly [string, Readonly<Record<string, string | undefined>>, string?];

/** Real repositories of a few commits, each read at its newest with an issue; `close` removes them. */
export function evidenceOnCommits(): {
  readonly on: (
    commits: readonly Commit[],
    issue?: { readonly title: string; readonly body?: string; readonly url?: string },
    /** An export of the tracker. */
    tracker?: string,
  ) => Promise<ResearchContext>;
  readonly close: () => void;
} {
  const opened: Disposable[] = [];
  const reader = treeSitterSyntax({ workers: 0 });
  const open = async (commits: readonly Commit[]) => {
    const folder = gitFolder();
    for (const [subject, files, tag] of commits) {
      folder.commit(files, subject);
      if (tag !== undefined) folder.git("tag", tag);
    }
    const repository = await openRepository(folder.path);
    opened.push(repository, folder);
    const tree = await repository.tree(await repository.resolve("HEAD"));
    const codebase = await openCodebase(tree, { cache: memoryCache(), reader });
    return { codebase, history: repository.history };
  };
  // The same commits are one repository, however many issues are read on it.
  const known = new Map<readonly Commit[], ReturnType<typeof open>>();
  return {
    async on(commits, { title, body = "", url } = { title: "It fails" }, tracker) {
      const found = known.get(commits) ?? open(commits);
      known.set(commits, found);
      return researchContext({
        ...(await found),
        issue: visibleIssue({
          key: "7",
          title,
          body,
          comments: [],
          ...(url === undefined ? {} : { url }),
        }),
        at: undefined,
        ...(tracker === undefined
          ? {}
          : { tracker: async (sought) => shortlist(sought, parseTracker(tracker), "acme/store") }),
      });
    },
    close() {
      for (const one of opened) one[Symbol.dispose]();
    },
  };
}
