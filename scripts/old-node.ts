import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";

/** The first Node on the PATH that is older than 24, with its version. */
export function findOldNode(): { readonly file: string; readonly version: string } | undefined {
  return (process.env["PATH"] ?? "")
    .split(delimiter)
    .map((folder) => join(folder, "node"))
    .filter((file) => existsSync(file))
    .map((file) => ({ file, version: spawnSync(file, ["--version"], { encoding: "utf8" }).stdout.trim() }))
    .find(({ version }) => Number.parseInt(version.slice(1), 10) < 24);
}
