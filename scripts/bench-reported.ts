/**
 * Runs the code that the issues of a benchmark bring, without a model, and compares what happens with what is reported.
 *
 *   npm run bench:reported -- CASES.jsonl… MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--only ID,ID] [--toolchains FOLDER:FOLDER] [--find]
 *
 * CASES have `id`, `repo`, `base_commit`, `title`, `body`, `gold_files` and `gold_functions`. MIRROR_DIR holds clones with full
 * history: MIRROR_DIR/<owner>+<name>/repo. What a project needs lies prepared in DEPS_DIR/<name>: packages of Python, a `node_modules`, or
 * a `.cargo`. `--find` runs nothing and names the programs. Each row of OUT holds what was run and how it ended; a person reads
 * each row that says `as-reported`.
 */
import { appendFileSync, existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { reportedRuns, researchOf } from "../src/agent/reported-runs.ts";
import { once } from "../src/claims/open-evidence.ts";
import { isReproduced, type ReadEnd } from "../src/claims/report-code-ran.ts";
import { buildQuery, type RanCode } from "../src/evidence/ranking/query.ts";
import { rankFiles } from "../src/evidence/ranking/rank-files.ts";
import { FUNCTION_WEIGHTS, rankFunctions } from "../src/evidence/ranking/rank-functions.ts";
import type { RankedFile } from "../src/evidence/ranking/signal.ts";
import { SIGNALS } from "../src/evidence/ranking/signals.ts";
import { readIssueForms } from "../src/evidence/read-issue-forms.ts";
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { qualifiedName } from "../src/languages/syntax.ts";
import { type ResearchContext, researchContext } from "../src/phases/builtin/research-context.ts";
import { openCheckout } from "../src/repository/io/checkout.ts";
import { openWorkbench } from "../src/research/workbench.ts";
import { openSandbox } from "../src/sandbox/io/open-sandbox.ts";
import type { SandboxState } from "../src/sandbox/sandbox.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-reported" },
    only: { type: "string" },
    toolchains: { type: "string", default: "" },
    find: { type: "boolean", default: false },
  },
});
const [out, deps, mirrors, ...files] = positionals.toReversed();
if (out === undefined || deps === undefined || mirrors === undefined || files.length === 0) {
  console.error(
    "usage: npm run bench:reported -- CASES.jsonl… MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--find]",
  );
  process.exit(2);
}

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string | null;
  readonly language: string;
  readonly gold_files: readonly string[];
  readonly gold_functions?: readonly string[];
}

interface Row {
  readonly id: string;
  readonly code: boolean;
  readonly programs: readonly string[];
  readonly ends?: readonly (
    { readonly kind: string; readonly ended: ReadEnd; readonly executed: number } | { readonly why: string }
  )[];
  /** Place of the best file and function of the fix, from 1, for each of `WEIGHTS` of the signal "executed". */
  readonly places?: Readonly<Record<"files" | "functions", readonly (number | null)[]>>;
  readonly why?: string;
}

/** Tried for files and for functions. */
const WEIGHTS = [0, 0.25, 0.5, 1, 1.5, 2, 3];

const only = values.only?.split(",");
const cases = files
  .toReversed()
  .flatMap((file) => readFileSync(file, "utf8").split("\n").filter(Boolean))
  .map((line) => JSON.parse(line) as Case)
  .filter(({ id }) => only === undefined || only.includes(id));
writeFileSync(out, "");
const rows: Row[] = [];
for (const one of cases) {
  let row: Row;
  try {
    row = await measure(one, deps, mirrors);
  } catch (error) {
    row = { id: one.id, code: false, programs: [], why: `broke: ${String(error)}` };
  }
  rows.push(row);
  appendFileSync(out, `${JSON.stringify(row)}\n`);
}
summary(rows);

async function measure(one: Case, depsDir: string, mirrorDir: string): Promise<Row> {
  const clone = join(mirrorDir, one.repo.replace("/", "+"), "repo");
  await using bench = await openWorkbench({ repository: clone, data: values.data, workers: 1 });
  const issue = visibleIssue({
    key: "bench",
    url: `https://github.com/${one.repo}/issues/1`,
    title: one.title,
    body: one.body ?? "",
    comments: [],
  });
  const commit = await bench.repository.resolve(one.base_commit);
  const codebase = await bench.codebase(commit);
  const context = researchContext({
    issue,
    codebase,
    history: bench.repository.history,
    forms: await readIssueForms(codebase.tree),
    at: undefined,
  });
  await using stack = new AsyncDisposableStack();
  const reported = reportedRuns(
    () => context,
    once(async (): Promise<SandboxState> => {
      const checkout = stack.use(await openCheckout(codebase.tree, values.data));
      const dependencies = preparedIn(join(depsDir, one.repo.split("/")[1]!));
      return openSandbox({
        files: checkout.path,
        toolchains: values.toolchains.split(":").filter(Boolean),
        node: dirname(process.execPath),
        ...(dependencies === undefined ? {} : { dependencies }),
      });
    }),
  );
  const { programs } = await reported.found();
  const row = {
    id: one.id,
    code: context.reading.codeBlocks.length > 0,
    programs: programs.map(({ kind, path, shown }) => `${kind} ${path}: ${shown.slice(0, 300)}`),
  };
  if (values.find || programs.length === 0) return row;
  const state = await reported.sandbox();
  if (state.kind === "none") return { ...row, why: state.why };
  const ran = await reported.ran();
  return {
    ...row,
    ends: ran.map(({ why, shown }) =>
      shown === undefined
        ? { why: why ?? "nothing was run" }
        : {
            kind: shown.kind,
            ended: shown.ended,
            executed: shown.executed.length,
          },
    ),
    ...(ran.some(({ shown }) => (shown?.executed.length ?? 0) > 0)
      ? { places: await placesOf(one, context, researchOf(ran).code) }
      : {}),
  };
}

/** Where the ranking has what the fix changes. A score is a sum, so another weight needs no other ranking. */
async function placesOf(
  one: Case,
  context: ResearchContext,
  code: RanCode,
): Promise<NonNullable<Row["places"]>> {
  const { codebase, reading } = context;
  const candidates = codebase.tree.entries
    .map(({ path }) => path)
    .filter((path) => codebase.roleOf(path) === "source" && codebase.invertedIndex(path) !== undefined);
  const query = buildQuery(reading.textBlocks, reading, await context.reported(), code);
  const signals = { codebase, candidates, commits: await context.commits() };
  const { files } = await rankFiles(query, signals);
  const [, now = 1] = SIGNALS.direct.find(([{ name }]) => name === "executed") ?? [];
  const rescored = (weight: number): readonly RankedFile[] =>
    files
      .map((file) => {
        const share = file.shares.get("executed") ?? 0;
        return { ...file, score: file.score - share + (share / now) * weight };
      })
      .toSorted((a, b) => b.score - a.score);
  const placeOf = <T>(rows: readonly T[], isGold: (row: T) => boolean): number | null => {
    const at = rows.findIndex(isGold);
    return at < 0 ? null : at + 1;
  };
  const wanted = new Set(one.gold_functions);
  const functions: (number | null)[] = [];
  for (const weight of WEIGHTS) {
    const rows = await rankFunctions(rescored(weight).slice(0, 20), query, signals, {
      ...FUNCTION_WEIGHTS,
      executed: weight,
    });
    functions.push(
      placeOf(rows, ({ path, symbol }) =>
        [qualifiedName(symbol), ...(one.language === "Python" ? [] : [symbol.name])].some((name) =>
          wanted.has(`${path}::${name}`),
        ),
      ),
    );
  }
  return {
    files: WEIGHTS.map((weight) => placeOf(rescored(weight), ({ path }) => one.gold_files.includes(path))),
    functions,
  };
}

function preparedIn(folder: string): { readonly from: string; readonly at: string } | undefined {
  if (!existsSync(folder)) return undefined;
  for (const name of ["node_modules", ".cargo"])
    if (existsSync(join(folder, name))) return { from: join(folder, name), at: name };
  return { from: folder, at: ".deps/site-packages" };
}

function summary(all: readonly Row[]): void {
  const of = (is: (row: Row) => boolean): number => all.filter(is).length;
  const kinds = (row: Row): readonly string[] =>
    (row.ends ?? []).flatMap((one) => ("kind" in one ? [one.kind] : []));
  const stopped = new Set(["not-runnable", "floods"]);
  console.log(`${all.length} issues`);
  console.log(`a code block: ${of(({ code }) => code)}`);
  console.log(`a program that Casebook would run: ${of(({ programs }) => programs.length > 0)}`);
  console.log(`  that runs here: ${of((row) => kinds(row).some((kind) => !stopped.has(kind)))}`);
  console.log(`  as reported: ${of((row) => kinds(row).some((kind) => isReproduced(kind as never)))}`);
  const placed = all.flatMap(({ places }) => places ?? []);
  console.log(
    `weight of "executed", mean reciprocal rank of the fix over ${placed.length} issues that run and have a tracer`,
  );
  for (const what of ["files", "functions"] as const)
    for (const [at, weight] of WEIGHTS.entries()) {
      const known = placed.map((one) => one[what][at]);
      const mean =
        known.reduce<number>((sum, place) => sum + (place == null ? 0 : 1 / place), 0) / placed.length;
      console.log(`  ${what}, ${weight}: ${mean.toFixed(3)} (${known.join(", ")})`);
    }
  for (const row of all)
    if (row.programs.length > 0 || row.why !== undefined)
      console.log(
        `  ${row.id}: ${row.why ?? (row.ends ?? []).map((one) => ("kind" in one ? one.kind : one.why)).join("; ")}`,
      );
}
