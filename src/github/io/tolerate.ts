import { GitHubFailure, type GitHubFailureCode } from "../github-failure.ts";

/** No token was given for it: nothing was asked, so nothing is known of what stands there. */
export class NoToken extends GitHubFailure {
  constructor({ code, message, retryAt }: GitHubFailure) {
    super(code, message, retryAt === undefined ? {} : { retryAt });
    this.name = "GitHubFailure";
  }
}

/** What the work gives; undefined when it fails with this code, which here says that all is as it should be. */
export async function tolerate<T>(code: GitHubFailureCode, work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof GitHubFailure && error.code === code && !(error instanceof NoToken))
      return undefined;
    throw error;
  }
}
