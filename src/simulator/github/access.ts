import { hasAtLeast, type Permission } from "../../investigation/commands/rights.ts";
import { type ApiRequest, ApiRefusal, notFound } from "./api.ts";
import { acceptedHeader, isGranted, neededPermissions } from "./permissions.ts";
import { permissionOf, type RepositoryRecord, repositoryOf, type World } from "./world.ts";

/** Authorises a request for a repository, or refuses it as GitHub does. Gives the repository. */
export function admit(world: World, request: ApiRequest, route: string): RepositoryRecord {
  const repository = repositoryOf(world, request);
  const isWrite = request.method !== "GET" && request.method !== "HEAD";
  const { caller } = request;
  switch (caller.kind) {
    case "nobody":
      if (isWrite) throw new ApiRefusal(401, "Requires authentication");
      if (repository.isPrivate) throw notFound();
      break;
    case "person":
      if (permissionOf(repository, caller.login) === "none") throw notFound();
      break;
    case "app":
      throw notAccessible(request.method, route);
    case "installation": {
      const { owner, repositories, permissions } = caller.token;
      const isIncluded = owner === repository.owner.login && (repositories?.includes(repository.id) ?? true);
      if (!isIncluded && repository.isPrivate) throw notFound();
      if (!isIncluded && !isWrite) break;
      if (!isIncluded || !isGranted(permissions, neededPermissions(request.method, route)))
        throw notAccessible(request.method, route);
      break;
    }
  }
  if (isWrite && repository.archived) throw new ApiRefusal(403, "Repository was archived so is read-only.");
  return repository;
}

/** Requires this permission of a person; an installation's permissions were checked before. */
export function demand(request: ApiRequest, repository: RepositoryRecord, needed: Permission): void {
  const { caller } = request;
  if (caller.kind !== "person" || hasAtLeast(permissionOf(repository, caller.login), needed)) return;
  throw new ApiRefusal(403, `Must have ${needed} rights to Repository.`);
}

export function isWriter({ caller }: ApiRequest, repository: RepositoryRecord): boolean {
  return caller.kind === "person" && hasAtLeast(permissionOf(repository, caller.login), "write");
}

function notAccessible(method: string, route: string): ApiRefusal {
  return new ApiRefusal(403, "Resource not accessible by integration", {
    headers: { "x-accepted-github-permissions": acceptedHeader(neededPermissions(method, route)) },
  });
}
