/**
 * Looks for the first bad commit of planted and of real regressions, as an investigation does, and compares it with the known one.
 *
 *   npm run bench:since -- CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--from N] [--to N] [--no-suspects]
 *
 * MIRROR_DIR holds clones with full history: MIRROR_DIR/<owner>+<name>/repo; DEPS_DIR/<name> what a project needs. A planted history is
 * written into a clone of its own. The search knows the test, the tree and the history, never the fix.
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { searchSince } from "../src/agent/show-since.ts";
import { tryTest } from "../src/execution/try-test.ts";
import { sandboxesHere } from "../src/research/sandbox-door.ts";
import { openOlderTrees } from "../src/research/older-trees.ts";
import { formatReport } from "../src/agent/trial.ts";
import {
  type Case,
  cloneOf,
  git,
  isAncestor,
  LIMITS,
  openHistory,
  placesFor,
  plant,
  triedTest,
} from "./bench-since-case.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-since" },
    from: { type: "string", default: "0" },
    to: { type: "string", default: "1000" },
    "no-suspects": { type: "boolean", default: false },
  },
});
const [casesFile, mirrors, deps, out] = positionals;
if (casesFile === undefined || mirrors === undefined || deps === undefined || out === undefined) {
  console.error(
    "usage: npm run bench:since -- CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--from N] [--to N]",
  );
  process.exit(2);
}
const folders = { mirrors, deps, data: values.data };
const signal = new AbortController().signal;
const MINUTES = 20;

interface Row {
  readonly kind: Case["kind"];
  readonly repo: string;
  readonly fix: string;
  readonly form: string;
  /** Commits of the line of first parents. */
  readonly length?: number;
  /** `short`: "fails as far back as" a commit behind which the known one is. */
  readonly result: "exact" | "short" | "wrong" | "undecided" | "not run";
  readonly said: string;
  readonly truth?: string;
  readonly commits?: number;
  readonly runs?: number;
  readonly seconds: number;
}

const lines = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
const keyOf = ({ kind, fix }: Pick<Row, "kind" | "fix">): string => `${kind} ${fix}`;
const done = new Set(lines(out).map((line) => keyOf(JSON.parse(line) as Row)));
const cases = lines(casesFile)
  .map((line) => JSON.parse(line) as Case)
  .slice(Number(values.from), Number(values.to))
  .filter((one) => !done.has(keyOf(one)));
for (const one of cases) {
  const began = performance.now();
  let row: Pick<Row, "result" | "said" | "length" | "truth" | "commits" | "runs">;
  try {
    row = await measure(one);
  } catch (error) {
    row = { result: "not run", said: `broke: ${String(error).slice(0, 400)}` };
  }
  const form =
    one.kind === "real"
      ? one.truth.kind
      : [one.shape, one.flaky === undefined ? "" : `flaky by ${one.flaky.by}`].filter(Boolean).join(", ");
  const { kind, repo, fix } = one;
  const seconds = Math.round((performance.now() - began) / 100) / 10;
  appendFileSync(out, `${JSON.stringify({ kind, repo, fix, form, ...row, seconds } satisfies Row)}\n`);
}
summary(lines(out).map((line) => JSON.parse(line) as Row));

async function measure(
  one: Case,
): Promise<Pick<Row, "result" | "said" | "length" | "truth" | "commits" | "runs">> {
  const gitDir = cloneOf(one.repo, folders);
  const history =
    one.kind === "planted"
      ? plant(gitDir, one, git(gitDir, "rev-list", "--first-parent", one.base).split("\n").filter(Boolean))
      : { head: git(gitDir, "rev-parse", `${one.fix}^`).trim(), truth: one.truth.commit };
  if (history === undefined) return { result: "not run", said: "it cannot be planted" };
  const { head, truth } = history;
  const words = { title: one.test.name, body: "" };
  const opened = await openHistory(gitDir, one.repo, head, folders, words);
  if (typeof opened === "string") return { result: "not run", said: opened };
  await using here = opened;
  // As old a test as fails there: a newer one may need more than older commits have.
  const textAt = (commit: string): string => git(gitDir, "show", `${commit}:${one.test.path}`);
  const tried =
    (await triedTest(here, one.test, textAt(one.fix))) ??
    (one.kind === "real" ? undefined : await triedTest(here, one.test, textAt(head)));
  if (tried === undefined)
    return { result: "undecided", said: "the test does not fail on the newest commit", truth };
  const places = values["no-suspects"] ? [] : await placesFor(here, tried);
  await using sandboxes = sandboxesHere({
    gitDir: here.workbench.repository.gitDir,
    data: folders.data,
    settings: here.settings,
  });
  using older = openOlderTrees({
    sandboxes,
    data: folders.data,
    about: [one.repo, head, one.test.name],
    minutes: MINUTES,
    signal,
  });
  const run = async (tree: Parameters<typeof tryTest>[0], nth: number) => {
    const { end, run: ran } = await tryTest(tree, { ...tried, limits: LIMITS }, nth, signal);
    return {
      end,
      command: ran.command,
      code: ran.result.end.kind === "exit" ? ran.result.end.code : undefined,
      report: formatReport(ran.report),
    };
  };
  const since = await searchSince({ run }, places, older, here.context, signal);
  older.finish();
  const length = Number(git(gitDir, "rev-list", "--first-parent", "--count", head).trim());
  const counts = {
    length,
    truth,
    commits: since.trials.size,
    runs: [...since.trials.values()].flat().length,
  };
  if (since.kind === "undecided") return { ...counts, result: "undecided", said: JSON.stringify(since.why) };
  const kind = one.kind === "real" ? one.truth.kind : "since";
  const said = `${since.kind} ${since.commit}`;
  if (since.kind === kind && since.commit === truth) return { ...counts, result: "exact", said };
  // True, and less than what is known: older ones do not start with this test.
  const isShort = since.kind === "back-to" && isAncestor(gitDir, truth, since.commit);
  return { ...counts, result: isShort ? "short" : "wrong", said };
}

function summary(rows: readonly Row[]): void {
  const ran = rows.filter(({ result }) => result !== "not run");
  for (const { repo, fix, said } of rows.filter(({ result }) => result === "not run"))
    console.log(`not run: ${repo} ${fix.slice(0, 8)}: ${said}`);
  for (const [name, some] of [
    ["planted", ran.filter(({ kind }) => kind === "planted")],
    ["  of these flaky", ran.filter(({ kind, form }) => kind === "planted" && form.includes("flaky"))],
    ["  of these by a merge", ran.filter(({ kind, form }) => kind === "planted" && form.includes("merge"))],
    ["real, since", ran.filter(({ kind, form }) => kind === "real" && form === "since")],
    ["real, back to", ran.filter(({ kind, form }) => kind === "real" && form === "back-to")],
    ["all", ran],
  ] as const) {
    const of = (result: Row["result"]): number => some.filter((row) => row.result === result).length;
    const numbers = (key: "commits" | "runs" | "seconds"): string => {
      const found = some.flatMap((row) => row[key] ?? []).toSorted((a, b) => a - b);
      return `${found[Math.floor(found.length / 2)] ?? "-"}, ${found.at(-1) ?? "-"}`;
    };
    console.log(
      `${name}: ${some.length} in ${new Set(some.map(({ repo }) => repo)).size} repositories; exact ${of("exact")} (${some.length === 0 ? "-" : Math.round((100 * of("exact")) / some.length)} %), wrong ${of("wrong")}, as far back as a later one ${of("short")}, undecided ${of("undecided")}; median and maximum of commits ${numbers("commits")}, runs ${numbers("runs")}, seconds ${numbers("seconds")}`,
    );
  }
  for (const { repo, fix, result, said, truth } of ran.filter(({ result }) => result !== "exact"))
    console.log(`  ${result}: ${repo} ${fix.slice(0, 8)}: ${said}; known: ${truth ?? ""}`);
}
