import type { RepositoryOptions, SimulatedGitHub } from "../../src/simulator/github/contract.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import type { Account, GitHub, GitHubApp } from "../../src/github/github.ts";
import { memoryInstallation } from "./memory-installation.ts";
import { type MemoryRepository, peopleOf } from "./memory-people.ts";
import { commitOn, infoOf, type MemoryRecord, type MemoryWorld, person } from "./memory-world.ts";

export type { MemoryRepository } from "./memory-people.ts";

/**
 * A GitHub in memory for tests of decisions: no network, no git, no waiting, the same rules as the simulated one
 * (test/contracts/github.test.ts holds both to one suite). Webhooks are only logged.
 */
export interface MemoryGitHub extends Pick<
  SimulatedGitHub,
  "installation" | "suspend" | "unsuspend" | "uninstall"
> {
  readonly app: GitHubApp;
  createRepository(owner: string, name: string, options: RepositoryOptions): Promise<MemoryRepository>;
  readonly webhooks: Pick<SimulatedGitHub["webhooks"], "settled">;
}

export function memoryGitHub(options: { readonly now?: () => number } = {}): MemoryGitHub {
  const { now = Date.now } = options;
  let lastId = 100;
  const bot: Account = { id: 99, login: "casebook[bot]", type: "Bot" };
  const world: MemoryWorld = {
    url: "https://github.example",
    now,
    appId: 1,
    slug: "casebook",
    bot,
    accounts: new Map(),
    installations: new Map(),
    repositories: [],
    deliveries: [],
    nextId: () => ++lastId,
  };
  const shown = new Map<MemoryRepository, MemoryRecord>();
  const views = new Map<number, GitHub>();

  const install = (owner: string): { readonly id: number; suspended: boolean } => {
    const key = owner.toLowerCase();
    const place = world.installations.get(key) ?? { id: world.nextId(), suspended: false };
    world.installations.set(key, place);
    return place;
  };

  return {
    app: appOf(world, views),
    webhooks: { settled: async () => undefined },
    installation: async (owner) => install(owner).id,
    async suspend(owner) {
      install(owner).suspended = true;
    },
    async unsuspend(owner) {
      install(owner).suspended = false;
    },
    async uninstall(owner) {
      world.installations.delete(owner.toLowerCase());
    },
    async createRepository(owner, name, settings) {
      install(owner);
      const record = addRepository(world, owner, name, settings);
      const repository = peopleOf(world, record, (other) => {
        const found = shown.get(other);
        if (found === undefined) throw new Error("that is a repository of another GitHub");
        return found;
      });
      shown.set(repository, record);
      return repository;
    },
  };
}

function addRepository(
  world: MemoryWorld,
  owner: string,
  name: string,
  { files, isPrivate = false, people = {} }: RepositoryOptions,
): MemoryRecord {
  const record: MemoryRecord = {
    id: world.nextId(),
    owner: person(world, owner),
    name,
    isPrivate,
    archived: false,
    protectedPattern: undefined,
    people: new Map(),
    labels: new Map(),
    threads: new Map(),
    gone: new Map(),
    branches: new Map(),
    commits: new Map(),
    checks: [],
    lastNumber: 0,
  };
  for (const [login, permission] of Object.entries(people))
    record.people.set(person(world, login).login.toLowerCase(), permission);
  const first = { author: record.owner, message: `Start ${name}`, files: new Map(Object.entries(files)) };
  commitOn(record, "main", first, []);
  world.repositories.push(record);
  return record;
}

function appOf(world: MemoryWorld, views: Map<number, GitHub>): GitHubApp {
  return {
    identity: async () => ({
      appId: world.appId,
      slug: world.slug,
      bot: { id: world.bot.id, login: world.bot.login },
    }),
    installations: async () =>
      [...world.installations].map(([account, { id, suspended }]) => ({ id, account, suspended })),
    async repositoriesOf(installation) {
      const owner = [...world.installations].find(([, { id }]) => id === installation)?.[0];
      if (owner === undefined) throw new GitHubFailure("gone", "there is no such installation");
      return world.repositories
        .filter((record) => record.owner.login.toLowerCase() === owner)
        .map((record) => infoOf(world, record));
    },
    deliveries: async (since) =>
      world.deliveries.filter(({ deliveredAt }) => Date.parse(deliveredAt) >= Date.parse(since)),
    async redeliver(delivery) {
      const found = world.deliveries.find(({ id }) => id === delivery);
      if (found === undefined) throw new GitHubFailure("gone", `there is no delivery ${delivery}`);
      world.deliveries.unshift({ ...found, id: String(world.nextId()) });
    },
    forInstallation(installation) {
      const view = views.get(installation) ?? memoryInstallation(world, installation);
      views.set(installation, view);
      return view;
    },
  };
}
