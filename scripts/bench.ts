/**
 * Speed and memory on one repository, printed as a Markdown table: medians of several runs, ratios against `git grep`
 * (and a baseline script, if given) in the same session, and growth over four sizes of the same tree.
 *
 *   npm run bench -- [--repo DIR] [--commit REV] [--issue FILE] [--runs 5] [--baseline "python3 bm25.py CASE MIRROR OUT"]
 *
 * Without --repo a repository of 2,000 files in four languages is made. Every measured command is a process of its
 * own, as a user starts it. Memory is the highest resident set of that process, read from /proc (Linux only).
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFileSize } from "../src/adapters/cache/sqlite-blob-cache.ts";
import { makeRepository, shrinkRepository } from "./bench-repository.ts";

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    commit: { type: "string", default: "HEAD" },
    issue: { type: "string" },
    runs: { type: "string", default: "5" },
    baseline: { type: "string" },
  },
});
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), "casebook-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const repo = values.repo ?? makeRepository(join(scratch, "made"), 2_000);
const issue = values.issue ?? join(import.meta.dirname, "../examples/issue-42/issue.md");
const casebook = join(import.meta.dirname, "../bin/casebook.mjs");

interface Measure {
  readonly seconds: number;
  /** Bytes; 0 where /proc is missing. */
  readonly peak: number;
}

/** Runs a command to its end; its output is thrown away. Throws when it fails. */
function run(command: string, args: readonly string[]): Promise<Measure> {
  return new Promise((resolve, reject) => {
    const from = performance.now();
    const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
    let peak = 0;
    let errors = "";
    child.stderr.on("data", (chunk: Buffer) => (errors += chunk.toString()));
    const look = setInterval(() => (peak = Math.max(peak, highWater(child.pid))), 20);
    child.on("error", reject);
    child.on("close", (code) => {
      clearInterval(look);
      // 1 is "nothing found" for git grep and "not everything met" for investigate: both did their work.
      if (code === 0 || code === 1) resolve({ seconds: (performance.now() - from) / 1000, peak });
      else reject(new Error(`${command} ${args.join(" ")} ended with ${code}: ${errors}`));
    });
  });
}

function highWater(pid: number | undefined): number {
  try {
    const line = readFileSync(`/proc/${pid}/status`, "utf8")
      .split("\n")
      .find((text) => text.startsWith("VmHWM:"));
    return Number(line?.replace(/\D/g, "") ?? 0) * 1024;
  } catch {
    return 0;
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function measure(times: number, once: (round: number) => Promise<Measure>): Promise<Measure> {
  const measures: Measure[] = [];
  for (let round = 0; round < times; round++) measures.push(await once(round));
  return {
    seconds: median(measures.map(({ seconds }) => seconds)),
    peak: Math.max(...measures.map(({ peak }) => peak)),
  };
}

const at = (repository: string, revision: string): string[] => [
  "--repo",
  repository,
  "--commit",
  revision,
  "--issue",
  issue,
];
const locate = (repository: string, revision: string, data: string) =>
  run(process.execPath, [casebook, "locate", ...at(repository, revision), "--json", "--data", data]);

const tree = spawnSync("git", ["-C", repo, "ls-tree", "-r", "-l", values.commit], {
  encoding: "utf8",
  maxBuffer: 1 << 30,
})
  .stdout.trim()
  .split("\n");
const bytes = tree.reduce((total, line) => total + (Number(line.split(/\s+/)[3]) || 0), 0);
const head = spawnSync("git", ["-C", repo, "rev-parse", values.commit], { encoding: "utf8" }).stdout.trim();
const own = spawnSync("git", ["-C", import.meta.dirname, "rev-parse", "--short=12", "HEAD"], {
  encoding: "utf8",
}).stdout.trim();

console.log(
  `Repository: ${tree.length} files, ${(bytes / 1e6).toFixed(1)} MB, at ${head.slice(0, 12)}; casebook ${own}; ${cpus().length} cores; median of ${runs} runs (cold: of ${Math.min(3, runs)}).\n`,
);
console.log("| what | seconds | peak memory, MB | times `git grep` |\n| --- | --- | --- | --- |");

const grep = await measure(runs, () =>
  run("git", ["-C", repo, "grep", "-c", "-i", "-w", "value", values.commit]),
);
const row = (what: string, { seconds, peak }: Measure): void =>
  console.log(
    `| ${what} | ${seconds.toFixed(2)} | ${peak === 0 ? "not measured" : (peak / 1e6).toFixed(0)} | ${(seconds / grep.seconds).toFixed(1)} |`,
  );
row("`git grep` of one word", grep);
const cold = await measure(Math.min(3, runs), (round) =>
  locate(repo, values.commit, join(scratch, `cold-${round}`)),
);
row("`locate`, cold (empty index)", cold);
const index = join(scratch, "cold-0");
row("`locate`, warm", await measure(runs, () => locate(repo, values.commit, index)));
row(
  "`investigate`, cold",
  await measure(Math.min(3, runs), (round) =>
    run(process.execPath, [
      casebook,
      "investigate",
      ...at(repo, values.commit),
      "--quiet",
      "--out",
      join(scratch, `out-${round}`),
      "--data",
      join(scratch, `i-${round}`),
    ]),
  ),
);
row(
  "`investigate`, warm",
  await measure(runs, () =>
    run(process.execPath, [
      casebook,
      "investigate",
      ...at(repo, values.commit),
      "--quiet",
      "--out",
      join(scratch, "out-0"),
      "--data",
      join(scratch, "i-0"),
    ]),
  ),
);
if (values.baseline !== undefined) {
  const [command, ...args] = values.baseline.split(" ");
  row("baseline", await measure(Math.min(3, runs), () => run(command!, args)));
}

const indexBytes = cacheFileSize(join(index, "index.db"));
console.log(
  `\nCold locate reads ${Math.round(tree.length / cold.seconds)} files a second; its index takes ${(indexBytes / 1e6).toFixed(1)} MB, ${(indexBytes / bytes).toFixed(2)} bytes a byte of the tree.\n`,
);

console.log("| share of the files | files | cold `locate`, s | ms a file |\n| --- | --- | --- | --- |");
for (const share of [1 / 8, 1 / 4, 1 / 2, 1]) {
  const { dir, commit, files } = shrinkRepository(repo, head, share, join(scratch, `share-${share}`));
  const { seconds } = await measure(Math.min(3, runs), (round) =>
    locate(dir, commit, join(scratch, `data-${share}-${round}`)),
  );
  console.log(`| ${share} | ${files} | ${seconds.toFixed(2)} | ${((1000 * seconds) / files).toFixed(2)} |`);
}
