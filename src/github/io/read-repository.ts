import { z } from "zod";
import { PERMISSIONS, type Permission } from "../../investigation/commands/rights.ts";
import { GitHubFailure } from "../github-failure.ts";
import type { CommitInfo, GitHub } from "../github.ts";
import { PULL, REPOSITORY } from "./response-schemas.ts";
import { type InstallationContext, reading } from "./installation-context.ts";
import { parseResponse } from "./api-response.ts";
import { tolerate } from "./failure-of.ts";
import { holding } from "./write.ts";

export type RepositoryReads = Pick<
  GitHub,
  | "repository"
  | "permission"
  | "accountMadeAt"
  | "filesIn"
  | "file"
  | "commitOf"
  | "branchHead"
  | "branches"
  | "commitsBetween"
  | "pullsFrom"
  | "pull"
  | "ownCheckRuns"
  | "readToken"
>;

/** GitHub lists at most this many commits of a comparison. */
const MAX_COMMITS = 250;

const ACCESS = z.object({ permission: z.string(), role_name: z.string().optional() });
const USER = z.object({ created_at: z.iso.datetime({ offset: true }) });
const FILE = z.object({ type: z.string(), encoding: z.string().optional(), content: z.string().optional() });
const ENTRY = z.object({ name: z.string(), type: z.string() });
const CONTENT = z.union([z.array(ENTRY), FILE]);
const COMMIT = z.object({ sha: z.string() });
const REF = z.object({ ref: z.string(), object: z.object({ sha: z.string() }) });
const COMPARISON = z.object({
  commits: z.array(
    z
      .object({
        sha: z.string(),
        author: z.object({ id: z.int().optional(), login: z.string().optional() }).nullish(),
        commit: z.object({
          message: z.string(),
          author: z.object({ name: z.string().optional() }).nullish(),
        }),
      })
      .transform(({ sha, author, commit }): CommitInfo => ({
        oid: sha,
        ...(author?.id === undefined ? {} : { authorId: author.id }),
        author: author?.login ?? commit.author?.name ?? "",
        message: commit.message,
      })),
  ),
});
const CHECK_RUNS = z.object({
  check_runs: z.array(
    z.object({
      id: z.int(),
      name: z.string(),
      external_id: z.string().nullish(),
      app: z.object({ id: z.int() }).nullish(),
    }),
  ),
});

/** Files, branches, commits, pull requests, check runs and permissions of a repository. */
export function readRepository(context: InstallationContext): RepositoryReads {
  const { client, rateLimiter, identity, installation } = context;
  const { read, list } = reading(context);
  return {
    async accountMadeAt(login) {
      const route = "GET /users/{username}";
      const rights = { installation, purpose: "list" } as const;
      const answer = await tolerate(
        "gone",
        holding(rateLimiter, installation, () =>
          client.ask({ route, parameters: { username: login }, rights }),
        ),
      );
      return answer === undefined ? undefined : Date.parse(parseResponse(USER, answer, route).created_at);
    },

    async repository(id) {
      const route = "GET /repositories/{repository_id}";
      const rights = { installation, repository: id, purpose: "read" } as const;
      const parameters = { repository_id: id };
      const answer = await holding(rateLimiter, installation, () =>
        client.ask({ route, parameters, rights }),
      );
      return parseResponse(REPOSITORY, answer, route);
    },

    async permission(repository, login) {
      const route = "GET /repos/{owner}/{repo}/collaborators/{username}/permission";
      const answer = await tolerate("gone", read(repository, route, { username: login }));
      if (answer === undefined) return "none";
      const { permission, role_name } = parseResponse(ACCESS, answer, route);
      // A custom role counts as the role that it is based on.
      return permissionOf(role_name) ?? permissionOf(permission) ?? "none";
    },

    async filesIn(repository, folder) {
      const route = "GET /repos/{owner}/{repo}/contents/{path}";
      const answer = await tolerate("gone", read(repository, route, { path: folder }));
      if (answer === undefined) return [];
      const content = parseResponse(CONTENT, answer, route);
      if (!Array.isArray(content)) return [];
      return content.filter(({ type }) => type === "file").map(({ name }) => name);
    },

    async file(repository, path, revision) {
      const route = "GET /repos/{owner}/{repo}/contents/{path}";
      const at = revision === undefined ? {} : { ref: revision };
      const answer = await tolerate("gone", read(repository, route, { path, ...at }));
      if (answer === undefined) return undefined;
      const content = parseResponse(CONTENT, answer, route);
      if (Array.isArray(content) || content.type !== "file") return undefined;
      if (content.encoding !== "base64")
        throw new GitHubFailure("refused", `${path.slice(0, 200)} is larger than GitHub gives by its API`);
      return Buffer.from(content.content ?? "", "base64").toString();
    },

    async commitOf(repository, revision) {
      const route = "GET /repos/{owner}/{repo}/commits/{ref}";
      const answer = await tolerate("gone", read(repository, route, { ref: revision }));
      return answer === undefined ? undefined : parseResponse(COMMIT, answer, route).sha;
    },

    async branchHead(repository, branch) {
      const route = "GET /repos/{owner}/{repo}/git/ref/{ref}";
      const answer = await tolerate("gone", read(repository, route, { ref: `heads/${branch}` }));
      return answer === undefined ? undefined : parseResponse(REF, answer, route).object.sha;
    },

    async branches(repository, prefix) {
      const route = "GET /repos/{owner}/{repo}/git/matching-refs/{ref}";
      const heads = "refs/heads/";
      const refs = await tolerate(
        "gone",
        // GitHub documents no pages for it.
        list(repository, route, { ref: `heads/${prefix}`, per_page: undefined }, (page) =>
          parseResponse(z.array(REF), page, route),
        ),
      );
      return (refs ?? [])
        .map(({ ref }) => ref)
        .filter((ref) => ref.startsWith(heads))
        .map((ref) => ref.slice(heads.length));
    },

    async commitsBetween(repository, base, head) {
      const route = "GET /repos/{owner}/{repo}/compare/{basehead}";
      const pages = Math.ceil(MAX_COMMITS / 100);
      const commits = await list(
        repository,
        route,
        { basehead: `${base}...${head}` },
        (page) => parseResponse(COMPARISON, page, route).commits,
        pages,
      );
      return commits.slice(0, MAX_COMMITS);
    },

    async pullsFrom(repository, branch) {
      const route = "GET /repos/{owner}/{repo}/pulls";
      const head = `${repository.owner}:${branch}`;
      const pulls = await list(
        repository,
        route,
        { head, state: "all", sort: "created", direction: "desc" },
        (page) => parseResponse(z.array(PULL), page, route),
      );
      return pulls.filter(({ isOwnBranch, headBranch }) => isOwnBranch && headBranch === branch);
    },

    async pull(repository, number) {
      const route = "GET /repos/{owner}/{repo}/pulls/{pull_number}";
      const answer = await tolerate("gone", read(repository, route, { pull_number: number }));
      return answer === undefined ? undefined : parseResponse(PULL, answer, route);
    },

    async ownCheckRuns(repository, head, name) {
      const route = "GET /repos/{owner}/{repo}/commits/{ref}/check-runs";
      const { appId } = await identity();
      const runs = await list(
        repository,
        route,
        { ref: head, check_name: name, filter: "all" },
        (page) => parseResponse(CHECK_RUNS, page, route).check_runs,
      );
      return runs
        .filter((run) => run.app?.id === appId && run.name === name)
        .map((run) => ({ id: run.id, name: run.name, externalId: run.external_id ?? "" }));
    },

    readToken: ({ id }) =>
      holding(rateLimiter, installation, () =>
        client.tokens.token({ installation, repository: id, purpose: "git" }),
      ),
  };
}

function permissionOf(name: string | undefined): Permission | undefined {
  return PERMISSIONS.find((permission) => permission === name);
}
