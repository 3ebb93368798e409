/**
 * Learns the weights of the ranking (src/evidence/ranking/signals.ts) and says how good they are on repositories
 * they were not learned from.
 *
 *   npm run learn:ranking -- CASES.jsonl MIRROR_DIR [--mined 14] [--data DIR] [--ablate]
 *
 * CASES and MIRROR_DIR as for `bench:localize`. For every clone in MIRROR_DIR, `--mined` fix commits with their messages are
 * cases, too, each counted half an issue. Prints the weights, the plain and the cross-validated figures (a
 * repository's cases are scored with weights learned from the other repositories), what each signal adds, and how often a
 * likelihood was right.
 */
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { understandIssue } from "../src/issue/understand-issue.ts";
import { likelihoodsOf } from "../src/evidence/ranking/locate.ts";
import { readIssueForms } from "../src/evidence/read-issue-forms.ts";
import { findReported } from "../src/evidence/reported-places/find-reported.ts";
import { buildQuery } from "../src/evidence/ranking/query.ts";
import { rankFiles } from "../src/evidence/ranking/rank-files.ts";
import { FUNCTION_WEIGHTS, functionFeatures } from "../src/evidence/ranking/rank-functions.ts";
import type { SignalContext } from "../src/evidence/ranking/signal.ts";
import { SIGNALS } from "../src/evidence/ranking/signals.ts";
import { openWorkbench, type Workbench } from "../src/research/workbench.ts";
import { againstRivals, type Example, fit, type FitOptions, scoresOf } from "./learn-impact-fit.ts";
import {
  changedFunctions,
  cloneOf,
  clonesIn,
  mineCases,
  type RankingCase,
  readCases,
} from "./learn-ranking-cases.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    mined: { type: "string", default: "14" },
    data: { type: "string" },
    ablate: { type: "boolean" },
  },
});
const [casesFile, mirrors] = positionals;
if (casesFile === undefined || mirrors === undefined) {
  console.error("usage: npm run learn:ranking -- CASES.jsonl MIRROR_DIR [--mined N] [--data DIR] [--ablate]");
  process.exit(2);
}

const WEIGHTS = Object.fromEntries(
  [...SIGNALS.direct, ...SIGNALS.near].map(([{ name }, weight]) => [name, weight]),
);
const NAMES = Object.keys(WEIGHTS);
const FEATURES = Object.keys(FUNCTION_WEIGHTS) as (keyof typeof FUNCTION_WEIGHTS)[];
/** An issue counts as much as so many commits: it is what is asked in the end. */
const ISSUE_COUNTS = 2;
/** Of 0.0005 and 0.004, tried on the same cases, the better for issues and commits alike. */
const RIDGE = 0.004;
const MAX_ROWS = 300;
const FILES_FOR_FUNCTIONS = 20;
const ROUNDS = 200;
/**
 * Each right file is learned against so many wrong ones; 20 and 80 are as good within a case or two, all at once is worse. Functions
 * are learned against all at once, which puts a right one first more often (docs/decisions/ranking.md).
 */
const RIVALS = 40;
/** The likeliest wrong files change with the weights. */
const RIVAL_ROUNDS = 2;
/** What a signal adds is measured over so many groups of repositories: one by one would take an hour. */
const ABLATION_GROUPS = 8;

/** Bounds of the confidences that are told together. */
const BINS = [0, 0.05, 0.15, 0.3, 0.5, 0.7, 0.9, 1.01];

/** One case with its rows; `issue` tells those of the benchmark from the mined ones. */
interface Learned extends Example {
  readonly issue: boolean;
  readonly language: string;
}

const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-learn-"));
const issues = readCases(casesFile);
const files: Learned[] = [];
const functions: Learned[] = [];
for (const clone of clonesIn(mirrors)) {
  const repo = clone.replace("+", "/");
  const own = issues.filter((one) => one.repo === repo);
  await using workbench = await openWorkbench({ repository: cloneOf(mirrors, repo), data });
  const mined = await mineCases(workbench, repo, own[0]?.commit ?? "HEAD", Number(values.mined));
  for (const one of [...own, ...mined]) await read(workbench, one, own.includes(one));
  console.error(`${repo}: ${own.length} issues, ${mined.length} commits`);
}
if (values.data === undefined) rmSync(data, { recursive: true, force: true });

report("files", NAMES, WEIGHTS, files);
report("functions", FEATURES, FUNCTION_WEIGHTS, functions);

/** Adds the rows of one case: its files, and its functions where they are known. */
async function read(workbench: Workbench, one: RankingCase, issue: boolean): Promise<void> {
  const { title, body, repo } = one;
  const commit = await workbench.repository.resolve(one.commit);
  const codebase = await workbench.codebase(commit);
  const issueText = visibleIssue({ key: "learn", title, body, comments: [] });
  const reading = understandIssue(issueText, await readIssueForms(codebase.tree));
  const reported = await findReported(reading, codebase, workbench.repository.history, { repository: repo });
  const query = buildQuery(reading.textBlocks, reading, reported);
  const commits = await workbench.repository.history.commits(commit, 3_000);
  const candidates = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => codebase.roleOf(path) === "source" && codebase.invertedIndex(path) !== undefined);
  const context: SignalContext = { codebase, candidates, commits };
  const ranked = (await rankFiles(query, context)).files;
  const about = { fix: one.id, repo, issue, language: one.language };
  const gold = new Set(one.goldFiles);
  const rows = ranked.filter(({ path }, place) => place < MAX_ROWS || gold.has(path));
  files.push({
    ...about,
    // A share is weight times score, so the score is got back by the weight.
    ...table(
      rows.map(({ shares }) => NAMES.map((name) => (shares.get(name) ?? 0) / (WEIGHTS[name] || 1))),
      rows.map(({ path }) => gold.has(path)),
    ),
    wanted: gold.size,
  });
  const changed = issue
    ? (one.goldFunctions ?? [])
    : await changedFunctions(workbench, codebase, one.id, one.goldFiles);
  if (changed.length === 0) return;
  const wanted = new Set(changed);
  const parted = await functionFeatures(ranked.slice(0, FILES_FOR_FUNCTIONS), query, context);
  functions.push({
    ...about,
    ...table(
      parted.map(({ parts }) => FEATURES.map((name) => parts[name])),
      parted.map(({ measured: { path, symbol } }) =>
        // The benchmark names functions of other languages than Python without what they stand in.
        [
          [...symbol.container, symbol.name].join("."),
          ...(one.language === "Python" || !issue ? [] : [symbol.name]),
        ].some((name) => wanted.has(`${path}::${name}`)),
      ),
    ),
    wanted: wanted.size,
  });
}

function table(
  rows: readonly (readonly number[])[],
  isGold: readonly boolean[],
): Omit<Example, "fix" | "repo" | "wanted"> {
  return {
    values: Float32Array.from(rows.flat()),
    gold: isGold.flatMap((is, row) => (is ? [row] : [])),
    outside: [],
  };
}

function learn(examples: readonly Learned[], names: readonly string[], without?: number): readonly number[] {
  const repeated = examples.flatMap((one) =>
    Array.from({ length: one.issue ? ISSUE_COUNTS : 1 }, (_, n) => ({ ...one, fix: `${one.fix} ${n}` })),
  );
  const options: FitOptions = {
    signals: names.length,
    rounds: ROUNDS,
    ridge: RIDGE,
    ...(without === undefined ? {} : { without: new Set([without]) }),
  };
  let weights = fit(repeated, options);
  const rounds = names === NAMES ? RIVAL_ROUNDS : 0;
  for (let round = 0; round < rounds; round++)
    weights = fit(againstRivals(repeated, weights, RIVALS), { ...options, start: weights });
  return weights;
}

/** Repository to the weights that were learned without it. */
function crossValidated(
  examples: readonly Learned[],
  names: readonly string[],
  without?: number,
  groups = Number.POSITIVE_INFINITY,
): ReadonlyMap<string, readonly number[]> {
  const repos = [...new Set(examples.map(({ repo }) => repo))];
  if (groups < repos.length) {
    const learned = Array.from({ length: groups }, (_, group) =>
      learn(
        examples.filter(({ repo }) => repos.indexOf(repo) % groups !== group),
        names,
        without,
      ),
    );
    return new Map(repos.map((repo, i) => [repo, learned[i % groups]!]));
  }
  return new Map(
    repos.map((repo) => [
      repo,
      learn(
        examples.filter((one) => one.repo !== repo),
        names,
        without,
      ),
    ]),
  );
}

function report(
  what: string,
  names: readonly string[],
  now: Readonly<Record<string, number>>,
  examples: readonly Learned[],
): void {
  const plain = learn(examples, names);
  console.log(
    `\n## ${what}: ${examples.filter(({ issue }) => issue).length} issues, ${examples.filter(({ issue }) => !issue).length} commits\n`,
  );
  console.log("| signal | now | learned |\n| --- | --- | --- |");
  for (const [i, name] of names.entries())
    console.log(`| ${name} | ${now[name] ?? 0} | ${plain[i]!.toFixed(2)} |`);
  const crossed = crossValidated(examples, names);
  console.log(
    "\n| weights | cases | Acc@1 | Acc@5 | Acc@10 | Hit@1 | Hit@5 | MRR |\n| --- | --- | --- | --- | --- | --- | --- | --- |",
  );
  const nowWeights = names.map((name) => now[name] ?? 0);
  line("now", examples, () => nowWeights);
  line("learned, plain", examples, () => plain);
  line("learned, other repositories only", examples, (repo) => crossed.get(repo)!);
  if (values.ablate === true) {
    const all = crossValidated(examples, names, undefined, ABLATION_GROUPS);
    line(`learned, ${ABLATION_GROUPS} groups of repositories`, examples, (repo) => all.get(repo)!);
    for (const [i, name] of names.entries()) {
      const without = crossValidated(examples, names, i, ABLATION_GROUPS);
      line(`the same without ${name}`, examples, (repo) => without.get(repo)!);
    }
  }
  reliability(examples, (repo) => crossed.get(repo)!);
}

function line(
  label: string,
  examples: readonly Learned[],
  weightsOf: (repo: string) => readonly number[],
): void {
  const groups: readonly (readonly [string, (one: Learned) => boolean])[] = [
    ["issues", ({ issue }) => issue],
    ["issues, Python", ({ issue, language }) => issue && language === "Python"],
    ["commits", ({ issue }) => !issue],
  ];
  for (const [name, belongs] of groups) {
    const own = examples.filter(belongs);
    if (own.length === 0) continue;
    const places = own.map((one) => placesOf(one, weightsOf(one.repo)));
    const share = (is: (places: readonly number[], one: Learned) => boolean): string =>
      ((100 * own.filter((one, i) => is(places[i]!, one)).length) / own.length).toFixed(1);
    const all = (k: number) => share((found, one) => found.filter((place) => place < k).length >= one.wanted);
    const any = (k: number) => share((found) => found.some((place) => place < k));
    const mrr =
      (100 *
        places.reduce((sum, found) => sum + (found.length === 0 ? 0 : 1 / (1 + Math.min(...found))), 0)) /
      own.length;
    console.log(
      `| ${label} | ${name} (${own.length}) | ${all(1)} | ${all(5)} | ${all(10)} | ${any(1)} | ${any(5)} | ${mrr.toFixed(1)} |`,
    );
  }
}

/** Places of the gold rows, 0 for the best row. */
function placesOf({ values: rows, gold }: Learned, weights: readonly number[]): readonly number[] {
  const scores = scoresOf(rows, weights);
  return gold.map((row) => {
    let before = 0;
    for (let other = 0; other < scores.length; other++)
      if (scores[other]! > scores[row]! || (scores[other] === scores[row] && other < row)) before++;
    return before;
  });
}

/** How often a row was right, by the likelihood that is told for it and by its place; what goes with the first file is left out. */
function reliability(examples: readonly Learned[], weightsOf: (repo: string) => readonly number[]): void {
  for (const [name, own] of [
    ["issues", examples.filter(({ issue }) => issue)],
    ["issues and commits", examples],
  ] as const) {
    const rows = own.flatMap((one) => {
      const scores = [...scoresOf(one.values, weightsOf(one.repo))].map((score, row) => ({ score, row }));
      scores.sort((a, b) => b.score - a.score);
      const told = likelihoodsOf(scores.map(({ score }) => score));
      return scores
        .slice(0, FILES_FOR_FUNCTIONS)
        .map(({ row }, place) => ({ told: told[place]!, place, right: one.gold.includes(row) }));
    });
    console.log(`\n| likelihood, ${name} | rows | mean | right |\n| --- | --- | --- | --- |`);
    const told = (label: string, group: typeof rows): void => {
      if (group.length === 0) return;
      const mean = group.reduce((sum, one) => sum + one.told, 0) / group.length;
      const right = group.filter((one) => one.right).length / group.length;
      console.log(`| ${label} | ${group.length} | ${mean.toFixed(2)} | ${right.toFixed(2)} |`);
    };
    for (const [i, low] of BINS.slice(0, -1).entries())
      told(
        `${low} to ${Math.min(1, BINS[i + 1]!)}`,
        rows.filter((one) => one.told >= low && one.told < BINS[i + 1]!),
      );
    for (const place of [0, 1, 2, 3, 4])
      told(
        `place ${place + 1}`,
        rows.filter((one) => one.place === place),
      );
  }
}
