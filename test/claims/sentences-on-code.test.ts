import { afterAll, expect, test } from "@jest/globals";
import type { StatedClaim } from "../../src/documents/finding.ts";
import { checkClaim } from "../../src/claims/claim-types.ts";
import { calledBy } from "../../src/claims/called-by.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import { researchContext, type ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { openRepository } from "../../src/repository/io/open-repository.ts";
import { openCodebase } from "../../src/repository/open-codebase.ts";
import { definitionOf } from "../../src/phases/builtin/suspects.ts";
import { resolvedCalls } from "../../src/claims/resolved-call.ts";
import { gitFolder } from "../fakes/git-folder.ts";
import { memoryCache } from "../fakes/memory-cache.ts";

// Kinds of sentences that audits of documents found false, each with a small program that shows it.
const opened: Disposable[] = [];
afterAll(() => {
  for (const one of opened) one[Symbol.dispose]();
});

/** The evidence on the newest of some commits of a real repository. */
async function on(
  commits: readonly (readonly [string, Readonly<Record<string, string>>])[],
  issue: { readonly title: string; readonly body?: string; readonly key?: string } = { title: "It fails" },
): Promise<ResearchContext> {
  const folder = gitFolder();
  for (const [subject, files] of commits) folder.commit(files, subject);
  const repository = await openRepository(folder.path);
  opened.push(repository, folder);
  const tree = await repository.tree(await repository.resolve("HEAD"));
  const reader = treeSitterSyntax({ workers: 0 });
  return researchContext({
    codebase: await openCodebase(tree, { cache: memoryCache(), reader }),
    history: repository.history,
    hasGrammar: (path: string) => reader.languageOf(path) !== undefined,
    issue: visibleIssue({ key: issue.key ?? "7", title: issue.title, body: issue.body ?? "", comments: [] }),
    at: undefined,
  });
}

async function symbolNamed(name: string, path: string, context: ResearchContext) {
  return (await context.codebase.syntax(path))!.symbols.find((symbol) => symbol.name === name)!;
}

async function callsOf(name: string, path: string, files: Readonly<Record<string, string>>) {
  const context = await on([["Start", files]]);
  const symbol = await symbolNamed(name, path, context);
  const found = await resolvedCalls({ path, symbol }, context);
  const claim: StatedClaim = calledBy.of({
    callee: definitionOf(path, symbol),
    from: "program",
    count: 2,
    shown: found.slice(0, 1).map((call) => ({ path: call.path, line: call.line, name: call.caller!.name })),
  });
  return {
    lines: found.map((call) => `${call.path}:${call.line}`),
    verdict: (await checkClaim(claim, context)).verdict,
  };
}

test("a method of a value is no call of the file's own function with the name", async () => {
  const files = {
    "src/upgrade.rs": `use crate::shell;

pub fn start() {
    exec();
}

fn exec() {
    shell::say();
}

fn load() {
    let cmd = other::Command::new();
    cmd.exec();
}
`,
    "src/shell.rs": "pub fn say() {}\n",
  };
  expect(await callsOf("exec", "src/upgrade.rs", files)).toEqual({
    lines: ["src/upgrade.rs:4"],
    verdict: "does not hold",
  });
  expect((await callsOf("say", "src/shell.rs", files)).lines).toEqual(["src/upgrade.rs:8"]);
});

test("a library is not the folder of a package that has its name", async () => {
  const files = {
    "net/__init__.py": "",
    "net/backend/__init__.py": "",
    "net/backend/flow/__init__.py": "from net.backend.flow.core import shape\n",
    "net/backend/flow/core.py": "def shape(x):\n    return x.shape\n",
    "net/backend/flow/image.py": "import flow as fl\n\n\ndef resize(x):\n    return fl.shape(x)\n",
    "net/use.py": "from net.backend import flow\n\n\ndef run(x):\n    return flow.shape(x)\n",
  };
  expect((await callsOf("shape", "net/backend/flow/core.py", files)).lines).toEqual(["net/use.py:5"]);
});
