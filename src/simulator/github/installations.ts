import type { Account } from "./accounts.ts";
import type { Json } from "./backend.ts";
import { installationJson, repositoryJson } from "./view.ts";
import { type InstallationRecord, isoTime, type RepositoryRecord, type World } from "./world.ts";

/** What owners do with the App. Each fires its webhook, with the owner as the sender. */
export interface Installing {
  /** Installs the App when it is not there; gives the installation's number. */
  ensure(owner: string): Promise<number>;
  /** Lets the App see a new repository, installing it when it is not there. */
  add(repository: RepositoryRecord): Promise<void>;
  suspend(owner: string, isSuspended: boolean): Promise<void>;
  remove(owner: string): Promise<void>;
}

export function install(world: World): Installing {
  const known = (owner: string): InstallationRecord => {
    const found = world.installations.get(owner.toLowerCase());
    if (found === undefined) throw new Error(`the App is not installed on ${owner}`);
    return found;
  };
  const emit = async (
    record: InstallationRecord,
    event: string,
    action: string,
    more: object,
    shown = installationJson(world, record.owner.login),
  ): Promise<void> => {
    await world.emit({
      event,
      action,
      owner: record.owner,
      sender: record.owner,
      installation: record,
      payload: { installation: shown, ...more, requester: null },
    });
  };
  const create = async (owner: Account): Promise<InstallationRecord> => {
    const record: InstallationRecord = {
      id: world.nextId(),
      owner,
      suspendedAt: undefined,
      createdAt: isoTime(world.now()),
    };
    world.installations.set(owner.login.toLowerCase(), record);
    await emit(record, "installation", "created", { repositories: await briefs(world, owner) });
    return record;
  };

  return {
    async ensure(owner) {
      const found = world.installations.get(owner.toLowerCase());
      return (found ?? (await create(world.accounts.person(owner)))).id;
    },
    async add(repository) {
      const { owner } = repository;
      const found = world.installations.get(owner.login.toLowerCase());
      if (found === undefined) {
        await create(owner);
        return;
      }
      await emit(found, "installation_repositories", "added", {
        repository_selection: "all",
        repositories_added: [brief(await repositoryJson(world, repository))],
        repositories_removed: [],
      });
    },
    async suspend(owner, isSuspended) {
      const record = known(owner);
      record.suspendedAt = isSuspended ? isoTime(world.now()) : undefined;
      const repositories = await briefs(world, record.owner);
      await emit(record, "installation", isSuspended ? "suspend" : "unsuspend", { repositories });
    },
    async remove(owner) {
      const record = known(owner);
      const shown = installationJson(world, owner);
      world.installations.delete(owner.toLowerCase());
      const repositories = await briefs(world, record.owner);
      await emit(record, "installation", "deleted", { repositories }, shown);
    },
  };
}

async function briefs(world: World, owner: Account): Promise<readonly Json[]> {
  const own = world.repositories.filter((repository) => repository.owner === owner);
  return Promise.all(own.map(async (repository) => brief(await repositoryJson(world, repository))));
}

function brief(repository: Json): Json {
  const { id, node_id, name, full_name } = repository;
  return { id, node_id, name, full_name, private: repository["private"] };
}
