/**
 * Learns which sentences and code blocks of a report are its symptom, expectation, … from labelled issues, and says how well
 * that works on repositories that were left out.
 *
 *   npm run learn:reading -- LABELS.jsonl TEXTS.jsonl… [--write]
 *
 * `--write` stores the weights in src/issue/report/reading-weights.json. Logistic regression with a ridge; a field is told from
 * the chance at which nine of ten were right on repositories that were left out.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBlocks } from "../src/issue/report/report-blocks.ts";
import { candidatesOf, CONTEXT } from "../src/issue/report/report-candidates.ts";
import { kindOf } from "../src/issue/report/report-kind.ts";
import { LEARNED_FIELDS, type LearnedField } from "../src/issue/report/reading-weights.ts";
import { visibleText } from "../src/text/visible-text.ts";

type Row = Readonly<Record<string, unknown>>;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean" } },
});
const [labelsFile, ...textFiles] = positionals;
if (labelsFile === undefined || textFiles.length === 0) {
  console.error("usage: npm run learn:reading -- LABELS.jsonl TEXTS.jsonl… [--write]");
  process.exit(2);
}
const rows = (file: string): readonly Row[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
const texts = new Map(textFiles.flatMap(rows).map((row) => [row["id"], row]));
const labels = rows(labelsFile);

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
/** Quotations match as `score_fields.py` has it. */
function same(a: string, b: string): boolean {
  const [x, y] = [words(a), words(b)];
  if (x.length === 0 || y.length === 0) return a.trim() === b.trim();
  if (x.join(" ").includes(y.join(" ")) || y.join(" ").includes(x.join(" "))) return true;
  const [p, q] = [new Set(x), new Set(y)];
  return [...p].filter((word) => q.has(word)).length / Math.max(p.size, q.size) >= 0.5;
}

interface Example {
  readonly id: string;
  readonly repo: string;
  readonly text: string;
  readonly features: readonly number[];
}
/** Features that fewer candidates have say nothing certain. */
const LEAST = 8;
const all = labels.flatMap((label) => {
  const { title, body, repo } = texts.get(label["id"])!;
  const blocks = readBlocks(visibleText((body as string | null) ?? "").text);
  return candidatesOf(title as string, kindOf(title as string, blocks), blocks).map((candidate) => ({
    id: label["id"] as string,
    repo: repo as string,
    ...candidate,
  }));
});
const counts = new Map<string, number>();
for (const { features } of all) for (const name of features) counts.set(name, (counts.get(name) ?? 0) + 1);
const names = [...counts]
  .filter(([, count]) => count >= LEAST)
  .map(([name]) => name)
  .sort();
const index = new Map(names.map((name, i) => [name, i]));
const everything: readonly Example[] = all.map(({ id, repo, text, features }) => ({
  id,
  repo,
  text,
  features: [...features].flatMap((name) => index.get(name) ?? []),
}));

const RIDGE = 1 / 0.06;
const ROUNDS = 300;

/** Parts that are told better by what is around a candidate; the others are told worse (left-out repositories). */
const IN_CONTEXT: ReadonlySet<LearnedField> = new Set(["expected", "symptom"]);

/** Weights of the features, the bias last; Adam on the whole set. */
function fit(from: readonly Example[], right: ReadonlySet<Example>): Float64Array {
  const size = names.length + 1;
  const weights = new Float64Array(size);
  const [mean, square] = [new Float64Array(size), new Float64Array(size)];
  for (let round = 1; round <= ROUNDS; round++) {
    const gradient = new Float64Array(size);
    for (const example of from) {
      const error = Number(right.has(example)) - chanceOf(example, weights);
      for (const i of example.features) gradient[i]! += error;
      gradient[size - 1]! += error;
    }
    for (let i = 0; i < size; i++) {
      const slope = gradient[i]! - (i === size - 1 ? 0 : RIDGE * weights[i]!);
      mean[i] = 0.9 * mean[i]! + 0.1 * slope;
      square[i] = 0.999 * square[i]! + 0.001 * slope * slope;
      const rate = 0.05 / Math.sqrt(1 + round / 60);
      weights[i]! +=
        (rate * (mean[i]! / (1 - 0.9 ** round))) / (Math.sqrt(square[i]! / (1 - 0.999 ** round)) + 1e-8);
    }
  }
  return weights;
}

function chanceOf({ features }: Example, weights: Float64Array): number {
  let sum = weights.at(-1)!;
  for (const i of features) sum += weights[i]!;
  return 1 / (1 + Math.exp(-sum));
}

function withoutContext(example: Example): Example {
  return { ...example, features: example.features.filter((i) => !CONTEXT.test(names[i]!)) };
}

function labelled(label: Row, field: LearnedField): readonly string[] {
  const of = (name: string): readonly string[] => label[name] as readonly string[];
  if (field === "symptom") return [...of("symptom"), ...of("actual"), ...of("messages")];
  return field === "actual" ? [...of("actual"), ...of("symptom"), ...of("messages")] : of(field);
}

const byId = new Map(labels.map((label) => [label["id"] as string, label]));
const repos = [...new Set(everything.map(({ repo }) => repo))];
const WANTED: Readonly<Record<LearnedField, number>> = {
  symptom: 0.8,
  expected: 0.85,
  actual: 0.85,
  steps: 0.9,
};
const learned: Record<
  string,
  { readonly from: number; readonly bias: number; readonly weights: Readonly<Record<string, number>> }
> = {};
for (const field of LEARNED_FIELDS) {
  const examples = IN_CONTEXT.has(field) ? everything : everything.map(withoutContext);
  const right = new Set(
    examples.filter(({ id, text }) => labelled(byId.get(id)!, field).some((quote) => same(text, quote))),
  );
  const chances = new Map<Example, number>();
  for (const repo of repos) {
    const weights = fit(
      examples.filter((one) => one.repo !== repo),
      right,
    );
    for (const one of examples) if (one.repo === repo) chances.set(one, chanceOf(one, weights));
  }
  let best = { from: 1, precision: 1, recall: 0 };
  for (let from = 0.2; from < 0.97; from += 0.02) {
    const told = examples.filter((one) => chances.get(one)! >= from);
    const precision = told.filter((one) => right.has(one)).length / Math.max(1, told.length);
    const quotes = labels.flatMap((label) =>
      (label[field] as readonly string[]).map((quote) => [label["id"], quote] as const),
    );
    const recall =
      quotes.filter(([id, quote]) => told.some((one) => one.id === id && same(one.text, quote))).length /
      quotes.length;
    if (precision >= WANTED[field] && recall > best.recall) best = { from, precision, recall };
  }
  console.log(
    `${field.padEnd(9)} from ${best.from.toFixed(2)}: precision ${(100 * best.precision).toFixed(1)}, recall ${(100 * best.recall).toFixed(1)} (left-out repositories)`,
  );
  const weights = fit(examples, right);
  learned[field] = {
    from: Number(best.from.toFixed(2)),
    bias: Number(weights.at(-1)!.toFixed(2)),
    weights: Object.fromEntries(
      names.flatMap((name, i) =>
        Math.abs(weights[i]!) < 0.05 ? [] : [[name, Number(weights[i]!.toFixed(2))]],
      ),
    ),
  };
}
if (values.write === true)
  writeFileSync(
    join(import.meta.dirname, "../src/issue/report/reading-weights.json"),
    `${JSON.stringify(learned, undefined, 2)}\n`,
  );
