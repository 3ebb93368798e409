import { z } from "zod";
import { GitHubFailure } from "../github-failure.ts";
import type { GitHub, RepositoryName, RepositoryPage, WriteName } from "../github.ts";
import { NUMBERED, WITH_ID } from "./response-schemas.ts";
import { checkRunRequests, COMMIT_MUTATION, commitInput, type SentAnnotation } from "./request-bodies.ts";
import { type InstallationContext, reading } from "./installation-context.ts";
import { parseResponse } from "./api-response.ts";
import { readRepository } from "./read-repository.ts";
import { tolerate } from "./failure-of.ts";

export type ChangeWrites = Pick<
  GitHub,
  | "createBranch"
  | "deleteBranch"
  | "commit"
  | "createPull"
  | "updatePull"
  | "createCheckRun"
  | "updateCheckRun"
>;

const COMMITTED = z.object({
  data: z.object({
    createCommitOnBranch: z.object({ commit: z.object({ oid: z.string().regex(/^[0-9a-f]{40}$/) }) }),
  }),
});

const ANNOTATIONS = z.array(
  z.object({
    path: z.string(),
    start_line: z.int(),
    end_line: z.int(),
    annotation_level: z.enum(["notice", "warning", "failure"]),
    message: z
      .string()
      .nullish()
      .transform((message) => message ?? ""),
  }),
);

/** Branches, commits, pull requests and check runs. */
export function writeChanges(context: InstallationContext): ChangeWrites {
  const { write, installation } = context;
  const reads = readRepository(context);
  const { list } = reading(context);
  const at = ({ id }: RepositoryName) => ({ installation, id });
  const page = ({ id, webUrl }: RepositoryPage) => ({ installation, id, webUrl });

  const updateCheckRun = async (
    name: WriteName,
    repository: RepositoryPage,
    id: number,
    bodies: readonly object[],
  ): Promise<void> => {
    for (const body of bodies)
      await write(name, {
        repository: page(repository),
        route: "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}",
        parameters: { ...named(repository), check_run_id: id, ...body },
      });
  };

  /** A second request with it would show it twice. */
  const annotationsOf = (repository: RepositoryName, id: number): Promise<readonly SentAnnotation[]> => {
    const route = "GET /repos/{owner}/{repo}/check-runs/{check_run_id}/annotations";
    return list(repository, route, { check_run_id: id }, (page) => parseResponse(ANNOTATIONS, page, route));
  };

  return {
    async createBranch(repository, branch, oid) {
      const created = await tolerate(
        "exists",
        write("createBranch", {
          repository: at(repository),
          route: "POST /repos/{owner}/{repo}/git/refs",
          parameters: { ...named(repository), ref: `refs/heads/${branch}`, sha: oid },
        }),
      );
      if (created !== undefined || (await reads.branchHead(repository, branch)) === oid) return;
      throw new GitHubFailure("exists", `the branch ${branch} is there already, at another commit`);
    },

    async deleteBranch(repository, branch) {
      await tolerate(
        "gone",
        write("deleteBranch", {
          repository: at(repository),
          route: "DELETE /repos/{owner}/{repo}/git/refs/{ref}",
          parameters: { ...named(repository), ref: `heads/${branch}` },
        }),
      );
    },

    async commit(repository, change) {
      const route = "POST /graphql";
      const input = commitInput(`${repository.owner}/${repository.name}`, change);
      const answer = await write("commit", {
        repository: at(repository),
        route,
        parameters: { query: COMMIT_MUTATION, variables: { input } },
      });
      return parseResponse(COMMITTED, answer, route).data.createCommitOnBranch.commit.oid;
    },

    async createPull(repository, pull) {
      const route = "POST /repos/{owner}/{repo}/pulls";
      const create = async (draft: boolean): Promise<number> => {
        const answer = await write("createPull", {
          repository: page(repository),
          route,
          parameters: { ...named(repository), ...pull, draft },
        });
        return parseResponse(NUMBERED, answer, route).number;
      };
      try {
        return await create(true);
      } catch (error) {
        if (!saysNoDrafts(error)) throw error;
        return create(false);
      }
    },

    async updatePull(repository, number, change) {
      await write("updatePull", {
        repository: page(repository),
        route: "PATCH /repos/{owner}/{repo}/pulls/{pull_number}",
        parameters: { ...named(repository), pull_number: number, ...change },
      });
    },

    async createCheckRun(repository, content) {
      const route = "POST /repos/{owner}/{repo}/check-runs";
      const [first, ...rest] = checkRunRequests(content, []);
      const answer = await write("createCheckRun", {
        repository: page(repository),
        route,
        parameters: { ...named(repository), head_sha: content.head, ...first },
      });
      const { id } = parseResponse(WITH_ID, answer, route);
      await updateCheckRun("createCheckRun", repository, id, rest);
      return id;
    },

    async updateCheckRun(repository, id, content) {
      const present = content.annotations.length === 0 ? [] : await annotationsOf(repository, id);
      await updateCheckRun("updateCheckRun", repository, id, checkRunRequests(content, present));
    },
  };
}

function named({ owner, name }: RepositoryName): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}

/** Private repositories of some plans have no drafts. */
function saysNoDrafts(error: unknown): boolean {
  if (!(error instanceof GitHubFailure) || (error.code !== "refused" && error.code !== "invalid"))
    return false;
  const words = error.message.toLowerCase();
  return words.includes("draft pull requests are not supported") || words.includes("upgrade to github");
}
