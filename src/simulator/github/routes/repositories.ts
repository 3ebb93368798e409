import { accountJson } from "../accounts.ts";
import { demand } from "../access.ts";
import { ApiRefusal, member, textOf } from "../api.ts";
import { repositoryJson } from "../view.ts";
import { actorOf, askAs, permissionOf, refusalOf } from "../world.ts";
import type { RepositoryRoute } from "./route.ts";

const ROOT = "/repos/{owner}/{repo}";

export const REPOSITORY_ROUTES: readonly RepositoryRoute[] = [
  {
    at: `GET ${ROOT}`,
    answer: async (world, _request, repository) => ({
      status: 200,
      body: await repositoryJson(world, repository),
    }),
  },
  {
    at: `PATCH ${ROOT}`,
    async answer(world, request, repository) {
      if (request.caller.kind !== "person")
        throw new ApiRefusal(403, "Resource not accessible by integration");
      demand(request, repository, "admin");
      const sender = actorOf(world, request);
      const { owner } = repository;
      const name = textOf(request.body, "name");
      if (name !== undefined && name !== repository.name) {
        const from = repository.name;
        const answer = await askAs(world, request, repository, "PATCH", "", { name });
        if (answer.status >= 400) throw refusalOf(answer);
        repository.oldNames.add(from.toLowerCase());
        repository.oldNames.delete(name.toLowerCase());
        repository.name = name;
        const changes = { repository: { name: { from } } };
        await world.emit({
          event: "repository",
          action: "renamed",
          owner,
          repository,
          sender,
          payload: { changes },
        });
      }
      if (member(request.body, "archived") === true) {
        repository.archived = true;
        await world.emit({ event: "repository", action: "archived", owner, repository, sender, payload: {} });
      }
      return { status: 200, body: await repositoryJson(world, repository) };
    },
  },
  {
    at: `GET ${ROOT}/collaborators/{username}/permission`,
    async answer(world, request, repository) {
      const login = request.params["username"] ?? "";
      const account = world.accounts.find(login);
      if (account === undefined || account.type === "Bot" || login.endsWith("[bot]"))
        throw new ApiRefusal(404, `${login} is not a user`);
      const role = permissionOf(repository, login);
      // The old name of the right has four values; the role has all.
      const permission = role === "triage" ? "read" : role === "maintain" ? "write" : role;
      const levels = ["none", "read", "triage", "write", "maintain", "admin"];
      const has = (level: string): boolean => levels.indexOf(role) >= levels.indexOf(level);
      return {
        status: 200,
        body: {
          permission,
          role_name: role,
          user: {
            ...accountJson(account, world.url),
            permissions: {
              admin: has("admin"),
              maintain: has("maintain"),
              push: has("write"),
              triage: has("triage"),
              pull: has("read"),
            },
            role_name: role,
          },
        },
      };
    },
  },
];
