import type { ResearchContext } from "../../phases/builtin/research-context.ts";
import type { Tool } from "../tool.ts";
import { blameTool } from "./blame.ts";
import { callersTool } from "./callers.ts";
import { earlierDocumentsTool } from "./earlier-documents.ts";
import { historyTool } from "./history.ts";
import { issueTool } from "./issue.ts";
import { listFilesTool } from "./list-files.ts";
import { noteTool } from "./note.ts";
import { pathFinder } from "./path-finder.ts";
import { readFileTool } from "./read-file.ts";
import { referencesTool } from "./references.ts";
import { searchTool } from "./search.ts";
import { similarCodeTool } from "./similar-code.ts";
import { symbolsTool } from "./symbols.ts";
import { withDeadline } from "./with-deadline.ts";

export interface ToolsOptions {
  readonly context: ResearchContext;
  /** Of the run, see `nonceOf`. */
  readonly nonce: string;
  /** Specs and documents of this investigation so far, path to text. */
  readonly earlier: ReadonlyMap<string, string>;
}

/**
 * What a model may ask for about an issue and a repository. The list is the same whatever they say; every text of theirs
 * comes back as a quotation with the run's nonce, out of the tree of one commit.
 */
export function toolsFor({ context, nonce, earlier }: ToolsOptions): readonly Tool[] {
  const { codebase, history, baseCommit, issue } = context;
  const paths = pathFinder(codebase.tree);
  const commits = () => context.commits();
  const symbolIndex = () => context.symbolIndex();
  return [
    listFilesTool({ paths, nonce }),
    readFileTool({ codebase, paths, nonce }),
    searchTool({ codebase, nonce }),
    symbolsTool({ codebase, symbolIndex, paths, nonce }),
    referencesTool({ codebase, symbolIndex, uses: () => context.uses(), paths, nonce }),
    callersTool({ codebase, symbolIndex, callers: (target) => context.callers(target), paths, nonce }),
    similarCodeTool({ symbolIndex, paths, nonce }),
    historyTool({ commits, history, baseCommit, paths, nonce }),
    blameTool({ codebase, history, baseCommit, paths, nonce }),
    earlierDocumentsTool({ codebase, earlier, nonce }),
    issueTool({ issue, nonce }),
    noteTool({ nonce }),
  ].map((tool) => withDeadline(tool));
}
