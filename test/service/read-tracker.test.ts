import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { GitHubFailure } from "../../src/github/github-failure.ts";
import type { GitHub, GitHubApp, RepositoryInfo, TrackerList } from "../../src/github/github.ts";
import type { TrackedIssue } from "../../src/issue/parse-tracker.ts";
import { fillTrackers } from "../../src/service/fill-trackers.ts";
import { afterPage, newRound, readTracker } from "../../src/service/read-tracker.ts";
import { relatedInTracker } from "../../src/service/related-in-tracker.ts";
import type { RepositoryFacts } from "../../src/service/repository-facts.ts";
import type { Service } from "../../src/service/service.ts";
import type { TrackedComment, TrackerCursor } from "../../src/store/store.ts";
import { memoryStore } from "../fakes/memory-store.ts";
import { PLAIN_SERVICE } from "../fakes/plain-service.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse("2026-01-10T00:00:00Z");
const PAGE = 100;

interface Row<T> {
  value: T;
  changedAt: number;
}

/** A tracker as GitHub lists it, whose people act between two requests. */
class Tracker {
  now = START;
  readonly issues = new Map<number, Row<TrackedIssue>>();
  readonly comments = new Map<number, Row<TrackedComment>>();
  requests = 0;
  /** What the next requests end with. */
  failure: GitHubFailure | undefined;
  /** Done before each request is answered. */
  between: () => void = () => undefined;
  config = "";
  readonly store = memoryStore(() => this.now);

  open(number: number, body = "", changedAt = this.now): void {
    const issue: TrackedIssue = {
      key: String(number),
      title: `Report ${number}`,
      body,
      comments: [],
      isPull: false,
      isOpen: true,
      created: changedAt / 1000,
      isMerged: false,
      mergeCommit: undefined,
    };
    this.issues.set(number, { value: issue, changedAt });
  }

  say(id: number, issue: number, body: string): void {
    const comment = { author: "ann", maintainer: false, body };
    this.comments.set(id, { value: { id, issue, comment }, changedAt: this.now });
  }

  #list<T>(rows: Iterable<Row<T>>, { since, page }: TrackerCursor): TrackerList<T> {
    this.requests++;
    this.between();
    if (this.failure !== undefined) throw this.failure;
    const from = since === undefined ? 0 : Date.parse(since);
    // GitHub's times have whole seconds.
    const at = (row: Row<T>): number => Math.floor(row.changedAt / 1000) * 1000;
    const sorted = [...rows].filter((row) => at(row) >= from).toSorted((a, b) => at(a) - at(b));
    const shown = sorted.slice((page - 1) * PAGE, page * PAGE);
    const last = shown.at(-1);
    return {
      items: shown.map(({ value }) => structuredClone(value)),
      changedAt: last === undefined ? undefined : new Date(at(last)).toISOString(),
      isLast: sorted.length <= page * PAGE,
    };
  }

  readonly repository = { id: 7, owner: "o", name: "r", isPrivate: false } as RepositoryInfo;

  get github(): GitHub {
    const ask = (): void => void this.requests++;
    return {
      trackerIssues: async (_: unknown, from: TrackerCursor) => this.#list(this.issues.values(), from),
      trackerComments: async (_: unknown, from: TrackerCursor) => this.#list(this.comments.values(), from),
      repository: async (id: number) => {
        ask();
        return { ...this.repository, id };
      },
      file: async () => {
        ask();
        return this.config;
      },
      filesIn: async () => {
        ask();
        return [];
      },
    } as unknown as GitHub;
  }

  get service(): Service {
    return {
      ...PLAIN_SERVICE,
      app: { forInstallation: () => this.github } as unknown as GitHubApp,
      store: this.store,
      now: () => this.now,
    };
  }

  get facts(): RepositoryFacts {
    return {
      github: this.github,
      repository: this.repository,
      config: { tracker: this.config === "" },
    } as RepositoryFacts;
  }

  async ready(): Promise<this> {
    await this.store.saveRepository({ id: 7, installation: 1, owner: "o", name: "r" });
    return this;
  }

  /** Reads on for so many pages. */
  async read(pages = Number.POSITIVE_INFINITY): Promise<"end" | "more"> {
    let asked = 0;
    return readTracker(this.service, this.facts, () => asked++ < pages);
  }

  async job(): Promise<void> {
    await fillTrackers(
      this.service,
      { installation: 1 },
      { signal: new AbortController().signal, attempt: 1 },
    );
  }

  async numbers(): Promise<readonly number[]> {
    return (await this.store.trackedAfter(7, 0, 1_000_000)).map(({ key }) => Number(key));
  }
}

const tracker = (): Promise<Tracker> => new Tracker().ready();
const sought = (key: string, ...words: readonly string[]) => ({
  key,
  signs: words.map((word) => ({ key: `message ${word}`, words: [word] })),
  cited: [],
});
const signal = new AbortController().signal;

describe("reading a tracker", () => {
  test("misses nothing that is opened or changed meanwhile, wherever it is killed", async () => {
    const act = fc.record({
      kind: fc.constantFrom("open", "change", "say", "wait"),
      at: fc.nat(400),
      seconds: fc.nat(2),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 0, max: 350 }),
        fc.integer({ min: 0, max: 3 }),
        fc.array(fc.array(act, { maxLength: 4 }), { maxLength: 12 }),
        fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 6 }),
        async (size, perSecond, acts, kills) => {
          const world = await tracker();
          for (let number = 1; number <= size; number++)
            world.open(
              number,
              "",
              START - DAY + (perSecond === 0 ? 0 : Math.floor(number / perSecond) * 1000),
            );
          const left = [...acts];
          world.between = () => {
            for (const { kind, at, seconds } of left.shift() ?? []) {
              world.now += seconds * 1000;
              if (kind === "open") world.open(1_000 + world.issues.size);
              if (kind === "change" && world.issues.has(at)) world.open(at, `changed ${world.now}`);
              if (kind === "say") world.say(world.comments.size + 1, at, "words");
            }
          };
          // Each reading but the last is killed after some pages.
          for (const pages of kills) await world.read(pages);
          while ((await world.read()) === "more");
          world.between = () => undefined;
          world.now += 1_000;
          expect(await world.read()).toBe("end");
          expect(await world.numbers()).toEqual([...world.issues.keys()].toSorted((a, b) => a - b));
          for (const { key, body } of await world.store.trackedAfter(7, 0, 10_000))
            expect(body).toBe(world.issues.get(Number(key))!.value.body);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("reads on from where it was, and asks for the changes alone", async () => {
    const world = await tracker();
    for (let number = 1; number <= 1_000; number++) world.open(number, "", START - DAY + number * 1000);
    expect(await world.read()).toBe("end");
    const whole = world.requests;
    // Each page begins with the last one of the page before.
    expect(whole).toBeLessThanOrEqual(13);
    world.now += DAY;
    world.open(5, "changed");
    expect(await world.read()).toBe("end");
    expect(world.requests - whole).toBeLessThanOrEqual(8);
    expect((await world.store.tracked(7, [5]))[0]!.body).toBe("changed");
  });

  test("does not stay at a second in which hundreds changed", async () => {
    const world = await tracker();
    for (let number = 1; number <= 450; number++) world.open(number, "", START);
    expect(await world.read()).toBe("end");
    expect(await world.numbers()).toHaveLength(450);
  });

  test("keeps what was read when GitHub refuses in the middle", async () => {
    const world = await tracker();
    for (let number = 1; number <= 350; number++) world.open(number, "", START - DAY + number * 1000);
    world.between = () => {
      if (world.requests === 3) world.failure = new GitHubFailure("refused", "403");
    };
    await expect(world.read()).rejects.toMatchObject({ code: "refused" });
    expect((await world.numbers()).length).toBeGreaterThanOrEqual(199);
    world.failure = undefined;
    world.between = () => undefined;
    expect(await world.read()).toBe("end");
    expect(await world.numbers()).toHaveLength(350);
  });

  test("a later round drops what GitHub does not list any more", async () => {
    const world = await tracker();
    for (const number of [1, 2, 3]) world.open(number);
    world.say(10, 1, "words");
    await world.read();
    world.issues.delete(2);
    world.comments.delete(10);
    world.now += DAY;
    await world.read();
    expect(await world.numbers()).toEqual([1, 2, 3]);
    world.now += 31 * DAY;
    await world.read();
    expect(await world.numbers()).toEqual([1, 3]);
    expect((await world.store.tracked(7, [1]))[0]!.comments).toEqual([]);
  });

  test("an index stays whole while a later round reads", () => {
    const whole = afterPage(
      { ...newRound(undefined, 0), list: "comments" },
      { changedAt: undefined, isLast: true },
    ).state;
    expect(whole).toMatchObject({ isWhole: true, isInRound: false });
    expect(newRound(whole, 1)).toMatchObject({ isWhole: true, isInRound: true, round: 2 });
  });
});

describe("the job that reads the trackers of an installation", () => {
  test("keeps to its share of requests, and comes to the end", async () => {
    const world = await tracker();
    for (let number = 1; number <= 20_000; number++) world.open(number, "", START - DAY + number * 1000);
    const hours: number[] = [];
    for (let round = 0; round < 40 && (await world.store.trackersToRead(1, DAY)).length > 0; round++) {
      const before = world.requests;
      await world.job();
      const hour = Math.floor((world.now - START) / HOUR);
      hours[hour] = (hours[hour] ?? 0) + world.requests - before;
      world.now += 300_000;
    }
    expect(await world.numbers()).toHaveLength(20_000);
    // What was left over may be used in the first hour, and a round ends with the page that it asked for.
    expect(Math.max(...hours)).toBeLessThanOrEqual(1_100 + 12 * 4);
  });

  test("goes on with the other repositories when one refuses, and waits when GitHub asks for it", async () => {
    const world = await tracker();
    await world.store.saveRepository({ id: 8, installation: 1, owner: "o", name: "s" });
    world.open(1);
    world.between = () => {
      world.failure = world.requests < 6 ? new GitHubFailure("refused", "403") : undefined;
    };
    await world.job();
    expect((await world.store.trackersToRead(1, DAY)).map(({ id }) => id)).toEqual([7]);
    world.between = () => undefined;
    world.failure = new GitHubFailure("limited", "429");
    await expect(world.job()).rejects.toMatchObject({ code: "limited" });
    world.failure = undefined;
    world.now += HOUR;
    await world.job();
    expect(await world.store.trackersToRead(1, DAY)).toEqual([]);
  });

  test("a hundred changes cost one reading, and what changes during it is read the next time", async () => {
    const world = await tracker();
    world.open(1);
    await world.job();
    await world.job();
    const first = world.requests;
    for (let number = 2; number <= 101; number++) {
      world.open(number);
      await world.store.trackerChanged(7);
    }
    let isOpened = false;
    world.between = () => {
      if (isOpened) return;
      isOpened = true;
      world.say(10, 1, "words");
      void world.store.trackerChanged(7);
    };
    await world.job();
    expect(await world.numbers()).toHaveLength(101);
    const second = world.requests;
    expect(second - first).toBeLessThanOrEqual(10);
    expect((await world.store.trackersToRead(1, DAY)).map(({ id }) => id)).toEqual([7]);
    await world.job();
    expect((await world.store.tracked(7, [1]))[0]!.comments).toHaveLength(1);
    expect(await world.store.trackersToRead(1, DAY)).toEqual([]);
    const before = world.requests;
    await world.job();
    expect(world.requests).toBe(before);
  });

  test("a repository that wants no index has none", async () => {
    const world = await tracker();
    world.open(1);
    await world.job();
    expect(await world.numbers()).toEqual([1]);
    world.config = "tracker: false\n";
    world.now += 2 * DAY;
    await world.job();
    expect(await world.numbers()).toEqual([]);
    const before = world.requests;
    await world.job();
    expect(world.requests).toBe(before);
  });
});

describe("what an investigation gets of the index", () => {
  test("entries that hold what is sought, with what changed a moment ago", async () => {
    const world = await tracker();
    for (let number = 1; number <= 250; number++)
      world.open(number, `words ${number}`, START - DAY + number * 1000);
    world.open(3, "the key list has no end");
    await world.job();
    world.now += HOUR;
    world.open(251, "nothing");
    world.say(10, 4, "I see: the key list has no end");
    const found = await relatedInTracker(
      world.service,
      world.facts,
      sought("251", "the key list has no end"),
      signal,
    );
    expect(found!.entries.map(({ key }) => key)).toEqual(["3", "4"]);
    expect(found!.entries[1]!.comments).toHaveLength(1);
    expect(found).toMatchObject({ size: 250, last: 251 });
  });

  test("the index as it is when GitHub refuses, limits or does not answer", async () => {
    for (const code of ["refused", "limited", "unavailable", "gone"] as const) {
      const world = await tracker();
      world.open(1, "no end");
      await world.read();
      world.open(2, "no end");
      world.failure = new GitHubFailure(code, "403");
      const found = await relatedInTracker(world.service, world.facts, sought("2", "no end"), signal);
      expect(found).toMatchObject({ size: 1, last: 1 });
      expect(found!.entries).toHaveLength(1);
    }
  });

  test("the index as it is when GitHub is slow", async () => {
    const world = await tracker();
    for (let number = 1; number <= 600; number++) world.open(number, "no end", START - DAY + number * 1000);
    await world.read();
    const before = world.requests;
    const late = new AbortController();
    const deadline = () => ({ signal: late.signal, restart: () => undefined, clear: () => undefined });
    world.between = () => late.abort();
    const found = await relatedInTracker(
      { ...world.service, deadline },
      world.facts,
      sought("700", "no end"),
      signal,
    );
    expect(found).toMatchObject({ size: 600 });
    expect(world.requests - before).toBe(1);
  });

  test("nothing before the first round ended, and nothing where no index is wanted", async () => {
    const world = await tracker();
    for (let number = 1; number <= 2_000; number++) world.open(number, "no end", START - DAY + number * 1000);
    const of = () => relatedInTracker(world.service, world.facts, sought("2", "no end"), signal);
    expect(await of()).toBeUndefined();
    expect(world.requests).toBe(6);
    await world.read();
    expect(await of()).toMatchObject({ size: 1_999 });
    world.config = "tracker: false\n";
    expect(await of()).toBeUndefined();
    expect(await world.numbers()).toEqual([]);
  });
});
