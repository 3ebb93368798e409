import { accessSync, constants, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunFailure } from "../failure.ts";
import type { NewApp } from "./exchange-code.ts";

/** Files of the same App that are there already before another folder is the better idea. */
const MAX_FILES = 100;

/** Throws RunFailure `usage` when no file can be made in the folder: GitHub tells the key once, and it must be kept. */
export function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new RunFailure("usage", `Nothing can be written in ${folder}; go to a folder of your own`, error);
  }
}

/**
 * Writes what the server needs to know of a new App, readable by this user alone. Nothing that is there is written over: the
 * file is then called `.env.<slug>`, or that with a number. Gives the name of the file.
 */
export function writeEnvFile(
  folder: string,
  { id, slug, pem, webhook_secret }: NewApp,
  apiUrl: string,
): string {
  const lines = [
    `# The GitHub App ${slug}. Secret: keep it out of git.`,
    `APP_ID=${id}`,
    `PRIVATE_KEY="${pem.trim().replaceAll(/\r?\n/g, "\\n")}"`,
    `WEBHOOK_SECRET=${webhook_secret}`,
    ...(apiUrl === "https://api.github.com" ? [] : [`GITHUB_API_URL=${apiUrl}`]),
  ];
  const names = [".env", `.env.${slug}`];
  for (let number = 2; number <= MAX_FILES; number++) names.push(`.env.${slug}-${number}`);
  const name = names.find((candidate) => isCreated(join(folder, candidate), `${lines.join("\n")}\n`));
  if (name === undefined) throw new Error(`there are ${MAX_FILES} files for ${slug} in ${folder}`);
  return name;
}

/** False when a file of that name is there; it stays as it is. */
function isCreated(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
