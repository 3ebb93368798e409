import { GitHubFailure, type GitHubFailureCode } from "../../engine/github/github-failure.ts";

/** What the work gives; undefined when it fails with this code, which here says that all is as it should be. */
export async function tolerate<T>(code: GitHubFailureCode, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GitHubFailure && error.code === code) return undefined;
    throw error;
  }
}
