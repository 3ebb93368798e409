import { LeaseLost } from "../../src/failure.ts";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Database, openDatabase } from "../../src/store/io/database.ts";
import { journalStore } from "../../src/store/io/journal.ts";
import { migrate } from "../../src/store/io/migrate.ts";
import { openStoreIn } from "../../src/store/io/open-store.ts";
import { openJournalFile } from "../../src/llm/io/journal-file.ts";
import type { Entry, Reply } from "../../src/llm/transcript.ts";
import type { Begun, CapName, Caps, Journal, Task } from "../../src/llm/journal.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { type JournalPlace, spendTogether } from "../fakes/journal-process.ts";
import { memoryJournal } from "../fakes/memory-journal.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";
import { prepareStore } from "../fakes/prepared-store.ts";

interface Backend extends AsyncDisposable {
  /** Two ways to the same journal, as two processes have them. */
  readonly journal: Journal;
  readonly other: Journal;
  /** Where other processes find it. */
  readonly place?: JournalPlace;
}

const SCHEMA = "journal";

async function inDatabase(database: Database, more: Partial<Backend> = {}): Promise<Backend> {
  await migrate(database, SCHEMA);
  return {
    journal: journalStore(database, SCHEMA),
    other: journalStore(database, SCHEMA),
    ...more,
    [Symbol.asyncDispose]: async () => {
      await database[Symbol.asyncDispose]();
      await more[Symbol.asyncDispose]?.();
    },
  };
}

const BACKENDS: readonly (readonly [string, () => Promise<Backend>])[] = [
  [
    "memory",
    async () => {
      const journal = memoryJournal();
      return { journal, other: journal, [Symbol.asyncDispose]: () => Promise.resolve() };
    },
  ],
  [
    "the embedded PostgreSQL",
    async () => {
      const folder = temporaryFolder();
      await prepareStore(folder.path);
      return inDatabase(await openDatabase({ folder: folder.path }), {
        [Symbol.asyncDispose]: async () => folder[Symbol.dispose](),
      });
    },
  ],
  [
    "a PostgreSQL server",
    async () => {
      const server = await freshDatabase();
      return inDatabase(await openDatabase(server), {
        place: { url: server.url, schema: SCHEMA },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      });
    },
  ],
  [
    "a record file",
    async () => {
      const folder = temporaryFolder();
      const journal = openJournalFile(join(folder.path, "sub", "run.jsonl"));
      return {
        journal,
        other: journal,
        async [Symbol.asyncDispose]() {
          journal[Symbol.dispose]();
          folder[Symbol.dispose]();
        },
      };
    },
  ],
];

const NOON = Date.UTC(2026, 0, 15, 12);
const ASKED: readonly Entry[] = [
  { kind: "instructions", text: "Be exact." },
  { kind: "request", text: "Find the cause." },
];
const REPLY: Reply = {
  kind: "reply",
  text: "I look.",
  calls: [{ id: "1", name: "read_file", arguments: '{"path":"a.ts"}' }],
  usage: { input: 1_000, cached: 200, output: 50, estimated: false },
  model: "big",
};
const ANSWER: Entry = { kind: "answer", call: "1", tool: "read_file", text: "line 1" };

let tests = 0;
/** A conversation that shares no counter with another test. */
function freshTask(name = "root-cause"): Task {
  const n = ++tests;
  return { run: `run ${n}`, name, payer: { investigation: `${n}#1`, repository: n, installation: n } };
}

function reserve(micros: number, at = NOON): { model: string; micros: number; at: number } {
  return { model: "big", micros, at };
}

/** The name of the call; a cap in the way is an error. */
async function begun(answer: Promise<Begun>): Promise<string> {
  const { kind, ...rest } = await answer;
  if (kind === "over") throw new Error(`over a cap: ${JSON.stringify(rest)}`);
  return (rest as { readonly call: string }).call;
}

describe.each(BACKENDS)("the journal in %s", (backendName, openBackend) => {
  let backend: Backend;
  let journal: Journal;
  beforeAll(async () => {
    backend = await openBackend();
    journal = backend.journal;
  });
  afterAll(async () => {
    await backend[Symbol.asyncDispose]();
  });
  const investigationCost = async (task: Task): Promise<number> =>
    (await journal.taken(task.payer, NOON)).investigation;

  describe("a conversation", () => {
    test("is empty before it begins", async () => {
      expect(await journal.transcript(freshTask())).toEqual([]);
    });

    test("grows by what was asked and what was answered", async () => {
      const task = freshTask();
      const first = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      expect(await journal.cost(task)).toMatchObject({ micros: 900 });
      await journal.settle(first, REPLY, 700);
      const second = await begun(journal.begin(task, 3, [ANSWER], reserve(900), {}));
      await journal.settle(second, { ...REPLY, text: "Done.", calls: [] }, 800);
      expect(await backend.other.transcript(task)).toEqual([
        ...ASKED,
        REPLY,
        ANSWER,
        { ...REPLY, text: "Done.", calls: [] },
      ]);
    });

    test("is its own: not another run's, another name's or another investigation's", async () => {
      const task = freshTask();
      await begun(journal.begin(task, 0, ASKED, reserve(0), {}));
      const others: Task[] = [
        { ...task, run: "another" },
        { ...task, name: "root-cause/judge" },
        { ...task, payer: { ...task.payer, investigation: "another" } },
      ];
      for (const other of others) expect(await journal.transcript(other)).toEqual([]);
    });

    test("keeps entries that are given again, whatever the order of their fields", async () => {
      const task = freshTask();
      const first = await begun(journal.begin(task, 0, ASKED, reserve(5), {}));
      await journal.release(first, 0);
      const again = ASKED.map(
        (entry) => Object.fromEntries(Object.entries(entry).toReversed()) as unknown as Entry,
      );
      const second = await begun(journal.begin(task, 0, again, reserve(5), {}));
      const third = await begun(journal.begin(task, 1, ASKED.slice(1), reserve(5), {}));
      expect(new Set([first, second, third]).size).toBe(3);
      await journal.release(third, 0);
      await journal.settle(second, REPLY, 5);
      expect(await journal.transcript(task)).toEqual([...ASKED, REPLY]);
    });

    test("takes more entries after those that it has", async () => {
      const task = freshTask();
      await journal.release(await begun(journal.begin(task, 0, ASKED.slice(0, 1), reserve(0), {})), 0);
      await begun(journal.begin(task, 0, ASKED, reserve(0), {}));
      expect(await journal.transcript(task)).toEqual(ASKED);
    });

    test("refuses other entries where some stand, a place after a gap, and a question that has its reply", async () => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(5), {}));
      const other: Entry = { kind: "request", text: "Find another cause." };
      const refused = async (at: number, entries: readonly Entry[]): Promise<void> => {
        await expect(journal.begin(task, at, entries, reserve(5), {})).rejects.toThrow(LeaseLost);
      };
      await refused(0, [ASKED[0]!, other]);
      await refused(1, [other]);
      await refused(0, ASKED.slice(0, 1));
      await refused(3, [other]);
      await journal.settle(call, REPLY, 5);
      await refused(0, ASKED);
      await refused(2, []);
      await refused(2, [other]);
      expect(await journal.transcript(task)).toEqual([...ASKED, REPLY]);
      expect(await investigationCost(task)).toBe(5);
    });

    test("holds every text as it is", async () => {
      const task = freshTask('root-cause/\0 half \ud83d "quoted" \\');
      const texts = [
        "nul \0, half a character \ud83d and \udc00, \u202e turned, 🦊 and 👩‍👩‍👧, \r\n",
        "",
        String.raw`\u0000 \ud83d %s $1 ' " {} \x`,
        "🦊a\0".repeat(250_000),
      ];
      const entries = texts.map((text): Entry => ({ kind: "request", text }));
      const reply = {
        ...REPLY,
        text: texts[0]!,
        model: "m\0\ud83d",
        calls: [{ ...REPLY.calls[0]!, arguments: texts[3]! }],
      };
      const call = await begun(journal.begin(task, 0, entries, reserve(1), {}));
      await begun(journal.begin(task, 0, entries, reserve(1), {}));
      await journal.settle(call, reply, 1);
      expect(await journal.transcript(task)).toEqual([...entries, reply]);
      expect((await journal.cost(task)).models).toEqual(["m\0\ud83d"]);
    });
  });

  describe("a call", () => {
    test("that is settled twice costs once and is stored once", async () => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      await journal.settle(call, REPLY, 700);
      await journal.settle(call, { ...REPLY, text: "another" }, 800);
      await journal.release(call, 900);
      expect(await journal.transcript(task)).toEqual([...ASKED, REPLY]);
      expect(await investigationCost(task)).toBe(700);
    });

    test("that gave nothing costs what it may have cost", async () => {
      const task = freshTask();
      for (const [micros, sum] of [
        [0, 0],
        [40, 40],
        [900, 940],
      ] as const) {
        const call = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
        await journal.release(call, micros);
        await journal.release(call, 1);
        expect(await investigationCost(task)).toBe(sum);
      }
      expect(await journal.cost(task)).toEqual({
        micros: 940,
        inputTokens: 0,
        outputTokens: 0,
        // The one that was given back is none.
        calls: 2,
        models: [],
      });
    });

    test("that was given back has no reply", async () => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      await journal.release(call, 0);
      await expect(journal.settle(call, REPLY, 700)).rejects.toThrow("before its reply came");
      expect(await investigationCost(task)).toBe(0);
    });

    test("that cost more than was reserved counts with what it cost", async () => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(10), { phase: 10 }));
      await journal.settle(call, REPLY, 25);
      expect(await journal.begin(task, 3, [ANSWER], reserve(0), { phase: 10 })).toEqual({
        kind: "over",
        cap: "phase",
        limit: 10,
        taken: 25,
      });
    });

    test("that nobody began is refused", async () => {
      await expect(journal.settle("nobody's", REPLY, 1)).rejects.toThrow("there is no call");
      await expect(journal.release("nobody's", 1)).rejects.toThrow("there is no call");
    });

    test.each([-1, 0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53])(
      "of %d micros is refused",
      async (micros) => {
        const task = freshTask();
        await expect(journal.begin(task, 0, ASKED, reserve(micros), {})).rejects.toThrow(RangeError);
        const call = await begun(journal.begin(task, 0, ASKED, reserve(3), {}));
        await expect(journal.settle(call, REPLY, micros)).rejects.toThrow(RangeError);
        await expect(journal.release(call, micros)).rejects.toThrow(RangeError);
        expect(await investigationCost(task)).toBe(3);
      },
    );
  });

  describe("a reservation that nobody settled", () => {
    test("counts in full, and its reply is not waited for, once its conversation is taken up again", async () => {
      const task = freshTask();
      await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      expect(await backend.other.transcript(task)).toEqual(ASKED);
      expect(await journal.cost(task)).toMatchObject({ micros: 900, calls: 1, models: [] });
      const next = await begun(backend.other.begin(task, 2, [], reserve(900), {}));
      expect(await investigationCost(task)).toBe(1_800);
      await backend.other.settle(next, REPLY, 100);
      expect(await journal.transcript(task)).toEqual([...ASKED, REPLY]);
      expect(await investigationCost(task)).toBe(1_000);
    });

    test("of another conversation stays open", async () => {
      const task = freshTask();
      const judge = { ...task, name: "root-cause/judge" };
      const call = await begun(journal.begin(judge, 0, ASKED, reserve(900), {}));
      await journal.transcript(task);
      await journal.transcript({ ...judge, run: "another" });
      await journal.settle(call, REPLY, 100);
      expect(await journal.transcript(judge)).toEqual([...ASKED, REPLY]);
    });

    test("whose process was alive all the same: the money is put right, the reply refused", async () => {
      const task = freshTask();
      const late = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      await backend.other.transcript(task);
      const next = await begun(backend.other.begin(task, 0, ASKED, reserve(900), {}));
      for (let i = 0; i < 2; i++) await expect(journal.settle(late, REPLY, 300)).rejects.toThrow(LeaseLost);
      expect(await investigationCost(task)).toBe(1_200);
      await backend.other.settle(next, { ...REPLY, text: "mine" }, 500);
      expect(await journal.transcript(task)).toEqual([...ASKED, { ...REPLY, text: "mine" }]);
      expect(await journal.cost(task)).toMatchObject({ micros: 800, calls: 2, inputTokens: 2_000 });
    });

    test("whose process gives it back later counts with what it may have cost", async () => {
      const task = freshTask();
      const late = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      await backend.other.transcript(task);
      await journal.release(late, 200);
      expect(await investigationCost(task)).toBe(200);
    });

    test("of two that ask the same, the first reply stands, and both are paid for", async () => {
      const task = freshTask();
      const one = await begun(journal.begin(task, 0, ASKED, reserve(900), {}));
      const two = await begun(backend.other.begin(task, 0, ASKED, reserve(900), {}));
      await backend.other.settle(two, { ...REPLY, text: "two" }, 20);
      await expect(journal.settle(one, { ...REPLY, text: "one" }, 10)).rejects.toThrow(LeaseLost);
      expect(await journal.transcript(task)).toEqual([...ASKED, { ...REPLY, text: "two" }]);
      expect(await investigationCost(task)).toBe(30);
    });
  });

  describe("a cap", () => {
    const CAPS: readonly CapName[] = ["phase", "investigation", "repositoryPerDay", "installationPerMonth"];

    test.each(CAPS)("of the %s may be reached, and not be passed by a micro", async (cap) => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(60), { [cap]: 100 }));
      expect(await journal.begin(task, 2, [], reserve(41), { [cap]: 100 })).toEqual({
        kind: "over",
        cap,
        limit: 100,
        taken: 60,
      });
      await journal.release(await begun(journal.begin(task, 2, [], reserve(40), { [cap]: 100 })), 40);
      // What is given back may be used again.
      await journal.settle(call, REPLY, 50);
      const more = [ANSWER];
      expect((await journal.begin(task, 3, more, reserve(11), { [cap]: 100 })).kind).toBe("over");
      await begun(journal.begin(task, 3, more, reserve(10), { [cap]: 100 }));
      expect((await journal.begin(task, 3, more, reserve(1), { [cap]: 100 })).kind).toBe("over");
      // A call that costs nothing passes no cap.
      await begun(journal.begin(task, 3, more, reserve(0), { [cap]: 100 }));
    });

    test("that is passed leaves nothing of the question", async () => {
      const task = freshTask();
      await begun(journal.begin(task, 0, ASKED, reserve(60), {}));
      const over = await journal.begin(task, 2, [ANSWER], reserve(60), { installationPerMonth: 100 });
      expect(over.kind).toBe("over");
      expect(await journal.transcript(task)).toEqual(ASKED);
      expect(await journal.cost(task)).toMatchObject({ micros: 60, calls: 1 });
      expect(await journal.taken(task.payer, NOON)).toEqual({
        investigation: 60,
        repositoryPerDay: 60,
        installationPerMonth: 60,
      });
      const fresh = freshTask();
      expect((await journal.begin(fresh, 0, ASKED, reserve(1), { phase: 0 })).kind).toBe("over");
      expect(await journal.transcript(fresh)).toEqual([]);
      await begun(journal.begin(fresh, 0, [ANSWER], reserve(1), {}));
    });

    test("is named from the narrowest on", async () => {
      const task = freshTask();
      await begun(journal.begin(task, 0, ASKED, reserve(60), {}));
      const all = { phase: 70, investigation: 60, repositoryPerDay: 50, installationPerMonth: 40 };
      expect(await journal.begin(task, 2, [], reserve(10), all)).toMatchObject({
        cap: "investigation",
        limit: 60,
      });
      expect(await journal.begin(task, 2, [], reserve(11), all)).toMatchObject({ cap: "phase", taken: 60 });
    });

    test.each([
      ["phase", { name: "root-cause/judge" }, true],
      ["phase", { name: "root-cause-2" }, false],
      ["phase", { name: "impact-map" }, false],
      ["phase", { run: "another" }, false],
      ["investigation", { name: "impact-map", run: "another" }, true],
      ["investigation", { payer: { investigation: "another" } }, false],
      ["repositoryPerDay", { payer: { investigation: "another" } }, true],
      ["repositoryPerDay", { payer: { repository: 1_000_000 } }, false],
      ["installationPerMonth", { payer: { investigation: "another", repository: 1_000_001 } }, true],
      ["installationPerMonth", { payer: { installation: 1_000_000 } }, false],
    ] as const)("of the %s and the call of %j: shared is %s", async (cap, change, isShared) => {
      const task = freshTask();
      const payer = { ...task.payer, ...("payer" in change ? change.payer : {}) };
      if ("payer" in change && "investigation" in change.payer) payer.investigation = `another ${tests}`;
      await begun(journal.begin(task, 0, ASKED, reserve(60), {}));
      const other = { ...task, ...change, payer };
      const { kind } = await journal.begin(other, 0, ASKED, reserve(60), { [cap]: 100 });
      expect(kind).toBe(isShared ? "over" : "begun");
    });

    test.each([
      ["repositoryPerDay", Date.UTC(2026, 0, 15), Date.UTC(2026, 0, 15, 23, 59, 59, 999), true],
      ["repositoryPerDay", Date.UTC(2026, 0, 15, 23, 59, 59, 999), Date.UTC(2026, 0, 16), false],
      ["repositoryPerDay", Date.UTC(2026, 0, 15), Date.UTC(2027, 0, 15), false],
      ["installationPerMonth", Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 28, 23, 59, 59, 999), true],
      ["installationPerMonth", Date.UTC(2026, 1, 28, 23, 59, 59, 999), Date.UTC(2026, 2, 1), false],
      ["installationPerMonth", Date.UTC(2026, 11, 31, 23, 59, 59, 999), Date.UTC(2027, 0, 1), false],
      ["installationPerMonth", Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1), false],
    ] as const)("of %s, at %d and %d: shared is %s", async (cap, first, second, isShared) => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(60, first), {}));
      expect((await journal.begin(task, 2, [], reserve(60, second), { [cap]: 100 })).kind).toBe(
        isShared ? "over" : "begun",
      );
      // It is counted where it was reserved, whenever it ends.
      await journal.settle(call, REPLY, 10);
      expect((await journal.taken(task.payer, first))[cap]).toBe(10);
    });

    test("holds against many that ask at once", async () => {
      const payer = freshTask().payer;
      const answers = await Promise.all(
        Array.from({ length: 40 }, (_, i) =>
          [journal, backend.other][i % 2]!.begin(
            { run: "many", name: `phase-${i}`, payer },
            0,
            ASKED,
            reserve(30),
            { installationPerMonth: 1_000 },
          ),
        ),
      );
      expect(answers.filter(({ kind }) => kind === "begun")).toHaveLength(33);
      expect((await journal.taken(payer, NOON)).installationPerMonth).toBe(990);
    });
  });

  test("the cost of a conversation counts those below it, and no other", async () => {
    const task = freshTask();
    const spend = async (name: string, model: string, micros: number): Promise<void> => {
      const call = await begun(journal.begin({ ...task, name }, 0, ASKED, reserve(micros), {}));
      await journal.settle(call, { ...REPLY, model }, micros);
    };
    await spend("root-cause", "big", 1);
    await spend("root-cause/judge", "small", 10);
    await spend("root-cause/judge/again", "big", 100);
    await spend("root-cause-2", "other", 1_000);
    await spend("root-cause%", "other", 10_000);
    await begun(journal.begin({ ...task, name: "root-cause/open" }, 0, ASKED, reserve(5), {}));
    expect(await journal.cost(task)).toEqual({
      micros: 116,
      inputTokens: 3_000,
      outputTokens: 150,
      calls: 4,
      models: ["big", "small"],
    });
    expect(await journal.cost({ ...task, name: "root-cause/judge" })).toMatchObject({
      micros: 110,
      calls: 2,
    });
    expect(await journal.cost({ ...task, name: "root" })).toEqual({
      micros: 0,
      inputTokens: 0,
      outputTokens: 0,
      calls: 0,
      models: [],
    });
  });

  describe("to forget an investigation", () => {
    test("removes what was said in all its runs, and no count", async () => {
      const task = freshTask();
      const again = { ...task, run: "again" };
      const bystander = { ...task, payer: { ...task.payer, investigation: `${task.payer.investigation}0` } };
      for (const each of [task, again, bystander]) {
        const call = await begun(journal.begin(each, 0, ASKED, reserve(60), {}));
        await journal.settle(call, REPLY, 50);
      }
      await journal.forget(task.payer);
      await journal.forget({ investigation: "never seen" });
      expect(await journal.transcript(task)).toEqual([]);
      expect(await journal.transcript(again)).toEqual([]);
      expect(await journal.transcript(bystander)).toHaveLength(3);
      expect(await journal.taken(task.payer, NOON)).toEqual({
        investigation: 100,
        repositoryPerDay: 150,
        installationPerMonth: 150,
      });
      expect(await journal.cost(task)).toMatchObject({ micros: 50, calls: 1, models: ["big"] });
      expect((await journal.begin(task, 0, [ANSWER], reserve(1), { investigation: 100 })).kind).toBe("over");
      await begun(journal.begin(task, 0, [ANSWER], reserve(1), { investigation: 101 }));
    });

    test("while a call is open: it is paid for, and brings no text back", async () => {
      const task = freshTask();
      const call = await begun(journal.begin(task, 0, ASKED, reserve(60), {}));
      await backend.other.forget(task.payer);
      await expect(journal.settle(call, REPLY, 50)).rejects.toThrow(LeaseLost);
      expect(await investigationCost(task)).toBe(50);
      await expect(journal.begin(task, 3, [ANSWER], reserve(60), {})).rejects.toThrow(LeaseLost);
      expect(await journal.transcript(task)).toEqual([]);
      // Also when its place is free in a conversation that began anew.
      const late = await begun(journal.begin(task, 0, ASKED, reserve(60), {}));
      await backend.other.forget(task.payer);
      await begun(backend.other.begin(task, 0, ASKED, reserve(60), {}));
      await expect(journal.settle(late, REPLY, 50)).rejects.toThrow(LeaseLost);
      expect(await journal.transcript(task)).toEqual(ASKED);
    });
  });

  describe("to forget what is old", () => {
    const DAY = 86_400_000;
    const settled = async (task: Task, at: number): Promise<void> => {
      const call = await begun(journal.begin(task, 0, ASKED, reserve(60, at), {}));
      await journal.settle(call, REPLY, 50);
    };

    test("removes conversations that ended before, and no count", async () => {
      const old = freshTask();
      const young = { ...old, run: "young" };
      // Long before everything that other tests do.
      const [long, at] = [NOON - 2_000 * DAY, NOON - 1_000 * DAY];
      await settled(old, long);
      await settled(young, at);
      const { installationPerMonth } = await journal.taken(old.payer, long);
      expect(await journal.forgetBefore(at)).toBe(1);
      expect(await journal.forgetBefore(at)).toBe(0);
      expect(await journal.transcript(old)).toEqual([]);
      expect(await journal.cost(old)).toMatchObject({ micros: 0, calls: 0, models: [] });
      expect(await journal.transcript(young)).toHaveLength(3);
      expect(await investigationCost(old)).toBe(100);
      expect((await journal.taken(old.payer, long)).installationPerMonth).toBe(installationPerMonth);
      // It begins anew, under the same caps.
      expect((await journal.begin(old, 0, ASKED, reserve(1), { phase: 50 })).kind).toBe("over");
      await begun(journal.begin(old, 0, ASKED, reserve(1), { phase: 51 }));
    });

    test("leaves a conversation with a young call, and one with an open call", async () => {
      const [continued, open] = [freshTask(), freshTask()];
      const [long, at] = [NOON - 4_000 * DAY, NOON - 3_000 * DAY];
      await settled(continued, long);
      await begun(journal.begin(continued, 3, [ANSWER], reserve(1, at), {}));
      const waiting = await begun(journal.begin(open, 0, ASKED, reserve(60, long), {}));
      expect(await backend.other.forgetBefore(at)).toBe(0);
      await journal.settle(waiting, REPLY, 50);
      expect(await journal.transcript(open)).toEqual([...ASKED, REPLY]);
      expect(await journal.transcript(continued)).toHaveLength(4);
      expect(await backend.other.forgetBefore(at)).toBe(1);
    });

    test("while many work: each is forgotten whole or goes on", async () => {
      const payer = freshTask().payer;
      const at = NOON - 5_000 * DAY;
      const tasks = Array.from({ length: 12 }, (_, i): Task => ({ run: `${i}`, name: "a", payer }));
      for (const task of tasks) await settled(task, at - DAY);
      const ends = await Promise.allSettled([
        ...tasks.map((task, i) =>
          [journal, backend.other][i % 2]!.begin(task, 3, [ANSWER], reserve(60, at), {}),
        ),
        journal.forgetBefore(at),
        backend.other.forgetBefore(at),
      ]);
      const wrong = ends.flatMap((end) =>
        end.status === "rejected" && !(end.reason instanceof LeaseLost) ? [end.reason as Error] : [],
      );
      expect(wrong).toEqual([]);
      for (const [i, task] of tasks.entries())
        expect((await journal.transcript(task)).length).toBe(ends[i]!.status === "fulfilled" ? 4 : 0);
    });
  });

  test("everything at once on a few conversations: nobody waits for ever, and the accounts add up", async () => {
    const payer = freshTask().payer;
    const tasks = ["a", "a/judge", "b"].map((name): Task => ({ run: "one", name, payer }));
    const caps = { phase: 4_000, installationPerMonth: 6_000 };
    const work = async (i: number): Promise<void> => {
      const [task, own] = [tasks[i % 3]!, [journal, backend.other][i % 2]!];
      for (let n = 0; n < 12; n++) {
        const at = (await own.transcript(task)).length;
        const answer = await own.begin(task, at, [ASKED[1]!], reserve(100), caps);
        if (answer.kind === "over") continue;
        if (n % 6 === 5) await own.forget(payer);
        if (n % 3 === 0) await own.release(answer.call, n);
        else await own.settle(answer.call, REPLY, 40 + n);
      }
    };
    const ends = await Promise.allSettled(Array.from({ length: 60 }, (_, i) => work(i % 12)));
    const wrong = ends.flatMap((end) =>
      end.status === "rejected" && !(end.reason instanceof LeaseLost) ? [end.reason as Error] : [],
    );
    expect(wrong).toEqual([]);
    const [a, b] = await Promise.all([journal.cost(tasks[0]!), journal.cost(tasks[2]!)]);
    const { installationPerMonth: taken } = await journal.taken(payer, NOON);
    expect(a.micros + b.micros).toBe(taken);
    expect(taken).toBeLessThanOrEqual(6_000);
    expect(a.micros).toBeLessThanOrEqual(4_000);
  });

  if (backendName !== "memory")
    test("does what the journal that adds up everything anew does", async () => {
      await fc.assert(
        fc.asyncProperty(fc.array(step(), { minLength: 1, maxLength: 40 }), async (steps) => {
          const payers = [freshTask().payer, freshTask().payer];
          const [real, model] = [
            await carryOut(steps, payers, [journal, backend.other]),
            await carryOut(steps, payers, [memoryJournal()]),
          ];
          expect(real).toEqual(model);
        }),
        { numRuns: 40, examples: [[SETTLED_AFTER_FORGETTING]] },
      );
    });

  if (backendName === "a PostgreSQL server")
    test("eight processes at once never pass a cap, two of them killed at work", async () => {
      const payer = freshTask().payer;
      const caps = { installationPerMonth: 500_000 };
      const MICROS = 1_000;
      const tasks = Array.from({ length: 8 }, (_, i): Task => ({
        run: `run ${i}`,
        name: "root-cause",
        payer,
      }));
      const spending = { place: backend.place!, caps, micros: MICROS, at: NOON };
      const ended = new AbortController();
      const watched = (async () => {
        let most = 0;
        while (!ended.signal.aborted) {
          most = Math.max(most, (await journal.taken(payer, NOON)).installationPerMonth);
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
        return most;
      })();
      const ends = await spendTogether(
        // The first holds a reservation when it is killed; the second is wherever the signal meets it.
        tasks.map((task, i) => ({ ...spending, task, ...(i === 0 ? { blockedAfter: 4 } : {}) })),
        (i, said) => said.at(-1)?.kind === "stands-still" || (i === 1 && said.length === 5),
      );
      ended.abort();
      expect(ends.map(({ code }) => code)).toEqual([null, null, 0, 0, 0, 0, 0, 0]);
      expect(await watched).toBeLessThanOrEqual(caps.installationPerMonth);
      const { installationPerMonth: taken } = await journal.taken(payer, NOON);
      expect(taken).toBeLessThanOrEqual(caps.installationPerMonth);
      expect(taken).toBeGreaterThan(caps.installationPerMonth - MICROS);

      // The accounts add up: of each process what it told, and what those that were killed had open.
      const costs = await Promise.all(tasks.map((task) => journal.cost(task)));
      expect(costs.reduce((sum, { micros }) => sum + micros, 0)).toBe(taken);
      const accounts = await Promise.all(
        ends.map(async ({ said }, i) => {
          const told = said.flatMap((word) => (word.kind === "settled" ? [word.micros] : []));
          const transcript = await journal.transcript(tasks[i]!);
          const paid = transcript.flatMap((entry) => (entry.kind === "reply" ? [entry.usage.input] : []));
          expect(paid.slice(0, told.length)).toEqual(told);
          return {
            untold: paid.length - told.length,
            open: costs[i]!.micros - paid.reduce((sum, micros) => sum + micros, 0),
          };
        }),
      );
      const [standing, killed, ...others] = accounts;
      expect(standing).toEqual({ untold: 0, open: MICROS });
      expect([0, MICROS]).toContain(killed!.open);
      expect(others).toEqual(others.map(() => ({ untold: 0, open: 0 })));
      // Those that were killed are taken up again: nothing of theirs is given back.
      expect((await journal.taken(payer, NOON)).installationPerMonth).toBe(taken);
    });
});

test.each([1, 2])("the store has a journal, also in a database of step %i", async (step) => {
  using folder = temporaryFolder();
  await using database = await openDatabase({ folder: folder.path });
  await migrate(database, "casebook", step);
  await database.query("INSERT INTO casebook.note (name, value) VALUES ('old', 'kept')");
  await using store = await openStoreIn(database);
  const task = freshTask();
  await begun(store.journal.begin(task, 0, ASKED, reserve(1), {}));
  expect(await store.journal.transcript(task)).toEqual(ASKED);
  expect(await store.note("old")).toBe("kept");
});

type Step =
  | {
      readonly kind: "begin";
      readonly task: number;
      readonly back: number;
      readonly texts: readonly string[];
      readonly micros: number;
      readonly day: number;
      readonly caps: Caps;
    }
  | { readonly kind: "settle" | "release"; readonly call: number; readonly micros: number }
  | {
      readonly kind: "transcript" | "cost" | "taken" | "forget";
      readonly task: number;
      readonly day: number;
    };

function step(): fc.Arbitrary<Step> {
  const task = fc.nat(7);
  const day = fc.nat(2);
  const micros = fc.nat(20);
  const cap = fc.option(fc.nat(60), { nil: undefined });
  const call = fc.nat(5);
  return fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("begin" as const),
        task,
        back: fc.oneof({ weight: 5, arbitrary: fc.constant(0) }, fc.integer({ min: -1, max: 2 })),
        texts: fc.array(fc.constantFrom("a", "b", "\0\ud83d"), { maxLength: 2 }),
        micros,
        day,
        caps: fc.record({
          phase: cap,
          investigation: cap,
          repositoryPerDay: cap,
          installationPerMonth: cap,
        }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("settle" as const), call, micros }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("release" as const), call, micros }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constantFrom("transcript", "cost", "taken", "forget"), task, day }),
    },
  );
}

const BEGIN = { kind: "begin", back: 0, texts: [], micros: 0, day: 0, caps: {} } as const;
/** A reply that stood is settled, also when its conversation is forgotten by the time it comes again. */
const SETTLED_AFTER_FORGETTING: Step[] = [
  { ...BEGIN, task: 0 },
  { kind: "settle", call: 0, micros: 0 },
  { ...BEGIN, task: 1 },
  { kind: "forget", task: 0, day: 0 },
  { kind: "settle", call: 1, micros: 0 },
];

/** The answer to each step, then what is left at the end. Calls are named by their number, the newest first. */
async function carryOut(
  steps: readonly Step[],
  payers: readonly Task["payer"][],
  journals: readonly Journal[],
): Promise<readonly unknown[]> {
  const calls: string[] = [];
  const lengths = new Map<number, number>();
  const taskOf = (n: number): Task => ({
    run: `run ${n & 1}`,
    name: (n & 2) === 0 ? "root-cause" : "root-cause/judge",
    payer: payers[n >> 2]!,
  });
  // The end of January and the beginning of February.
  const atOf = (day: number): number => Date.UTC(2026, 0, 30 + day, 13);
  const answers: unknown[] = [];
  for (const [i, step] of steps.entries()) {
    const journal = journals[i % journals.length]!;
    const answer = async (): Promise<unknown> => {
      switch (step.kind) {
        case "begin": {
          const { task, back, texts, micros, day, caps } = step;
          const entries = texts.map((text): Entry => ({ kind: "request", text }));
          const at = Math.max(0, (lengths.get(task) ?? 0) - back);
          const begun = await journal.begin(taskOf(task), at, entries, reserve(micros, atOf(day)), caps);
          if (begun.kind === "over") return begun;
          lengths.set(task, at + entries.length);
          calls.push(begun.call);
          return "begun";
        }
        case "settle":
          return journal.settle(calls.at(-1 - step.call) ?? "none", REPLY, step.micros);
        case "release":
          return journal.release(calls.at(-1 - step.call) ?? "none", step.micros);
        case "transcript": {
          const entries = await journal.transcript(taskOf(step.task));
          lengths.set(step.task, entries.length);
          return entries;
        }
        case "cost":
          return journal.cost(taskOf(step.task));
        case "taken":
          return journal.taken(taskOf(step.task).payer, atOf(step.day));
        case "forget":
          return journal.forget(taskOf(step.task).payer);
      }
    };
    answers.push(await answer().catch((error: Error) => error.name));
  }
  for (const n of [0, 1, 2, 3, 4, 5, 6, 7]) {
    const journal = journals[n % journals.length]!;
    answers.push(await journal.cost(taskOf(n)), await journal.transcript(taskOf(n)));
    for (const day of [0, 1, 2]) answers.push(await journal.taken(taskOf(n).payer, atOf(day)));
  }
  return answers;
}
