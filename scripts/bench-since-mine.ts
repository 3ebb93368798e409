/**
 * Makes cases of `bench-since`. `planted`: undoes the fixes of CASES on a later commit, at a place drawn from the fix. `real`: runs the
 * test of each fix on commit after commit that changed a file of the fix, newest first, until it passes.
 *
 *   node scripts/bench-since-mine.ts planted|real CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR] [--repo OWNER/NAME] [--base COMMIT] [--most N]
 */
import { appendFileSync, existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { runTests } from "../src/reproduction/run-tests.ts";
import { sandboxesHere } from "../src/research/sandbox-door.ts";
import { openOlderTrees } from "../src/research/older-trees.ts";
import { tryTest } from "../src/execution/try-test.ts";
import type { End } from "../src/execution/first-bad.ts";
import type { Case as Fix } from "./bench-cause-case.ts";
import {
  type Case,
  cloneOf,
  git,
  isAncestor,
  LIMITS,
  openHistory,
  plant,
  type Planted,
  sourcesOf,
  triedTest,
  undoer,
} from "./bench-since-case.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-since" },
    repo: { type: "string" },
    base: { type: "string", default: "HEAD" },
    most: { type: "string", default: "1000" },
  },
});
const [kind, casesFile, mirrors, deps, out] = positionals;
if (
  (kind !== "planted" && kind !== "real") ||
  casesFile === undefined ||
  mirrors === undefined ||
  deps === undefined ||
  out === undefined
) {
  console.error(
    "usage: node scripts/bench-since-mine.ts planted|real CASES.jsonl MIRROR_DIR DEPS_DIR OUT.jsonl [--data DIR]",
  );
  process.exit(2);
}
const folders = { mirrors, deps, data: values.data };
const signal = new AbortController().signal;
/** Commits of the real history above a fix that are written anew. */
const MOST_ABOVE = 400;
/** Commits that are run for one truth. */
const MOST_TRUTH = 60;
/** Failures that the gate of a reproduction refuses: the test names what is not there. */
const MISTAKES = /^(ImportError|ModuleNotFoundError|NameError|AttributeError|SyntaxError|ReferenceError)$/;
/** Every so many cases one of another form. */
const MERGE_EACH = 5;
const FLAKY_EACH = 8;

const lines = (file: string): readonly string[] =>
  existsSync(file) ? readFileSync(file, "utf8").split("\n").filter(Boolean) : [];
const done = new Set(lines(out).map((line) => (JSON.parse(line) as Case).fix));
const tried = new Set(lines(`${out}.tried`));
const fixes = lines(casesFile)
  .map((line) => JSON.parse(line) as Fix)
  .filter(
    ({ repo, fix }) =>
      (values.repo === undefined || repo === values.repo) && !done.has(fix) && !tried.has(fix),
  );
let count = done.size;
const until = count + Number(values.most);
for (const fix of fixes) {
  if (count >= until) break;
  appendFileSync(`${out}.tried`, `${fix.fix}\n`);
  try {
    const found = kind === "planted" ? await planted(fix) : await real(fix);
    if (typeof found === "string") console.error(`${fix.repo} ${fix.fix.slice(0, 8)}: ${found}`);
    else {
      count++;
      appendFileSync(out, `${JSON.stringify(found)}\n`);
    }
  } catch (error) {
    console.error(`${fix.repo} ${fix.fix.slice(0, 8)}: ${String(error).slice(0, 300)}`);
  }
}
console.error(`${count} cases`);

async function planted({ repo, fix, tests }: Fix): Promise<Planted | string> {
  const gitDir = cloneOf(repo, folders);
  const base = baseOf(gitDir, fix);
  const whole = git(gitDir, "rev-list", "--first-parent", base).split("\n").filter(Boolean);
  const reached = whole.findIndex((commit) => !isAncestor(gitDir, fix, commit));
  const above = (reached < 0 ? whole.length : reached) - 1;
  if (above < 3) return "nothing above the fix";
  const paths = sourcesOf(gitDir, fix);
  if (paths.length === 0) return "no source file that is only changed";
  const undone = undoer(gitDir, fix);
  let last = 0;
  while (
    last <= Math.min(above, MOST_ABOVE) &&
    paths.every((path) => undone(whole[last]!, path) !== undefined)
  )
    last++;
  if (last < 3) return "it cannot be undone";
  const at = Number.parseInt(fix.slice(0, 6), 16) % (last - 2);
  const flaky: Planted["flaky"] =
    count % FLAKY_EACH === FLAKY_EACH - 1
      ? {
          part: 0.9,
          by: paths[0]!.endsWith(".py") && count % (2 * FLAKY_EACH) === FLAKY_EACH - 1 ? "seed" : "chance",
        }
      : undefined;
  const shape = count % MERGE_EACH === MERGE_EACH - 1 ? "merge" : "line";
  const made = plant(gitDir, { fix, at, shape }, whole);
  if (made === undefined) return "it cannot be planted";
  const test = await failingIn(gitDir, repo, made.head, base, tests);
  if (typeof test === "string") return test;
  return { kind: "planted", repo, fix, base, test, at, shape, ...(flaky === undefined ? {} : { flaky }) };
}

/** The newest commit whose tests the prepared dependencies run. */
function baseOf(gitDir: string, fix: string): string {
  const named = git(gitDir, "rev-parse", values.base).trim();
  return isAncestor(gitDir, fix, named) ? named : git(gitDir, "rev-parse", "HEAD").trim();
}

/** A test that fails in one tree and passes in the other. */
async function failingIn(
  gitDir: string,
  repo: string,
  bad: string,
  good: string,
  tests: readonly string[],
): Promise<Planted["test"] | string> {
  const words = { title: "x", body: "" };
  const opened = await openHistory(gitDir, repo, bad, folders, words);
  if (typeof opened === "string") return opened;
  await using here = opened;
  const other = await openHistory(gitDir, repo, good, folders, words);
  if (typeof other === "string") return other;
  await using there = other;
  let why = "no test fails";
  for (const path of tests) {
    if (!/test/i.test(path) || !/\.(py|[cm]?[jt]s)$/.test(path)) continue;
    const request = { changes: new Map(), file: path, times: 1, limits: { seconds: 240 } };
    const [before] = await runTests(here.sandbox, here.framework, request, signal);
    if (before?.report.kind !== "report") {
      why = `${path}: ${before?.report.kind === "none" ? before.report.why : ""}`;
      continue;
    }
    const failed = before.report.tests.filter(
      ({ outcome, type }) => outcome === "failed" && !MISTAKES.test(type ?? ""),
    );
    if (failed.length === 0) continue;
    const [after] = await runTests(there.sandbox, there.framework, request, signal);
    const passed = new Set(
      after?.report.kind === "report"
        ? after.report.tests.filter(({ outcome }) => outcome === "passed").map(({ name }) => name)
        : [],
    );
    const found = failed.find(({ name }) => passed.has(name));
    if (found === undefined) continue;
    const text = (await here.context.codebase.text(path))?.text ?? "";
    if ((await triedTest(here, { path, name: found.name }, text)) === undefined) {
      why = "the test does not fail alone";
      continue;
    }
    return { path, name: found.name };
  }
  return why;
}

async function real({ repo, fix, tests }: Fix): Promise<Case | string> {
  const gitDir = cloneOf(repo, folders);
  const base = git(gitDir, "rev-parse", `${fix}^`).trim();
  const opened = await openHistory(gitDir, repo, base, folders, { title: "x", body: "" });
  if (typeof opened === "string") return opened;
  await using here = opened;
  for (const path of tests) {
    if (!/test/i.test(path) || !/\.(py|[cm]?[jt]s)$/.test(path)) continue;
    const text = git(gitDir, "show", `${fix}:${path}`);
    const laid = new Map([[path, text]]);
    const [before] = await runTests(
      here.sandbox,
      here.framework,
      { changes: laid, file: path, times: 1, limits: { seconds: 240 } },
      signal,
    );
    if (before?.report.kind !== "report") continue;
    const source = new Map(sourcesOf(gitDir, fix).map((one) => [one, git(gitDir, "show", `${fix}:${one}`)]));
    const [after] = await runTests(
      here.sandbox,
      here.framework,
      { changes: new Map([...laid, ...source]), file: path, times: 1, limits: { seconds: 240 } },
      signal,
    );
    const passed = new Set(
      after?.report.kind === "report"
        ? after.report.tests.filter(({ outcome }) => outcome === "passed").map(({ name }) => name)
        : [],
    );
    const failing = before.report.tests.find(
      ({ outcome, name, type }) => outcome === "failed" && passed.has(name) && !MISTAKES.test(type ?? ""),
    );
    if (failing === undefined) continue;
    const tried = await triedTest(here, { path, name: failing.name }, text);
    if (tried === undefined) continue;
    await using sandboxes = sandboxesHere({
      gitDir: here.workbench.repository.gitDir,
      data: folders.data,
      settings: here.settings,
    });
    using older = openOlderTrees({
      sandboxes,
      data: folders.data,
      about: [repo, fix, "truth"],
      minutes: 60,
      signal,
    });
    let runs = 0;
    const ends = new Map<string, End>();
    const endAt = async (commit: string): Promise<End> => {
      const known = ends.get(commit);
      if (known !== undefined) return known;
      const tree = await older.at(commit);
      const end =
        typeof tree === "string"
          ? "no-start"
          : (await tryTest(tree, { ...tried, limits: LIMITS }, 0, signal)).end;
      runs++;
      ends.set(commit, end);
      return end;
    };
    // Commit after commit: first the first parents that changed a file of the fix, then all between the last bad one and the next.
    const touched = (range: readonly string[]): readonly string[] =>
      git(gitDir, "log", "--format=%H", "-m", "--first-parent", ...range, "--", ...source.keys())
        .split("\n")
        .filter(Boolean);
    let bad = base;
    let stop: string | undefined;
    for (const commit of touched([base])) {
      if (runs > MOST_TRUTH) return `no end after ${runs} runs`;
      for (const one of [commit, parentOf(gitDir, commit)]) {
        if (one === undefined) continue;
        const end = await endAt(one);
        if (end === "same") bad = one;
        else stop = one;
        if (stop !== undefined) break;
      }
      if (stop !== undefined) break;
    }
    if (stop === undefined) return `it always fails (${runs} runs)`;
    const between = git(gitDir, "rev-list", "--first-parent", `${stop}..${bad}`).split("\n").filter(Boolean);
    for (const commit of between) {
      if ((await endAt(commit)) !== "same") break;
      bad = commit;
    }
    const parents = parentsOf(gitDir, bad);
    const parentEnds = await Promise.all([]).then(async () => {
      const list: End[] = [];
      for (const parent of parents) list.push(await endAt(parent));
      return list;
    });
    if (parentEnds[0] === "passes" && parentEnds.includes("same")) {
      // Every commit of the merged branch.
      const branch = git(gitDir, "rev-list", "--topo-order", `${parents[0]!}..${bad}^2`)
        .split("\n")
        .filter(Boolean);
      for (const commit of branch) {
        if ((await endAt(commit)) !== "same") continue;
        let isFirst = true;
        for (const parent of parentsOf(gitDir, commit)) isFirst &&= (await endAt(parent)) === "passes";
        if (isFirst)
          return {
            kind: "real",
            repo,
            fix,
            test: { path, name: failing.name },
            truth: { kind: "since", commit, runs },
          };
      }
      return "the branch does not tell";
    }
    const isSince = parents.length > 0 && parentEnds.every((end) => end === "passes");
    return {
      kind: "real",
      repo,
      fix,
      test: { path, name: failing.name },
      truth: { kind: isSince ? "since" : "back-to", commit: bad, runs },
    };
  }
  return "no test of the fix fails on the commit before";
}

function parentsOf(gitDir: string, commit: string): readonly string[] {
  return git(gitDir, "log", "-1", "--format=%P", commit).trim().split(" ").filter(Boolean);
}

function parentOf(gitDir: string, commit: string): string | undefined {
  return parentsOf(gitDir, commit)[0];
}
