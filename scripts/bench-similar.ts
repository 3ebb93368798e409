/**
 * Plants changed copies of real functions in real files and asks `findSimilar` for them.
 *
 *   npm run bench:similar -- MIRROR_DIR [--each 40] [--seed 1] [--data DIR] [--only owner+name,…] [--sample FILE]
 *
 * MIRROR_DIR holds bare clones: MIRROR_DIR/<owner>+<name>/repo, read at their head. From each repository and each of its
 * languages that has 50 functions or more, `--each` functions are drawn by the seed (source files, 24 tokens or more,
 * what `findSimilar` compares, and a statement or more that can be edited); of each one copy of every type is made
 * (`bench-similar-mutate.ts`) and planted in another file, one at a time.
 *
 * Recall: the share of copies that are found. Precision: the share of all functions reported that are the planted copy or
 * alike by an independent measure: half of the longer one in lines that both have in order (`bench-similar-judge.ts`).
 * Functions of the repository that happen to be clones are thus no errors, and what merely has the same rhythm is one. Of
 * each original the 20 most similar are judged, more than a report shows: generated bindings have hundreds of brothers and
 * would decide the number alone. The column "of the others" leaves the planted copies out, which is harder. Up to type 2
 * the operating point is a similarity of 0.95, for type 3 all that is reported.
 *
 * Seeded negatives: for each original 20 functions of its language of similar length (a fifth more or less) that share
 * less than a third of their lines with it; the column says how many of them are reported.
 *
 * `--sample` writes 100 reported pairs with their texts, to be labelled by a reader.
 */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openWorkbench } from "../src/research/workbench.ts";
import { type Definition, buildSymbolIndex } from "../src/evidence/references/build-symbol-index.ts";
import { findSimilar } from "../src/evidence/find-similar.ts";
import type { LanguageName } from "../src/languages/languages.ts";
import type { CloneType } from "./bench-similar-mutate.ts";
import { lineStart } from "./bench-similar-mutate.ts";
import { sharedLines } from "./bench-similar-judge.ts";
import { plant } from "./bench-similar-plant.ts";
import { pick, seededRandom, shuffled } from "./bench-similar-random.ts";

const TYPES: readonly CloneType[] = [1, 2, 3];
const ALIKE = 0.5;
const UNLIKE = 1 / 3;
const UP_TO_TYPE_2 = 0.95;
const JUDGED = 20;

/** What was counted for one language and type, or for several together. */
class Count {
  planted = 0;
  found = 0;
  /** Other functions reported, and how many of them are alike. */
  others = 0;
  alike = 0;
  negatives = 0;
  reported = 0;

  add(other: Count): void {
    this.planted += other.planted;
    this.found += other.found;
    this.others += other.others;
    this.alike += other.alike;
    this.negatives += other.negatives;
    this.reported += other.reported;
  }
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    each: { type: "string", default: "40" },
    seed: { type: "string", default: "1" },
    data: { type: "string" },
    only: { type: "string" },
    sample: { type: "string" },
  },
});
const [mirrorDir] = positionals;
if (mirrorDir === undefined) {
  console.error(
    "usage: npm run bench:similar -- MIRROR_DIR [--each 40] [--seed 1] [--data DIR] [--only owner+name,…] [--sample FILE]",
  );
  process.exit(2);
}

interface Pair {
  readonly language: string;
  readonly similarity: number;
  readonly lines: number;
  readonly left: string;
  readonly right: string;
}

const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-similar-"));
const only = values.only?.split(",");
const counts = new Map<string, Count>();
const pairs: Pair[] = [];
let [searches, searchMs, worstMs] = [0, 0, 0];

for (const name of readdirSync(mirrorDir).sort()) {
  if (!name.includes("+") || (only !== undefined && !only.includes(name))) continue;
  await measure(name).catch((error: unknown) => console.error(`${name}: ${String(error)}`));
}
report();
if (values.sample !== undefined) {
  const drawn = shuffled(pairs, seededRandom(7)).slice(0, 100);
  writeFileSync(
    values.sample,
    drawn
      .map(
        ({ language, similarity, lines, left, right }, n) =>
          `##### ${n + 1} ${language} similarity ${similarity.toFixed(2)} lines ${lines.toFixed(2)}\n${left}\n-----\n${right}`,
      )
      .join("\n"),
  );
}
if (values.data === undefined) rmSync(data, { recursive: true, force: true });

async function measure(name: string): Promise<void> {
  await using workbench = await openWorkbench({
    repository: join(mirrorDir!, name, "repo"),
    data,
    workers: 1,
  });
  const codebase = await workbench.codebase(await workbench.repository.resolve("HEAD"));
  const symbolIndex = await buildSymbolIndex(codebase);
  const textOf = async (path: string): Promise<string | undefined> => (await codebase.text(path))?.text;
  const functions = new Map<LanguageName, Definition[]>();
  for (const [path, syntax] of [...symbolIndex.files].sort(([a], [b]) => (a < b ? -1 : 1)))
    for (const symbol of syntax.symbols)
      if (symbol.shape !== undefined && symbol.shape.tokens.length >= 24)
        functions.set(syntax.language, [...(functions.get(syntax.language) ?? []), { path, symbol }]);
  for (const [language, all] of functions) {
    if (all.length < 50) continue;
    const random = seededRandom(
      Number(values.seed) + [...name].reduce((sum, c) => sum * 31 + c.charCodeAt(0), 7),
    );
    const candidates = all.filter(
      ({ path, symbol }) =>
        codebase.roleOf(path) === "source" && ["function", "method"].includes(symbol.kind),
    );
    let done = 0;
    for (const original of shuffled(candidates, random)) {
      if (done >= Number(values.each)) break;
      const copies = [];
      for (const type of TYPES) {
        const planted = await plant(original, language, type, {
          symbolIndex,
          reader: workbench.reader,
          textOf,
          random,
        });
        if (planted === undefined) break;
        copies.push({ type, planted });
      }
      if (copies.length < TYPES.length) continue;
      done++;
      for (const { type, planted } of copies) {
        const from = performance.now();
        const found = findSimilar(original, language, planted.symbolIndex);
        const took = performance.now() - from;
        searches++;
        searchMs += took;
        worstMs = Math.max(worstMs, took);
        const least = type <= 2 ? UP_TO_TYPE_2 : 0;
        const count = countOf(language, type);
        count.planted++;
        const source = await linesOf(original, textOf);
        let judged = 0;
        for (const hit of found.filter(({ similarity }) => similarity >= least)) {
          if (hit.path === planted.copy.path && hit.symbol.start === planted.copy.symbol.start) {
            count.found++;
            continue;
          }
          // Positions in the file that holds the copy are those of the overlay; its other functions are judged elsewhere.
          if (hit.path === planted.copy.path || judged >= JUDGED) continue;
          judged++;
          const other = await linesOf(hit, textOf);
          const lines = sharedLines(source, other);
          count.others++;
          if (lines >= ALIKE) count.alike++;
          if (type === 3)
            pairs.push({ language, similarity: hit.similarity, lines, left: source, right: other });
        }
        if (type === 3) await countNegatives(count, original, all, source, random, textOf, found);
      }
    }
    console.error(`${name} ${language}: ${done} of ${candidates.length}`);
  }
}

async function countNegatives(
  count: Count,
  original: Definition,
  all: readonly Definition[],
  source: string,
  random: () => number,
  textOf: (path: string) => Promise<string | undefined>,
  found: readonly Definition[],
): Promise<void> {
  const length = original.symbol.shape!.tokens.length;
  const near = all.filter(({ path, symbol }) => {
    const ratio = symbol.shape!.tokens.length / length;
    return ratio > 0.8 && ratio < 1.25 && (path !== original.path || symbol.start !== original.symbol.start);
  });
  for (let n = 0; n < 20; n++) {
    const other = pick(near, random);
    if (other === undefined) return;
    if (sharedLines(source, await linesOf(other, textOf)) >= UNLIKE) continue;
    count.negatives++;
    if (found.some(({ path, symbol }) => path === other.path && symbol.start === other.symbol.start))
      count.reported++;
  }
}

async function linesOf(
  { path, symbol }: Definition,
  textOf: (path: string) => Promise<string | undefined>,
): Promise<string> {
  const text = (await textOf(path)) ?? "";
  return text.slice(lineStart(text, symbol.start), lineStart(text, symbol.end + 1));
}

function countOf(language: string, type: CloneType): Count {
  const key = `${language === "tsx" ? "typescript" : language} ${type}`;
  const known = counts.get(key) ?? new Count();
  counts.set(key, known);
  return known;
}

function report(): void {
  console.log(
    "| language | type | n | recall % | precision % | others | of the others % | negatives | reported % |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  );
  const percent = (part: number, whole: number): string =>
    whole === 0 ? "–" : ((100 * part) / whole).toFixed(1);
  const row = (label: string, type: number, c: Count): void =>
    console.log(
      `| ${label} | ${type} | ${c.planted} | ${percent(c.found, c.planted)} | ${percent(c.found + c.alike, c.found + c.others)} | ${c.others} | ${percent(c.alike, c.others)} | ${c.negatives} | ${percent(c.reported, c.negatives)} |`,
    );
  for (const [key, count] of [...counts].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [language = "", type] = key.split(" ");
    row(language, Number(type), count);
  }
  for (const type of TYPES) {
    const total = new Count();
    for (const [key, count] of counts) if (key.endsWith(` ${type}`)) total.add(count);
    row("all", type, total);
  }
  console.log(
    `\n${searches} searches, ${(searchMs / searches).toFixed(1)} ms on average, ${worstMs.toFixed(0)} ms at most`,
  );
}
