/** Cases to learn the ranking from: a benchmark's issues, and fix commits whose message stands for the issue. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { roleOfPath } from "../src/languages/role-of-path.ts";
import { isFunctionLike, qualifiedName } from "../src/languages/syntax.ts";
import type { Codebase } from "../src/repository/codebase.ts";
import type { CommitRecord } from "../src/repository/history.ts";
import type { Workbench } from "../src/research/workbench.ts";

export interface RankingCase {
  readonly id: string;
  /** `owner/name`. */
  readonly repo: string;
  readonly commit: string;
  readonly title: string;
  readonly body: string;
  /** Paths that the fix changes. */
  readonly goldFiles: readonly string[];
  /** `path::Name` of the functions it changes; absent where that is not known. */
  readonly goldFunctions?: readonly string[];
  readonly language: string;
}

export function readCases(file: string): readonly RankingCase[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => {
      const { id, repo, base_commit, title, body, gold_files, gold_functions, language } = JSON.parse(line);
      return {
        id,
        repo,
        commit: base_commit,
        title,
        body: body ?? "",
        goldFiles: gold_files,
        goldFunctions: gold_functions ?? [],
        language,
      };
    });
}

/** Names of the clones below a folder, `owner+name`. */
export function clonesIn(mirrors: string): readonly string[] {
  return readdirSync(mirrors).filter((name) => name.includes("+"));
}

export function cloneOf(mirrors: string, repo: string): string {
  return join(mirrors, repo.replace("/", "+"), "repo");
}

const LOOK_BACK = 4_000;
const FIX = /\b(fix(e[sd])?|bug|close[sd]?|resolve[sd]?)\b/i;
const NO_FIX = /^(chore|docs|test|ci|build|style|release|bump|revert|merge|update dep)/i;
const TRAILER = /^(co-authored-by|signed-off-by|change-id|reviewed|git-svn|cc:|pr[- ]url|acked)/i;
const MAX_SOURCE_FILES = 5;
const MAX_FILES = 15;
const MIN_TITLE_WORDS = 4;
const LONG_BODY_WORDS = 15;
/** Share of the mined cases that have a body with some words, as issues do. */
const WITH_BODY = 0.7;

/**
 * Fixes among the commits that `base` reaches, spread evenly over time; their messages without prefixes, numbers and
 * trailers stand for an issue. What they change must exist before them.
 */
export async function mineCases(
  workbench: Workbench,
  repo: string,
  base: string,
  wanted: number,
): Promise<readonly RankingCase[]> {
  const commits = await workbench.repository.history.commits(
    await workbench.repository.resolve(base),
    LOOK_BACK,
  );
  const found = commits.flatMap((commit) => caseOf(commit, repo));
  const long = found.filter(({ body }) => body.split(/\s+/).length >= LONG_BODY_WORDS);
  const short = found.filter((one) => !long.includes(one));
  const chosen = spread(long, Math.ceil(wanted * WITH_BODY));
  const all = [...chosen, ...spread(short, wanted - chosen.length)];
  const existing: RankingCase[] = [];
  for (const one of all) {
    const commit = await workbench.repository.resolve(one.commit).catch(() => undefined);
    if (commit === undefined) continue;
    const tree = await workbench.repository.tree(commit);
    if (one.goldFiles.every((path) => tree.find(path) !== undefined)) existing.push({ ...one, commit });
  }
  return existing;
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+\d+(?:,\d+)? @@.*\n((?:[ +\-\\].*\n?)*)/gm;

/** `path::Name` of the functions, as they are before the commit, that hold a line which it removes or adds to. */
export async function changedFunctions(
  { repository }: Workbench,
  codebase: Codebase,
  oid: string,
  paths: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const path of paths) {
    const functions = ((await codebase.syntax(path))?.symbols ?? []).filter(isFunctionLike);
    for (const line of changedLines((await repository.history.patch(oid, oid, path)) ?? "")) {
      const [innermost] = functions
        .filter(({ start, end }) => start <= line && line <= end)
        .sort((a, b) => a.end - a.start - (b.end - b.start));
      if (innermost !== undefined) found.add(`${path}::${qualifiedName(innermost)}`);
    }
  }
  return [...found];
}

/** Lines before the change that it removes, or before which it adds some. */
function changedLines(patch: string): readonly number[] {
  const lines: number[] = [];
  for (const [, start, text = ""] of patch.matchAll(HUNK)) {
    let at = Number(start);
    for (const line of text.split("\n")) {
      if (/^[+-]/.test(line)) lines.push(at);
      if (!line.startsWith("+")) at++;
    }
  }
  return lines;
}

function caseOf({ oid, subject, body, files }: CommitRecord, repo: string): readonly RankingCase[] {
  if (!FIX.test(`${subject} ${body.slice(0, 300)}`) || NO_FIX.test(subject)) return [];
  const goldFiles = files.filter((path) => roleOfPath(path) === "source");
  if (goldFiles.length === 0 || goldFiles.length > MAX_SOURCE_FILES || files.length > MAX_FILES) return [];
  const title = subject
    .replace(/^[a-z]+(\([^)]*\))?!?:\s*/i, "")
    .replace(/\(#\d+\)|\b(fix(es|ed)?|closes?|resolves?)[ :]+#\d+[:,.]?/gi, "")
    .replace(/#\d+/g, "")
    .trim();
  if (title.split(/\s+/).length < MIN_TITLE_WORDS) return [];
  const text = body
    .split("\n")
    .filter((line) => !TRAILER.test(line))
    .join("\n")
    .trim()
    .slice(0, 4_000);
  return [{ id: oid, repo, commit: `${oid}~1`, title, body: text, goldFiles, language: "" }];
}

function spread<T>(items: readonly T[], n: number): readonly T[] {
  if (items.length <= n) return items;
  return Array.from({ length: n }, (_, i) => items[Math.floor((i * items.length) / n)]!);
}
