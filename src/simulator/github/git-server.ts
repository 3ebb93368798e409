import { basename, dirname } from "node:path";
import { hasAtLeast } from "../../investigation/commands/rights.ts";
import type { Caller } from "./api.ts";
import { afterMove, isProtected } from "./branches.ts";
import { type GitHttpResponse, serveGit } from "./git-http.ts";
import { isGranted } from "./permissions.ts";
import { findRepository, fullName, permissionOf, type RepositoryRecord, type World } from "./world.ts";

export interface GitClientRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
  readonly caller: Caller;
}

const PATH = /^\/([\w.-]{1,100})\/([\w.-]{1,100}?)\.git(\/info\/refs|\/git-upload-pack|\/git-receive-pack)$/;

export function isGitPath(path: string): boolean {
  return PATH.test(path);
}

/**
 * Git over HTTP: `git http-backend` answers, after it was decided who may. A push is refused as a ruleset does; one that
 * went through is told to the backend and fires its webhooks. Only one push runs at a time (`alone`).
 */
export async function answerGit(
  world: World,
  request: GitClientRequest,
  alone: <T>(work: () => Promise<T>) => Promise<T>,
): Promise<GitHttpResponse> {
  const [, owner = "", name = "", service = ""] = PATH.exec(request.path) ?? [];
  const isPush =
    service === "/git-receive-pack" ||
    (service === "/info/refs" && new URLSearchParams(request.query).get("service") === "git-receive-pack");
  const repository = findRepository(world, owner, name);
  if (repository === undefined) {
    const renamed = world.repositories.find(
      (one) => one.owner.login.toLowerCase() === owner.toLowerCase() && one.oldNames.has(name.toLowerCase()),
    );
    if (renamed === undefined) return hidden(request.caller);
    const query = request.query === "" ? "" : `?${request.query}`;
    return text(301, "Moved", { location: `${world.url}/${fullName(renamed)}.git${service}${query}` });
  }
  const refused = refuse(request.caller, repository, isPush);
  if (refused !== undefined) return refused;
  const serve = (): Promise<GitHttpResponse> =>
    serveGit({
      root: dirname(repository.bare.gitDir),
      path: `/${basename(repository.bare.gitDir)}${service}`,
      method: request.method,
      query: request.query,
      contentType: request.headers["content-type"] ?? "",
      contentEncoding: request.headers["content-encoding"] ?? "",
      protocol: request.headers["git-protocol"] ?? "",
      user: "git",
      body: request.body,
    });
  if (service !== "/git-receive-pack") {
    const { query, headers, body } = request;
    const key = JSON.stringify([service, query, headers["git-protocol"], body.toString("latin1")]);
    return repository.bare.whileUnmoved(key, serve);
  }
  return alone(async () => {
    const commands = pushedRefs(request.body);
    if (commands.some((ref) => isProtected(repository, ref.replace(/^refs\/heads\//, ""))))
      return refusedPush(commands);
    const before = await repository.bare.branches();
    const answer = await repository.bare.moving(serve);
    const after = await repository.bare.branches();
    for (const branch of new Set([...before.keys(), ...after.keys()]))
      if (before.get(branch) !== after.get(branch))
        await afterMove(world, request, repository, {
          branch,
          before: before.get(branch),
          after: after.get(branch),
        });
    return answer;
  });
}

function refuse(caller: Caller, repository: RepositoryRecord, isPush: boolean): GitHttpResponse | undefined {
  const isOpen = !repository.isPrivate && !isPush;
  switch (caller.kind) {
    case "nobody":
      if (!isOpen) return hidden(caller);
      break;
    case "app":
      return hidden({ kind: "nobody" });
    case "person": {
      const permission = permissionOf(repository, caller.login);
      if (permission === "none") return hidden(caller);
      if (isPush && !hasAtLeast(permission, "write"))
        return text(403, "Write access to repository not granted.\n");
      break;
    }
    case "installation": {
      const { owner, repositories, permissions } = caller.token;
      const isIncluded = owner === repository.owner.login && (repositories?.includes(repository.id) ?? true);
      const level = isPush ? "write" : "read";
      if (isIncluded && isGranted(permissions, [{ name: "contents", level }])) break;
      if (isOpen) break;
      return isIncluded && isPush ? text(403, "Write access to repository not granted.\n") : hidden(caller);
    }
  }
  if (isPush && repository.archived) return text(403, "This repository was archived so it is read-only.\n");
  return undefined;
}

/** GitHub does not say whether a repository is missing or closed; without a token it asks for one. */
function hidden(caller: Caller): GitHttpResponse {
  return caller.kind === "nobody"
    ? text(401, "Authentication required\n", { "www-authenticate": 'Basic realm="GitHub"' })
    : text(404, "Repository not found.\n");
}

function text(status: number, body: string, headers: Readonly<Record<string, string>> = {}): GitHttpResponse {
  return { status, headers: { "content-type": "text/plain", ...headers }, body: Buffer.from(body) };
}

/** Names of the refs that a push wants to move: lines of `old new ref`, each with its length before it, until a flush. */
function pushedRefs(body: Buffer): readonly string[] {
  const refs: string[] = [];
  for (let at = 0; at + 4 <= body.length;) {
    const length = Number.parseInt(body.toString("latin1", at, at + 4), 16);
    if (!(length > 4)) break;
    const line = body.toString("utf8", at + 4, at + length).split("\0")[0] ?? "";
    const ref = line.trimEnd().split(" ")[2];
    if (ref !== undefined) refs.push(ref);
    at += length;
  }
  return refs;
}

/** What git shows when a ruleset says no: every ref is refused. */
function refusedPush(refs: readonly string[]): GitHttpResponse {
  const report = [
    line("unpack ok\n"),
    ...refs.map((ref) => line(`ng ${ref} push declined due to repository rule violations\n`)),
    Buffer.from("0000"),
  ];
  const words = refs.map((ref) => `error: GH013: Repository rule violations found for ${ref}.\n`).join("");
  return {
    status: 200,
    headers: { "content-type": "application/x-git-receive-pack-result", "cache-control": "no-cache" },
    body: Buffer.concat([
      line(Buffer.concat([Buffer.from([2]), Buffer.from(words)])),
      line(Buffer.concat([Buffer.from([1]), ...report])),
      Buffer.from("0000"),
    ]),
  };
}

function line(content: string | Buffer): Buffer {
  const bytes = Buffer.from(content);
  return Buffer.concat([Buffer.from((bytes.length + 4).toString(16).padStart(4, "0")), bytes]);
}
