import { ProbotOctokit } from "probot";
import type { SimulatedGitHub } from "../../../src/simulator/github/contract.ts";

/** The client warns of every refusal, and tests are about refusals. */
const SILENT = {
  debug: (): void => undefined,
  info: (): void => undefined,
  warn: (): void => undefined,
  error: (): void => undefined,
};

/** The client that Probot uses, with the rights of the App's installation on that owner. */
export async function clientOf(github: SimulatedGitHub, owner: string): Promise<ProbotOctokit> {
  return new ProbotOctokit({
    baseUrl: github.url,
    auth: {
      appId: github.app.id,
      privateKey: github.app.privateKey,
      installationId: await github.installation(owner),
    },
    log: SILENT,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
}

/** The same client with the App's own rights. */
export function appClient(github: SimulatedGitHub): ProbotOctokit {
  return new ProbotOctokit({
    baseUrl: github.url,
    auth: { appId: github.app.id, privateKey: github.app.privateKey },
    log: SILENT,
    throttle: { enabled: false },
    retry: { enabled: false },
  });
}

/** A token of the installation, narrowed as `more` says. */
export async function tokenOf(github: SimulatedGitHub, owner: string, more: object = {}): Promise<string> {
  const { data } = await appClient(github).rest.apps.createInstallationAccessToken({
    installation_id: await github.installation(owner),
    ...more,
  });
  return data.token;
}

export interface PlainResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;
}

/** A request by plain HTTP, without following redirects. */
export async function ask(
  github: SimulatedGitHub,
  token: string | undefined,
  method: string,
  path: string,
  body?: unknown,
): Promise<PlainResponse> {
  const answer = await fetch(`${github.url}${path}`, {
    method,
    redirect: "manual",
    headers: token === undefined ? {} : { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === "" ? undefined : parse(text) };
}

/** The mutation by which Casebook commits. */
export const COMMIT = `mutation ($input: CreateCommitOnBranchInput!) {
  createCommitOnBranch(input: $input) { commit { oid } }
}`;

export function commitInput(
  repository: string,
  branch: string,
  expectedHeadOid: string,
  files: Readonly<Record<string, string>>,
): object {
  return {
    branch: { repositoryNameWithOwner: repository, branchName: branch },
    message: { headline: "Add the documents" },
    expectedHeadOid,
    fileChanges: {
      additions: Object.entries(files).map(([path, text]) => ({
        path,
        contents: Buffer.from(text).toString("base64"),
      })),
    },
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
