/**
 * Speed and memory on one repository, printed as a Markdown table: medians of several runs, ratios against `git grep`
 * (and a baseline script, if given) in the same session, and growth over four sizes of the same tree.
 *
 *   npm run bench -- [--repo DIR | --files N] [--commit REV] [--issue FILE] [--runs 5] [--baseline "python3 bm25.py CASE MIRROR OUT"]
 *   npm run bench -- --files 100000 --only locate
 *
 * Without --repo a repository of N files (2,000) in four languages is made. `--only locate` leaves out `investigate` and
 * the growth, which at 100,000 files take half an hour. Every measured command is a process of its
 * own, as a user starts it. Memory is the highest resident set of the largest process that it starts, itself included, read from
 * /proc (Linux only): a repository is read by a process of its own. `git grep` and warm `locate` take turns.
 */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cacheFileSize } from "../src/repository/io/sqlite-blob-cache.ts";
import { makeRepository, shrinkRepository } from "./bench-repository.ts";

const { values } = parseArgs({
  options: {
    repo: { type: "string" },
    files: { type: "string", default: "2000" },
    only: { type: "string" },
    commit: { type: "string", default: "HEAD" },
    issue: { type: "string" },
    runs: { type: "string", default: "5" },
    baseline: { type: "string" },
  },
});
const runs = Number(values.runs);
const scratch = mkdtempSync(join(tmpdir(), "casebook-bench-"));
process.on("exit", () => rmSync(scratch, { recursive: true, force: true }));

const repo = values.repo ?? (await makeRepository(join(scratch, "made"), Number(values.files)));
const isWhole = values.only !== "locate";
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
    const child = spawn(command, args, {
      stdio: ["ignore", "ignore", "pipe"],
      // What is kept between runs beside the index (compiled code) is kept here, too.
      env: { ...process.env, CASEBOOK_DATA: join(scratch, "data") },
    });
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

/** Of a process and all that it started. */
function highWater(pid: number | undefined): number {
  if (pid === undefined) return 0;
  try {
    const line = readFileSync(`/proc/${pid}/status`, "utf8")
      .split("\n")
      .find((text) => text.startsWith("VmHWM:"));
    const started = readdirSync(`/proc/${pid}/task`).flatMap((thread) =>
      readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8").split(" ").filter(Boolean).map(Number),
    );
    return Math.max(Number(line?.replace(/\D/g, "") ?? 0) * 1024, ...started.map(highWater));
  } catch {
    return 0;
  }
}

function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}

async function measure(times: number, once: (round: number) => Promise<Measure>): Promise<Measure> {
  const [measured] = await inTurns(times, once);
  return measured!;
}

/** Several commands that take turns, so that all of them meet the same load. */
async function inTurns(
  times: number,
  ...commands: readonly ((round: number) => Promise<Measure>)[]
): Promise<readonly Measure[]> {
  const measures = commands.map((): Measure[] => []);
  for (let round = 0; round < times; round++)
    for (const [at, once] of commands.entries()) measures[at]!.push(await once(round));
  return measures.map((own) => ({
    seconds: median(own.map(({ seconds }) => seconds)),
    peak: Math.max(...own.map(({ peak }) => peak)),
  }));
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
  `Repository: ${tree.length} files, ${(bytes / 1e6).toFixed(1)} MB, at ${head.slice(0, 12)}; casebook ${own}; ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}; median of ${runs} runs (cold: of ${Math.min(3, runs)}).\n`,
);
console.log("| what | seconds | peak memory, MB | times `git grep` |\n| --- | --- | --- | --- |");

const cold = await measure(Math.min(3, runs), (round) =>
  locate(repo, values.commit, join(scratch, `cold-${round}`)),
);
const index = join(scratch, "cold-0");
// What a machine keeps between runs beside the index, compiled code, is kept before it is measured.
for (let round = 0; round < 3; round++) await locate(repo, values.commit, index);
const [grep, warm] = (await inTurns(
  runs,
  () => run("git", ["-C", repo, "grep", "-c", "-i", "-w", "value", values.commit]),
  () => locate(repo, values.commit, index),
)) as [Measure, Measure];
const row = (what: string, { seconds, peak }: Measure): void =>
  console.log(
    `| ${what} | ${seconds.toFixed(2)} | ${peak === 0 ? "not measured" : (peak / 1e6).toFixed(0)} | ${(seconds / grep.seconds).toFixed(1)} |`,
  );
row("`git grep` of one word", grep);
row("`locate`, cold (empty index)", cold);
row("`locate`, warm", warm);
if (isWhole) {
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
}
if (values.baseline !== undefined) {
  const [command, ...args] = values.baseline.split(" ");
  row("baseline", await measure(Math.min(3, runs), () => run(command!, args)));
}

// A warm run reads no file, so what cold takes longer went into reading them: start and ranking are in both.
const reading = Math.max(0.001, cold.seconds - warm.seconds);
const indexBytes = readdirSync(join(index, "readers"))
  .map((home) => cacheFileSize(join(index, "readers", home, "index.db")))
  .reduce((sum, size) => sum + size, 0);
console.log(
  `\nCold \`locate\`: ${Math.round(tree.length / cold.seconds)} files a second all in all; reading them ${Math.round(tree.length / reading)} files and ${(bytes / 1e6 / reading).toFixed(1)} MB a second. The index takes ${(indexBytes / 1e6).toFixed(1)} MB, ${(indexBytes / bytes).toFixed(2)} bytes a byte of the tree.`,
);

if (isWhole) {
  console.log(
    "\n| share of the files | files | cold `locate`, s | ms a file more than the size before | warm, s |\n| --- | --- | --- | --- | --- |",
  );
  let before: { readonly files: number; readonly seconds: number } | undefined;
  for (const share of [1 / 8, 1 / 4, 1 / 2, 1]) {
    const part = shrinkRepository(repo, head, share, join(scratch, `share-${share}`));
    const dataOf = (round: number): string => join(scratch, `data-${share}-${round}`);
    const first = await measure(Math.min(3, runs), (round) => locate(part.dir, part.commit, dataOf(round)));
    const again = await measure(Math.min(3, runs), () => locate(part.dir, part.commit, dataOf(0)));
    // Linear growth shows as a constant here; the seconds themselves hold the start, which is no growth.
    const more =
      before === undefined
        ? "-"
        : ((1000 * (first.seconds - before.seconds)) / (part.files - before.files)).toFixed(2);
    console.log(
      `| ${share} | ${part.files} | ${first.seconds.toFixed(2)} | ${more} | ${again.seconds.toFixed(2)} |`,
    );
    before = { files: part.files, seconds: first.seconds };
  }
}
