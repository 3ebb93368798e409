/**
 * Learns the weights in `src/evidence/co-change/signals.ts` from past fixes, and says what they are worth on
 * repositories that they were not learned from.
 *
 *   npm run learn:impact -- CASES.jsonl MIRROR_DIR [--data DIR] [--fixes N] [--features FILE]
 *
 * Prints the weights learned from all repositories, recall at 10 with them (plain) and with weights learned without
 * the repository at hand (cross-validated, one fold a repository), and what is lost without each signal. FILE keeps
 * what the signals said, so that a second run reads no repository; the index stays in --data (default: a folder that is
 * removed at the end).
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { deserialize, serialize } from "node:v8";
import { parseArgs } from "node:util";
import type { Shares } from "../src/evidence/co-change/combine.ts";
import { measureFiles } from "../src/evidence/co-change/rank-co-change-files.ts";
import { measureFunctions } from "../src/evidence/co-change/rank-co-changes.ts";
import { FILE_SIGNALS, FUNCTION_SIGNALS, SIGNALS_OF_ITS_FILE } from "../src/evidence/co-change/signals.ts";
import { minedFixes, readCases } from "./bench-impact-situations.ts";
import { type Example, fit, meanOf, recallByFix } from "./learn-impact-fit.ts";

/** Rows that none of the signals has among its best this many are left out: they are never ranked high. */
const BEST = 40;
const ROUNDS = 200;
/** From weights that are nearly right. */
const MORE_ROUNDS = 60;
const TOP = 10;
/**
 * A function of another file is harder to think of than one on the same page. Twice as much was measured to lift recall
 * elsewhere from 31.7 to 37.3 for 0.5 points of the whole; three times takes 2.7 for 2.6 more.
 */
const OUTSIDE_COUNTS = 2;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string" },
    fixes: { type: "string", default: "25" },
    features: { type: "string" },
  },
});
const [casesFile, mirrors] = positionals;
if (casesFile === undefined || mirrors === undefined) {
  console.error(
    "usage: npm run learn:impact -- CASES.jsonl MIRROR_DIR [--data DIR] [--fixes N] [--features FILE]",
  );
  process.exit(2);
}

/** `issue` says nothing here: mined fixes have no issue, and its weight is set by hand. */
const FUNCTION_NAMES = [
  ...FUNCTION_SIGNALS.map(([{ name }]) => name).filter((name) => name !== "issue"),
  ...SIGNALS_OF_ITS_FILE.map(([{ name }]) => name),
];
const FILE_NAMES = FILE_SIGNALS.map(([{ name }]) => name);

interface Features {
  readonly functions: Example[];
  readonly files: Example[];
}

const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-learn-"));
const { functions, files } = await features();
if (values.data === undefined) rmSync(data, { recursive: true, force: true });
report("functions", FUNCTION_NAMES, functions);
report("files", FILE_NAMES, files);

async function features(): Promise<Features> {
  if (values.features !== undefined && existsSync(values.features))
    return deserialize(readFileSync(values.features)) as Features;
  const found: Features = { functions: [], files: [] };
  const sources = {
    cases: readCases(casesFile!),
    mirrors: mirrors!,
    data,
    wanted: Number(values.fixes),
    withIssue: false,
  };
  for await (const { id, repo, context, functions: changed, files: paths } of minedFixes(sources)) {
    const all = changed.flat();
    for (const seed of all) {
      const others = new Set(all.filter((other) => other !== seed));
      found.functions.push(
        exampleOf(
          id,
          repo,
          await measureFunctions(seed, context),
          others,
          FUNCTION_NAMES,
          ({ path }) => path !== seed.path,
        ),
      );
    }
    if (paths.length > 1)
      for (const path of paths) {
        const others = new Set(paths.filter((other) => other !== path));
        found.files.push(
          exampleOf(
            id,
            repo,
            await measureFiles(path, context, FILE_SIGNALS),
            others,
            FILE_NAMES,
            () => true,
          ),
        );
      }
  }
  if (values.features !== undefined) writeFileSync(values.features, serialize(found));
  return found;
}

function exampleOf<T>(
  fix: string,
  repo: string,
  measured: ReadonlyMap<T, Shares>,
  others: ReadonlySet<T>,
  names: readonly string[],
  isOutside: (item: T) => boolean,
): Example {
  const all = [...measured];
  const kept = new Set<number>();
  for (const name of names) {
    const scored = all.map(([, shares], row) => ({ row, score: shares.get(name) ?? 0 }));
    scored.sort((a, b) => b.score - a.score || a.row - b.row);
    for (const { row, score } of scored.slice(0, BEST)) if (score > 0) kept.add(row);
  }
  for (const [row, [item]] of all.entries()) if (others.has(item)) kept.add(row);
  const rows = [...kept].sort((a, b) => a - b);
  const numbers = new Float32Array(rows.length * names.length);
  for (const [i, row] of rows.entries())
    for (const [j, name] of names.entries()) numbers[i * names.length + j] = all[row]![1].get(name) ?? 0;
  const gold = rows.flatMap((row, i) => (others.has(all[row]![0]) ? [i] : []));
  const outside = gold.filter((i) => isOutside(all[rows[i]!]![0]));
  return { fix, repo, values: numbers, gold, outside, wanted: others.size };
}

function report(what: string, names: readonly string[], examples: readonly Example[]): void {
  const signals = names.length;
  const repos = [...new Set(examples.map(({ repo }) => repo))];
  const options = { signals, outsideCounts: OUTSIDE_COUNTS };
  const plain = fit(examples, { ...options, rounds: ROUNDS });
  const folds = new Map(
    repos.map((repo) => [
      repo,
      fit(
        examples.filter((example) => example.repo !== repo),
        { ...options, start: plain, rounds: MORE_ROUNDS },
      ),
    ]),
  );
  const elsewhere = examples
    .filter(({ outside }) => outside.length > 0)
    .map((example) => ({ ...example, gold: example.outside, wanted: example.outside.length }));
  const recall = (weightsOf: (repo: string) => readonly number[], of = examples): number =>
    100 * meanOf(recallByFix(of, weightsOf, TOP).values());
  const crossedWeights = (repo: string): readonly number[] => folds.get(repo)!;
  const fixes = new Set(examples.map(({ fix }) => fix)).size;
  console.log(`\n${what}: ${fixes} fixes, ${examples.length} seeds, ${repos.length} repositories`);
  const own = recall(() => plain);
  console.log(
    `recall at ${TOP}: plain ${own.toFixed(1)}, cross-validated ${recall(crossedWeights).toFixed(1)}`,
  );
  console.log(
    `in other files: plain ${recall(() => plain, elsewhere).toFixed(1)}, cross-validated ${recall(crossedWeights, elsewhere).toFixed(1)}`,
  );
  console.log(
    "signal, weight, lowest and highest weight of a fold, recall alone, lost without, lost without in other files (refitted)",
  );
  for (const [i, name] of names.entries()) {
    const range = [...folds.values()].map((weights) => weights[i]!);
    const alone = recall(() => names.map((_, other) => (other === i ? 1 : 0)));
    const without = fitWithout(i);
    const lost = [own - recall(without), recall(() => plain, elsewhere) - recall(without, elsewhere)];
    console.log(
      `${name.padEnd(16)} ${plain[i]!.toFixed(2).padStart(6)} ${Math.min(...range).toFixed(2)}..${Math.max(...range).toFixed(2)} ${alone.toFixed(1).padStart(6)} ${lost.map((points) => points.toFixed(1).padStart(6)).join(" ")}`,
    );
  }

  function fitWithout(i: number): () => readonly number[] {
    const weights = fit(examples, { ...options, start: plain, rounds: MORE_ROUNDS, without: new Set([i]) });
    return () => weights;
  }
}
