import { writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { RunFailure } from "../failure.ts";
import { fileFailure } from "../process/file-failure.ts";
import type { CommandIo } from "./io.ts";

/** Writes a result to a file that the user named. Throws RunFailure `usage` where its folder does not exist, else as `fileFailure`. */
export function writeResult(file: string, text: string, { cwd }: Pick<CommandIo, "cwd">): void {
  const place = resolve(cwd, file);
  try {
    fileFailure(place, () => writeFileSync(place, text));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
    throw new RunFailure("usage", `There is no folder ${dirname(place)} to write ${file} to`, error);
  }
}
