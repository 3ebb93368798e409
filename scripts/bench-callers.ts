/**
 * Compares the uses and callers that Casebook finds with those that a compiler finds.
 *
 *   npm run bench:callers -- MIRROR_DIR [--each 150] [--seed 1] [--data DIR] [--only owner+name,…] [--misses N]
 *
 * TypeScript: the compiler's language service (`bench-callers-typescript.ts`). Python: `python-references.py`, which
 * resolves names by scope, imports and classes on Python's own syntax tree. From the source files of each repository
 * `--each` functions and methods are drawn by the seed. A use is a line; imports, exports and the lines of the definition
 * itself are left out on both sides, and so are files that the symbol index does not hold. Precision of a level: the share of
 * its uses that the compiler confirms, of those that it can tell. Recall: the share of the compiler's uses that are found
 * at that level or a surer one. Callers: functions at distance 1, against the functions that hold one of the
 * compiler's calls; functions with more than 50 callers are left out, as the search ends at 200 in all. Of each function
 * 40 uses at most are counted on either side: one name that everybody uses would decide the number alone.
 *
 * `--misses` prints so many wrong and missing uses of each repository, for looking into them.
 */
import { isFunctionLike } from "../src/languages/syntax.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openWorkbench } from "../src/research/workbench.ts";
import { type Certainty, useFinder } from "../src/evidence/references/find-uses.ts";
import { callersOf } from "../src/evidence/references/reach.ts";
import { type Definition, buildSymbolIndex } from "../src/evidence/references/build-symbol-index.ts";
import { type Oracle, pythonOracle } from "./bench-callers-oracle.ts";
import { typescriptOracle } from "./bench-callers-typescript.ts";
import { seededRandom, shuffled } from "./bench-similar-random.ts";

const REPOSITORIES: readonly (readonly [name: string, language: "TypeScript" | "Python"])[] = [
  ["vuejs+core", "TypeScript"],
  ["darkreader+darkreader", "TypeScript"],
  ["pytest-dev+pytest", "Python"],
  ["pydata+xarray", "Python"],
  ["mwaskom+seaborn", "Python"],
];
const MAX_CALLERS = 50;
const MAX_USES = 40;
const LEVELS: readonly Certainty[] = ["resolved", "only-one", "by-name"];

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    each: { type: "string", default: "150" },
    seed: { type: "string", default: "1" },
    data: { type: "string" },
    only: { type: "string" },
    misses: { type: "string", default: "0" },
  },
});
const [mirrorDir] = positionals;
if (mirrorDir === undefined) {
  console.error(
    "usage: npm run bench:callers -- MIRROR_DIR [--each 150] [--seed 1] [--data DIR] [--only owner+name,…] [--misses N]",
  );
  process.exit(2);
}
const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-callers-"));
const only = values.only?.split(",");

interface Tally {
  definitions: number;
  uses: number;
  readonly right: Record<Certainty, number>;
  readonly wrong: Record<Certainty, number>;
  readonly found: Record<Certainty, number>;
  callers: number;
  callersFound: number;
  callersWrong: number;
}

const rows: (readonly [label: string, tally: Tally])[] = [];
for (const [name, language] of REPOSITORIES)
  if (only === undefined || only.includes(name))
    rows.push([`${name.replace("+", "/")} (${language})`, await measure(name, language)]);
report();
if (values.data === undefined) rmSync(data, { recursive: true, force: true });

async function measure(name: string, language: "TypeScript" | "Python"): Promise<Tally> {
  await using workbench = await openWorkbench({
    repository: join(mirrorDir!, name, "repo"),
    data,
    workers: 1,
  });
  const codebase = await workbench.codebase(await workbench.repository.resolve("HEAD"));
  const symbolIndex = await buildSymbolIndex(codebase);
  const texts = new Map<string, string>();
  const endings = language === "Python" ? /\.py$/ : /\.[cm]?[jt]sx?$/;
  for (const path of [
    ...symbolIndex.files.keys(),
    ...codebase.tree.entries
      .map((entry) => entry.path)
      .filter((path) => /tsconfig[\w.]*\.json$|package\.json$/.test(path)),
  ])
    if (endings.test(path) || path.endsWith(".json")) {
      const text = await codebase.text(path);
      if (text !== undefined) texts.set(path, text.text);
    }
  const oracle: Oracle = language === "Python" ? pythonOracle(texts) : typescriptOracle(texts);
  const finder = useFinder(symbolIndex);
  const definitions: Definition[] = [];
  for (const [path, syntax] of [...symbolIndex.files].sort(([a], [b]) => (a < b ? -1 : 1)))
    if (codebase.roleOf(path) === "source" && endings.test(path))
      for (const symbol of syntax.symbols)
        if (["function", "method"].includes(symbol.kind) && !symbol.name.startsWith("__"))
          definitions.push({ path, symbol });
  const levels = (): Record<Certainty, number> => ({ resolved: 0, "only-one": 0, "by-name": 0 });
  const tally: Tally = {
    definitions: 0,
    uses: 0,
    right: levels(),
    wrong: levels(),
    found: levels(),
    callers: 0,
    callersFound: 0,
    callersWrong: 0,
  };
  const strange: string[] = [];
  const drawn = new Set<string>();
  for (const definition of shuffled(definitions, seededRandom(Number(values.seed)))) {
    if (tally.definitions >= Number(values.each)) break;
    const { path, symbol } = definition;
    const truth = oracle({ path, line: symbol.nameLine, name: symbol.name });
    if (truth === undefined) continue;
    // The overloads of a function are one function.
    const overloads = `${path} ${[...symbol.container, symbol.name].join(".")}`;
    if (drawn.has(overloads)) continue;
    drawn.add(overloads);
    tally.definitions++;
    const place = (use: { path: string; line: number }): string => `${use.path}:${use.line}`;
    const isOwn = (use: { path: string; line: number }): boolean =>
      use.path === path && use.line >= symbol.start && use.line <= symbol.end;
    const counted = truth.uses.filter((use) => symbolIndex.files.has(use.path) && !isOwn(use));
    const right = new Set(counted.map(place));
    const random = seededRandom(right.size);
    const unknown = new Set(truth.unknown.map(place));
    const label = `${path}:${symbol.nameLine} ${[...symbol.container, symbol.name].join(".")}`;
    const found = new Map<string, Certainty>();
    for (const use of finder.usesOf(definition)) {
      const known = found.get(place(use));
      if (known === undefined || LEVELS.indexOf(use.certainty) < LEVELS.indexOf(known))
        found.set(place(use), use.certainty);
    }
    for (const at of shuffled([...right].sort(), random).slice(0, MAX_USES)) {
      tally.uses++;
      const certainty = found.get(at);
      if (certainty !== undefined) tally.found[certainty]++;
    }
    for (const [at, certainty] of shuffled([...found], random).slice(0, MAX_USES)) {
      if (right.has(at)) tally.right[certainty]++;
      else if (!unknown.has(at)) {
        tally.wrong[certainty]++;
        strange.push(`wrong ${certainty}: ${label} at ${at}`);
      }
    }
    for (const at of right) if (!found.has(at)) strange.push(`missing: ${label} at ${at}`);
    countCallers(tally, definition, counted, unknown);
  }
  for (const line of shuffled(strange, seededRandom(5)).slice(0, Number(values.misses))) console.error(line);
  return tally;

  function countCallers(
    count: Tally,
    definition: Definition,
    truth: readonly { path: string; line: number; isCall: boolean }[],
    unknown: ReadonlySet<string>,
  ): void {
    const callers = new Set<string>();
    for (const use of truth) {
      const around = use.isCall ? functionAround(use.path, use.line) : undefined;
      if (around !== undefined) callers.add(around);
    }
    // `callersOf` ends at 200 callers of callers; which of more it names is chance.
    if (callers.size > MAX_CALLERS) return;
    count.callers += callers.size;
    for (const { definition: caller, distance, call } of callersOf(definition, finder)) {
      if (distance > 1) break;
      if (callers.has(`${caller.path}:${caller.symbol.start}:${caller.symbol.name}`)) count.callersFound++;
      else if (!unknown.has(`${call.path}:${call.line}`)) count.callersWrong++;
    }
  }

  function functionAround(path: string, line: number): string | undefined {
    let best: { start: number; end: number; name: string } | undefined;
    for (const symbol of symbolIndex.files.get(path)?.symbols ?? [])
      if (isFunctionLike(symbol) && symbol.start <= line && line <= symbol.end)
        if (best === undefined || symbol.end - symbol.start <= best.end - best.start) best = symbol;
    return best === undefined ? undefined : `${path}:${best.start}:${best.name}`;
  }
}

function report(): void {
  console.log(
    "| repository | functions | uses | resolved: precision | recall | + only one: precision | recall | + by name: precision | recall | callers | precision | recall |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
  );
  const percent = (part: number, whole: number): string =>
    whole === 0 ? "–" : ((100 * part) / whole).toFixed(1);
  for (const [
    label,
    { definitions, uses, right, wrong, found, callers, callersFound, callersWrong },
  ] of rows) {
    let sum = 0;
    const cells = LEVELS.flatMap((level) => {
      sum += found[level];
      const reported = right[level] + wrong[level];
      return [`${percent(right[level], reported)} (n = ${reported})`, percent(sum, uses)];
    });
    console.log(
      `| ${label} | ${definitions} | ${uses} | ${cells.join(" | ")} | ${callers} | ${percent(callersFound, callersFound + callersWrong)} | ${percent(callersFound, callers)} |`,
    );
  }
}
