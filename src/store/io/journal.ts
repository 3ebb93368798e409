import { LeaseLost } from "../../failure.ts";
import { randomUUID } from "node:crypto";
import type { Micros } from "../../llm/money.ts";
import type { Entry } from "../../llm/transcript.ts";
import {
  checkWhole,
  type Counter,
  countersOf,
  entryText,
  firstOver,
  nameOf,
  payerCounters,
  storedName,
} from "../../llm/counters.ts";
import type { Begun, CapName, Journal, Task } from "../../llm/journal.ts";
import type { Connection, Database } from "./database.ts";

/** Conversations removed by one transaction. */
const MAX_FORGET = 500;

/**
 * Conversations and their cost. A call is `reserved`, then `settled` or `released`; `lost` when its conversation was resumed
 * before either. Its `micros` are what it counts for now; each change of them changes its four counters (`spend`) in the
 * same transaction. All transactions lock in one order: conversation, call, counters from narrow to wide.
 *
 * `transcript` marks open calls of the conversation as lost. It takes no call from a process that still has the lease:
 * only the newest attempt of a run resumes its conversation (`beginRun` counts attempts, `isCurrent` is false for every
 * earlier one), so a process that still waits for a reply was killed, paused too long or replaced. If it continues all the
 * same, no money is lost or counted twice: its call counts with the whole reservation until the real cost replaces it.
 * Its reply no longer belongs to the conversation: `settle` throws LeaseLost.
 */
export function journalStore(database: Database, schema: string): Journal {
  return {
    transcript: (task) =>
      database.transaction(async (connection) => {
        const { rows } = await connection.query<{ id: string }>(
          `SELECT id::text FROM ${schema}.conversation WHERE investigation = $1 AND run = $2 AND name = $3 FOR UPDATE`,
          namesOf(task),
        );
        if (rows[0] === undefined) return [];
        await connection.query(
          `UPDATE ${schema}.model_call SET state = 'lost', place = NULL WHERE conversation = $1 AND state = 'reserved'`,
          [rows[0].id],
        );
        return (await textsFrom(connection, rows[0].id, 0)).map((text) => JSON.parse(text) as Entry);
      }),

    async begin(task, at, entries, { model, micros, at: moment }, caps) {
      checkWhole("an index", at);
      checkWhole("money", micros);
      const counters = countersOf(task, moment);
      const texts = entries.map(entryText);
      const call = randomUUID();
      try {
        await database.transaction(async (connection) => {
          const { id, length } = await lockConversation(connection, task);
          const known = at < length ? await textsFrom(connection, id, at) : [];
          if (at > length || known.length > texts.length || known.some((text, i) => text !== texts[i]))
            throw new LeaseLost("the conversation");
          await connection.query(
            `WITH stored AS (
               INSERT INTO ${schema}.transcript_entry (conversation, place, text)
               SELECT $1::bigint, $2::int + n - 1, text FROM unnest($3::text[]) WITH ORDINALITY AS u (text, n)
             ), longer AS (
               UPDATE ${schema}.conversation SET length = $4::int WHERE id = $1::bigint
             )
             INSERT INTO ${schema}.model_call (id, conversation, place, state, model, reserved, micros, at, counters)
             VALUES ($5, $1::bigint, $4::int, 'reserved', $6, $7::bigint, $7::bigint, $8::float8, $9)`,
            [
              id,
              length,
              texts.slice(known.length),
              at + texts.length,
              call,
              storedName(model),
              micros,
              moment,
              JSON.stringify(counters),
            ],
          );
          // Last, since others wait for these rows. A rollback removes the addition when it exceeds a cap.
          const after = await count(connection, counters, micros);
          const before = after.map((row) => ({ ...row, micros: row.micros - micros }));
          const over = firstOver(caps, before, micros);
          if (over !== undefined) throw new RollBack(over);
        });
      } catch (error) {
        if (error instanceof RollBack) return error.answer;
        throw error;
      }
      return { kind: "begun", call };
    },

    async settle(call, reply, micros) {
      checkWhole("money", micros);
      checkWhole("the count of tokens", reply.usage.input);
      checkWhole("the count of tokens", reply.usage.output);
      const isStored = await database.transaction(async (connection) => {
        const { rows: conversations } = await connection.query<{ id: string; length: number }>(
          `SELECT id::text, length FROM ${schema}.conversation
           WHERE id = (SELECT conversation FROM ${schema}.model_call WHERE id = $1) FOR UPDATE`,
          [call],
        );
        const conversation = conversations[0];
        if (conversation === undefined) throw unknownCall(call);
        const { rows } = await connection.query<OpenCall & { place: number | null }>(
          `UPDATE ${schema}.model_call SET state = 'settled', model = $2, input_tokens = $3, output_tokens = $4,
             micros = $5::bigint, place = CASE WHEN place = $6::int THEN place END
           WHERE id = $1 AND state IN ('reserved', 'lost') RETURNING place, reserved::float8 AS reserved, counters`,
          [call, storedName(reply.model), reply.usage.input, reply.usage.output, micros, conversation.length],
        );
        if (rows[0] === undefined) return wasStored(connection, call);
        const { place, reserved, counters } = rows[0];
        if (place !== null)
          await connection.query(
            `WITH longer AS (UPDATE ${schema}.conversation SET length = $2::int + 1 WHERE id = $1::bigint)
             INSERT INTO ${schema}.transcript_entry (conversation, place, text) VALUES ($1::bigint, $2::int, $3)`,
            [conversation.id, place, entryText(reply)],
          );
        await count(connection, JSON.parse(counters) as Counter[], micros - reserved);
        return place !== null;
      });
      // After the transaction: the money counts in any case.
      if (!isStored) throw new LeaseLost("the conversation");
    },

    async release(call, micros) {
      checkWhole("money", micros);
      await database.transaction(async (connection) => {
        const { rows } = await connection.query<OpenCall>(
          `UPDATE ${schema}.model_call SET state = 'released', micros = $2::bigint, place = NULL
           WHERE id = $1 AND state IN ('reserved', 'lost') RETURNING reserved::float8 AS reserved, counters`,
          [call, micros],
        );
        if (rows[0] === undefined) await stateOf(connection, call);
        else await count(connection, JSON.parse(rows[0].counters) as Counter[], micros - rows[0].reserved);
      });
    },

    async taken(payer, at) {
      const counters = payerCounters(payer, at);
      const { rows } = await database.query<{ level: CapName; micros: Micros }>(
        `SELECT level, taken::float8 AS micros FROM ${schema}.spend
         WHERE (level, key) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
        columnsOf(counters),
      );
      const of = (level: CapName): Micros => rows.find((row) => row.level === level)?.micros ?? 0;
      return {
        investigation: of("investigation"),
        repositoryPerDay: of("repositoryPerDay"),
        installationPerMonth: of("installationPerMonth"),
      };
    },

    async cost(task) {
      const { rows } = await database.query<{
        micros: Micros;
        input: number;
        output: number;
        calls: number;
        models: readonly string[] | null;
      }>(
        `SELECT coalesce(sum(micros), 0)::float8 AS micros,
           coalesce(sum(input_tokens), 0)::float8 AS input, coalesce(sum(output_tokens), 0)::float8 AS output,
           (count(*) FILTER (WHERE state <> 'released' OR micros > 0))::int AS calls,
           array_agg(DISTINCT model) FILTER (WHERE state = 'settled') AS models
         FROM ${schema}.model_call WHERE conversation IN (
           SELECT id FROM ${schema}.conversation
           WHERE investigation = $1 AND run = $2 AND (name = $3 OR starts_with(name, $3 || '/')))`,
        namesOf(task),
      );
      const { micros, input, output, calls, models } = rows[0]!;
      return {
        micros,
        inputTokens: input,
        outputTokens: output,
        calls,
        models: (models ?? []).map(nameOf).sort(),
      };
    },

    async forget({ investigation }) {
      await database.transaction(async (connection) => {
        const { rows } = await connection.query<{ id: string }>(
          `SELECT id::text FROM ${schema}.conversation WHERE investigation = $1 ORDER BY id FOR UPDATE`,
          [storedName(investigation)],
        );
        const ids = [rows.map(({ id }) => id)];
        // A late reply must not restore texts.
        await connection.query(
          `UPDATE ${schema}.model_call SET place = NULL WHERE conversation = ANY($1::bigint[]) AND state = 'reserved'`,
          ids,
        );
        await connection.query(
          `DELETE FROM ${schema}.transcript_entry WHERE conversation = ANY($1::bigint[])`,
          ids,
        );
        await connection.query(
          `UPDATE ${schema}.conversation SET length = 0 WHERE id = ANY($1::bigint[])`,
          ids,
        );
      });
    },

    async forgetBefore(at) {
      for (let count = 0; ;) {
        // In batches, so that nobody waits for long.
        const found = await database.transaction(async (connection) => {
          const { rows } = await connection.query<{ id: string }>(
            `SELECT id::text FROM ${schema}.conversation c WHERE ${isOld("c.id")}
             ORDER BY id LIMIT ${MAX_FORGET} FOR UPDATE SKIP LOCKED`,
            [at],
          );
          const ids = rows.map(({ id }) => id);
          // Checked again under the lock: a call may have started since the first check.
          const { rows: old } = await connection.query<{ id: string }>(
            `DELETE FROM ${schema}.conversation c WHERE id = ANY($2::bigint[]) AND ${isOld("c.id")} RETURNING id::text`,
            [at, ids],
          );
          const gone = [old.map(({ id }) => id)];
          await connection.query(
            `DELETE FROM ${schema}.transcript_entry WHERE conversation = ANY($1::bigint[])`,
            gone,
          );
          await connection.query(
            `DELETE FROM ${schema}.model_call WHERE conversation = ANY($1::bigint[])`,
            gone,
          );
          return { looked: ids.length, removed: old.length };
        });
        count += found.removed;
        if (found.looked < MAX_FORGET || found.removed === 0) return count;
      }
    },
  };

  /** No call of the conversation is open, or was made at `$1` or later. */
  function isOld(id: string): string {
    return `NOT EXISTS (SELECT FROM ${schema}.model_call m
      WHERE m.conversation = ${id} AND (m.state = 'reserved' OR m.at >= $1::float8))`;
  }

  /** Creates the conversation when it is new, and locks it until the transaction ends. */
  async function lockConversation(
    connection: Connection,
    task: Task,
  ): Promise<{ readonly id: string; readonly length: number }> {
    const { rows } = await connection.query<{ id: string; length: number }>(
      `INSERT INTO ${schema}.conversation AS c (investigation, run, name, length) VALUES ($1, $2, $3, 0)
       ON CONFLICT (investigation, run, name) DO UPDATE SET length = c.length RETURNING id::text, length`,
      namesOf(task),
    );
    return rows[0]!;
  }

  async function textsFrom(connection: Connection, conversation: string, at: number): Promise<string[]> {
    const { rows } = await connection.query<{ text: string }>(
      `SELECT text FROM ${schema}.transcript_entry WHERE conversation = $1 AND place >= $2 ORDER BY place`,
      [conversation, at],
    );
    return rows.map(({ text }) => text);
  }

  /** Adds to the counters; gives their new values in order. */
  async function count(
    connection: Connection,
    counters: readonly Counter[],
    micros: Micros,
  ): Promise<readonly { readonly level: CapName; readonly micros: Micros }[]> {
    const { rows } = await connection.query<{ level: CapName; micros: Micros }>(
      `INSERT INTO ${schema}.spend AS s (level, key, taken)
       SELECT level, key, $3::bigint FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS u (level, key, n) ORDER BY n
       ON CONFLICT (level, key) DO UPDATE SET taken = s.taken + excluded.taken
       RETURNING level, taken::float8 AS micros`,
      [...columnsOf(counters), micros],
    );
    return rows;
  }

  async function stateOf(
    connection: Connection,
    call: string,
  ): Promise<{ readonly state: string; readonly place: number | null }> {
    const { rows } = await connection.query<{ state: string; place: number | null }>(
      `SELECT state, place FROM ${schema}.model_call WHERE id = $1`,
      [call],
    );
    if (rows[0] === undefined) throw unknownCall(call);
    return rows[0];
  }

  async function wasStored(connection: Connection, call: string): Promise<boolean> {
    const { state, place } = await stateOf(connection, call);
    if (state === "released") throw new Error(`the call ${call} was released before its reply came`);
    return place !== null;
  }
}

interface OpenCall {
  readonly reserved: Micros;
  /** JSON. */
  readonly counters: string;
}

/** Rolls a transaction back and carries its result. */
class RollBack extends Error {
  readonly answer: Begun;

  constructor(answer: Begun) {
    super("rolled back");
    this.answer = answer;
  }
}

function unknownCall(call: string): Error {
  return new Error(`there is no call ${JSON.stringify(call)}`);
}

function namesOf({ payer, run, name }: Task): readonly string[] {
  return [payer.investigation, run, name].map(storedName);
}

function columnsOf(counters: readonly Counter[]): readonly [readonly string[], readonly string[]] {
  return [counters.map(({ level }) => level), counters.map(({ key }) => key)];
}
