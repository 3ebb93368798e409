import { readFileSync, statSync } from "node:fs";

/** What a secret needs at least. */
export const MIN_SECRET = 16;
/** Secrets of one file: more would mean that an old one was forgotten. */
const MAX_SECRETS = 4;

/**
 * The secrets in a file, one a line, the newest first. Throws Error without the text of any when there is none, one is too short, or
 * there are too many.
 */
export function readSecrets(file: string): readonly string[] {
  const secrets = readFileSync(file, "utf8")
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (secrets.length === 0 || secrets.length > MAX_SECRETS)
    throw new Error(`must name a file with 1 to ${MAX_SECRETS} secrets, one a line`);
  if (secrets.some((secret) => secret.length < MIN_SECRET))
    throw new Error(`must name a file whose secrets have at least ${MIN_SECRET} characters`);
  return secrets;
}

/**
 * The secrets of a file as they are now: it is read again when it changed, so that a secret is replaced without a restart. A file that
 * is gone or wrong changes nothing, and `onProblem` is told once for each version of it.
 */
export function watchedSecrets(
  file: string,
  first: readonly string[],
  onProblem: (problem: string) => void,
): () => readonly string[] {
  let secrets = first;
  let seen = versionOf(file);
  return () => {
    const now = versionOf(file);
    if (now === seen) return secrets;
    seen = now;
    try {
      secrets = readSecrets(file);
    } catch (error) {
      onProblem((error as NodeJS.ErrnoException).code ?? (error as Error).message);
    }
    return secrets;
  };
}

function versionOf(file: string): string {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat === undefined ? "none" : `${stat.ino} ${stat.mtimeMs} ${stat.size}`;
}
