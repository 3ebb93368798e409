import { LeaseLost } from "../../failure.ts";
import { randomUUID } from "node:crypto";
import type { SQLInputValue } from "node:sqlite";
import type { Micros } from "../money.ts";
import type { Entry } from "../transcript.ts";
import {
  checkWhole,
  type Counter,
  countersOf,
  entryText,
  firstOver,
  nameOf,
  payerCounters,
  storedName,
} from "../counters.ts";
import type { Begun, Journal, Task } from "../journal.ts";
import { openFile } from "./open-file.ts";

export interface JournalFileOptions {
  /** Told in one sentence when a broken file was set aside and a new one begun: what it had counted is not counted any more. */
  readonly onProblem?: (problem: string) => void;
}

/**
 * The journal in one SQLite file (Node's own), for any number of processes; `:memory:` is one that ends with this
 * process. What was answered is on the disk: a kill or a power cut takes nothing of it. Throws when the file is of a
 * newer version; RunFailure `busy`, `no-space` or `no-permission` for what a user can mend.
 *
 * One transaction writes at a time, so that a cap is looked at and taken from in one step. The states of a call, and why
 * `transcript` may mark open ones as lost, are those of the journal in PostgreSQL; here nobody counts attempts, and the
 * same holds: a process that is still alive and was taken for dead counts with all that it reserved until it says what
 * its call cost, and its reply is refused with LeaseLost.
 */
export function sqliteJournal(
  file: string,
  { onProblem = () => undefined }: JournalFileOptions = {},
): Journal & Disposable {
  const database = openFile(file, onProblem);
  const run = (sql: string, ...values: SQLInputValue[]): number =>
    Number(database.prepare(sql).run(...values).changes);
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller knows the columns that it asked for
  const get = <Row>(sql: string, ...values: SQLInputValue[]): Row | undefined =>
    database.prepare(sql).get(...values) as Row | undefined;
  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- as above
  const all = <Row>(sql: string, ...values: SQLInputValue[]): Row[] =>
    database.prepare(sql).all(...values) as Row[];

  const conversationOf = (task: Task): Conversation | undefined =>
    get<Conversation>(
      "SELECT id, length FROM conversation WHERE investigation = ? AND run = ? AND name = ?",
      ...namesOf(task),
    );
  const textsFrom = (conversation: number, at: number): string[] =>
    all<{ text: string }>(
      "SELECT text FROM transcript_entry WHERE conversation = ? AND place >= ? ORDER BY place",
      conversation,
      at,
    ).map(({ text }) => text);
  const append = (conversation: number, at: number, texts: readonly string[]): void => {
    for (const [i, text] of texts.entries())
      run(
        "INSERT INTO transcript_entry (conversation, place, text) VALUES (?, ?, ?)",
        conversation,
        at + i,
        text,
      );
    run("UPDATE conversation SET length = ? WHERE id = ?", at + texts.length, conversation);
  };
  const takenOf = ({ level, key }: Counter): Micros =>
    get<{ taken: Micros }>("SELECT taken FROM spend WHERE level = ? AND key = ?", level, key)?.taken ?? 0;
  const count = (counters: readonly Counter[], micros: Micros): void => {
    for (const { level, key } of counters)
      run(
        `INSERT INTO spend (level, key, taken) VALUES (?, ?, ?)
         ON CONFLICT (level, key) DO UPDATE SET taken = taken + excluded.taken`,
        level,
        key,
        micros,
      );
  };
  const callOf = (call: string): Call => {
    const found = get<Call>(
      "SELECT conversation, place, state, reserved, counters FROM model_call WHERE id = ?",
      call,
    );
    if (found === undefined) throw new Error(`there is no call ${JSON.stringify(call)}`);
    return found;
  };

  return {
    transcript: (task) =>
      database.write(() => {
        const conversation = conversationOf(task);
        if (conversation === undefined) return [];
        run(
          "UPDATE model_call SET state = 'lost', place = NULL WHERE conversation = ? AND state = 'reserved'",
          conversation.id,
        );
        return textsFrom(conversation.id, 0).map((text) => JSON.parse(text) as Entry);
      }),

    async begin(task, at, entries, { model, micros, at: moment }, caps) {
      checkWhole("an index", at);
      checkWhole("money", micros);
      const counters = countersOf(task, moment);
      const texts = entries.map(entryText);
      const call = randomUUID();
      return database.write((): Begun => {
        const { id, length } = conversationOf(task) ?? { id: undefined, length: 0 };
        const known = id !== undefined && at < length ? textsFrom(id, at) : [];
        if (at > length || known.length > texts.length || known.some((text, i) => text !== texts[i]))
          throw new LeaseLost("the conversation");
        const before = counters.map((counter) => ({ level: counter.level, micros: takenOf(counter) }));
        const over = firstOver(caps, before, micros);
        if (over !== undefined) return over;
        const conversation =
          id ??
          get<Conversation>(
            "INSERT INTO conversation (investigation, run, name, length) VALUES (?, ?, ?, 0) RETURNING id, length",
            ...namesOf(task),
          )!.id;
        append(conversation, length, texts.slice(known.length));
        run(
          `INSERT INTO model_call (id, conversation, place, state, model, reserved, micros, at, counters)
           VALUES (?, ?, ?, 'reserved', ?, ?, ?, ?, ?)`,
          call,
          conversation,
          at + texts.length,
          storedName(model),
          micros,
          micros,
          moment,
          JSON.stringify(counters),
        );
        count(counters, micros);
        return { kind: "begun", call };
      });
    },

    async settle(call, reply, micros) {
      checkWhole("money", micros);
      checkWhole("the count of tokens", reply.usage.input);
      checkWhole("the count of tokens", reply.usage.output);
      const isStored = await database.write(() => {
        const { conversation, place, state, reserved, counters } = callOf(call);
        if (state === "settled") return place !== null;
        if (state === "released") throw new Error(`the call ${call} was given back before its reply came`);
        const { length } = get<Conversation>(
          "SELECT id, length FROM conversation WHERE id = ?",
          conversation,
        )!;
        const hasPlace = place === length;
        run(
          `UPDATE model_call SET state = 'settled', model = ?, input_tokens = ?, output_tokens = ?, micros = ?, place = ?
           WHERE id = ?`,
          storedName(reply.model),
          reply.usage.input,
          reply.usage.output,
          micros,
          hasPlace ? place : null,
          call,
        );
        if (hasPlace) append(conversation, length, [entryText(reply)]);
        count(JSON.parse(counters) as Counter[], micros - reserved);
        return hasPlace;
      });
      // Only now: the money counts, whoever asked.
      if (!isStored) throw new LeaseLost("the conversation");
    },

    async release(call, micros) {
      checkWhole("money", micros);
      return database.write(() => {
        const { state, reserved, counters } = callOf(call);
        if (state === "settled" || state === "released") return;
        run("UPDATE model_call SET state = 'released', micros = ?, place = NULL WHERE id = ?", micros, call);
        count(JSON.parse(counters) as Counter[], micros - reserved);
      });
    },

    taken: (payer, at) =>
      database.read(() => {
        const [investigation, repositoryPerDay, installationPerMonth] = payerCounters(payer, at).map(takenOf);
        return {
          investigation: investigation!,
          repositoryPerDay: repositoryPerDay!,
          installationPerMonth: installationPerMonth!,
        };
      }),

    cost: (task) =>
      database.read(() => {
        const [investigation, of, name] = namesOf(task);
        const { models, ...sums } = get<{
          micros: Micros;
          inputTokens: number;
          outputTokens: number;
          calls: number;
          models: string;
        }>(
          `SELECT coalesce(sum(micros), 0) AS micros,
             coalesce(sum(input_tokens), 0) AS inputTokens, coalesce(sum(output_tokens), 0) AS outputTokens,
             count(*) FILTER (WHERE state <> 'released' OR micros > 0) AS calls,
             json_group_array(DISTINCT model) FILTER (WHERE state = 'settled') AS models
           FROM model_call WHERE conversation IN (
             SELECT id FROM conversation
             WHERE investigation = ?1 AND run = ?2 AND (name = ?3 OR substr(name, 1, length(?3) + 1) = ?3 || '/'))`,
          investigation,
          of,
          name,
        )!;
        return { ...sums, models: (JSON.parse(models) as string[]).map(nameOf).sort() };
      }),

    forget: ({ investigation }) =>
      database.write(() => {
        const name = storedName(investigation);
        const OF = "(SELECT id FROM conversation WHERE investigation = ?)";
        // A reply that is still to come must not bring texts back.
        run(`UPDATE model_call SET place = NULL WHERE state = 'reserved' AND conversation IN ${OF}`, name);
        run(`DELETE FROM transcript_entry WHERE conversation IN ${OF}`, name);
        run("UPDATE conversation SET length = 0 WHERE investigation = ?", name);
      }),

    forgetBefore: (at) =>
      database.write(() => {
        const OLD = `(SELECT id FROM conversation c WHERE NOT EXISTS (
          SELECT 1 FROM model_call m WHERE m.conversation = c.id AND (m.state = 'reserved' OR m.at >= ?)))`;
        run(`DELETE FROM transcript_entry WHERE conversation IN ${OLD}`, at);
        const count = run(`DELETE FROM conversation WHERE id IN ${OLD}`, at);
        run("DELETE FROM model_call WHERE conversation NOT IN (SELECT id FROM conversation)");
        return count;
      }),

    [Symbol.dispose]: () => database.close(),
  };
}

interface Conversation {
  readonly id: number;
  readonly length: number;
}

interface Call {
  readonly conversation: number;
  /** Where the reply is to stand, or stands; none when it has no place any more. */
  readonly place: number | null;
  readonly state: "reserved" | "settled" | "released" | "lost";
  readonly reserved: Micros;
  /** JSON. */
  readonly counters: string;
}

function namesOf({ payer, run, name }: Task): readonly [string, string, string] {
  return [storedName(payer.investigation), storedName(run), storedName(name)];
}
