import { RunFailure } from "../failure.ts";

/** Runs `work` and turns the file system's refusals into the failures a user can mend; `place` is named in the sentence. */
export function fileFailure<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOSPC" || code === "EDQUOT")
      throw new RunFailure("no-space", `There is no space left to write ${place}`, error);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      throw new RunFailure("no-permission", `${place} cannot be written`, error);
    if (code === "ENOTDIR" || code === "EEXIST" || code === "EISDIR")
      throw new RunFailure("usage", `${place} is not a folder`, error);
    throw error;
  }
}
