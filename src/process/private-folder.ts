import { chmodSync, mkdirSync } from "node:fs";
import { fileFailure } from "./file-failure.ts";

/** Makes a folder that only its owner reads, also where it is there already. Throws RunFailure where it cannot be written. */
export function privateFolder(path: string): void {
  fileFailure(path, () => {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    chmodSync(path, 0o700);
  });
}
