import type { GitHub, ReactionTarget, RepositoryName, RepositoryPage } from "../github.ts";
import { NUMBERED, WITH_ID } from "./response-schemas.ts";
import type { InstallationContext } from "./installation-context.ts";
import { parseResponse } from "./api-response.ts";
import { tolerate } from "./failure-of.ts";

export type IssueWrites = Pick<
  GitHub,
  | "createLabel"
  | "addLabels"
  | "removeLabel"
  | "addReaction"
  | "removeReaction"
  | "createComment"
  | "updateComment"
  | "deleteComment"
  | "createIssue"
  | "updateIssue"
>;

/** Labels, reactions, comments and issues. A write that finds its effect in place succeeds. */
export function writeIssues({ write, installation }: InstallationContext): IssueWrites {
  const at = ({ id }: RepositoryName) => ({ installation, id });
  const page = ({ id, webUrl }: RepositoryPage) => ({ installation, id, webUrl });
  return {
    async createLabel(repository, { name, color, description }) {
      await tolerate(
        "exists",
        write("createLabel", {
          repository: at(repository),
          route: "POST /repos/{owner}/{repo}/labels",
          parameters: { ...named(repository), name, color, description },
        }),
      );
    },

    async addLabels(repository, issue, labels) {
      await write("addLabels", {
        repository: at(repository),
        route: "POST /repos/{owner}/{repo}/issues/{issue_number}/labels",
        parameters: { ...named(repository), issue_number: issue, labels },
      });
    },

    async removeLabel(repository, issue, label) {
      await tolerate(
        "gone",
        write("removeLabel", {
          repository: at(repository),
          route: "DELETE /repos/{owner}/{repo}/issues/{issue_number}/labels/{name}",
          parameters: { ...named(repository), issue_number: issue, name: label },
        }),
      );
    },

    async addReaction(repository, target, content) {
      const route =
        target.kind === "comment"
          ? "POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions"
          : "POST /repos/{owner}/{repo}/issues/{issue_number}/reactions";
      const answer = await write("addReaction", {
        repository: at(repository),
        route,
        parameters: { ...named(repository), ...placeOf(target), content },
      });
      return parseResponse(WITH_ID, answer, route).id;
    },

    async removeReaction(repository, target, id) {
      const route =
        target.kind === "comment"
          ? "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions/{reaction_id}"
          : "DELETE /repos/{owner}/{repo}/issues/{issue_number}/reactions/{reaction_id}";
      await tolerate(
        "gone",
        write("removeReaction", {
          repository: at(repository),
          route,
          parameters: { ...named(repository), ...placeOf(target), reaction_id: id },
        }),
      );
    },

    async createComment(repository, issue, body) {
      const route = "POST /repos/{owner}/{repo}/issues/{issue_number}/comments";
      const answer = await write("createComment", {
        repository: page(repository),
        route,
        parameters: { ...named(repository), issue_number: issue, body },
      });
      return parseResponse(WITH_ID, answer, route).id;
    },

    async updateComment(repository, id, body) {
      await write("updateComment", {
        repository: page(repository),
        route: "PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",
        parameters: { ...named(repository), comment_id: id, body },
      });
    },

    async deleteComment(repository, id) {
      await tolerate(
        "gone",
        write("deleteComment", {
          repository: at(repository),
          route: "DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",
          parameters: { ...named(repository), comment_id: id },
        }),
      );
    },

    async createIssue(repository, { title, body }) {
      const route = "POST /repos/{owner}/{repo}/issues";
      const answer = await write("createIssue", {
        repository: page(repository),
        route,
        parameters: { ...named(repository), title, body },
      });
      return parseResponse(NUMBERED, answer, route).number;
    },

    async updateIssue(repository, number, change) {
      await write("updateIssue", {
        repository: page(repository),
        route: "PATCH /repos/{owner}/{repo}/issues/{issue_number}",
        parameters: { ...named(repository), issue_number: number, ...change },
      });
    },
  };
}

function named({ owner, name }: RepositoryName): { readonly owner: string; readonly repo: string } {
  return { owner, repo: name };
}

function placeOf(target: ReactionTarget): Readonly<Record<string, number>> {
  return target.kind === "comment" ? { comment_id: target.id } : { issue_number: target.number };
}
