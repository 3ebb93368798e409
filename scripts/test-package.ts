/**
 * Installs the packed package into an empty folder as a user does, without development packages, and runs the demo and the
 * simulated App there.
 * Fails when it does not work, an install script is wanted, or it takes 420 MB or more. `npm run test:package`
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const LIMIT = 420_000_000;
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "casebook-package-"));

function run(command: string, args: readonly string[], cwd: string): string {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  if (status !== 0)
    throw new Error(`${command} ${args.join(" ")} ended with ${status}:\n${stdout}\n${stderr}`);
  return stdout;
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

try {
  run("npm", ["run", "build"], root);
  const [packed] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root)) as {
    filename: string;
  }[];
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  run(
    "npm",
    ["install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund", join(folder, packed!.filename)],
    folder,
  );
  const size = sizeOf(join(folder, "node_modules"));
  const lock = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripts = Object.entries(lock.packages).filter(
    ([, { hasInstallScript }]) => hasInstallScript === true,
  );
  const output = run(join(folder, "node_modules/.bin/casebook"), ["demo"], folder);
  if (!output.includes("Store.set")) throw new Error(`the demo does not find the cause:\n${output}`);
  const played = run(join(folder, "node_modules/.bin/casebook"), ["simulate", "--script", "--fast"], folder);
  if (!played.includes(" 0 wrong")) throw new Error(`the App does not live in the package:\n${played}`);
  if (size >= LIMIT) throw new Error(`the installed package takes ${Math.round(size / 1e6)} MB`);
  console.log(
    `package: ${Math.round(size / 1e6)} MB installed, ${Object.keys(lock.packages).length - 1} packages, install scripts wanted (and not run) by ${scripts.length}: ${scripts.map(([name]) => name.replace("node_modules/", "")).join(", ")}; the demo runs, and the App against a simulated GitHub`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
