import { beforeEach, describe, expect, test } from "@jest/globals";
import type { Permission } from "../../src/investigation/commands/rights.ts";
import type { Investigation } from "../../src/investigation/investigation.ts";
import type { PhaseOutcome } from "../../src/phases/outcome.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { fillDefaults } from "../../src/investigation/settings/parse-repository-config.ts";
import type { Account, CommentInfo, GitHub, GitHubApp } from "../../src/github/github.ts";
import type { PhaseResult } from "../../src/phases/phase-result.ts";
import { handleDelivery } from "../../src/service/handle-delivery.ts";
import { phasesIn, rulesOf } from "../../src/service/repository-facts.ts";
import type { ResearchHooks, ResearchRequest } from "../../src/service/research.ts";
import type { Service } from "../../src/service/service.ts";
import { RetryLater, RunFailure } from "../../src/failure.ts";
import { statusComment } from "../../src/github/report/status-comment.ts";
import { NO_RULES } from "../../src/service/repository-facts.ts";
import { handleRun } from "../../src/service/run-job.ts";
import type { Store, StoredDelivery, StoredRepository } from "../../src/store/store.ts";
import { PLAIN_SERVICE } from "../fakes/plain-service.ts";

const REPOSITORY = {
  id: 7,
  owner: "o",
  name: "r",
  isPrivate: false,
  archived: false,
  hasIssues: true,
  defaultBranch: "main",
  webUrl: "https://github.com/o/r",
  cloneUrl: "https://github.com/o/r.git",
};
const person = (id: number, login: string): Account => ({ id, login, type: "User" });
const ada = person(1, "ada");
const eve = person(2, "eve");
const tia = person(3, "tia");
const zed = person(4, "zed");
const ci: Account = { id: 5, login: "ci[bot]", type: "Bot" };
const bot = { id: 99, login: "casebook[bot]" };
const base = "a".repeat(40);
const cost = { micros: 41_200, inputTokens: 3, outputTokens: 2, calls: 1, models: ["large"] };
const asks: PhaseOutcome = { kind: "needs-info", reason: "The version is missing.", questions: ["Which?"] };

/** A repository with an issue of `eve`, a store in memory and research that ends as `ends` says. */
class World {
  config = "destination: comment\nlimits: { startsPerHour: 100 }\n";
  readonly comments: CommentInfo[] = [];
  readonly permissions: Record<string, Permission> = { ada: "write", tia: "triage" };
  receivedAt = 0;
  /** How often GitHub was asked for an issue. */
  looks = 0;
  /** Outcomes by phase, taken from the front each time the phase is worked. */
  readonly ends: Record<string, (PhaseOutcome | undefined)[]> = {};
  readonly worked: string[] = [];
  /** The process ends after this phase, once. */
  killedAfter: string | undefined;
  /** What the research throws, taken from the front. */
  readonly failures: Error[] = [];
  /** The text of the issue. */
  body = "b";
  /** Logins whose right was asked for. */
  readonly asked: string[] = [];
  /** How often the mirror was thrown away. */
  discarded = 0;
  readonly deliveries = new Map<string, StoredDelivery>();
  present: Investigation | undefined;

  get service(): Service {
    return {
      ...PLAIN_SERVICE,
      app: this.#app(),
      store: this.#store,
      research: {
        openMirror: async () => ({
          mirror: "mirror",
          resolve: async () => base,
          filesOf: async () => new Map(),
          changedBy: async () => new Set(),
          pull: async () => undefined,
        }),
        discardMirror: () => void this.discarded++,
        test: () => Promise.reject(new Error("no change is tested here")),
        compareFix: () => Promise.reject(new Error("no fix is compared here")),
        investigate: (request, hooks) => this.#investigate(request, hooks),
        check: async () => [],
      },
      modelProvider: {
        names: () => ["large"],
        forget: async () => undefined,
        forgetBefore: async () => undefined,
        spent: async () => 0,
        budget: () => ({ phase: 1, investigation: 3 }),
        open: ({ run }) => ({
          gateway: {
            open: async () => [],
            next: async () => ({ kind: "unavailable", why: "nobody is there", mayPass: false }),
            cost: async () => cost,
          },
          research: {
            run,
            limits: { steps: 1, tokens: 1, milliseconds: 1, rounds: 1, packTokens: 1 },
          },
        }),
      },
      now: () => Date.parse("2026-01-01T01:00:00Z"),
    };
  }

  /** Says something in the issue; GitHub delivers it once, or as often as asked. */
  async say(id: number, author: Account, body: string, times = 1): Promise<void> {
    this.comment(id, author, body);
    for (let i = 0; i < times; i++) await this.deliver(`${id}-${i}`, id);
  }

  comment(id: number, author: Account, body: string): void {
    const createdAt = "2026-01-01T00:30:00Z";
    this.comments.push({ id, body, author, isMinimized: false, createdAt, updatedAt: createdAt });
  }

  async deliver(key: string, id: number): Promise<void> {
    const { body, author, createdAt } = this.comments.find((comment) => comment.id === id)!;
    const payload = {
      action: "created",
      issue: { number: 42, title: "t", body: this.body, created_at: createdAt },
      comment: { id, body, created_at: createdAt, user: author },
      sender: author,
      installation: { id: 5 },
      repository: { id: 7, name: "r", owner: { login: "o" }, default_branch: "main" },
    };
    this.deliveries.set(key, {
      key,
      guid: key,
      event: "issue_comment",
      payload,
      wanted: true,
      receivedAt: this.receivedAt,
    });
    await handleDelivery(this.service, { key });
  }

  /** Works the run that is wanted now. */
  async work(): Promise<void> {
    const run = this.present?.run?.id;
    if (run === undefined) throw new Error(`no run is wanted: ${this.present?.stage}`);
    await handleRun(
      this.service,
      { repository: 7, issue: 42, run },
      { signal: new AbortController().signal, attempt: 1 },
    );
  }

  async #investigate({ phases }: ResearchRequest, { onPhase, publisher }: ResearchHooks): Promise<never> {
    const failure = this.failures.shift();
    if (failure !== undefined) throw failure;
    for (const phase of phases) {
      const outcome = this.ends[phase]?.shift();
      const result: PhaseResult = {
        type: phase,
        status: "completed",
        criteria: [],
        dropped: 0,
        files: [`.chant/research/issue-42-${phase}.md`],
        cost,
        researcher: "large",
        ...(outcome === undefined ? {} : { outcome, partial: "the limit was reached" }),
      };
      this.worked.push(phase);
      await onPhase({ kind: "start", phase });
      // Only where there is no branch: this GitHub takes no commit.
      if (this.config.includes("destination: comment"))
        await publisher.publish({
          files: new Map([[`.chant/research/issue-42-${phase}.md`, `# ${phase}\n`]]),
          message: phase,
        });
      await onPhase({ kind: "end", result });
      if (this.killedAfter === phase) {
        this.killedAfter = undefined;
        throw new Error("killed");
      }
      if (outcome !== undefined) break;
    }
    return undefined as never;
  }

  readonly #repositories = new Map<number, StoredRepository>();
  readonly #records = new Map<string, string>();
  readonly #store: Store = {
    delivery: async (key: string) => this.deliveries.get(key),
    finishDelivery: async (key: string, outcome: string) =>
      void this.deliveries.set(key, { ...this.deliveries.get(key)!, outcome }),
    investigation: async () => this.present,
    change: async (
      _: unknown,
      decide: Parameters<Store["change"]>[1],
      also: Parameters<Store["change"]>[2],
    ) => {
      this.present = decide(this.present)?.investigation ?? this.present;
      const finish = also?.finishDelivery;
      if (finish !== undefined) await this.#store.finishDelivery(finish.key, finish.outcome);
      return this.present;
    },
    trackerChanged: async () => undefined,
    startsInLastHour: async () => 0,
    admitRuns: async () => 0,
    beginRun: async () => ({ attempt: 1, crashes: 0 }),
    isCurrent: async (run: string) => this.present?.run?.id === run,
    endRun: async () => undefined,
    idempotencyRecords: async () => this.#records,
    saveIdempotencyRecord: async (_: unknown, name: string, value: string | undefined) =>
      value === undefined ? void this.#records.delete(name) : void this.#records.set(name, value),
    repository: async (id: number) => this.#repositories.get(id),
    repositories: async () => [...this.#repositories.values()],
    saveRepository: async (row: StoredRepository) => void this.#repositories.set(row.id, row),
    send: async () => undefined,
  } as unknown as Store;

  #app(): GitHubApp {
    const github: Partial<GitHub> = {
      repository: async () => REPOSITORY,
      file: async () => this.config,
      filesIn: async () => [],
      comments: async () => this.comments,
      permission: async (_, login) => {
        this.asked.push(login);
        return this.permissions[login] ?? "read";
      },
      branches: async () => [],
      branchHead: async () => undefined,
      readToken: async () => "token",
      issue: async () => {
        this.looks++;
        const at = "2026-01-01T00:00:00Z";
        return {
          kind: "issue",
          issue: {
            number: 42,
            title: "t",
            body: this.body,
            author: eve,
            state: "open",
            locked: false,
            labels: [],
            createdAt: at,
            isPullRequest: false,
            webUrl: "https://github.com/o/r/issues/42",
          },
        };
      },
    };
    return {
      identity: async () => ({ appId: 4711, slug: "casebook", bot }),
      forInstallation: () => github as GitHub,
    } as unknown as GitHubApp;
  }
}

/** The status comment as it would be now. */
function statusOf({ present }: World): string {
  return statusComment({
    investigation: present!,
    repository: REPOSITORY,
    rules: NO_RULES,
    destination: "comment",
    documents: new Map(),
  });
}

let world: World;
beforeEach(() => {
  world = new World();
});

/** Started by `ada`, and held by what comprehension asks. */
async function asked(times = 1): Promise<void> {
  world.ends["comprehension"] = Array.from({ length: times }, () => asks);
  await world.say(10, ada, "/casebook investigate");
  await world.work();
  expect(world.present).toMatchObject({ stage: "needs-info", readUpTo: 10 });
}

describe("a phase that ends with an outcome", () => {
  test("tells everything of itself, and no phase after it is worked or waits for approval", async () => {
    world.config += "phases: [comprehension, root-cause, fix]\n";
    world.ends["comprehension"] = [{ kind: "not-a-bug", reason: "It is documented." }];
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    expect(world.worked).toEqual(["comprehension"]);
    expect(world.present).toMatchObject({
      stage: "done",
      reason: "Not a bug: It is documented.",
      wanted: ["root-cause", "impact-map", "fix"],
      spent: 41_200,
      phases: [{ type: "comprehension", cost, researcher: "large", partial: "the limit was reached" }],
    });
  });

  test("is the end also for a second attempt, when the first was killed before it could say so", async () => {
    world.ends["comprehension"] = [asks];
    await world.say(10, ada, "/casebook investigate");
    world.killedAfter = "comprehension";
    await expect(world.work()).rejects.toThrow("killed");
    expect(world.present).toMatchObject({ stage: "running", run: { endedBy: "comprehension" } });
    await world.say(11, eve, "It is version 3.");
    await world.work();
    expect(world.worked).toEqual(["comprehension"]);
    // What was said in between was not read, so it can still be the answer.
    expect(world.present).toMatchObject({ stage: "needs-info", readUpTo: 10 });
  });

  test("so is the one phase of a pull request: killed after it, the same run works no other", async () => {
    world.config = "pullRequests: phase\nlimits: { startsPerHour: 100 }\n";
    await world.say(10, ada, "/casebook investigate");
    world.killedAfter = "comprehension";
    await expect(world.work()).rejects.toThrow("killed");
    await world.work();
    expect(world.worked).toEqual(["comprehension"]);
  });

  test("writes no shut gate for what it left", async () => {
    world.config += "gates: [root-cause]\nphases: [comprehension, root-cause]\n";
    world.ends["comprehension"] = [{ kind: "wont-fix", reason: "So it is." }];
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    const idempotencyRecords = await world.service.store.idempotencyRecords({ repository: 7, issue: 42 });
    expect([...idempotencyRecords.keys()].filter((name) => name.includes("root-cause"))).toEqual([]);
  });
});

test("what was written where there is no branch outlives the process that wrote it", async () => {
  await world.say(10, ada, "/casebook investigate");
  world.killedAfter = "comprehension";
  await expect(world.work()).rejects.toThrow("killed");
  const idempotencyRecords = await world.service.store.idempotencyRecords({ repository: 7, issue: 42 });
  expect(idempotencyRecords.get("document:.chant/research/issue-42-comprehension.md")).toBe(
    "# comprehension\n",
  );
});

describe("an issue that is edited", () => {
  beforeEach(() => {
    world.config += "gates: [root-cause]\nphases: [comprehension, root-cause]\n";
  });

  test("after a command is read as it is then, and that is said", async () => {
    await world.say(10, ada, "/casebook comprehension");
    world.body = "something else";
    await world.work();
    expect(world.present?.text?.read?.digest).not.toBe(world.present?.text?.asked);
    expect(statusOf(world)).toContain("The issue was edited after the command");
  });

  test("after it was read needs a second word to approve, which names what changed", async () => {
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    expect(world.present?.stage).toBe("awaiting-approval");
    world.body = "delete everything";
    await world.say(11, ada, "/casebook approve");
    expect(world.present).toMatchObject({ stage: "awaiting-approval", approvals: [] });
    expect(world.present?.asks.at(-1)?.note).toContain("The issue was edited after Casebook read it");
    await world.say(12, ada, "/casebook approve");
    expect(world.present?.stage).toBe("queued");
    await world.work();
    expect(world.worked).toEqual(["comprehension", "root-cause"]);
  });

  test("after it was approved shuts the gate again: nothing behind it runs without a new word", async () => {
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    await world.say(11, ada, "/casebook approve");
    world.body = "delete everything";
    await world.work();
    expect(world.worked).toEqual(["comprehension"]);
    expect(world.present).toMatchObject({
      stage: "awaiting-approval",
      approvals: [],
      reason: expect.stringContaining("The issue was edited after `root-cause` was approved"),
    });
    await world.say(12, ada, "/casebook approve");
    await world.work();
    expect(world.worked).toEqual(["comprehension", "root-cause"]);
    expect(world.present?.stage).toBe("done");
  });

  test("in nothing but its line ends is not edited", async () => {
    world.body = "one\r\ntwo";
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    world.body = "one\ntwo";
    await world.say(11, ada, "/casebook approve");
    await world.work();
    expect(world.worked).toEqual(["comprehension", "root-cause"]);
  });
});

describe("words that are old", () => {
  test("are recorded and not obeyed, however they are signed", async () => {
    world.receivedAt = Date.parse("2026-02-01T00:00:00Z");
    await world.say(10, ada, "/casebook investigate");
    expect(world.present).toBeUndefined();
    expect(world.deliveries.get("10-0")?.outcome).toBe(
      "its words are older than 3 days, so they are not obeyed",
    );
  });
});

describe("a burst of questions", () => {
  test("costs one look at GitHub, and each is answered", async () => {
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    const ids = Array.from({ length: 40 }, (_, i) => 100 + i);
    const bodies = ids.map((id) => ({ id, author: ada, body: "/casebook status" }));
    for (const { id, author, body } of bodies) world.comment(id, author, body);
    world.looks = 0;
    for (const { id } of bodies) await world.deliver(`${id}`, id);
    expect(world.looks).toBe(1);
    expect(world.present?.asks.filter(({ text }) => text === "/casebook status")).toHaveLength(40);
  });
});

describe("a mirror that lost a part", () => {
  test("is thrown away, and the run starts again with a fresh one", async () => {
    await world.say(10, ada, "/casebook investigate");
    world.failures.push(new RunFailure("damaged-mirror", "The mirror lacks the object 1234"));
    await expect(world.work()).rejects.toBeInstanceOf(RetryLater);
    expect(world.discarded).toBe(1);
    await world.work();
    expect(world.present).toMatchObject({ stage: "done" });
  });

  test("is thrown away once in a run: an origin that lacks it too is reported", async () => {
    await world.say(10, ada, "/casebook investigate");
    for (let i = 0; i < 2; i++)
      world.failures.push(new RunFailure("incomplete-repository", "Objects are missing"));
    await expect(world.work()).rejects.toBeInstanceOf(RetryLater);
    await world.work();
    expect(world.discarded).toBe(1);
    expect(world.present).toMatchObject({ stage: "failed", reason: "Objects are missing." });
  });
});

describe("an answer", () => {
  test("of the reporter goes on by itself, with the phase that asked, and once", async () => {
    await asked();
    await world.say(20, eve, "It is version 3.", 3);
    expect(world.present).toMatchObject({ stage: "queued", runs: 2, startedBy: { login: "ada" } });
    await world.work();
    expect(world.worked).toEqual([
      "comprehension",
      "comprehension",
      "reproduction",
      "root-cause",
      "impact-map",
    ]);
    expect(world.present).toMatchObject({ stage: "done", readUpTo: 20 });
    await world.say(21, eve, "And on Linux.");
    expect(world.present?.stage).toBe("done");
  });

  test.each([
    ["of anyone with triage", tia, "I can say that: 3."],
    ["beside a command", eve, "/casebook status\n\nIt is version 3."],
    ["with a quotation of a command", eve, "> /casebook retry\n\nIt is version 3."],
  ] as const)("%s counts", async (_, author, body) => {
    await asked();
    await world.say(20, author, body);
    expect(world.present).toMatchObject({ stage: "queued", runs: 2 });
  });

  test.each([
    ["of somebody without a right", zed, "Same here."],
    ["of a bot", ci, "Build 3 passed."],
    ["that is only a command", eve, "/casebook status"],
    ["that is only a command with a slip in it", eve, "/casebook retri"],
    ["that is empty", eve, " \n "],
    ["that cancels in the same breath", ada, "Never mind.\n\n/casebook cancel"],
  ] as const)("%s starts nothing", async (_, author, body) => {
    await asked();
    await world.say(20, author, body);
    expect(world.present?.runs).toBe(1);
    expect(["needs-info", "cancelled"]).toContain(world.present?.stage);
  });

  test("counts where comments may hold no command, and a command in it does not", async () => {
    await asked();
    world.config += "triggers: { comments: false }\n";
    await world.say(20, ada, "/casebook cancel");
    expect(world.present?.stage).toBe("needs-info");
    await world.say(21, eve, "It is version 3.");
    expect(world.present?.stage).toBe("queued");
  });

  test("that came while the run was at work is found with the next word, and not lost", async () => {
    world.ends["comprehension"] = [asks];
    await world.say(10, ada, "/casebook investigate");
    await world.work();
    // Its delivery came while nothing was asked; the comment is there.
    const at = "2026-01-01T00:40:00Z";
    world.comments.push({
      id: 15,
      body: "Version 3, by the way.",
      author: eve,
      isMinimized: false,
      createdAt: at,
      updatedAt: at,
    });
    await world.say(16, zed, "Same here.");
    expect(world.present).toMatchObject({ stage: "queued", answers: { taken: 1, last: 15 } });
  });

  test("that was edited since is read by its delivery alone", async () => {
    await asked();
    const [createdAt, updatedAt] = ["2026-01-01T00:40:00Z", "2026-01-01T00:50:00Z"];
    world.comments.push({ id: 15, body: "Edited.", author: eve, isMinimized: false, createdAt, updatedAt });
    await world.say(16, zed, "Same here.");
    expect(world.present?.stage).toBe("needs-info");
  });

  test("goes on only while the one who started may still start", async () => {
    await asked();
    world.permissions["ada"] = "read";
    await world.say(20, eve, "It is version 3.");
    await world.work();
    expect(world.worked).toEqual(["comprehension"]);
    expect(world.present).toMatchObject({ stage: "failed" });
    expect(world.present?.reason).toContain("has read now, and it needs write");
  });

  test("goes on three times and no more", async () => {
    await asked(9);
    for (const id of [20, 21, 22]) {
      await world.say(id, eve, "It is version 3.");
      await world.work();
    }
    await world.say(23, eve, "As I said: 3.");
    expect(world.present).toMatchObject({ stage: "needs-info", runs: 4 });
    await world.say(24, ada, "/casebook skip comprehension");
    expect(world.present).toMatchObject({ stage: "queued", runs: 5 });
  });
});

test("talk between people costs no look at GitHub while nothing is asked", async () => {
  await world.say(10, eve, "Hello.");
  await world.say(11, ada, "Thanks!");
  expect(world.looks).toBe(0);
  expect([...world.deliveries.values()].map(({ outcome }) => outcome)).toEqual([
    "no command in it",
    "no command in it",
  ]);
  expect(world.present).toBeUndefined();
});

describe("what the configuration means for the phases", () => {
  const models = ["large"];
  const rules = (given: Parameters<typeof fillDefaults>[0], offered: readonly string[] = models) =>
    rulesOf(fillDefaults(given, offered), phasesIn(given.mode ?? "full", PHASES), {
      models: offered,
      runsCode: false,
    });

  test("a fix is worked only where the file names it", () => {
    const standard = rules({});
    expect(standard.phases).toEqual(["comprehension", "reproduction", "root-cause", "impact-map"]);
    expect(standard.known.filter(({ isOff }) => isOff).map(({ type }) => type)).toEqual(["fix"]);
    expect(standard.gates).toEqual(new Set(["fix"]));
    const named = rules({ phases: ["comprehension", "root-cause", "fix"] });
    expect(named.phases).toEqual(["comprehension", "root-cause", "fix"]);
    expect(named.known.some(({ isOff }) => isOff)).toBe(false);
  });

  test("in single-document mode one phase is worked, and the others by name", () => {
    const single = rules({ mode: "single", phases: ["comprehension", "fix"] });
    expect(single.phases).toEqual(["research"]);
    expect(single.known.map(({ type }) => type)).toEqual(["research", ...PHASES.map(({ type }) => type)]);
    expect(rules({}).known.map(({ type }) => type)).not.toContain("research");
  });

  test("without a model, or where the built-in researcher is wanted, only what needs none is worked", () => {
    for (const without of [
      rules({}, []),
      rules({ researcher: "builtin" }),
      rules({ researcher: "model" }, []),
    ]) {
      expect(without.phases).toEqual(["comprehension", "root-cause", "impact-map"]);
      expect(without.models).toEqual([]);
    }
    expect(rules({}).models).toEqual(models);
  });
});
