/**
 * Packs Casebook, installs the package into an empty folder as a user does, and runs `--version`, the demo and the simulated
 * App there: `npm run test:package`. Fails when one of them fails, npm warns, the package wants an install script, or the
 * installation takes 200 MB or more. An older Node on the PATH must get one sentence.
 */
import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findOldNode } from "./old-node.ts";

const LIMIT = 200_000_000;
const root = join(import.meta.dirname, "..");
const folder = mkdtempSync(join(tmpdir(), "casebook-package-"));

interface Ran {
  readonly exit: number | null;
  readonly out: string;
  readonly err: string;
}

function start(command: string, args: readonly string[], cwd: string): Ran {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: "utf8" });
  return { exit: status, out: stdout, err: stderr };
}

function run(command: string, args: readonly string[], cwd: string): Ran {
  const ran = start(command, args, cwd);
  if (ran.exit !== 0)
    throw new Error(
      `${command} ${args.join(" ")} failed with exit code ${ran.exit}:\n${ran.out}\n${ran.err}`,
    );
  return ran;
}

function sizeOf(path: string): number {
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((total, entry) => total + statSync(join(entry.parentPath, entry.name)).size, 0);
}

function hold(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(otherwise);
}

try {
  // `npm pack` builds by itself.
  rmSync(join(root, "dist"), { recursive: true, force: true });
  run("npm", ["pack", "--pack-destination", folder], root);
  const [tarball = ""] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "private": true }\n');
  const { err: warnings } = run("npm", ["install", `./${tarball}`], folder);
  hold(!warnings.includes("npm warn"), `npm install warns:\n${warnings}`);

  const megabytes = Math.round(sizeOf(join(folder, "node_modules")) / 1e6);
  hold(megabytes * 1e6 < LIMIT, `the installed package takes ${megabytes} MB`);
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8")) as {
    packages: Record<string, { hasInstallScript?: boolean }>;
  };
  const scripted = Object.keys(packages).filter((name) => packages[name]!.hasInstallScript === true);
  hold(scripted.length === 0, `these packages want an install script: ${scripted.join(", ")}`);

  const casebook = join(folder, "node_modules/.bin/casebook");
  const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
  const printed = run(casebook, ["--version"], folder).out;
  hold(printed === `${version}\n`, `--version prints ${printed}`);
  const demo = run(casebook, ["demo"], folder).out;
  hold(demo.includes("Store.set"), `the demo does not find the cause:\n${demo}`);
  const played = run(casebook, ["simulate", "--script", "--fast"], folder).out;
  hold(played.includes(" 0 wrong"), `the simulated App fails:\n${played}`);

  const old = findOldNode();
  if (old !== undefined) {
    const { exit, out, err } = start(old.file, [casebook, "demo"], folder);
    const sentence = `casebook: Casebook needs Node 24 or newer, and this is Node ${old.version.slice(1)}.\n`;
    hold(exit === 70 && out === "" && err === sentence, `Node ${old.version} says: ${out}${err}`);
  }
  console.log(
    `package: ${megabytes} MB installed, ${Object.keys(packages).length - 1} packages, no install script, no warning; the demo and the simulated App run; ${old === undefined ? "no older Node is here to be refused" : `Node ${old.version} is refused in one sentence`}`,
  );
} finally {
  rmSync(folder, { recursive: true, force: true });
}
