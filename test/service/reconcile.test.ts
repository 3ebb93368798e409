import { describe, expect, test } from "@jest/globals";
import type { DeliveryRecord, GitHub, GitHubApp, RepositoryInfo } from "../../src/github/github.ts";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import { reconcile } from "../../src/service/reconcile.ts";
import type { Service } from "../../src/service/service.ts";
import type { Store, StoredRepository } from "../../src/store/store.ts";
import { PLAIN_SERVICE } from "../fakes/plain-service.ts";

const HOUR = 3_600_000;
const START = Date.parse("2026-01-10T00:00:00Z");

/** GitHub and the store as the comparison sees them, on a clock that the test moves. */
class World {
  now = START;
  readonly repositories = new Map<number, StoredRepository & { lookedAt?: number; changedAt?: number }>();
  readonly notes = new Map<string, string>();
  readonly known = new Set<string>();
  log: DeliveryRecord[] = [];
  /** What an installation's requests end with. */
  readonly limited = new Set<number>();
  /** What sending a delivery again ends with, by its number. */
  readonly refusals = new Map<string, GitHubFailure>();
  readonly redelivered: string[] = [];
  readonly askedSince: string[] = [];
  /** Requests by installation, each with its time. */
  readonly requests: { readonly installation: number; readonly at: number }[] = [];
  /** Repositories in the order in which they were looked at. */
  readonly looks: number[] = [];

  add(id: number, installation: number, more: { lookedAt?: number; changedAt?: number } = {}): void {
    this.repositories.set(id, { id, installation, owner: "o", name: `r${id}`, ...more });
  }

  async round(): Promise<void> {
    await reconcile(this.service, { signal: new AbortController().signal, attempt: 1 });
  }

  get service(): Service {
    return {
      ...PLAIN_SERVICE,
      app: this.#app(),
      store: this.#store() as Store,
      now: () => this.now,
    };
  }

  #app(): GitHubApp {
    const ids = (): number[] => [
      ...new Set([...this.repositories.values()].map(({ installation }) => installation)),
    ];
    const asked = (installation: number): void => {
      this.requests.push({ installation, at: this.now });
      if (this.limited.has(installation)) throw new GitHubFailure("limited", "429");
    };
    return {
      identity: async () => ({ appId: 1, slug: "c", bot: { id: 9, login: "c[bot]" } }),
      installations: async () => ids().map((id) => ({ id, account: "o", suspended: false })),
      repositoriesOf: async (installation) => {
        asked(installation);
        return [...this.repositories.values()].filter(
          (repository) => repository.installation === installation,
        ) as unknown as RepositoryInfo[];
      },
      deliveries: async (since) => {
        this.askedSince.push(since);
        return this.log.filter(({ deliveredAt }) => deliveredAt >= since);
      },
      redeliver: async (id) => {
        const refusal = this.refusals.get(id);
        if (refusal !== undefined) throw refusal;
        this.redelivered.push(id);
      },
      forInstallation: (installation) =>
        ({
          issuesChangedSince: async ({ id }: { readonly id: number }) => {
            asked(installation);
            this.looks.push(id);
            return [];
          },
          repository: async () => {
            asked(installation);
            throw new GitHubFailure("gone", "404");
          },
        }) as unknown as GitHub,
    };
  }

  #store(): Partial<Store> {
    const least = (a: { lookedAt?: number; id: number }, b: { lookedAt?: number; id: number }): number =>
      (a.lookedAt ?? 0) - (b.lookedAt ?? 0) || a.id - b.id;
    return {
      recoverRuns: async () => [],
      reviveJobs: async () => 0,
      admitRuns: async () => 0,
      unshown: async () => [],
      send: async () => undefined,
      forgetDeliveries: async () => 0,
      forgetOld: async () => 0,
      outOfReach: async () => [],
      note: async (name) => this.notes.get(name),
      saveNote: async (name, value) =>
        void (value === undefined ? this.notes.delete(name) : this.notes.set(name, value)),
      notesNamed: async (prefix) =>
        new Map(
          [...this.notes].flatMap(([name, value]) =>
            name.startsWith(prefix) ? [[name.slice(prefix.length), value] as const] : [],
          ),
        ),
      knownGuids: async (guids) => new Set(guids.filter((guid) => this.known.has(guid))),
      repository: async (id) => this.repositories.get(id),
      saveRepository: async (row) =>
        void this.repositories.set(row.id, { ...this.repositories.get(row.id), ...row }),
      repositoriesToLook: async (installation, count, { activeSince }) =>
        [...this.repositories.values()]
          .filter(
            (row) =>
              row.installation === installation &&
              (activeSince === undefined || (row.changedAt ?? 0) >= activeSince),
          )
          .sort(least)
          .slice(0, count),
      lookedAt: async (id, at) => {
        const row = this.repositories.get(id);
        if (row !== undefined && at !== undefined) row.lookedAt = at;
        return row?.lookedAt;
      },
    };
  }
}

function delivery(id: string, minutes: number): DeliveryRecord {
  const deliveredAt = new Date(START - minutes * 60_000).toISOString();
  return { id, guid: `guid-${id}`, event: "issues", deliveredAt, ok: false };
}

describe("the comparison with GitHub", () => {
  test("goes on with the other installations when one is told to wait", async () => {
    const world = new World();
    for (const installation of [1, 2, 3])
      world.add(installation * 10, installation, { lookedAt: START - HOUR });
    world.limited.add(1);
    await world.round();
    expect(world.looks).toEqual([20, 30]);
  });

  test("goes on with the other repositories when one is gone", async () => {
    const world = new World();
    // Never looked at: it is asked for, and GitHub does not have it.
    world.add(1, 1);
    world.add(2, 1, { lookedAt: START - HOUR });
    await world.round();
    expect(world.looks).toEqual([2]);
    expect(world.repositories.get(1)?.unreachable).toBeDefined();
  });

  test("looks first where something happened, and at the others in turn", async () => {
    const world = new World();
    for (let id = 1; id <= 500; id++) world.add(id, 1, { lookedAt: START - HOUR });
    for (const id of [400, 401]) world.add(id, 1, { lookedAt: START - HOUR, changedAt: START - HOUR });
    await world.round();
    expect(world.looks.slice(0, 4)).toEqual([400, 401, 1, 2]);
    expect(new Set(world.looks).size).toBe(world.looks.length);
  });

  test("of 10,000 repositories takes at most 5 % of the requests, and comes to each", async () => {
    const world = new World();
    for (let id = 1; id <= 10_000; id++) world.add(id, 1, { lookedAt: START - HOUR });
    world.notes.set("listed:1", String(START));
    let rounds = 0;
    while (new Set(world.looks).size < 10_000 && rounds < 2_000) {
      await world.round();
      world.now += 180_000;
      rounds++;
    }
    expect(new Set(world.looks).size).toBe(10_000);
    const inHours = new Map<number, number>();
    for (const { at } of world.requests)
      inHours.set(Math.floor((at - START) / HOUR), (inHours.get(Math.floor((at - START) / HOUR)) ?? 0) + 1);
    // The first hour may use what was left over.
    const [first = 0, ...later] = [...inHours.values()];
    expect(first).toBeLessThanOrEqual(250 + 60);
    expect(Math.max(...later)).toBeLessThanOrEqual(250);
    // At one round in three minutes: within two days.
    expect(rounds).toBeLessThan(960);
  });

  test("keeps to its share when rounds follow each other closely, and when the clock is set back", async () => {
    const world = new World();
    for (let id = 1; id <= 1_000; id++) world.add(id, 1, { lookedAt: START - HOUR });
    world.notes.set("listed:1", String(START));
    for (let i = 0; i < 720; i++) {
      await world.round();
      world.now += 5_000;
    }
    expect(world.requests.length).toBeLessThanOrEqual(310);
    const before = world.requests.length;
    world.now -= 2 * HOUR;
    for (let i = 0; i < 240; i++) {
      await world.round();
      world.now += 15_000;
    }
    expect(world.requests.length - before).toBeGreaterThan(150);
  });
});

describe("deliveries that did not come", () => {
  test("are asked for again in their order, and one that cannot be sent again holds up no other", async () => {
    const world = new World();
    world.log = [delivery("c", 1), delivery("b", 2), delivery("a", 3)];
    world.refusals.set("b", new GitHubFailure("gone", "404"));
    await world.round();
    expect(world.redelivered).toEqual(["a", "c"]);
  });

  test("wait when GitHub asks for it, and the installations are compared all the same", async () => {
    const world = new World();
    world.add(7, 1, { lookedAt: START - HOUR });
    world.log = [delivery("b", 2), delivery("a", 3)];
    world.refusals.set("a", new GitHubFailure("limited", "429"));
    await expect(world.round()).rejects.toMatchObject({ code: "limited" });
    expect(world.looks).toEqual([7]);
    world.refusals.clear();
    world.now += 60_000;
    await world.round();
    expect(world.redelivered.toSorted()).toEqual(["a", "b"]);
  });

  test("are looked for where the log was not read before, and asked for until they come", async () => {
    const world = new World();
    world.log = [delivery("a", 3)];
    await world.round();
    world.now += HOUR;
    await world.round();
    world.now += 2 * HOUR;
    expect(world.redelivered).toEqual(["a", "a"]);
    expect(world.askedSince.map((since) => Date.parse(since))).toEqual([
      START - 3 * 24 * HOUR,
      START - 3 * 60_000 - 15 * 60_000,
    ]);
    world.known.add("guid-a");
    await world.round();
    expect(world.redelivered).toHaveLength(2);
    expect([...world.notes.keys()].filter((name) => name.startsWith("redelivered:"))).toEqual([]);
  });

  test("are given up when GitHub's log is over", async () => {
    const world = new World();
    world.log = [delivery("a", 3)];
    await world.round();
    world.now += 4 * 24 * HOUR;
    world.log = [];
    await world.round();
    expect(world.redelivered).toEqual(["a"]);
    expect([...world.notes.keys()].filter((name) => name.startsWith("redelivered:"))).toEqual([]);
  });

  test("are asked for at once after the clock was set back", async () => {
    const world = new World();
    world.log = [delivery("a", 3)];
    await world.round();
    world.now -= 2 * HOUR;
    world.log = [];
    await world.round();
    expect(world.redelivered).toEqual(["a", "a"]);
  });
});
