/**
 * Runs the instruments of the room `execution` on past fixes, each with its tests laid over the commit before it, and prints what
 * they give. Code runs in the sandbox; what a project needs lies prepared in DEPS_DIR/<name>.
 *
 *   npm run bench:cause -- CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--from N] [--to N] [--steps ran,necessary,generic] [--suite]
 *
 * Other tests that must not get worse are those of the file and of the two nearest files; with --suite, all.
 *
 * MIRROR_DIR holds clones with full history: MIRROR_DIR/<owner>+<name>/repo. No issue text is used: the ranking reads the name of the
 * failing test, its failure and its body. Nothing of the fix is read before its functions are compared.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { executedFunctions, placeKey } from "../src/execution/executed.ts";
import { fuseOrders, spectrumOf, type Suspicion, suspicions } from "../src/execution/spectrum.ts";
import { importedWords, nearestTests } from "../src/execution/nearest-tests.ts";
import { type Traced, traceTests } from "../src/execution/trace-tests.ts";
import { openGuard, type Situation } from "../src/execution/intervene.ts";
import { takeApart } from "../src/execution/necessary.ts";
import { type Probed, probePlace } from "../src/execution/probe-place.ts";
import { joinCovered } from "../src/execution/trace.ts";
import { runTests } from "../src/reproduction/run-tests.ts";
import { type Case, type OpenCase, openCase } from "./bench-cause-case.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-cause" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "1000" },
    suite: { type: "boolean", default: false },
    steps: { type: "string", default: "ran,necessary,generic" },
  },
});
const [casesFile, mirrors, deps, out] = positionals;
if (casesFile === undefined || mirrors === undefined || deps === undefined || out === undefined) {
  console.error(
    "usage: npm run bench:cause -- CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--from N] [--to N]",
  );
  process.exit(2);
}
const signal = new AbortController().signal;
/** Passing tests that make a spectrum; below, tests of other files are run too. */
const ENOUGH_PASSING = 10;
const MORE_FILES = 2;

interface Row {
  readonly fix: string;
  readonly repo: string;
  readonly why?: string;
  readonly ran?: { readonly functions: number; readonly gold: number; readonly executed: number };
  /** Best place of a function of the fix, from 1, by spectrum, by ranking, and by both. */
  readonly places?: { readonly spectrum?: number; readonly ranking?: number; readonly fused?: number };
  /** What the fix shows when it is taken apart; `right`: necessary functions that are functions of the fix. */
  readonly apart?:
    | { readonly why: string }
    | {
        readonly necessary: readonly string[];
        readonly right: number;
        readonly hunks: number;
        readonly unneeded: number;
        readonly guarded: string;
      };
  /** Functions among the first five whose generic change removes the failure. */
  readonly generic?: ProbedRow[];
  /** The first wrong function of a file of the fix. */
  readonly control?: { readonly name: string; readonly given: ProbedRow | undefined };
  readonly seconds: number;
}

interface ProbedRow {
  readonly name: string;
  readonly gold: boolean;
  readonly kind: string;
  readonly line: number;
  readonly watching: number;
}

const probedRow = ({ change, watching }: Probed, { name }: Suspicion, isGold: boolean): ProbedRow => ({
  name,
  gold: isGold,
  kind: change.kind,
  line: change.line,
  watching,
});

const done = new Set(
  existsSync(out)
    ? readFileSync(out, "utf8")
        .split("\n")
        .filter(Boolean)
        .map((line) => (JSON.parse(line) as Row).fix)
    : [],
);
const cases = readFileSync(casesFile, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case)
  .slice(Number(values.from), Number(values.to))
  .filter(({ fix }) => !done.has(fix));
for (const one of cases) {
  const began = performance.now();
  let row: Omit<Row, "seconds">;
  try {
    const opened = await openCase(one, { mirrors, deps, data: values.data });
    if (typeof opened === "string") row = { ...one, why: opened };
    else {
      await using item = opened;
      row = { repo: one.repo, fix: one.fix, ...(await measure(item)) };
    }
  } catch (error) {
    row = { ...one, why: `broke: ${String(error)}` };
  }
  appendFileSync(
    out,
    `${JSON.stringify({ ...row, seconds: Math.round((performance.now() - began) / 100) / 10 })}\n`,
  );
}
summary(
  readFileSync(out, "utf8")
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Row),
);

async function measure(item: OpenCase): Promise<Partial<Row>> {
  const { codebase, sandbox, framework, laid, gold, source } = item;
  let traced: Extract<Traced, { kind: "traced" }> | undefined;
  let file = "";
  let failing: ReadonlySet<string> = new Set();
  let why = "no test of the fix fails on the commit before";
  for (const [path, text] of laid) {
    if (!/test/i.test(path) || /\.(json|txt|html|snap)$/.test(path)) continue;
    const [after] = await runTests(
      sandbox,
      framework,
      { changes: new Map([...laid, ...source]), file: path, times: 1 },
      signal,
    );
    if (after?.report.kind !== "report") continue;
    const good = new Set(
      after.report.tests.filter(({ outcome }) => outcome === "passed").map(({ name }) => name),
    );
    const got = await traceTests(sandbox, framework, { changes: laid, file: path, text }, signal);
    if (got.kind === "none") {
      why = got.why;
      continue;
    }
    const { report } = got.run;
    failing = new Set(
      report.kind === "report"
        ? report.tests
            .filter(({ name, outcome }) => outcome === "failed" && good.has(name))
            .map(({ name }) => name)
        : [],
    );
    if (failing.size === 0) continue;
    [traced, file] = [got, path];
    break;
  }
  if (traced === undefined) return { why };
  const tests = traced.run.report.kind === "report" ? traced.run.report.tests : [];
  // One failing test stands for the report: the first.
  const [first] = tests.filter(({ name }) => failing.has(name));
  const spectrum = spectrumOf(traced.trace, tests, new Set([first!.name]));
  const passing = [...spectrum.passing];
  if (passing.length < ENOUGH_PASSING) {
    const syntax = await codebase.syntax(file);
    const near = await nearestTests(
      { path: file, imports: importedWords(syntax?.imports ?? []) },
      framework.detection.tests.filter((path) => !laid.has(path)),
      codebase,
      MORE_FILES,
    );
    for (const path of near) {
      const more = await traceTests(
        sandbox,
        framework,
        { changes: new Map(), file: path, text: (await codebase.text(path))?.text ?? "" },
        signal,
      );
      if (more.kind === "traced" && more.run.report.kind === "report")
        passing.push(...spectrumOf(more.trace, more.run.report.tests, new Set()).passing);
    }
  }
  const ran = await executedFunctions(joinCovered(spectrum.failing), codebase);
  const isGold = (place: { readonly path: string; readonly start: number; readonly end: number }): boolean =>
    gold.some((other) => placeKey(other) === placeKey(place));
  const suspects = await suspicions({ failing: spectrum.failing, passing }, codebase);
  const report = visibleIssue({
    key: "bench",
    url: `https://github.com/x/y`,
    title: first!.name,
    body: `${first!.type ?? ""}: ${first!.message ?? ""}\n\n\`\`\`\n${await bodyOf(first!.name, laid.get(file) ?? "")}\n\`\`\`\n`,
    comments: [],
  });
  const ranking = await item.bench.locate(report, item.parent, 1_000);
  const scores = new Map(
    ranking.functions.map(({ path, symbol, score }) => [
      placeKey({ path, start: symbol.start, end: symbol.end }),
      score,
    ]),
  );
  const fused = fuseOrders(suspects, [({ score }) => score, (place) => scores.get(placeKey(place))]);
  const byRanking = suspects.toSorted(
    (a, b) => (scores.get(placeKey(b)) ?? -99) - (scores.get(placeKey(a)) ?? -99),
  );
  const place = (order: readonly (typeof suspects)[number][]): number | undefined => {
    const at = order.findIndex(isGold);
    return at < 0 ? undefined : at + 1;
  };
  const places = { spectrum: place(suspects), ranking: place(byRanking), fused: place(fused) };
  const steps = new Set(values.steps.split(","));
  const guardFiles = await nearestTests(
    { path: file, imports: importedWords((await codebase.syntax(file))?.imports ?? []) },
    framework.detection.tests.filter((path) => !laid.has(path)),
    codebase,
    MORE_FILES,
  );
  const setting = { sandbox, framework, laid, limits: { seconds: 120 } };
  const situation: Situation = {
    ...setting,
    file,
    before: { kind: "report", tests },
    failing: [first!],
    guard: openGuard(setting, values.suite ? [...guardFiles, undefined] : guardFiles),
  };
  const more: { apart?: Row["apart"]; generic?: Row["generic"]; control?: Row["control"] } = {};
  if (steps.has("necessary")) {
    const shown = await takeApart(situation, source, codebase, signal);
    more.apart =
      shown.kind === "none"
        ? { why: shown.why }
        : {
            necessary: shown.necessary.map(({ place }) => place.name),
            right: shown.necessary.filter(({ place }) => isGold(place)).length,
            hunks: shown.needed.length + shown.unneeded.length,
            unneeded: shown.unneeded.length,
            guarded: shown.whole.guarded,
          };
  }
  if (steps.has("generic")) {
    more.generic = [];
    const past = { history: item.bench.repository.history, base: item.parent };
    for (const suspect of fused.slice(0, 5)) {
      const probed = await probePlace(
        situation,
        suspect,
        codebase,
        past,
        { changes: 12, watching: 1 },
        signal,
      );
      if (probed !== undefined) more.generic.push(probedRow(probed, suspect, isGold(suspect)));
    }
    const paths = new Set(gold.map(({ path }) => path));
    const wrong = fused.find((one) => !isGold(one) && paths.has(one.path));
    if (wrong !== undefined) {
      const probed =
        fused.indexOf(wrong) < 5 ? more.generic.find(({ name }) => name === wrong.name) : undefined;
      const own =
        fused.indexOf(wrong) < 5
          ? undefined
          : await probePlace(situation, wrong, codebase, past, { changes: 12, watching: 1 }, signal);
      more.control = {
        name: wrong.name,
        given: probed ?? (own === undefined ? undefined : probedRow(own, wrong, false)),
      };
    }
  }
  return {
    ...(more.apart === undefined ? {} : { apart: more.apart }),
    ...(more.generic === undefined ? {} : { generic: more.generic }),
    ...(more.control === undefined ? {} : { control: more.control }),
    ran: { functions: ran.length, gold: gold.length, executed: ran.filter(isGold).length },
    places: Object.fromEntries(Object.entries(places).filter(([, value]) => value !== undefined)),
  };
}

/** The lines of a test that its name stands before, as far as the next test. */
async function bodyOf(name: string, text: string): Promise<string> {
  const lines = text.split("\n");
  const short = name.replace(/\[.*$/, "").split(/[.›]/).at(-1)!.trim();
  let at = lines.findIndex((line) => line.includes(`def ${short}(`));
  for (let size = short.split(" ").length; at < 0 && size > 0; size--) {
    const tail = short.split(" ").slice(-size).join(" ");
    at = lines.findIndex((line) => line.includes(tail));
  }
  return at < 0 ? "" : lines.slice(at, at + 25).join("\n");
}

function summary(rows: readonly Row[]): void {
  const measured = rows.filter(({ ran }) => ran !== undefined);
  const part = (count: number, of = measured.length): string =>
    `${count} of ${of} (${of === 0 ? "-" : Math.round((100 * count) / of)} %)`;
  console.log(
    `${measured.length} of ${rows.length} cases measured, ${new Set(measured.map(({ repo }) => repo)).size} repositories`,
  );
  for (const { fix, repo, why } of rows)
    if (why !== undefined) console.log(`  ${repo} ${fix.slice(0, 8)}: ${why}`);
  console.log(
    `a function of the fix executed: ${part(measured.filter(({ ran }) => ran!.executed > 0).length)}`,
  );
  for (const order of ["spectrum", "ranking", "fused"] as const)
    for (const top of [1, 5])
      console.log(
        `in the first ${top} by ${order}: ${part(measured.filter(({ places }) => (places?.[order] ?? 1_000) <= top).length)}`,
      );
  const fixed = measured.flatMap(({ apart }) => (apart === undefined ? [] : [apart]));
  const shown = fixed.flatMap((one) => ("necessary" in one ? [one] : []));
  const given = shown.filter(({ necessary }) => necessary.length > 0);
  console.log(`with the fix, necessary given: ${part(given.length, fixed.length)}`);
  console.log(
    `  and right: ${part(given.filter(({ necessary, right }) => right === necessary.length).length, given.length)}`,
  );
  const larger = shown.filter(({ hunks }) => hunks > 1);
  console.log(
    `fixes of several hunks with hunks that are not needed: ${part(larger.filter(({ unneeded }) => unneeded > 0).length, larger.length)}`,
  );
  const generic = measured.flatMap((row) => (row.generic === undefined ? [] : [row.generic]));
  const probed = generic.filter((list) => list.length > 0);
  console.log(`without the fix, necessary given: ${part(probed.length, generic.length)}`);
  console.log(
    `  and right: ${part(probed.filter((list) => list.every(({ gold }) => gold)).length, probed.length)}`,
  );
  const controls = measured.flatMap(({ control }) => (control === undefined ? [] : [control]));
  console.log(
    `given to a wrong function of the same file: ${part(controls.filter(({ given: one }) => one !== undefined).length, controls.length)}`,
  );
}
