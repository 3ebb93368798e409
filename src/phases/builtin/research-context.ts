import type { VisibleIssue } from "../../issue/visible-issue.ts";
import type { IssueReading } from "../../issue/issue-reading.ts";
import { findReported, repositoryName } from "../../evidence/reported-places/find-reported.ts";
import { findPremises } from "../../evidence/premises/find-premises.ts";
import type { Premise } from "../../evidence/premises/premise.ts";
import { findRelated } from "../../evidence/related/find-related.ts";
import { soughtFor } from "../../evidence/related/signs.ts";
import type { Shortlist, Sought } from "../../issue/parse-tracker.ts";
import type { Reported } from "../../evidence/reported-places/reported-place.ts";
import type { IssueForms } from "../../issue/report/issue-forms.ts";
import { understandIssue } from "../../issue/understand-issue.ts";
import type { Block, StatedClaim } from "../../documents/finding.ts";
import type { ClaimEvidence } from "../../claims/claim-evidence.ts";
import { type EvidenceOptions, once, openEvidence } from "../../claims/open-evidence.ts";
import { type Report, readReport } from "../../issue/report/read-report.ts";
import { callersOf, type Caller } from "../../evidence/references/reach.ts";
import { type Definition } from "../../evidence/references/build-symbol-index.ts";
import { type CoChangeFile, rankCoChangeFiles } from "../../evidence/co-change/rank-co-change-files.ts";
import { type CoChangeCandidate, rankCoChanges } from "../../evidence/co-change/rank-co-changes.ts";
import { locate, type Ranking } from "../../evidence/ranking/locate.ts";
import { buildQuery, NOTHING_RAN, type Query, type RanCode } from "../../evidence/ranking/query.ts";
import { findBugPatterns } from "../../evidence/bug-patterns/find-bug-patterns.ts";
import { findSimilar, type SimilarFunction } from "../../evidence/find-similar.ts";
import type { Location } from "../../text/location.ts";
import { findSuspects, type Suspect, withLastCallFirst, withNamedFirst } from "./suspects.ts";

/** Files and functions that the ranking hands on. */
const TOP = 30;
/** Co-change candidates of a target that are shown; as many as the benchmark of the ranking looks at. */
const MAX_CO_CHANGES = 10;
const MAX_CO_CHANGE_FILES = 5;
/** A guess that is wrong every second time is no ground for a map; a repository can set another. */
const IMPACT_FROM = 0.5;
/** Functions of other files with the same sequence that are shown. */
const MAX_ELSEWHERE = 5;

/** A function that a fix would change: the leading suspect, and every other one with the same faulty sequence. */
export interface Target extends Definition {
  /** Lines of the sequence that was found in it, empty when it is a target for another reason. */
  readonly steps: readonly { readonly line: number; readonly what: string }[];
}

/** What is known about one issue at one commit. Each fact is worked out when it is first asked for, and once. */
export interface ResearchContext extends ClaimEvidence {
  readonly issue: VisibleIssue;
  readonly report: Report;
  readonly reading: IssueReading;
  readonly query: Query;
  /** The likelihood of the leading function from which wording alone is worth an impact map, 0 to 1. */
  readonly impactFrom: number;
  readonly signal: AbortSignal | undefined;
  /** Told what is going on now. */
  readonly onStep: ((step: string) => void) | undefined;
  /** Places, frames and changes that the report names, as far as the repository has them. */
  reported(): Promise<Reported>;
  premises(): Promise<readonly Premise[]>;
  ranking(): Promise<Ranking>;
  suspects(): Promise<readonly Suspect[]>;
  targets(): Promise<readonly Target[]>;
  /** Functions built like the first target, without the targets themselves. */
  similar(): Promise<readonly SimilarFunction[]>;
  /** Functions that are likeliest to change with the first target, best first, without the targets themselves. */
  coChanges(): Promise<readonly CoChangeCandidate[]>;
  /** Files likeliest to change with the file of the first target, best first. */
  coChangeFiles(): Promise<readonly CoChangeFile[]>;
  callers(target: Definition): Promise<readonly Caller[]>;
  /**
   * What runs of the failing test of this investigation show about the cause; nothing where there is no such test. In: the files of the
   * investigation. Absent where no code is run.
   */
  readonly shown?: Shown | undefined;
  /** What runs of the report's own programs point to; nothing where the context knows of no run. */
  points(): Promise<Ran["points"]>;
  /** The same, and its ranking knows what the report's own program executed, where that was run. */
  withRuns(): ResearchContext;
  /** The same, with lines that a model takes for the cause as the leading suspect (unless a person named some). */
  proposing(proposed: Location): ResearchContext;
}

export interface ContextOptions extends EvidenceOptions {
  readonly issue: VisibleIssue;
  readonly at: Location | undefined;
  /** The page of the repository, where the issue does not name it. */
  readonly webUrl?: string | undefined;
  /** The repository's own issue forms. */
  readonly forms?: IssueForms | undefined;
  /** What of the tracker can be related to the issue, by what it is searched for; gives undefined where no tracker is at hand. */
  readonly tracker?: ((sought: Sought) => Promise<Shortlist | undefined>) | undefined;
  /** The location that a model named as the cause. */
  readonly proposed?: Location | undefined;
  /** Files that may be named as the place of the cause. Default: every source file. */
  /** See `ResearchContext.impactFrom`. Default: one half. */
  readonly impactFrom?: number | undefined;
  readonly isCandidate?: ((path: string) => boolean) | undefined;
  /** See `ResearchContext.shown`. */
  readonly shown?: Shown | undefined;
  /** What the report's own programs show; run when it is first asked for. */
  readonly ran?: (() => Promise<Ran>) | undefined;
  /** See `ResearchContext.withRuns`. */
  readonly usesRuns?: boolean | undefined;
  /** Rankings that are known, by what ran. */
  readonly rankings?: Map<string, Promise<Ranking>> | undefined;
}

/** What runs of the report's own programs give to the research. */
export interface Ran {
  readonly code: RanCode;
  /** Each claim that a program does what the report says, with the line of the repository where it does. */
  readonly points: readonly { readonly claim: StatedClaim; readonly path: string; readonly line: number }[];
}

type Shown = (files: ReadonlyMap<string, string>) => Promise<readonly Block[]>;

export function researchContext(options: ContextOptions): ResearchContext {
  const { issue, codebase, history, at, signal, onStep } = options;
  const reading = understandIssue(issue, options.forms);
  const report = readReport(issue, options.forms);
  const query = buildQuery(reading.textBlocks, reading);
  const stoppable = signal === undefined ? {} : { signal };

  const evidence = openEvidence(options);
  const { commits, symbolIndex, uses } = evidence;
  const reported = once(() =>
    findReported(reading, codebase, history, {
      repository: repositoryName(issue.url ?? options.webUrl),
      signal,
    }),
  );
  const premises = once(() =>
    findPremises({
      reading,
      text: issue.text,
      versions: report.versions,
      codebase,
      history,
      symbolIndex,
      reported,
      repository: repositoryName(issue.url ?? options.webUrl),
      signal,
    }),
  );
  const { tracker } = options;
  const related =
    tracker === undefined
      ? undefined
      : once(async () => {
          onStep?.("comparing the tracker");
          const asked = { issue, report, reading };
          const repository = repositoryName(issue.url ?? options.webUrl);
          const shortlist = await tracker(soughtFor(asked, repository));
          if (shortlist === undefined) return undefined;
          return findRelated({
            asked,
            reported,
            shortlist,
            codebase,
            history,
            symbolIndex,
            repository,
            signal,
          });
        });
  const rankings = options.rankings ?? new Map<string, Promise<Ranking>>();
  const rankingWith = (ran: RanCode): Promise<Ranking> => {
    const key = JSON.stringify(ran);
    const known = rankings.get(key);
    if (known !== undefined) return known;
    const made = (async () => {
      onStep?.("ranking files and functions");
      const found = buildQuery(reading.textBlocks, reading, await reported(), ran);
      return locate(codebase, found, await commits(), {
        top: TOP,
        isCandidate: options.isCandidate,
        ...stoppable,
      });
    })();
    rankings.set(key, made);
    return made;
  };
  const ran = async (): Promise<Ran | undefined> => (options.usesRuns === true ? options.ran?.() : undefined);
  const ranking = once(async () => rankingWith((await ran())?.code ?? NOTHING_RAN));
  let withRuns: ResearchContext | undefined;
  const suspects = once(async () => {
    const found = await findSuspects(await ranking(), query, codebase, at, signal, options.proposed);
    if (at !== undefined || options.proposed !== undefined) return found;
    const { places, frames } = await reported();
    const named = await withNamedFirst(found, places, codebase);
    // The reporter's own line says more than a trace.
    if (named[0] !== found[0]) return named;
    return withLastCallFirst(named, frames, codebase);
  });
  const targets = once(async () => {
    const [leading] = await suspects();
    if (leading?.symbol === undefined) return [];
    const own: Target = {
      path: leading.path,
      symbol: leading.symbol,
      steps: leading.patterns[0]?.steps ?? [],
    };
    const pattern = leading.patterns[0]?.pattern;
    if (pattern === undefined) return [own];
    onStep?.("looking for the same sequence elsewhere");
    const sources = [...(await symbolIndex()).files.keys()].filter(
      (path) => codebase.roleOf(path) === "source",
    );
    const hits = (await findBugPatterns(query, sources, codebase, signal)).filter(
      (hit) => hit.pattern === pattern,
    );
    const elsewhere = hits.filter(({ path }) => path !== own.path);
    const others = [
      ...hits.filter(({ path, symbol }) => path === own.path && symbol.start !== own.symbol.start),
      // What many files do is how the project is written, and no fix changes it there.
      ...(elsewhere.length > MAX_ELSEWHERE ? [] : elsewhere),
    ];
    return [own, ...others.map(({ path, symbol, steps }) => ({ path, symbol, steps }))];
  });
  const similar = once(async () => {
    onStep?.("comparing the structure of functions");
    const [first, ...others] = await targets();
    const all = await symbolIndex();
    const language = first === undefined ? undefined : all.files.get(first.path)?.language;
    if (first === undefined || language === undefined) return [];
    return findSimilar(first, language, all).filter((one) => !others.some((other) => isSame(one, other)));
  });
  const coChanges = once(async () => {
    const [first, ...others] = await targets();
    if (first === undefined) return [];
    onStep?.("ranking what changes with the target");
    const sources = {
      codebase,
      symbolIndex: await symbolIndex(),
      uses: await uses(),
      commits: await commits(),
      query,
    };
    const ranked = await rankCoChanges(first, sources, {
      top: MAX_CO_CHANGES + others.length,
      ...stoppable,
    });
    return ranked.filter((one) => !others.some((other) => isSame(one, other))).slice(0, MAX_CO_CHANGES);
  });
  const coChangeFiles = once(async () => {
    const targetPaths = (await targets()).map(({ path }) => path);
    if (targetPaths[0] === undefined) return [];
    return rankCoChangeFiles(targetPaths[0], codebase, await commits(), {
      top: MAX_CO_CHANGE_FILES,
      uses: await uses(),
      isCandidate: (path) => !targetPaths.includes(path),
      ...stoppable,
    });
  });
  return {
    ...evidence,
    issue,
    report,
    reading,
    impactFrom: options.impactFrom ?? IMPACT_FROM,
    query,
    at,
    signal,
    onStep,
    reported,
    premises,
    related,
    ranking,
    rankingWith,
    points: async () => (await ran())?.points ?? [],
    suspects,
    targets,
    similar,
    coChanges,
    coChangeFiles,
    shown: options.shown,
    callers: async (target) => callersOf(target, await uses()),
    proposing: (proposed) => researchContext({ ...options, rankings, proposed }),
    withRuns: () => (withRuns ??= researchContext({ ...options, rankings, usesRuns: true })),
  };
}

function isSame(a: Definition, b: Definition): boolean {
  return a.path === b.path && a.symbol.start === b.symbol.start;
}
