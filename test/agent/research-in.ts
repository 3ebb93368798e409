import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type GitRepository, openRepository } from "../../src/repository/io/open-repository.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import type { Issue } from "../../src/issue/issue.ts";
import { parseIssueInput } from "../../src/issue/parse-issue-input.ts";
import { nonceOf } from "../../src/agent/untrusted.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import { type ResearchContext, researchContext } from "../../src/phases/builtin/research-context.ts";
import { toolsFor } from "../../src/agent/tools/tools-for.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";

export const NONCE = nonceOf("a test");

/** An issue of the examples, as `examples/<name>/issue.md` has it. */
export function exampleIssue(name: "issue-42" | "issue-42-renamed" = "issue-42"): Issue {
  const path = join(import.meta.dirname, "../../examples", name, "issue.md");
  return parseIssueInput({ text: readFileSync(path, "utf8"), number: "42" });
}

/** What is known about an issue at the head of a folder, with real git and real grammars. Dispose it. */
export interface ResearchIn extends AsyncDisposable {
  readonly context: ResearchContext;
  readonly repository: GitRepository;
  /** One call of a tool, its arguments as an object. */
  ask(tool: string, args?: unknown): Promise<string>;
}

export async function researchIn(
  folder: string,
  issue: Issue = exampleIssue(),
  earlier: ReadonlyMap<string, string> = new Map(),
): Promise<ResearchIn> {
  const repository = await openRepository(folder);
  const reader = treeSitterSyntax({ workers: 0 });
  const tree = await repository.tree(await repository.resolve("HEAD"));
  const codebase = await openCodebase(tree, {
    cache: { getMany: () => new Map(), putMany: () => undefined },
    reader,
  });
  const context = researchContext({
    issue: visibleIssue(issue),
    codebase,
    history: repository.history,
    at: undefined,
  });
  const tools = toolsFor({ context, nonce: NONCE, earlier });
  return {
    context,
    repository,
    async ask(name, args = {}) {
      const tool = tools.find(({ spec }) => spec.name === name)!;
      return tool.answer(JSON.stringify(args), new AbortController().signal);
    },
    async [Symbol.asyncDispose]() {
      repository[Symbol.dispose]();
      await reader[Symbol.asyncDispose]();
    },
  };
}

/** The words of an answer that stand in no quotation. */
export function ownWords(answer: string, nonce: string = NONCE): string {
  const kept: string[] = [];
  let inside = false;
  for (const line of answer.split("\n")) {
    if (!inside && line.startsWith(`<<data ${nonce} `)) inside = true;
    else if (inside && line === `data ${nonce}>>`) inside = false;
    else if (!inside) kept.push(line);
  }
  if (inside) throw new Error("a quotation has no end");
  return kept.join("\n");
}
