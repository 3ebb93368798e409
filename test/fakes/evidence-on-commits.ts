import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { researchContext, type ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import { gitFolder } from "./git-folder.ts";
import { memoryCache } from "./memory-cache.ts";

/** A commit's subject and the files that it writes. */
type Commit = readonly [string, Readonly<Record<string, string>>];

/** Real repositories of a few commits, each read at its newest with an issue; `close` removes them. */
export function evidenceOnCommits(): {
  readonly on: (
    commits: readonly Commit[],
    issue?: { readonly title: string; readonly body?: string },
  ) => Promise<ResearchContext>;
  readonly close: () => void;
} {
  const opened: Disposable[] = [];
  return {
    async on(commits, { title, body = "" } = { title: "It fails" }) {
      const folder = gitFolder();
      for (const [subject, files] of commits) folder.commit(files, subject);
      const repository = await openRepository(folder.path);
      opened.push(repository, folder);
      const reader = treeSitterSyntax({ workers: 0 });
      const tree = await repository.tree(await repository.resolve("HEAD"));
      return researchContext({
        codebase: await openCodebase(tree, { cache: memoryCache(), reader }),
        history: repository.history,
        hasGrammar: (path: string) => reader.languageOf(path) !== undefined,
        issue: visibleIssue({ key: "7", title, body, comments: [] }),
        at: undefined,
      });
    },
    close() {
      for (const one of opened) one[Symbol.dispose]();
    },
  };
}
