#!/usr/bin/env node
// Starts the command line under Node 24: this one if it is new enough, else the one that came with the install.
// In a clone the TypeScript sources run as they are; the published package holds them built, below dist.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const NEEDED = 24;
const here = dirname(fileURLToPath(import.meta.url));

if (Number(process.versions.node.split(".")[0]) >= NEEDED) {
  const source = join(here, "../src/cli/main.ts");
  const built = join(here, "../dist/entry/cli/main.js");
  await import(existsSync(source) ? source : built);
} else {
  const node = bundledNode();
  if (node === undefined) {
    process.stderr.write(
      `casebook: needs Node ${NEEDED} or newer, this is ${process.versions.node}. Install Node ${NEEDED}, then try again.\n`,
    );
    process.exit(70);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: "inherit" });
  // Whoever stops this process means the one that works.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.on("error", (error) => {
    process.stderr.write(`casebook: Node ${NEEDED} cannot be started: ${error.message}\n`);
    process.exit(70);
  });
  child.on("close", (code, signal) => process.exit(code ?? (signal === null ? 70 : 130)));
}

function bundledNode() {
  try {
    const manifest = createRequire(import.meta.url).resolve(
      `node-${process.platform}-${process.arch}/package.json`,
    );
    const node = join(dirname(manifest), "bin", "node");
    return existsSync(node) ? node : undefined;
  } catch {
    return undefined;
  }
}
