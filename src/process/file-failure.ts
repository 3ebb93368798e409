import { RunFailure } from "../failure.ts";

/** Turns errors of the file system in `work` into failures that a user can fix. The message names `place`. */
export function fileFailure<T>(place: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === "ENOSPC" || code === "EDQUOT")
      throw new RunFailure("no-space", `The disk is full; Casebook cannot write ${place}`, error);
    if (code === "EACCES" || code === "EPERM" || code === "EROFS")
      throw new RunFailure("no-permission", `Casebook has no permission to write ${place}`, error);
    if (code === "ENOTDIR" || code === "EEXIST" || code === "EISDIR")
      throw new RunFailure("usage", `${place} is not a folder`, error);
    throw error;
  }
}
