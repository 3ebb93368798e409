import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NewApp } from "./exchange-code.ts";

/**
 * Writes what the server needs to know of a new App, readable by this user alone. A `.env` that is there stays: the file is
 * then called after the App, since a key that GitHub tells once must not be lost. Gives the name of the file.
 */
export function writeEnvFile(
  folder: string,
  { id, slug, pem, webhook_secret }: NewApp,
  apiUrl: string,
): string {
  const name = existsSync(join(folder, ".env")) ? `.env.${slug}` : ".env";
  const lines = [
    `# The GitHub App ${slug}. Secret: keep it out of git.`,
    `APP_ID=${id}`,
    `PRIVATE_KEY="${pem.trim().replaceAll("\n", "\\n")}"`,
    `WEBHOOK_SECRET=${webhook_secret}`,
    ...(apiUrl === "https://api.github.com" ? [] : [`GITHUB_API_URL=${apiUrl}`]),
  ];
  writeFileSync(join(folder, name), `${lines.join("\n")}\n`, { mode: 0o600, flag: "wx" });
  return name;
}
