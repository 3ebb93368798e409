import { LeaseLost } from "../../src/failure.ts";
import type { Micros } from "../../src/llm/money.ts";
import type { Entry, Reply } from "../../src/llm/transcript.ts";
import type { Caps, Journal, Payer, Reservation, Task } from "../../src/llm/journal.ts";

interface Call {
  readonly task: Task;
  readonly reservation: Reservation;
  state: "reserved" | "settled" | "released" | "lost";
  /** Where its reply is to stand, or stands; none when it has no place any more. */
  place: number | undefined;
  micros: Micros;
  reply?: Reply;
  /** It counts against the caps and for nothing else any more. */
  isForgotten?: boolean;
}

/** A journal that forgets with the process. Every sum is added up anew from all calls: the other journals are held to it. */
export function memoryJournal(): Journal {
  const conversations = new Map<string, Entry[]>();
  const calls: Call[] = [];
  const keyOf = ({ payer, run, name }: Task): string => JSON.stringify([payer.investigation, run, name]);
  const entriesOf = (task: Task): Entry[] => conversations.get(keyOf(task)) ?? [];
  const sum = (which: (call: Call) => boolean): Micros =>
    calls.filter(which).reduce((micros, call) => micros + call.micros, 0);
  const callNamed = (name: string): Call => {
    const call = calls[Number(name)];
    if (call === undefined) throw new Error(`there is no call ${JSON.stringify(name)}`);
    return call;
  };
  const takenOf = (payer: Payer, at: number): Readonly<Record<Exclude<keyof Caps, "phase">, Micros>> => ({
    investigation: sum(({ task }) => task.payer.investigation === payer.investigation),
    repositoryPerDay: sum(
      ({ task, reservation }) =>
        task.payer.repository === payer.repository && dateOf(reservation.at, 10) === dateOf(at, 10),
    ),
    installationPerMonth: sum(
      ({ task, reservation }) =>
        task.payer.installation === payer.installation && dateOf(reservation.at, 7) === dateOf(at, 7),
    ),
  });

  return {
    async transcript(task) {
      for (const call of calls) {
        if (keyOf(call.task) !== keyOf(task) || call.state !== "reserved") continue;
        call.state = "lost";
        call.place = undefined;
      }
      return structuredClone(entriesOf(task));
    },
    async begin(task, at, entries, reservation, caps) {
      checkMoney(reservation.micros);
      const stored = entriesOf(task);
      const known = stored.slice(at);
      if (
        at > stored.length ||
        known.length > entries.length ||
        known.some((entry, i) => !isSame(entry, entries[i]))
      )
        throw new LeaseLost("the conversation");
      const phase = sum(
        (call) =>
          call.task.payer.investigation === task.payer.investigation &&
          call.task.run === task.run &&
          phaseOf(call.task) === phaseOf(task),
      );
      const taken = { phase, ...takenOf(task.payer, reservation.at) };
      for (const cap of ["phase", "investigation", "repositoryPerDay", "installationPerMonth"] as const) {
        const limit = caps[cap];
        if (limit !== undefined && taken[cap] + reservation.micros > limit)
          return { kind: "over", cap, limit, taken: taken[cap] };
      }
      conversations.set(keyOf(task), [...stored.slice(0, at), ...structuredClone(entries)]);
      const place = at + entries.length;
      calls.push({ task, reservation, state: "reserved", place, micros: reservation.micros });
      return { kind: "begun", call: String(calls.length - 1) };
    },
    async settle(name, reply, micros) {
      checkMoney(micros);
      const call = callNamed(name);
      if (call.state === "released") throw new Error("the call was given back before its reply came");
      if (call.state !== "settled") {
        const stored = entriesOf(call.task);
        if (call.place === stored.length)
          conversations.set(keyOf(call.task), [...stored, structuredClone(reply)]);
        else call.place = undefined;
        Object.assign(call, { state: "settled", micros, reply });
      }
      if (call.place === undefined) throw new LeaseLost("the conversation");
    },
    async release(name, micros) {
      checkMoney(micros);
      const call = callNamed(name);
      if (call.state === "settled" || call.state === "released") return;
      Object.assign(call, { state: "released", micros, place: undefined });
    },
    async taken(payer, at) {
      return takenOf(payer, at);
    },
    async cost(task) {
      const counted = calls.filter(
        (call) =>
          keyOf({ ...call.task, name: task.name }) === keyOf(task) &&
          `${call.task.name}/`.startsWith(`${task.name}/`) &&
          call.isForgotten !== true,
      );
      const replies = counted.flatMap(({ reply }) => reply ?? []);
      return {
        micros: counted.reduce((micros, call) => micros + call.micros, 0),
        inputTokens: replies.reduce((tokens, { usage }) => tokens + usage.input, 0),
        outputTokens: replies.reduce((tokens, { usage }) => tokens + usage.output, 0),
        calls: counted.filter(({ state, micros }) => state !== "released" || micros > 0).length,
        models: [...new Set(replies.map(({ model }) => model))].sort(),
      };
    },
    async forgetBefore(at) {
      const known = calls.filter(({ isForgotten }) => isForgotten !== true);
      const keys = new Set(known.map(({ task }) => keyOf(task)));
      for (const { task, reservation, state } of known)
        if (state === "reserved" || reservation.at >= at) keys.delete(keyOf(task));
      for (const call of known) if (keys.has(keyOf(call.task))) call.isForgotten = true;
      for (const key of keys) conversations.delete(key);
      return keys.size;
    },
    async forget({ investigation }) {
      for (const call of calls) {
        if (call.task.payer.investigation !== investigation) continue;
        conversations.delete(keyOf(call.task));
        if (call.state === "reserved") call.place = undefined;
      }
    },
  };
}

function phaseOf({ name }: Task): string | undefined {
  return name.split("/", 1)[0];
}

/** The first characters of a time in UTC: 10 are the day, 7 the month. */
function dateOf(at: number, length: number): string {
  return new Date(at).toISOString().slice(0, length);
}

function isSame(a: unknown, b: unknown): boolean {
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => isSame(a[key as keyof typeof a], b[key as keyof typeof b]))
  );
}

function checkMoney(micros: Micros): void {
  if (!Number.isSafeInteger(micros) || micros < 0) throw new RangeError("money is a whole number from 0 on");
}
