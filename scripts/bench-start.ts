/**
 * Measures how long Casebook takes to start: medians of interleaved runs, each as a multiple of `node -e 0` with Node 24.
 * `npm run bench:start -- [--runs 21]`. An older Node on the PATH is measured too: it starts Node 24 through
 * `bin/casebook.mjs`.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { findOldNode } from "./old-node.ts";

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

const old = findOldNode();
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
        [old.file, "-e", "0"],
        [old.file, bin, "--version"],
        [old.file, bin, "--help"],
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
    `Node ${process.version}${old === undefined ? "" : ` and ${old.version}`}, ${cpus().length} cores, load ${loadavg()[0]!.toFixed(1)}, medians of ${values.runs} runs after ${WARM_UP}`,
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
