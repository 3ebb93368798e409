#!/usr/bin/env node
// Starts the command line under Node 24: this Node if it is new enough, else the one that `npm ci` put into the clone.
// A clone runs its TypeScript sources; the published package runs their build in `dist`.
import { existsSync, readFileSync } from "node:fs";

const NEEDED = 24;
const args = process.argv.slice(2);
const root = new URL("..", import.meta.url);
const isNew = Number.parseInt(process.versions.node, 10) >= NEEDED;
const node = isNew ? process.execPath : bundledNode();

if (node === undefined) {
  process.stderr.write(
    `casebook: Casebook needs Node ${NEEDED} or newer, and this is Node ${process.versions.node}.\n`,
  );
  process.exitCode = 70;
} else if (args.length === 1 && ["--version", "-V"].includes(args[0])) {
  // Scripts ask for the version often; the command line takes four times as long to load.
  process.stdout.write(`${JSON.parse(readFileSync(new URL("package.json", root), "utf8")).version}\n`);
} else if (isNew) await run();
else await runWith(node);

async function run() {
  endWithLauncher();
  // The server holds keys, so it runs no code but that of the package, and keeps them out of what other processes can read.
  if (args[0] === "serve") (await load("process/leave-environment")).leaveEnvironment();
  else await cacheCompiledCode();
  await load(args[0] === "simulate" ? "simulator/main" : "cli/main");
}

function load(module) {
  const source = new URL(`src/${module}.ts`, root);
  return import(existsSync(source) ? source.href : new URL(`dist/${module}.js`, root).href);
}

/**
 * Keeps the compiled form of every module below the data folder. It must be on before the first import of TypeScript:
 * without it Node loads its type stripper, which takes longer than all of our modules together. Node compares each entry
 * with its source, so stale code never runs. Threads and child processes find the folder in the environment.
 */
async function cacheCompiledCode() {
  const { enableCompileCache } = await import("node:module");
  const { homedir } = await import("node:os");
  const { CASEBOOK_DATA: data, XDG_CACHE_HOME: caches } = process.env;
  const folder = `${data || `${caches || `${homedir()}/.cache`}/casebook`}/compiled`;
  if (!(await isOursAlone(folder))) return;
  // Not the folder in it that Node names: each process names its own.
  if (enableCompileCache(folder).directory !== undefined) process.env.NODE_COMPILE_CACHE ??= folder;
}

/** Nobody else may leave code there. A folder that cannot be made is none. */
async function isOursAlone(folder) {
  const { mkdirSync, statSync } = await import("node:fs");
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { uid, mode } = statSync(folder);
    return process.getuid === undefined || (uid === process.getuid() && (mode & 0o022) === 0);
  } catch {
    return false;
  }
}

/** The older Node that started this one may be killed without a word; its end of the channel is then closed. */
function endWithLauncher() {
  if (process.channel === undefined) return;
  process.on("disconnect", () => process.exit(130));
  // Waiting for that keeps no process alive.
  process.channel.unref();
}

async function runWith(node) {
  const { spawn } = await import("node:child_process");
  const { fileURLToPath } = await import("node:url");
  const child = spawn(node, [fileURLToPath(import.meta.url), ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`casebook: Node ${NEEDED} does not start: ${error.message}\n`);
    process.exit(70);
  });
  child.on("close", (code, signal) => process.exit(code ?? (signal === null ? 70 : 130)));
}

/** The Node of the clone, which `node24/package.json` brings. The published package has none. */
function bundledNode() {
  const file = new URL(`node_modules/node-${process.platform}-${process.arch}/bin/node`, root);
  return existsSync(file) ? decodeURIComponent(file.pathname) : undefined;
}
