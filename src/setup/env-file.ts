import { accessSync, constants, writeFileSync } from "node:fs";
import { join } from "node:path";
import { RunFailure } from "../failure.ts";
import type { NewApp } from "./exchange-code.ts";

/** More files of the same App in one folder are a mistake. */
const MAX_FILES = 100;

/** Throws RunFailure `usage` for a folder without write access: GitHub shows the key once, so it must be stored. */
export function requireWritable(folder: string): void {
  try {
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new RunFailure(
      "usage",
      `Casebook cannot write to ${folder}; run the command in a folder of your own`,
      error,
    );
  }
}

/**
 * Writes the settings of a new App to a file that only this user can read, and returns its name: `.env`, or `.env.<slug>`
 * with or without a number. An existing file stays as it is.
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
  if (name === undefined) throw new Error(`${folder} has ${MAX_FILES} files for ${slug} already`);
  return name;
}

/** False when the file exists. */
function isCreated(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { mode: 0o600, flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    return false;
  }
}
