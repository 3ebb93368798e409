import { demand } from "../access.ts";
import { type ApiRequest, ApiRefusal, notFound, paged, textOf } from "../api.ts";
import { afterMove, assertUnprotected } from "../branches.ts";
import { fullName, type RepositoryRecord, type World } from "../world.ts";
import type { RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}/git";

export const REF_ROUTES: readonly RepositoryRoute[] = [
  {
    at: `GET ${ROOT}/ref/{ref}`,
    async answer(world, request, repository) {
      const branch = branchOf(request);
      const oid = branch === undefined ? undefined : await repository.bare.head(branch);
      if (branch === undefined || oid === undefined) throw notFound();
      return { status: 200, body: refJson(world, repository, branch, oid) };
    },
  },
  {
    at: `GET ${ROOT}/matching-refs/{ref}`,
    async answer(world, request, repository) {
      const prefix = branchOf(request) ?? "";
      const branches = await repository.bare.branches();
      const found = [...branches].filter(([branch]) => branch.startsWith(prefix));
      return paged(
        found.map(([branch, oid]) => refJson(world, repository, branch, oid)),
        request,
        world.url,
      );
    },
  },
  {
    at: `POST ${ROOT}/refs`,
    async answer(world, request, repository) {
      demand(request, repository, "write");
      const { bare } = repository;
      const ref = textOf(request.body, "ref") ?? "";
      const branch = /^refs\/heads\/(.+)$/s.exec(ref)?.[1];
      if (branch === undefined || !(await bare.isBranchName(branch)))
        throw new ApiRefusal(422, "Reference name is not valid. It must begin with 'refs/heads/'.");
      const oid = await bare.commit(textOf(request.body, "sha") ?? "");
      if (oid === undefined) throw new ApiRefusal(422, "Object does not exist");
      if ((await bare.head(branch)) !== undefined) throw new ApiRefusal(422, "Reference already exists");
      assertUnprotected(repository, branch, "create");
      // A branch cannot be beside another one that is its folder.
      if (!(await bare.move(branch, undefined, oid))) throw new ApiRefusal(422, "Reference update failed");
      await afterMove(world, request, repository, { branch, before: undefined, after: oid });
      return { status: 201, body: refJson(world, repository, branch, oid) };
    },
  },
  {
    at: `DELETE ${ROOT}/refs/{ref}`,
    async answer(world, request, repository) {
      demand(request, repository, "write");
      const branch = branchOf(request);
      const before = branch === undefined ? undefined : await repository.bare.head(branch);
      if (branch === undefined || before === undefined) throw new ApiRefusal(422, "Reference does not exist");
      if (branch === "main") throw new ApiRefusal(422, "Cannot delete the default branch");
      assertUnprotected(repository, branch, "delete");
      await repository.bare.move(branch, before, undefined);
      await afterMove(world, request, repository, { branch, before, after: undefined });
      return { status: 204 };
    },
  },
];

/** The branch that a path means by `heads/<branch>`; there are no other refs here. */
function branchOf(request: ApiRequest): string | undefined {
  return /^(?:refs\/)?heads\/(.*)$/s.exec(request.params["ref"] ?? "")?.[1];
}

function refJson(world: World, repository: RepositoryRecord, branch: string, oid: string): object {
  const api = `${world.url}/repos/${fullName(repository)}/git`;
  const ref = `refs/heads/${branch}`;
  return {
    ref,
    node_id: Buffer.from(`03:Ref${repository.id}:${ref}`).toString("base64"),
    url: `${api}/${ref}`,
    object: { sha: oid, type: "commit", url: `${api}/commits/${oid}` },
  };
}
