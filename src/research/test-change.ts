import { failingTestOf } from "../agent/failing-test.ts";
import { type ChangeSide, judgeChange } from "../agent/judge-change.ts";
import { treeSitterSyntax } from "../languages/io/tree-sitter-syntax.ts";
import type { FileSyntax, SyntaxReader } from "../languages/syntax.ts";
import { parseDocument } from "../documents/parse-document.ts";
import { RunFailure } from "../failure.ts";
import { belongsTo, documentFileOf } from "../phases/names.ts";
import type { ChangeVerdict } from "../phases/change-verdict.ts";
import { type GitRepository, mergeBase, openRepository } from "../repository/io/open-repository.ts";
import { readChantFiles } from "../repository/io/read-chant-files.ts";
import { decodeText } from "../repository/source-text.ts";
import type { SourceTree } from "../repository/source-tree.ts";
import type { TestRequest } from "../service/research.ts";
import type { SandboxDoor } from "./sandbox-door.ts";

/** Files that a change may touch; a larger one is not a fix of one issue. */
const MAX_FILES = 300;
/** Bytes of the files that a change adds or edits, together. */
const MAX_BYTES = 20_000_000;
/** Characters of a patch. */
const MAX_PATCH = 5_000_000;

/**
 * The failing test that an investigation published on a branch of its own, and the commit that its document names. Throws
 * RunFailure `usage` for a name of no such branch, and for one without a test.
 */
export async function sealedTestOn(
  ref: string,
  repository: Pick<GitRepository, "gitDir" | "resolve">,
): Promise<{ readonly test: TestRequest["test"]; readonly base: string | undefined }> {
  const key = /(?:^|\/)issue-([a-z0-9-]{1,40}?)(?:-reproduction)?$/.exec(ref)?.[1];
  if (key === undefined)
    throw new RunFailure("usage", `${ref} is no branch of an investigation, such as casebook/issue-42`);
  const files = await readChantFiles(repository.gitDir, await repository.resolve(ref), (path) =>
    belongsTo(key, path),
  );
  const test = failingTestOf(key, files);
  if (test === undefined)
    throw new RunFailure(
      "usage",
      `${ref} holds no failing test; \`casebook investigate --researcher model --phase reproduction\` writes one`,
    );
  const document = files.get(documentFileOf(key, { type: "reproduction" }));
  return { test, base: document === undefined ? undefined : parseDocument(document).baseCommit };
}

/**
 * The sealed test of an investigation against somebody's change: both sides are files from git objects, and code runs in the
 * sandbox alone. What stands in the way is an undecided verdict with the reason. Throws RunFailure `usage` for a patch that
 * does not fit, and what the repository throws.
 */
export async function testChange(
  { mirror, change, test }: Omit<TestRequest, "sandbox">,
  {
    sandboxes,
    signal,
    onStep,
  }: {
    /** Undefined: no code is run. */
    readonly sandboxes: SandboxDoor | undefined;
    readonly signal: AbortSignal;
    readonly onStep?: ((step: string) => void) | undefined;
  },
): Promise<ChangeVerdict> {
  using repository = await openRepository(mirror, { mirror: true });
  const head = change.kind === "patch" ? undefined : change.head;
  const base =
    change.kind === "patch" ? change.base : await mergeBase(repository.gitDir, change.head, change.onto);
  const commits = {
    base: base ?? (change.kind === "patch" ? change.base : change.onto),
    ...(head === undefined ? {} : { head }),
  };
  const undecided = (reason: string): ChangeVerdict => ({
    kind: "undecided",
    ...commits,
    test: test.path,
    reasons: [reason],
    caveats: [],
  });
  if (base === undefined) return undecided("it has no history in common with the branch that it is for");
  if (base === head) return undecided("it changes nothing");
  if (change.kind === "patch" && change.text.length > MAX_PATCH) return undecided("the patch is too large");
  if (sandboxes === undefined) return undecided("the operator switched the sandbox off, so no code runs");

  const before = await repository.tree(base, signal);
  const after = head === undefined ? undefined : await repository.tree(head, signal);
  const large = after === undefined ? undefined : whyTooLarge(before, after);
  if (large !== undefined) return undecided(large);

  await using stack = new AsyncDisposableStack();
  onStep?.("writing the files without and with the change");
  const sides = await sidesOf({ base, head, before, after, signal, stack, sandboxes, change });
  if (typeof sides === "string") return undecided(sides);
  if (sides.changed.length > MAX_FILES)
    return undecided(`it changes ${sides.changed.length} files; at most ${MAX_FILES} are tested`);
  await using reader = treeSitterSyntax({ workers: 1 });
  const codebase = { syntax: (path: string) => syntaxOf(path, sides.before.files, reader, signal) };
  return { ...(await judgeChange({ ...sides, test, codebase, onStep }, signal)), ...commits };
}

async function sidesOf({
  base,
  head,
  before,
  after,
  signal,
  stack,
  sandboxes,
  change,
}: {
  readonly base: string;
  readonly head: string | undefined;
  readonly before: SourceTree;
  readonly after: SourceTree | undefined;
  readonly signal: AbortSignal;
  readonly stack: AsyncDisposableStack;
  readonly sandboxes: SandboxDoor;
  readonly change: TestRequest["change"];
}): Promise<
  string | { readonly before: ChangeSide; readonly after: ChangeSide; readonly changed: readonly string[] }
> {
  const patch = change.kind === "patch" ? change.text : undefined;
  const without = await sandboxes.open({ commit: base }, signal);
  stack.defer(without.close);
  const withIt = await sandboxes.open({ commit: head ?? base, patch }, signal);
  stack.defer(withIt.close);
  if (without.state.kind === "none") return without.state.why;
  if (withIt.state.kind === "none") return withIt.state.why;
  return {
    before: { sandbox: without.state.sandbox, files: filesOf(before, signal) },
    after: { sandbox: withIt.state.sandbox, files: filesOf(after ?? before, signal) },
    changed: patch === undefined ? changedPaths(before, after ?? before) : withIt.changed,
  };
}

function changedPaths(before: SourceTree, after: SourceTree): readonly string[] {
  const differs = (one: SourceTree, other: SourceTree): readonly string[] =>
    one.entries
      .filter(({ path, oid, kind }) => {
        const found = other.find(path);
        return found?.oid !== oid || found.kind !== kind;
      })
      .map(({ path }) => path);
  return [...new Set([...differs(after, before), ...differs(before, after)])].sort();
}

function whyTooLarge(before: SourceTree, after: SourceTree): string | undefined {
  const changed = changedPaths(before, after);
  if (changed.length > MAX_FILES)
    return `it changes ${changed.length} files; at most ${MAX_FILES} are tested`;
  const bytes = changed.reduce((sum, path) => sum + (after.find(path)?.size ?? 0), 0);
  return bytes > MAX_BYTES
    ? `the files that it changes have ${Math.ceil(bytes / 1_000_000)} MB; at most ${MAX_BYTES / 1_000_000} MB are tested`
    : undefined;
}

async function syntaxOf(
  path: string,
  files: ChangeSide["files"],
  reader: SyntaxReader,
  signal: AbortSignal,
): Promise<FileSyntax | undefined> {
  const language = reader.languageOf(path);
  const text = await files.text(path);
  if (language === undefined || text === undefined) return undefined;
  for await (const { syntax } of reader.parse([{ oid: path, language, text }], signal)) return syntax;
  return undefined;
}

function filesOf(tree: SourceTree, signal: AbortSignal): ChangeSide["files"] {
  return {
    paths: tree.entries.map(({ path }) => path),
    async text(path) {
      const entry = tree.find(path);
      if (entry === undefined) return undefined;
      for await (const { bytes } of tree.read([entry], signal))
        return bytes === undefined ? undefined : decodeText(bytes);
      return undefined;
    },
  };
}
