/**
 * The situations that `bench-impact.ts` and `learn-impact.ts` measure on: one changed function of a fix, everything
 * that is known at the commit before the fix, and the other functions that it changed.
 */
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { git } from "../src/repository/io/git.ts";
import { understandIssue } from "../src/issue/understand-issue.ts";
import { useFinder } from "../src/evidence/references/find-uses.ts";
import { buildSymbolIndex } from "../src/evidence/references/build-symbol-index.ts";
import type { Candidate } from "../src/evidence/co-change/function-index.ts";
import { coChangeContext } from "../src/evidence/co-change/rank-co-changes.ts";
import type { FunctionContext } from "../src/evidence/co-change/signal.ts";
import { buildQuery, type Query } from "../src/evidence/ranking/query.ts";
import { MAX_COMMITS } from "../src/repository/history.ts";
import type { CommitRecord } from "../src/repository/history.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";
import { mineFixes } from "./bench-impact-mine.ts";

export interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string | null;
  readonly gold_files: readonly string[];
  /** `path::Class.name`; exact for Python, a heuristic elsewhere. */
  readonly gold_functions: readonly string[];
}

/** A fix with what was known before it. */
export interface Fix {
  readonly id: string;
  readonly repo: string;
  readonly context: FunctionContext;
  /** The changed functions, each as the definitions that may be meant: one, or several of one name. */
  readonly functions: readonly (readonly Candidate[])[];
  /** The changed source files that are there before the fix. */
  readonly files: readonly string[];
}

export interface Sources {
  readonly cases: readonly Case[];
  /** Holds clones with full history: <owner>+<name>/repo. */
  readonly mirrors: string;
  /** Where the index stays. */
  readonly data: string;
  /** Fixes a repository. */
  readonly wanted: number;
  /** Also the words of an issue; mined fixes have none. */
  readonly withIssue: boolean;
}

export function readCases(file: string): readonly Case[] {
  return readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Case);
}

/** Past fixes of two or more functions, repository by repository, newest first; none later than its earliest case. */
export async function* minedFixes({ cases, mirrors, data, wanted }: Sources): AsyncIterable<Fix> {
  for (const [repo, own] of Map.groupBy(cases, (one) => one.repo)) {
    await using workbench = await open(repo, mirrors, data);
    const { repository, reader } = workbench;
    const base = await earliest(
      repository.gitDir,
      own.map((one) => one.base_commit),
    );
    const fixes = await mineFixes(repository, reader, base, wanted);
    const records = await repository.history.commits(base, 4 * MAX_COMMITS);
    const known = new Map(records.map((record) => [record.oid, record]));
    for (const { oid, parent, functions } of fixes) {
      const context = await contextAt(workbench, parent, await before(repository.gitDir, parent, known));
      const found = functions
        .map(({ path, start, name }) => context.index.find(path, start, name))
        .filter((candidate) => candidate !== undefined);
      if (found.length < 2) continue;
      yield {
        id: `${repo}@${oid.slice(0, 12)}`,
        repo,
        context,
        functions: found.map((candidate) => [candidate]),
        files: [...new Set(found.map(({ path }) => path))],
      };
    }
  }
}

/** The benchmark's cases that change several files. */
export async function* benchmarkFixes({ cases, mirrors, data, withIssue }: Sources): AsyncIterable<Fix> {
  for (const one of cases.filter(({ gold_files }) => gold_files.length > 1)) {
    await using workbench = await open(one.repo, mirrors, data);
    const { history } = workbench.repository;
    const reading = understandIssue(
      visibleIssue({ key: "bench", title: one.title, body: one.body ?? "", comments: [] }),
    );
    const context = await contextAt(
      workbench,
      one.base_commit,
      await history.commits(one.base_commit, MAX_COMMITS),
      withIssue ? buildQuery(reading.textBlocks, reading) : undefined,
    );
    const functions = one.gold_functions
      .map((gold) => {
        const [path, name] = gold.split("::") as [string, string];
        const parts = name.split(".");
        return context.index
          .inFile(path)
          .filter(
            ({ symbol }) =>
              symbol.name === parts.at(-1) && (parts.length < 2 || symbol.container.at(-1) === parts.at(-2)),
          );
      })
      .filter((meant) => meant.length > 0);
    yield { id: one.id, repo: one.repo, context, functions, files: one.gold_files };
  }
}

function open(repo: string, mirrors: string, data: string): Promise<Workbench> {
  return openWorkbench({ repository: join(mirrors, repo.replace("/", "+"), "repo"), data, workers: 1 });
}

async function contextAt(
  workbench: Workbench,
  commit: string,
  commits: readonly CommitRecord[],
  query?: Query,
): Promise<FunctionContext> {
  const code = await workbench.codebase(commit);
  const symbolIndex = await buildSymbolIndex(code);
  return coChangeContext({ codebase: code, symbolIndex, uses: useFinder(symbolIndex), commits, query });
}

/** The commit with the shortest history, so that it is before the others or beside them. */
async function earliest(gitDir: string, commits: readonly string[]): Promise<string> {
  const counted: { commit: string; count: number }[] = [];
  for (const commit of new Set(commits))
    counted.push({
      commit,
      count: Number((await git(["rev-list", "--count", commit, "--"], { gitDir })).toString()),
    });
  return counted.sort((a, b) => a.count - b.count)[0]!.commit;
}

/** The commits that `commit` reaches, newest first, from records that were read before. */
async function before(
  gitDir: string,
  commit: string,
  known: ReadonlyMap<string, CommitRecord>,
): Promise<readonly CommitRecord[]> {
  const list = await git(["rev-list", "-n", String(MAX_COMMITS), commit, "--"], { gitDir });
  return list
    .toString()
    .split("\n")
    .map((oid) => known.get(oid))
    .filter((record) => record !== undefined);
}
