/**
 * Looks for past fixes whose tests fail on the commit before and pass with the fix, and prints each as a case, one a line.
 *
 *   node scripts/bench-cause-mine.ts MIRROR_DIR DEPS_DIR OWNER/NAME MOST [--data DIR] [--after COMMIT] [--commits N]
 */
import { parseArgs } from "node:util";
import { runTests } from "../src/reproduction/run-tests.ts";
import { openWorkbench } from "../src/research/workbench.ts";
import { hunksOf } from "../src/execution/hunks.ts";
import { rolesIn } from "../src/languages/role-of-path.ts";
import { join } from "node:path";
import { type Case, openCase } from "./bench-cause-case.ts";

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: {
    data: { type: "string", default: "/var/tmp/casebook-cause" },
    commits: { type: "string", default: "400" },
  },
});
const [mirrors, deps, repo, most] = positionals;
if (mirrors === undefined || deps === undefined || repo === undefined || most === undefined) {
  console.error(
    "usage: node scripts/bench-cause-mine.ts MIRROR_DIR DEPS_DIR OWNER/NAME MOST [--data DIR] [--commits N]",
  );
  process.exit(2);
}
/** Lines of source that a fix changes at most: what is larger is rarely one fix. */
const MOST_LINES = 60;
const MISTAKES = /^(ImportError|ModuleNotFoundError|NameError|AttributeError|SyntaxError)$/;

const candidates: Case[] = [];
{
  await using bench = await openWorkbench({
    repository: join(mirrors, repo.replace("/", "+"), "repo"),
    data: values.data,
    workers: 1,
  });
  const head = await bench.repository.resolve("HEAD");
  const roleOf = rolesIn([]);
  for (const { oid, subject, body, files } of await bench.repository.history.commits(
    head,
    Number(values.commits),
  )) {
    const source = files.filter((path) => /\.([cm]?[jt]sx?|py)$/.test(path) && roleOf(path) === "source");
    const tests = files.filter((path) => roleOf(path) === "test");
    if (source.length === 0 || source.length > 3 || tests.length === 0 || tests.length > 4) continue;
    if (/\b(fix|bug|issue|regression|crash|incorrect|wrong|handle|correct|#\d+)/i.test(`${subject} ${body}`))
      candidates.push({ repo, fix: oid, tests });
  }
}
let found = 0;
const signal = new AbortController().signal;
for (const one of candidates) {
  if (found >= Number(most)) break;
  const opened = await openCase(one, { mirrors, deps, data: values.data });
  if (typeof opened === "string") {
    console.error(`${one.fix.slice(0, 8)} ${opened}`);
    continue;
  }
  await using item = opened;
  let lines = 0;
  for (const [path, text] of item.source)
    for (const { removed, added } of hunksOf((await item.codebase.text(path))?.text ?? "", text ?? ""))
      lines += Math.max(removed.length, added.length);
  if (lines > MOST_LINES) continue;
  for (const file of item.laid.keys()) {
    if (!item.framework.detection.tests.includes(file) && !/test/.test(file)) continue;
    const run = async (changes: ReadonlyMap<string, string | undefined>) =>
      (await runTests(item.sandbox, item.framework, { changes, file, times: 1 }, signal))[0]!;
    const before = await run(item.laid);
    if (before.report.kind === "none") {
      console.error(
        `${one.fix.slice(0, 8)} ${file}: ${before.report.why} ${before.result.output.slice(-300)}`,
      );
      continue;
    }
    const failed = before.report.tests.filter(
      ({ outcome, type }) => outcome === "failed" && !MISTAKES.test(type ?? ""),
    );
    if (failed.length === 0 || before.report.tests.some(({ outcome }) => outcome === "error")) continue;
    const after = await run(new Map([...item.laid, ...item.source]));
    if (after.report.kind === "none") continue;
    const passed = new Set(
      after.report.tests.filter(({ outcome }) => outcome === "passed").map(({ name }) => name),
    );
    if (!failed.some(({ name }) => passed.has(name))) continue;
    console.log(JSON.stringify(one));
    found++;
    break;
  }
}
console.error(`${repo}: ${found} of ${candidates.length} candidates`);
