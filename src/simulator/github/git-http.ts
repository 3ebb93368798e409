import { tmpdir } from "node:os";
import type { GitEnd } from "./git-runner.ts";
import { runGitProcess } from "./git-runners.ts";

/** The only place of the simulated GitHub that starts git: plumbing on a bare repository, and the server's side of git over HTTP. */
export interface GitOptions {
  readonly gitDir?: string;
  readonly input?: string | Uint8Array;
}

/** Runs git to its end and gives what it printed; throws with its complaint when it fails. */
export async function runGit(args: readonly string[], options: GitOptions = {}): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code === 0) return stdout;
  throw new Error(`git ${args[0] ?? ""} ended with ${code}: ${stderr}`);
}

/** As `runGit`, but an end with an error is an answer. */
export async function tryGit(args: readonly string[], { gitDir, input }: GitOptions = {}): Promise<GitEnd> {
  const own = gitDir === undefined ? [] : [`--git-dir=${gitDir}`];
  return runGitProcess({ args: [...own, ...args], cwd: tmpdir(), env: environment(), input: input ?? "" });
}

export interface GitHttpRequest {
  /** Folder that holds the repository. */
  readonly root: string;
  /** `/<folder>.git/info/refs`, below the root. */
  readonly path: string;
  readonly method: string;
  readonly query: string;
  readonly contentType: string;
  readonly contentEncoding: string;
  /** `version=2`. */
  readonly protocol: string;
  readonly user: string;
  readonly body: Uint8Array;
}

export interface GitHttpResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** As GitHub's servers: partial clones and fetching any commit are allowed; nothing is tidied up behind our back. */
const SERVER_SETTINGS = [
  "http.receivepack=true",
  "uploadpack.allowFilter=true",
  "uploadpack.allowAnySHA1InWant=true",
  "receive.autogc=false",
  "gc.auto=0",
];

/** One request of a git client, answered by `git http-backend` (the caller has decided that it may). */
export async function serveGit(request: GitHttpRequest): Promise<GitHttpResponse> {
  const { stdout, stderr } = await runGitProcess({
    args: [...SERVER_SETTINGS.flatMap((setting) => ["-c", setting]), "http-backend"],
    cwd: tmpdir(),
    input: request.body,
    env: {
      ...environment(),
      GIT_PROJECT_ROOT: request.root,
      GIT_HTTP_EXPORT_ALL: "1",
      PATH_INFO: request.path,
      REQUEST_METHOD: request.method,
      QUERY_STRING: request.query,
      CONTENT_TYPE: request.contentType,
      CONTENT_LENGTH: String(request.body.length),
      HTTP_CONTENT_ENCODING: request.contentEncoding,
      GIT_PROTOCOL: request.protocol,
      REMOTE_USER: request.user,
      REMOTE_ADDR: "127.0.0.1",
    },
  });
  const end = stdout.indexOf("\r\n\r\n");
  if (end < 0) throw new Error(`git http-backend gave no answer: ${stderr}`);
  return cgiAnswer(stdout.subarray(0, end).toString("latin1"), stdout.subarray(end + 4));
}

function cgiAnswer(head: string, body: Buffer): GitHttpResponse {
  const headers: Record<string, string> = {};
  for (const line of head.split("\r\n")) {
    const colon = line.indexOf(":");
    if (colon > 0) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const { status, ...others } = headers;
  return { status: status === undefined ? 200 : Number.parseInt(status, 10), headers: others, body };
}

/** Nothing of the machine or the user decides how git behaves here. */
function environment(): Record<string, string | undefined> {
  const { PATH, TMPDIR } = process.env;
  return {
    PATH,
    TMPDIR,
    LC_ALL: "C",
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
  };
}
