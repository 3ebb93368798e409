import type { Issue } from "../../domain/issue/issue.ts";
import type { IssueReading } from "../../domain/issue/issue-reading.ts";
import { understandIssue } from "../../domain/issue/understand-issue.ts";
import type { RecordedSearch, SearchQuery } from "../../domain/citation/citation.ts";
import type { IndexedCodebase } from "../evidence/open-codebase.ts";
import { callersOf, type Caller } from "../evidence/graph/reach.ts";
import { type Use, type UseFinder, useFinder } from "../evidence/graph/find-uses.ts";
import { type CodeSurvey, type Definition, surveyCode } from "../evidence/graph/survey-code.ts";
import { type CompanionFile, rankCompanionFiles } from "../evidence/impact/rank-companion-files.ts";
import { type Companion, rankCompanions } from "../evidence/impact/rank-companions.ts";
import { locate, type Location } from "../evidence/locate/locate.ts";
import { buildQuery, type Query } from "../evidence/locate/query.ts";
import { runProbes } from "../evidence/probes/run-probes.ts";
import { findSimilar, type SimilarFunction } from "../evidence/similar/find-similar.ts";
import { runSearch } from "../search/run-search.ts";
import type { CommitRecord, History } from "../source/history.ts";
import { type At, findSuspects, type Suspect } from "./suspects.ts";

/** Commits before the base commit that are looked at: history beyond that says little about today's files. */
export const MAX_COMMITS = 3_000;
/** Files and functions that the ranking hands on. */
const TOP = 30;
/** Companions of a target that are shown; as many as the benchmark of the ranking looks at. */
const MAX_COMPANIONS = 10;
const MAX_COMPANION_FILES = 5;

/** A function that a fix would change: the leading suspect, and every other one with the same faulty sequence. */
export interface Target extends Definition {
  /** Lines of the sequence that was found in it, empty when it is a target for another reason. */
  readonly steps: readonly { readonly line: number; readonly what: string }[];
}

/** What is known about one issue at one commit. Each fact is worked out when it is first asked for, and once. */
export interface ResearchContext {
  readonly issue: Issue;
  readonly reading: IssueReading;
  readonly query: Query;
  readonly codebase: IndexedCodebase;
  readonly history: History;
  /** 40 hexadecimal digits. */
  readonly baseCommit: string;
  /** Where a person says that the cause is. */
  readonly at: At | undefined;
  readonly signal: AbortSignal | undefined;
  commits(): Promise<readonly CommitRecord[]>;
  location(): Promise<Location>;
  suspects(): Promise<readonly Suspect[]>;
  survey(): Promise<CodeSurvey>;
  uses(): Promise<UseFinder>;
  targets(): Promise<readonly Target[]>;
  /** Functions built like the first target, without the targets themselves. */
  similar(): Promise<readonly SimilarFunction[]>;
  /** Uses of each target, in the order of the targets. */
  usesOfTargets(): Promise<readonly { readonly target: Target; readonly uses: readonly Use[] }[]>;
  /** Functions that are likeliest to change with the first target, best first, without the targets themselves. */
  companions(): Promise<readonly Companion[]>;
  /** Files likeliest to change with the file of the first target, best first. */
  companionFiles(): Promise<readonly CompanionFile[]>;
  callers(target: Definition): Promise<readonly Caller[]>;
  search(query: SearchQuery): Promise<RecordedSearch>;
  /** The same, with lines that a model takes for the cause as the leading suspect (unless a person named some). */
  proposing(proposed: At): ResearchContext;
}

export interface ContextOptions {
  readonly issue: Issue;
  readonly codebase: IndexedCodebase;
  readonly history: History;
  readonly hasGrammar: (path: string) => boolean;
  readonly at: At | undefined;
  /** Where a model's reading says that the cause is. */
  readonly proposed?: At | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onStep?: ((step: string) => void) | undefined;
  /** Files that may be named as the place of the cause. Default: every source file. */
  readonly isCandidate?: ((path: string) => boolean) | undefined;
}

export function researchContext(options: ContextOptions): ResearchContext {
  const { issue, codebase, history, at, signal, onStep } = options;
  const reading = understandIssue(issue);
  const query = buildQuery(reading.passages, reading);
  const baseCommit = codebase.tree.commit;
  const stoppable = signal === undefined ? {} : { signal };

  const commits = once(() => {
    onStep?.("reading history");
    return history.commits(baseCommit, MAX_COMMITS, signal);
  });
  const location = once(async () => {
    onStep?.("ranking files and functions");
    return locate(codebase, query, await commits(), {
      top: TOP,
      isCandidate: options.isCandidate,
      ...stoppable,
    });
  });
  const suspects = once(async () =>
    findSuspects(await location(), query, codebase, at, signal, options.proposed),
  );
  const survey = once(() => {
    onStep?.("reading the structure of the code");
    return surveyCode(codebase, options.hasGrammar, signal);
  });
  const uses = once(async () => useFinder(await survey()));
  const targets = once(async () => {
    const [leading] = await suspects();
    if (leading?.symbol === undefined) return [];
    const own: Target = { path: leading.path, symbol: leading.symbol, steps: leading.probes[0]?.steps ?? [] };
    const probe = leading.probes[0]?.probe;
    if (probe === undefined) return [own];
    onStep?.("looking for the same sequence elsewhere");
    const sources = [...(await survey()).files.keys()].filter((path) => codebase.roleOf(path) === "source");
    const hits = (await runProbes(query, sources, codebase, signal)).filter((hit) => hit.probe === probe);
    const others = hits.filter(({ path, symbol }) => path !== own.path || symbol.start !== own.symbol.start);
    return [own, ...others.map(({ path, symbol, steps }) => ({ path, symbol, steps }))];
  });
  const usesOfTargets = once(async () => {
    onStep?.("following callers and importers");
    const finder = await uses();
    return (await targets()).map((target) => ({ target, uses: finder.usesOf(target) }));
  });
  const similar = once(async () => {
    onStep?.("comparing the structure of functions");
    const [first, ...others] = await targets();
    const all = await survey();
    const language = first === undefined ? undefined : all.files.get(first.path)?.language;
    if (first === undefined || language === undefined) return [];
    return findSimilar(first, language, all).filter((one) => !others.some((other) => isSame(one, other)));
  });
  const companions = once(async () => {
    const [first, ...others] = await targets();
    if (first === undefined) return [];
    onStep?.("ranking what changes with the target");
    const sources = {
      codebase,
      survey: await survey(),
      uses: await uses(),
      commits: await commits(),
      query,
    };
    const ranked = await rankCompanions(first, sources, {
      top: MAX_COMPANIONS + others.length,
      ...stoppable,
    });
    return ranked.filter((one) => !others.some((other) => isSame(one, other))).slice(0, MAX_COMPANIONS);
  });
  const companionFiles = once(async () => {
    const targetPaths = (await targets()).map(({ path }) => path);
    if (targetPaths[0] === undefined) return [];
    return rankCompanionFiles(targetPaths[0], codebase, await commits(), {
      top: MAX_COMPANION_FILES,
      uses: await uses(),
      isCandidate: (path) => !targetPaths.includes(path),
      ...stoppable,
    });
  });
  return {
    issue,
    reading,
    query,
    codebase,
    history,
    baseCommit,
    at,
    signal,
    commits,
    location,
    suspects,
    survey,
    uses,
    targets,
    similar,
    usesOfTargets,
    companions,
    companionFiles,
    callers: async (target) => callersOf(target, await uses()),
    search: (search) => runSearch(search, codebase, signal),
    proposing: (proposed) => researchContext({ ...options, proposed }),
  };
}

function isSame(a: Definition, b: Definition): boolean {
  return a.path === b.path && a.symbol.start === b.symbol.start;
}

function once<T>(work: () => Promise<T>): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => (result ??= work());
}
