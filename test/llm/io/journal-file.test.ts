import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openJournalFile } from "../../../src/llm/io/journal-file.ts";
import type { Begun, Task } from "../../../src/llm/journal.ts";
import { openLedger } from "../../../src/llm/ledger.ts";
import { parseRecord } from "../../../src/llm/record.ts";
import type { Entry, Reply } from "../../../src/llm/transcript.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";

const NOON = Date.UTC(2026, 0, 15, 12);
const task: Task = {
  run: "run-a",
  name: "root-cause",
  payer: { investigation: "cli/a", repository: 0, installation: 0 },
};
const QUESTION: readonly Entry[] = [
  { kind: "instructions", text: "Be exact: \0 \ud83d  \n" },
  { kind: "request", text: "Find the cause." },
];
const REPLY: Reply = {
  kind: "reply",
  text: "I look.",
  calls: [],
  usage: { input: 1_000, cached: 200, output: 50, estimated: false },
  model: "big",
};
const reserve = (micros: number, at = NOON) => ({ model: "big", micros, at });

async function begun(begin: Promise<Begun>): Promise<string> {
  const answer = await begin;
  if (answer.kind === "over") throw new Error(`over the cap of the ${answer.cap}`);
  return answer.call;
}

/** Three calls: settled at 700, given back, and left open with 900. */
async function threeCalls(file: string): Promise<string> {
  using journal = openJournalFile(file);
  await journal.settle(await begun(journal.begin(task, 0, QUESTION, reserve(800), {})), REPLY, 700);
  const more: readonly Entry[] = [{ kind: "request", text: "More." }];
  await journal.release(await begun(journal.begin(task, 3, more, reserve(850), {})), 0);
  await journal.begin(task, 3, more, reserve(900), {});
  return readFileSync(file, "utf8");
}

describe("the journal in a file", () => {
  test("continues where another process ended, with every micro of it", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "runs", "a.jsonl");
    await threeCalls(file);
    using journal = openJournalFile(file);
    expect(await journal.transcript(task)).toEqual([...QUESTION, REPLY, { kind: "request", text: "More." }]);
    expect(await journal.cost(task)).toEqual({
      micros: 1_600,
      inputTokens: 1_000,
      outputTokens: 50,
      calls: 2,
      models: ["big"],
    });
    expect(await journal.begin(task, 4, [], reserve(401), { investigation: 2_000 })).toMatchObject({
      kind: "over",
      taken: 1_600,
    });
    await begun(journal.begin(task, 4, [], reserve(400), { investigation: 2_000 }));
  });

  test("can be read by its owner alone", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    await threeCalls(file);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("cut at any byte, counts each call whose line is whole and never gives money back", async () => {
    using folder = temporaryFolder();
    const text = await threeCalls(join(folder.path, "a.jsonl"));
    const bytes = Buffer.from(text);
    const file = join(folder.path, "cut.jsonl");
    const ends = [...text.matchAll(/\n/g)].map(({ index }) => Buffer.byteLength(text.slice(0, index)) + 1);
    expect(ends).toHaveLength(6);
    // Nothing, reserved, settled, reserved, given back, reserved.
    const taken = [0, 0, 800, 700, 1_550, 700, 1_600];
    for (const [line, end] of ends.entries())
      for (const cut of [end - 1, end, end + 1]) {
        writeFileSync(file, bytes.subarray(0, cut));
        using journal = openJournalFile(file, {
          onProblem: (problem) => {
            throw new Error(problem);
          },
        });
        const isWhole = cut >= end;
        expect((await journal.taken(task.payer, NOON)).investigation).toBe(taken[isWhole ? line + 1 : line]);
        // It can be appended to, and read again.
        await begun(journal.begin({ ...task, name: "impact-map" }, 0, QUESTION, reserve(1), {}));
        expect(parseRecord(readFileSync(file, "utf8")).at(-1)).toMatchObject({ kind: "asked", reserved: 1 });
      }
    for (let cut = 0; cut < text.length; cut++)
      expect(() => openLedger(parseRecord(text.slice(0, cut)))).not.toThrow();
  });

  test("refuses a second process while the first one lives, and not after it was killed", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    {
      using _journal = openJournalFile(file);
      expect(() => openJournalFile(file)).toThrow(
        expect.objectContaining({
          code: "busy",
          message: `The journal ${file} is used by the process ${process.pid}`,
        }),
      );
    }
    const killed = spawnSync(process.execPath, [
      "--input-type=module",
      "--eval",
      `import { openJournalFile } from ${JSON.stringify(join(import.meta.dirname, "../../../src/llm/io/journal-file.ts"))};
       openJournalFile(${JSON.stringify(file)}); process.kill(process.pid, "SIGKILL");`,
    ]);
    expect(killed.signal).toBe("SIGKILL");
    expect(existsSync(`${file}.lock`)).toBe(true);
    openJournalFile(file)[Symbol.dispose]();
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test("of a newer version is left as it is", () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    writeFileSync(file, '{"kind":"record","version":99}\n');
    expect(() => openJournalFile(file)).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining("(99, known 1)") }),
    );
    expect(readFileSync(file, "utf8")).toBe('{"kind":"record","version":99}\n');
    expect(existsSync(`${file}.lock`)).toBe(false);
  });

  test.each([
    ["a line that is none", (text: string) => text.replace('"asked"', '"said"'), "line 2 is not a line of"],
    ["another file", () => "no journal\n".repeat(3), "line 1 is not a line of a record"],
    ["a missing line", (text: string) => text.replace(/.*"asked".*\n/, ""), "line 2 names a call"],
  ])("damaged by %s is moved aside, and the problem reported", async (_, damage, why) => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    for (const n of [1, 2]) {
      const text = damage(await threeCalls(file));
      writeFileSync(file, text);
      const problems: string[] = [];
      using journal = openJournalFile(file, { onProblem: (problem) => problems.push(problem) });
      expect(await journal.transcript(task)).toEqual([]);
      expect(readFileSync(`${file}.broken-${n}`, "utf8")).toBe(text);
      expect(problems).toEqual([expect.stringContaining(why)]);
      expect(problems[0]).toContain(`It is now ${file}.broken-${n}`);
    }
  });

  test("where no folder can be made is a failure that names it", () => {
    using folder = temporaryFolder();
    writeFileSync(join(folder.path, "sub"), "a file");
    expect(() => openJournalFile(join(folder.path, "sub", "a.jsonl"))).toThrow(
      expect.objectContaining({ code: "usage", message: expect.stringContaining("sub") }),
    );
  });

  test("holds no text of what was forgotten, and still its cost", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    await threeCalls(file);
    {
      using journal = openJournalFile(file);
      await journal.forget(task.payer);
    }
    for (const words of ["Find the cause", "More.", "I look"])
      expect(readFileSync(file, "utf8")).not.toContain(words);
    {
      using journal = openJournalFile(file);
      expect(await journal.transcript(task)).toEqual([]);
      expect(await journal.cost(task)).toMatchObject({ micros: 1_600, calls: 2, models: ["big"] });
      expect(await journal.forgetBefore(NOON + 1)).toBe(1);
    }
    expect(readFileSync(file, "utf8")).not.toContain('"asked"');
    using journal = openJournalFile(file);
    expect(await journal.cost(task)).toMatchObject({ micros: 0, calls: 0 });
    expect(await journal.begin(task, 0, QUESTION, reserve(1), { phase: 1_600 })).toMatchObject({
      kind: "over",
      taken: 1_600,
    });
  });
});

describe("a copy of one run", () => {
  test("holds what the run has already and what follows, and no other run", async () => {
    using folder = temporaryFolder();
    const file = join(folder.path, "a.jsonl");
    await threeCalls(file);
    using journal = openJournalFile(file);
    const other = { ...task, run: "run-b" };
    await begun(journal.begin(other, 0, [{ kind: "request", text: "Other." }], reserve(1), {}));
    const lines: string[] = [];
    journal.copyTo(task.run, (line) => lines.push(line));
    await journal.settle(await begun(journal.begin(task, 4, [], reserve(5), {})), REPLY, 5);
    await begun(journal.begin(other, 1, [], reserve(1), {}));
    const copied = openLedger(parseRecord(`${lines.join("\n")}\n`));
    expect(copied.transcript(task)).toEqual(await journal.transcript(task));
    expect(copied.cost(task)).toEqual(await journal.cost(task));
    expect(lines.join("\n")).not.toContain("Other.");
  });
});
