/**
 * Measures how long Casebook takes to start: medians of interleaved runs, each as a multiple of `node -e 0` with Node 24.
 * `npm run bench:start -- [--runs 21] [--old /usr/bin/node]`. `--old` names an older Node, which starts Node 24 through
 * `bin/casebook.mjs`; without it the script takes the first such `node` on the PATH.
 */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";

const WARM_UP = 2;
const root = join(import.meta.dirname, "..");
const bin = join(root, "bin/casebook.mjs");
const { values } = parseArgs({
  options: { runs: { type: "string", default: "21" }, old: { type: "string" } },
});
const data = mkdtempSync(join(tmpdir(), "casebook-start-"));
const env: Record<string, string | undefined> = { ...process.env, CASEBOOK_DATA: data };
// The compiled modules of an earlier run must not count.
delete env["NODE_COMPILE_CACHE"];

const old = values.old ?? oldNode();
const example = join(root, "examples/issue-42/issue.md");
const node = process.execPath;
/** The first row is what all others are compared with. */
const commands: readonly (readonly string[])[] = [
  [node, "-e", "0"],
  [node, bin, "--version"],
  [node, bin, "--help"],
  [node, bin, "locate", "--quiet", "--repo", root, "--issue", example],
  [node, bin, "check", join(root, "README.md")],
  ...(old === undefined
    ? []
    : [
        [old, "-e", "0"],
        [old, bin, "--version"],
        [old, bin, "--help"],
      ]),
];
/** Without a parent that sends a task, the researcher's process ends when its modules are loaded. */
const researcher = [node, join(root, "src/research/main.ts")];
const cached = { ...env, NODE_COMPILE_CACHE: join(data, "compiled") };

try {
  const rows = [...commands.map((command) => ({ command, env })), { command: researcher, env: cached }];
  const times = rows.map((): number[] => []);
  for (let run = 0; run < WARM_UP + Number(values.runs); run++)
    for (const [at, row] of rows.entries()) {
      const time = timeOf(row.command, row.env);
      if (run >= WARM_UP) times[at]!.push(time);
    }
  const base = median(times[0]!);
  console.log(
    `Node ${process.version}${old === undefined ? "" : `, old Node ${versionOf(old)}`}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}, medians of ${values.runs} runs after ${WARM_UP}`,
  );
  for (const [at, { command }] of rows.entries()) {
    const time = median(times[at]!);
    const words = command.map((word) => word.replace(node, "node").replace(`${root}/`, "")).join(" ");
    console.log(`${time.toFixed(0).padStart(6)} ms ${(time / base).toFixed(2).padStart(6)} x  ${words}`);
  }
} finally {
  rmSync(data, { recursive: true, force: true });
}

function timeOf(
  [command = "", ...args]: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const started = performance.now();
  const { error, signal } = spawnSync(command, args, { cwd: root, env: environment, stdio: "ignore" });
  if (error !== undefined || signal !== null) throw new Error(`${command} ${args.join(" ")} did not run`);
  return performance.now() - started;
}

function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
}

function versionOf(file: string): string {
  return spawnSync(file, ["--version"], { encoding: "utf8" }).stdout.trim();
}

function oldNode(): string | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .find((file) => existsSync(file) && Number.parseInt(versionOf(file).slice(1), 10) < 24);
}
