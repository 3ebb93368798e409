/**
 * Past fixes of several functions, for `bench-impact.ts` and `learn-impact.ts`: commits that the earliest base commit
 * of a repository's benchmark cases reaches, so nothing of the cases or after them is seen.
 */
import type { GitRepository } from "../src/repository/io/open-repository.ts";
import { git } from "../src/repository/io/git.ts";
import { decodeText } from "../src/repository/source-text.ts";
import { roleOfPath } from "../src/languages/role-of-path.ts";
import { innermostFunction, isInTests } from "../src/evidence/co-change/function-index.ts";
import type { FileSyntax, SyntaxReader } from "../src/languages/syntax.ts";

/** One function of a fix, by where it stands in the parent commit. */
export interface ChangedFunction {
  readonly path: string;
  readonly name: string;
  readonly start: number;
}

export interface MinedFix {
  readonly oid: string;
  /** The commit that is analysed: the state before the fix. */
  readonly parent: string;
  readonly subject: string;
  /** By path and line. At least two. */
  readonly functions: readonly ChangedFunction[];
}

const LOOK_BACK = 3_000;
const MAX_FUNCTIONS = 8;
/** A fix that touches more files than this is a clean-up that happens to say "fix". */
const MAX_SOURCE_FILES = 8;
const LOOKS_LIKE_A_FIX =
  /\b(fix(es|ed|ing)?|bug(s|fix|gy)?|regress(ion|ed)?|crash(es|ed)?|hotfix|(resolve|close)[sd]? #\d+)\b/i;
/** Says "fix" about words, not about behaviour. */
const NO_BEHAVIOUR =
  /\b(typos?|spelling|grammar|docs?|documentation|comments?|lint(er|ing)?|format(ting)?|style|tests?|ci|build|bump|release|merge|revert|warnings?)\b/i;

/** The newest `wanted` fixes that `base` reaches, newest first. */
export async function mineFixes(
  repository: GitRepository,
  reader: SyntaxReader,
  base: string,
  wanted: number,
): Promise<readonly MinedFix[]> {
  const { gitDir } = repository;
  const log = await git(
    ["log", "--no-merges", "-z", "--format=%H %P %s", "-n", String(LOOK_BACK), base, "--"],
    { gitDir },
  );
  const fixes: MinedFix[] = [];
  for (const record of log.toString().split("\0")) {
    if (fixes.length >= wanted) break;
    const found = /^([0-9a-f]{40}) ([0-9a-f]{40}) (.*)$/s.exec(record);
    if (found === null) continue;
    const [, oid, parent, subject] = found as unknown as [string, string, string, string];
    if (!LOOKS_LIKE_A_FIX.test(subject) || NO_BEHAVIOUR.test(subject)) continue;
    const functions = await changedFunctions(repository, reader, parent, oid);
    if (functions !== undefined && functions.length >= 2 && functions.length <= MAX_FUNCTIONS)
      fixes.push({ oid, parent, subject, functions });
  }
  return fixes;
}

/**
 * The functions of source files at `from` whose lines `to` changes; a nested function counts alone. Undefined when more
 * files change than a fix would.
 */
export async function changedFunctions(
  repository: GitRepository,
  reader: SyntaxReader,
  from: string,
  to: string,
): Promise<readonly ChangedFunction[] | undefined> {
  const { gitDir } = repository;
  const status = await git(["diff-tree", "-r", "-z", "--no-renames", "--name-status", from, to, "--"], {
    gitDir,
  });
  const parts = status.toString().split("\0");
  const paths: string[] = [];
  for (let at = 0; at + 1 < parts.length; at += 2) {
    const [state, path] = [parts[at]!, parts[at + 1]!];
    if (state === "M" && roleOfPath(path) === "source" && reader.languageOf(path) !== undefined)
      paths.push(path);
  }
  if (paths.length === 0 || paths.length > MAX_SOURCE_FILES) return paths.length === 0 ? [] : undefined;
  const diff = await git(
    [
      "diff-tree",
      "-r",
      "-p",
      "-U0",
      "--no-renames",
      "--no-ext-diff",
      "--no-textconv",
      from,
      to,
      "--",
      ...paths,
    ],
    { gitDir },
  );
  const hunks = hunksOf(diff.toString());
  const changed: ChangedFunction[] = [];
  for (const path of paths) {
    const syntax = await syntaxAt(repository, reader, from, path);
    if (syntax === undefined) continue;
    const touched = new Set<number>();
    for (const [first, last] of hunks.get(path) ?? [])
      for (let line = first; line <= last; line++) {
        const at = innermostFunction(syntax, line);
        if (at !== undefined && !isInTests(syntax.symbols[at]!, syntax)) touched.add(at);
      }
    for (const at of [...touched].sort((a, b) => a - b)) {
      const { name, start } = syntax.symbols[at]!;
      changed.push({ path, name, start });
    }
  }
  return changed;
}

/** Old lines that each file of a diff without context changes. Lines put between two are counted to the first one. */
function hunksOf(diff: string): ReadonlyMap<string, readonly (readonly [number, number])[]> {
  const hunks = new Map<string, [number, number][]>();
  let current: [number, number][] = [];
  for (const line of diff.split("\n")) {
    if (line.startsWith("--- a/")) hunks.set(line.slice(6).replace(/\t$/, ""), (current = []));
    const hunk = /^@@ -(\d+)(?:,(\d+))? /.exec(line);
    if (hunk === null) continue;
    const [start, count] = [Number(hunk[1]), Number(hunk[2] ?? 1)];
    current.push([start, start + Math.max(1, count) - 1]);
  }
  return hunks;
}

async function syntaxAt(
  { gitDir }: GitRepository,
  reader: SyntaxReader,
  commit: string,
  path: string,
): Promise<FileSyntax | undefined> {
  const text = decodeText(await git(["cat-file", "blob", `${commit}:${path}`], { gitDir }));
  const language = reader.languageOf(path);
  if (text === undefined || language === undefined) return undefined;
  for await (const { syntax } of reader.parse([{ oid: path, language, text }])) return syntax;
  return undefined;
}
