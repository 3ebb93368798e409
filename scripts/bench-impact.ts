/**
 * Given one function of a fix of several, are the others among the first ten? Measures the ranking of co-change candidates
 * against co-change alone and BM25 alone.
 *
 *   npm run bench:impact -- CASES.jsonl MIRROR_DIR [--data DIR] [--fixes N]
 *
 * Two sets: past fixes of the same repositories (`--fixes` of each, the newest before its earliest case), and the
 * cases that change several files, with the issue's text as well. MIRROR_DIR holds clones with full history:
 * MIRROR_DIR/<owner>+<name>/repo. Only the commit before a fix and what it reaches is read. Every changed function is
 * the given one once; a fix counts as the mean over them. Intervals: 95 %, 2,000 samples of fixes with a fixed seed.
 * The index stays in --data (default: a folder that is removed at the end).
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { Candidate } from "../src/evidence/co-change/function-index.ts";
import { rankCoChangeFiles } from "../src/evidence/co-change/rank-co-change-files.ts";
import { rankCoChanges } from "../src/evidence/co-change/rank-co-changes.ts";
import type { FunctionContext } from "../src/evidence/co-change/signal.ts";
import { coChange } from "../src/evidence/co-change/signals/co-change.ts";
import { neighbours } from "../src/evidence/co-change/signals/neighbours.ts";
import { benchmarkFixes, type Fix, minedFixes, readCases } from "./bench-impact-situations.ts";
import { bodySearch } from "./bench-impact-text.ts";

const TOP = 10;
const SAMPLES = 2_000;
const METHODS = ["ours", "co-change", "BM25"] as const;
/** What is asked: all other functions, those in other files, other files. */
const QUESTIONS = ["functions", "functions elsewhere", "files"] as const;

type Method = (typeof METHODS)[number];
type Question = (typeof QUESTIONS)[number];
type Recalls = Readonly<Record<Question, Readonly<Record<Method, number>> | undefined>>;

interface Measured {
  readonly repo: string;
  readonly recalls: Recalls;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, fixes: { type: "string", default: "25" } },
});
const [casesFile, mirrors] = positionals;
if (casesFile === undefined || mirrors === undefined) {
  console.error("usage: npm run bench:impact -- CASES.jsonl MIRROR_DIR [--data DIR] [--fixes N]");
  process.exit(2);
}

const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-bench-"));
const started = performance.now();
const sources = { cases: readCases(casesFile), mirrors, data, wanted: Number(values.fixes) };
const mined = await measureAll(minedFixes({ ...sources, withIssue: false }));
table("Past fixes, by repository", mined, true);
table(
  "Cases that change several files, without the issue",
  await measureAll(benchmarkFixes({ ...sources, withIssue: false })),
  false,
);
table(
  "Cases that change several files, with the issue",
  await measureAll(benchmarkFixes({ ...sources, withIssue: true })),
  false,
);
if (values.data === undefined) rmSync(data, { recursive: true, force: true });
console.log(`\n${((performance.now() - started) / 1000).toFixed(0)} s`);

async function measureAll(fixes: AsyncIterable<Fix>): Promise<readonly Measured[]> {
  const measured: Measured[] = [];
  for await (const fix of fixes) measured.push({ repo: fix.repo, recalls: await measure(fix) });
  return measured;
}

async function measure({ context, functions, files }: Fix): Promise<Recalls> {
  const search = await bodySearch(context);
  const found: Record<Question, Record<Method, number>[]> = {
    functions: [],
    "functions elsewhere": [],
    files: [],
  };
  for (const meant of functions) {
    const seed = meant[0]!;
    const rankings: Record<Method, readonly Candidate[]> = {
      ours: await ours(seed, context),
      "co-change": byCoChange(seed, context),
      BM25: best(search(seed)),
    };
    const others = functions.filter((other) => other !== meant);
    const elsewhere = others.filter(([first]) => first!.path !== seed.path);
    if (others.length > 0) found.functions.push(each((method) => recall(others, rankings[method])));
    if (elsewhere.length > 0)
      found["functions elsewhere"].push(each((method) => recall(elsewhere, rankings[method])));
    const otherFiles = files.filter((path) => path !== seed.path);
    if (otherFiles.length > 0)
      found.files.push(await fileRecalls(seed.path, otherFiles, context, rankings.BM25));
  }
  return {
    functions: mean(found.functions),
    "functions elsewhere": mean(found["functions elsewhere"]),
    files: mean(found.files),
  };
}

async function ours(seed: Candidate, context: FunctionContext): Promise<readonly Candidate[]> {
  const ranked = await rankCoChanges(seed, context, { top: TOP });
  return ranked.map(({ path, symbol }) => context.index.find(path, symbol.start, symbol.name)!);
}

/** The seed's own file, nearest first, then the files that changed with it, top to bottom: all that co-change can say. */
function byCoChange(seed: Candidate, context: FunctionContext): readonly Candidate[] {
  const files = best(coChange.score(seed.path, context) as ReadonlyMap<string, number>);
  return [...best(neighbours.score(seed, context)), ...files.flatMap((path) => context.index.inFile(path))];
}

async function fileRecalls(
  seed: string,
  others: readonly string[],
  context: FunctionContext,
  byText: readonly Candidate[],
): Promise<Record<Method, number>> {
  const { codebase, commits } = context;
  const rankings: Record<Method, readonly string[]> = {
    ours: (await rankCoChangeFiles(seed, codebase, commits, { top: TOP })).map(({ path }) => path),
    "co-change": best(coChange.score(seed, context) as ReadonlyMap<string, number>),
    BM25: [...new Set(byText.map(({ path }) => path))].filter((path) => path !== seed),
  };
  return each((method) =>
    recall(
      others.map((path) => [path]),
      rankings[method],
    ),
  );
}

/** The share of what is wanted that has one of its meanings among the first ten. */
function recall<T>(wanted: readonly (readonly T[])[], ranking: readonly T[]): number {
  const top = new Set(ranking.slice(0, TOP));
  return wanted.filter((meant) => meant.some((one) => top.has(one))).length / wanted.length;
}

function best<T>(scores: ReadonlyMap<T, number>): readonly T[] {
  return [...scores].sort((a, b) => b[1] - a[1]).map(([item]) => item);
}

function each(of: (method: Method) => number): Record<Method, number> {
  return { ours: of("ours"), "co-change": of("co-change"), BM25: of("BM25") };
}

function mean(all: readonly Readonly<Record<Method, number>>[]): Record<Method, number> | undefined {
  return all.length === 0
    ? undefined
    : each((method) => all.reduce((total, one) => total + one[method], 0) / all.length);
}

function table(title: string, all: readonly Measured[], perRepository: boolean): void {
  console.log(`\n${title}: recall at ${TOP}, percent\n`);
  console.log(
    `| | ${QUESTIONS.flatMap((question) => ["n", ...METHODS.map((method) => `${question}, ${method}`)]).join(" | ")} |`,
  );
  console.log(`| --- |${" --- |".repeat(QUESTIONS.length * (METHODS.length + 1))}`);
  if (perRepository) for (const [repo, own] of Map.groupBy(all, (one) => one.repo)) row(repo, own, false);
  row("all", all, true);
  for (const question of QUESTIONS)
    for (const other of ["co-change", "BM25"] as const) {
      const pairs = all.flatMap(({ recalls }) => recalls[question] ?? []);
      const [low, high] = interval(pairs.map((one) => one.ours - one[other]));
      const won = pairs.filter((one) => one.ours > one[other]).length;
      const lost = pairs.filter((one) => one.ours < one[other]).length;
      console.log(
        `${question}: ours minus ${other} [${low.toFixed(1)}, ${high.toFixed(1)}], ${won} fixes better, ${lost} worse`,
      );
    }
}

function row(name: string, all: readonly Measured[], withInterval: boolean): void {
  const cells = QUESTIONS.flatMap((question) => {
    const own = all.flatMap(({ recalls }) => recalls[question] ?? []);
    return [
      String(own.length),
      ...METHODS.map((method) => {
        const recalls = own.map((one) => one[method]);
        if (recalls.length === 0) return "";
        const text = (100 * average(recalls)).toFixed(1);
        if (!withInterval) return text;
        const [low, high] = interval(recalls);
        return `${text} [${low.toFixed(1)}, ${high.toFixed(1)}]`;
      }),
    ];
  });
  console.log(`| ${name} | ${cells.join(" | ")} |`);
}

/** Bounds in percent that hold the mean of 95 in 100 samples drawn with replacement. */
function interval(of: readonly number[]): readonly [number, number] {
  const random = generator(1);
  const means = Array.from({ length: SAMPLES }, () =>
    average(of.map(() => of[Math.floor(random() * of.length)]!)),
  ).sort((a, b) => a - b);
  return [100 * means[Math.floor(SAMPLES * 0.025)]!, 100 * means[Math.floor(SAMPLES * 0.975)]!];
}

function average(of: readonly number[]): number {
  return of.reduce((total, value) => total + value, 0) / of.length;
}

/** mulberry32: the same numbers every time. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
