import { expect, test } from "@jest/globals";
import { openDatabase } from "../../src/store/io/database.ts";
import { journalStore } from "../../src/store/io/journal.ts";
import { migrate } from "../../src/store/io/migrate.ts";
import type { Fault, ParsedRequest, ScriptedReply } from "../../src/simulator/model/contract.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import { askTogether } from "../fakes/gateway-process.ts";
import { freshDatabase } from "../fakes/fresh-database.ts";

const PRICE = { input: 3, output: 15 };
const OUTPUT = 500;
const NOON = Date.UTC(2026, 0, 15, 12);
const SCHEMA = "casebook";

/** Of each dozen requests: some break where the endpoint may bill, some before it does. */
const FAULTS: readonly (Fault | undefined)[] = [
  undefined,
  { kind: "status", status: 502, body: "bad gateway" },
  undefined,
  { kind: "cut", at: "middle" },
  { kind: "rate-limited", retryAfter: 0 },
  undefined,
  { kind: "cut", at: "start" },
  { kind: "status", status: 504, body: "gateway timeout" },
  { kind: "no-usage" },
  undefined,
  { kind: "status", status: 500, body: "it broke" },
  { kind: "garbage" },
];
/** What an honest endpoint never bills. */
const FREE: readonly unknown[] = [429, 500];
/** Of an answer that broke, it bills what it sent: a word of the half that came, or nothing. */
const SENT: Readonly<Record<string, number>> = { cut: 1, status: 0, garbage: 0 };

test("eight processes over one database never spend beyond two caps, whatever the endpoint bills of what was asked", async () => {
  await using postgres = await freshDatabase();
  await using database = await openDatabase(postgres);
  await migrate(database, SCHEMA);
  const journal = journalStore(database, SCHEMA);
  const caps = { investigation: 400_000, repositoryPerDay: 1_000_000 };
  // What the endpoint writes on its bill, by who asked: the dearest that the request allows, or of a broken answer what it sent.
  const billed = new Map<string, number>();
  let kill: (() => void) | undefined;

  await using server = await startScriptedServer({
    reply(request): ScriptedReply {
      const { number, model } = request;
      const fault = FAULTS[number % FAULTS.length];
      const dearest = usageOf(request, number);
      const sent = fault?.kind === "cut" && fault.at === "start" ? 0 : SENT[fault?.kind ?? ""];
      const usage = { ...dearest, output: sent ?? dearest.output };
      const isFree =
        fault?.kind === "rate-limited" || (fault?.kind === "status" && FREE.includes(fault.status));
      if (!isFree)
        billed.set(model, (billed.get(model) ?? 0) + usage.input * PRICE.input + usage.output * PRICE.output);
      // In the middle of an answer.
      if (number === 30) kill?.();
      return { text: "It is so. ".repeat(8), usage, ...(fault === undefined ? {} : { fault }) };
    },
  });

  const askings = Array.from({ length: 8 }, (_, i) => ({
    place: { url: postgres.url, schema: SCHEMA },
    run: `run-${i}`,
    // Four share one investigation, the others have one each; all are of one repository.
    payer: { investigation: i < 4 ? "1#1" : `1#${i}`, repository: 1, installation: 1 },
    caps,
    url: server.url,
    price: PRICE,
    outputTokens: OUTPUT,
    at: NOON,
  }));
  const done = new AbortController();
  const most = { investigation: 0, repositoryPerDay: 0 };
  const watched = (async () => {
    while (!done.signal.aborted) {
      const taken = await journal.taken(askings[0]!.payer, NOON);
      most.investigation = Math.max(most.investigation, taken.investigation);
      most.repositoryPerDay = Math.max(most.repositoryPerDay, taken.repositoryPerDay);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })();
  const ends = await askTogether(askings, (kills) => (kill = kills.get("run-2")));
  done.abort();
  await watched;

  expect(ends.map(({ code }) => code)).toEqual(askings.map(({ run }) => (run === "run-2" ? null : 0)));
  expect(ends.filter(({ why }) => why === undefined)).toHaveLength(1);
  const taken = await journal.taken(askings[0]!.payer, NOON);
  expect(most.investigation).toBeLessThanOrEqual(caps.investigation);
  expect(most.repositoryPerDay).toBeLessThanOrEqual(caps.repositoryPerDay);
  expect(taken.repositoryPerDay).toBeGreaterThan(caps.repositoryPerDay * 0.9);

  // The accounts add up, and the bill is never higher than they say, for each investigation.
  const costs = new Map<string, number>();
  const bills = new Map<string, number>();
  for (const { run, payer } of askings) {
    const { micros } = await journal.cost({ run, name: "root-cause", payer });
    costs.set(payer.investigation, (costs.get(payer.investigation) ?? 0) + micros);
    bills.set(payer.investigation, (bills.get(payer.investigation) ?? 0) + (billed.get(run) ?? 0));
  }
  expect(costs.get("1#1")).toBe(taken.investigation);
  const sum = (of: ReadonlyMap<string, number>): number => [...of.values()].reduce((a, b) => a + b, 0);
  expect(sum(costs)).toBe(taken.repositoryPerDay);
  for (const [investigation, bill] of bills) expect(bill).toBeLessThanOrEqual(costs.get(investigation)!);

  // Nothing is open but what the killed one had; the next try of its run marks that, and gives nothing back.
  const open = async (): Promise<readonly { run: string; micros: number }[]> =>
    (
      await database.query<{ run: string; micros: number }>(
        `SELECT c.run, m.micros::float8 AS micros FROM ${SCHEMA}.model_call m JOIN ${SCHEMA}.conversation c ON c.id = m.conversation
         WHERE m.state = 'reserved'`,
      )
    ).rows;
  const left = await open();
  expect(left.filter(({ run }) => run !== "run-2")).toEqual([]);
  expect(left.length).toBeLessThanOrEqual(1);
  await journal.transcript({ run: "run-2", name: "root-cause", payer: askings[2]!.payer });
  expect(await open()).toEqual([]);
  expect(await journal.taken(askings[0]!.payer, NOON)).toEqual(taken);

  console.info(
    `requests ${server.requests.length}; investigation: cap ${caps.investigation}, most seen ${most.investigation}, end ${taken.investigation}, billed ${bills.get("1#1")}; ` +
      `repository and day: cap ${caps.repositoryPerDay}, most seen ${most.repositoryPerDay}, end ${taken.repositoryPerDay}, billed ${sum(bills)}; open after the kill ${left.map(({ micros }) => micros).join(", ") || "nothing"}`,
  );
});

/** From little to the dearest end: a token for each byte that was sent, and all that may be written. */
function usageOf(
  { messages, maxOutputTokens }: ParsedRequest,
  number: number,
): { input: number; output: number } {
  const bytes = Buffer.byteLength(messages.map(({ text }) => text).join(""));
  return number % 3 === 0
    ? { input: bytes, output: maxOutputTokens ?? OUTPUT }
    : { input: Math.ceil(bytes / 4), output: (number * 37) % OUTPUT };
}
