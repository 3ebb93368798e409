/**
 * Learns which sentences and code blocks of a report are its symptom, expectation, … from labelled issues, and says how well
 * that works on repositories that were left out, in each set of labels.
 *
 *   npm run learn:reading -- FILES.jsonl… [--write]
 *
 * A file holds labels or texts; each file of labels is a set. `--write` stores the weights in
 * src/issue/report/reading-weights.json. Logistic regression with a ridge; a field is told from the chance at which nine of ten
 * were right on left-out repositories in every set.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { readBlocks } from "../src/issue/report/report-blocks.ts";
import { type Candidate, candidatesOf } from "../src/issue/report/report-candidates.ts";
import { kindOf } from "../src/issue/report/report-kind.ts";
import { findMessages } from "../src/issue/report/report-messages.ts";
import { choose } from "../src/issue/report/report-quotes.ts";
import { isTemplate } from "../src/issue/report/report-template.ts";
import { LEARNED_FIELDS, type LearnedField } from "../src/issue/report/reading-weights.ts";
import { visibleText } from "../src/text/visible-text.ts";

type Row = Readonly<Record<string, unknown>>;
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { write: { type: "boolean" } },
});
if (positionals.length < 2) {
  console.error("usage: npm run learn:reading -- FILES.jsonl… [--write]");
  process.exit(2);
}
const rows = (file: string): readonly Row[] =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row);
const files = positionals.map((file) => rows(file));
const sets = files.filter(([first]) => first?.["symptom"] !== undefined);
const texts = new Map(files.flatMap((all) => (sets.includes(all) ? [] : all)).map((row) => [row["id"], row]));

const words = (text: string): readonly string[] => text.toLowerCase().match(/[\p{L}\p{N}_]+/gu) ?? [];
/** Quotations match as `score_fields.py` has it. */
function same(a: string, b: string): boolean {
  const [x, y] = [words(a), words(b)];
  if (x.length === 0 || y.length === 0) return a.trim() === b.trim();
  if (x.join(" ").includes(y.join(" ")) || y.join(" ").includes(x.join(" "))) return true;
  const [p, q] = [new Set(x), new Set(y)];
  return [...p].filter((word) => q.has(word)).length / Math.max(p.size, q.size) >= 0.5;
}

interface Report {
  /** Which file of labels it is from. */
  readonly set: number;
  readonly repo: string;
  readonly title: string;
  readonly label: Row;
  readonly messages: readonly string[];
  readonly candidates: readonly Candidate[];
}
const labels = sets.flatMap((all, set) => all.map((label) => ({ set, label })));
const reports = labels.map(({ set, label }): Report => {
  const {
    title,
    body,
    repo = String(label["id"]).replace(/-\d+$/, ""),
  } = texts.get(label["id"])! as Record<string, string>;
  const blocks = readBlocks(visibleText(body ?? "").text);
  return {
    set,
    repo,
    title: title!,
    label,
    messages: findMessages(
      title!,
      blocks.filter((block) => !isTemplate(block)),
    ),
    candidates: candidatesOf(title!, kindOf(title!, blocks), blocks),
  };
});

/** Features that fewer candidates have say nothing certain. */
const LEAST = 6;
const counts = new Map<string, number>();
for (const { candidates } of reports)
  for (const { features } of candidates)
    for (const name of features) counts.set(name, (counts.get(name) ?? 0) + 1);
const names = [...counts]
  .filter(([, count]) => count >= LEAST)
  .map(([name]) => name)
  .sort();
const index = new Map(names.map((name, i) => [name, i]));
const featuresOf = new Map(
  reports
    .flatMap(({ candidates }) => candidates)
    .map((one) => [one, [...one.features].flatMap((name) => index.get(name) ?? [])]),
);

/** What a sentence does is trusted sooner than where it is: left-out repositories are told better so. */
const ridge = Float64Array.from(names, (name) => (name.startsWith("mood:") ? 10 : 20));
const ROUNDS = 300;

/** Weights of the features, the bias last; Adam on the whole set. */
function fit(from: readonly Candidate[], right: ReadonlySet<Candidate>): Float64Array {
  const size = names.length + 1;
  const weights = new Float64Array(size);
  const [mean, square] = [new Float64Array(size), new Float64Array(size)];
  for (let round = 1; round <= ROUNDS; round++) {
    const gradient = new Float64Array(size);
    for (const one of from) {
      const error = Number(right.has(one)) - chanceOf(one, weights);
      for (const i of featuresOf.get(one)!) gradient[i]! += error;
      gradient[size - 1]! += error;
    }
    for (let i = 0; i < size; i++) {
      const slope = gradient[i]! - (ridge[i] ?? 0) * weights[i]!;
      mean[i] = 0.9 * mean[i]! + 0.1 * slope;
      square[i] = 0.999 * square[i]! + 0.001 * slope * slope;
      const rate = 0.05 / Math.sqrt(1 + round / 60);
      weights[i]! +=
        (rate * (mean[i]! / (1 - 0.9 ** round))) / (Math.sqrt(square[i]! / (1 - 0.999 ** round)) + 1e-8);
    }
  }
  return weights;
}

function chanceOf(one: Candidate, weights: Float64Array): number {
  let sum = weights.at(-1)!;
  for (const i of featuresOf.get(one)!) sum += weights[i]!;
  return 1 / (1 + Math.exp(-sum));
}

/** The quotations that are right for a field; a symptom may be told by the words labelled as what happens, and back. */
function labelled(label: Row, field: LearnedField): readonly string[] {
  const of = (name: string): readonly string[] => label[name] as readonly string[];
  return field === "symptom" || field === "actual"
    ? [...of("symptom"), ...of("actual"), ...of("messages")]
    : of(field);
}

/** Precision and recall of a field when it is told from a chance. */
function score(
  field: LearnedField,
  chances: ReadonlyMap<Candidate, number>,
  from: number,
  of: readonly Report[],
): { readonly from: number; readonly precision: number; readonly recall: number } {
  let [told, right, found, all] = [0, 0, 0, 0];
  for (const { title, label, messages, candidates } of of) {
    const chosen = choose(
      field,
      candidates,
      candidates.map((one) => chances.get(one)!),
      from,
      messages,
    );
    const quoted = field === "symptom" ? [...new Set([title.trim(), ...chosen])] : chosen;
    const quotes = label[field] as readonly string[];
    told += quoted.length;
    right += quoted.filter((text) => labelled(label, field).some((quote) => same(text, quote))).length;
    all += quotes.length;
    found += quotes.filter((quote) => quoted.some((text) => same(text, quote))).length;
  }
  return { from, precision: right / told, recall: found / all };
}

const WANTED = 0.9;
const repos = [...new Set(reports.map(({ repo }) => repo))];
/** Repositories are left out in so many groups. */
const GROUPS = 30;
const groupOf = new Map(repos.map((repo, i) => [repo, i % GROUPS]));
const learned: Record<
  string,
  { readonly from: number; readonly bias: number; readonly weights: Readonly<Record<string, number>> }
> = {};
for (const field of LEARNED_FIELDS) {
  const right = new Set(
    reports.flatMap(({ label, candidates }) =>
      candidates.filter(({ text }) => labelled(label, field).some((quote) => same(text, quote))),
    ),
  );
  const chances = new Map<Candidate, number>();
  for (let left = 0; left < Math.min(GROUPS, repos.length); left++) {
    const of = (isLeft: boolean): readonly Candidate[] =>
      reports
        .filter(({ repo }) => (groupOf.get(repo) === left) === isLeft)
        .flatMap(({ candidates }) => candidates);
    const weights = fit(of(false), right);
    for (const one of of(true)) chances.set(one, chanceOf(one, weights));
  }
  const ofSet = sets.map((_, set) => reports.filter((report) => report.set === set));
  const scores = (of: ReadonlyMap<Candidate, number>, from: number): readonly ReturnType<typeof score>[] =>
    ofSet.map((some) => score(field, of, from, some));
  const tried = Array.from({ length: 75 }, (_, i) => scores(chances, 0.2 + i / 100));
  const recall = (all: readonly { readonly recall: number }[]): number =>
    all.reduce((sum, one) => sum + one.recall, 0);
  const best = tried
    .filter((all) => all.every(({ precision }) => precision >= WANTED))
    .reduce((one, other) => (recall(other) > recall(one) ? other : one), tried.at(-1)!);
  const { from } = best[0]!;
  const all = fit([...featuresOf.keys()], right);
  const fitted = new Map([...featuresOf.keys()].map((one) => [one, chanceOf(one, all)]));
  const percent = (one: { readonly precision: number; readonly recall: number }): string =>
    `${(100 * one.precision).toFixed(1)} / ${(100 * one.recall).toFixed(1)}`;
  console.log(
    `${field.padEnd(9)} from ${from.toFixed(2)}; precision / recall by set: left out ${best.map(percent).join(", ")}; learned from ${scores(fitted, from).map(percent).join(", ")}`,
  );
  learned[field] = {
    from: Number(from.toFixed(2)),
    bias: Number(all.at(-1)!.toFixed(2)),
    weights: Object.fromEntries(
      names.flatMap((name, i) => (Math.abs(all[i]!) < 0.05 ? [] : [[name, Number(all[i]!.toFixed(2))]])),
    ),
  };
}
if (values.write === true)
  writeFileSync(
    join(import.meta.dirname, "../src/issue/report/reading-weights.json"),
    `${JSON.stringify(learned, undefined, 2)}\n`,
  );
