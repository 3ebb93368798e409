/** Several files in one commit, signed by GitHub, on the head that is expected or not at all. */
export const COMMIT_MUTATION = `mutation Commit($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) {
    commit {
      oid
    }
  }
}`;

export interface CommitChange {
  readonly branch: string;
  readonly expectedHead: string;
  readonly files: ReadonlyMap<string, string>;
  readonly message: string;
}

/** The variable of the mutation. `repository`: `owner/name`. */
export function commitInput(
  repository: string,
  { branch, expectedHead, files, message }: CommitChange,
): object {
  const end = message.indexOf("\n");
  const headline = end < 0 ? message : message.slice(0, end);
  const body = end < 0 ? "" : message.slice(end).trim();
  return {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    expectedHeadOid: expectedHead,
    message: { headline: headline.trim(), ...(body === "" ? {} : { body }) },
    fileChanges: {
      additions: [...files].map(([path, text]) => ({
        path,
        contents: Buffer.from(text).toString("base64"),
      })),
    },
  };
}
