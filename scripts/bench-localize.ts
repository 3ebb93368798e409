/**
 * Ranks the files and functions of every case of a benchmark and writes one prediction a line, for `score.py`.
 *
 *   npm run bench:localize -- CASES.jsonl MIRROR_DIR OUT.jsonl [--data DIR] [--top N]
 *
 * MIRROR_DIR holds clones with full history: MIRROR_DIR/<owner>+<name>/repo. Only the base commit and what it reaches
 * is read. `seconds` is the time of one case from opening the repository to the ranking; the first case of a
 * repository also reads its words into the index, which stays in --data (default: a folder that is removed at the end).
 */
import { visibleIssue } from "../src/issue/visible-issue.ts";
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { openWorkbench } from "../src/research/workbench.ts";

interface Case {
  readonly id: string;
  readonly repo: string;
  readonly base_commit: string;
  readonly title: string;
  readonly body: string | null;
}

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { data: { type: "string" }, top: { type: "string", default: "50" } },
});
const [casesFile, mirrorDir, outFile] = positionals;
if (casesFile === undefined || mirrorDir === undefined || outFile === undefined) {
  console.error("usage: npm run bench:localize -- CASES.jsonl MIRROR_DIR OUT.jsonl [--data DIR] [--top N]");
  process.exit(2);
}

const data = values.data ?? mkdtempSync(join(tmpdir(), "casebook-bench-"));
const cases = readFileSync(casesFile, "utf8")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line) as Case);
writeFileSync(outFile, "");
const started = performance.now();
for (const { id, repo, base_commit, title, body } of cases) {
  const from = performance.now();
  await using workbench = await openWorkbench({
    repository: join(mirrorDir, repo.replace("/", "+"), "repo"),
    data,
  });
  const commit = await workbench.repository.resolve(base_commit);
  const { files, functions } = await workbench.locate(
    visibleIssue({ key: "bench", url: `https://github.com/${repo}`, title, body: body ?? "", comments: [] }),
    commit,
    Number(values.top),
  );
  const seconds = (performance.now() - from) / 1000;
  const prediction = {
    id,
    files: files.map(({ path }) => path),
    functions: functions.map(
      // As the benchmark names them: with what they stand in for Python, bare elsewhere.
      ({ path, symbol }) =>
        `${path}::${(path.endsWith(".py") ? [...symbol.container, symbol.name] : [symbol.name]).join(".")}`,
    ),
    seconds: Number(seconds.toFixed(3)),
  };
  appendFileSync(outFile, `${JSON.stringify(prediction)}\n`);
}
if (values.data === undefined) rmSync(data, { recursive: true, force: true });
console.log(`${cases.length} cases in ${((performance.now() - started) / 1000).toFixed(1)} s`);
