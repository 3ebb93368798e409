import type { PhaseCost } from "../phases/outcome.ts";
import { type Counter, countersOf } from "./counters.ts";
import type { CapName, Task } from "./journal.ts";
import type { Micros } from "./money.ts";
import type { RecordLine } from "./record.ts";
import type { Entry } from "./transcript.ts";

export interface LedgerCall {
  readonly task: Task;
  readonly time: number;
  readonly reserved: Micros;
  state: "reserved" | "settled" | "released" | "lost";
  /** Index of its reply in the conversation; undefined when a reply would come too late. */
  place: number | undefined;
  micros: Micros;
  usage?: { readonly input: number; readonly output: number };
  model?: string;
}

/** What the lines of a record add up to: conversations, calls and money. */
export interface Ledger {
  readonly calls: ReadonlyMap<string, LedgerCall>;
  /** Throws SyntaxError for a line that does not follow from those before it. */
  apply(line: RecordLine): void;
  transcript(task: Task): readonly Entry[];
  taken(counter: Counter): Micros;
  cost(task: Task): PhaseCost;
}

/** `withEnds`: questions that got no reply are part of their conversations, as a replay needs them. */
export function openLedger(
  lines: readonly RecordLine[] = [],
  { withEnds = false }: { readonly withEnds?: boolean } = {},
): Ledger {
  const calls = new Map<string, LedgerCall>();
  const conversations = new Map<string, Entry[]>();
  const sums = new Map<string, Micros>();
  const count = ({ level, key }: Counter, micros: Micros): void => {
    const sum = JSON.stringify([level, key]);
    sums.set(sum, (sums.get(sum) ?? 0) + micros);
  };
  const end = (id: string, micros: Micros): LedgerCall => {
    const call = calls.get(id);
    if (call === undefined) throw new SyntaxError("names a call that no line before it began");
    for (const counter of countersOf(call.task, call.time)) count(counter, micros - call.micros);
    call.micros = micros;
    return call;
  };
  const put = (task: Task, at: number, entries: readonly Entry[]): void => {
    const known = conversations.get(keyOf(task)) ?? [];
    if (at > known.length) throw new SyntaxError("leaves a gap in its conversation");
    known.length = at;
    for (const each of entries) known.push(each);
    conversations.set(keyOf(task), known);
  };
  const ledger: Ledger = {
    calls,
    apply(line) {
      switch (line.kind) {
        case "record":
          return;
        case "ended":
          if (withEnds) put(line.task, line.at, line.entries);
          return;
        case "spent":
          return count({ level: line.level as CapName, key: line.key }, line.micros);
        case "asked": {
          const { task, time, at, entries, reserved } = line;
          const place = line.isForgotten ? undefined : at + entries.length;
          if (place !== undefined) put(task, at, entries);
          calls.set(line.call, { task, time, reserved, state: "reserved", place, micros: reserved });
          for (const counter of countersOf(task, time)) count(counter, reserved);
          return;
        }
        case "replied": {
          const call = end(line.call, line.micros);
          const { usage, model } = line.reply;
          if (line.isLate) call.place = undefined;
          else if (line.isForgotten) call.place = 0;
          if (call.place !== undefined && !line.isForgotten) put(call.task, call.place, [line.reply]);
          Object.assign(call, { state: "settled", usage, model } satisfies Partial<LedgerCall>);
          return;
        }
        case "released":
          Object.assign(end(line.call, line.micros), { state: "released", place: undefined });
      }
    },
    transcript: (task) => [...(conversations.get(keyOf(task)) ?? [])],
    taken: ({ level, key }) => sums.get(JSON.stringify([level, key])) ?? 0,
    cost(task) {
      const counted = [...calls.values()].filter(
        (call) =>
          keyOf({ ...call.task, name: task.name }) === keyOf(task) &&
          `${call.task.name}/`.startsWith(`${task.name}/`),
      );
      const sum = (of: (call: LedgerCall) => number): number =>
        counted.reduce((total, call) => total + of(call), 0);
      return {
        micros: sum(({ micros }) => micros),
        inputTokens: sum(({ usage }) => usage?.input ?? 0),
        outputTokens: sum(({ usage }) => usage?.output ?? 0),
        calls: counted.filter(({ state, micros }) => state !== "released" || micros > 0).length,
        models: [...new Set(counted.flatMap(({ model }) => model ?? []))].sort(),
      };
    },
  };
  for (const [i, each] of lines.entries())
    try {
      ledger.apply(each);
    } catch (error) {
      if (error instanceof SyntaxError) throw new SyntaxError(`line ${i + 1} ${error.message}`);
      throw error;
    }
  return ledger;
}

/** A record without the conversations of an investigation. Its calls stay, with what they cost. */
export function forgetInvestigation(
  lines: readonly RecordLine[],
  investigation: string,
): readonly RecordLine[] {
  const calls = new Set<string>();
  return lines.flatMap((each): RecordLine | readonly RecordLine[] => {
    if ("task" in each && each.task.payer.investigation === investigation) {
      if (each.kind === "ended") return [];
      calls.add(each.call);
      return { ...each, at: 0, entries: [], isForgotten: true };
    }
    if (each.kind === "replied" && calls.has(each.call))
      return {
        ...each,
        reply: { ...each.reply, text: "", calls: [] },
        ...(each.isLate ? {} : { isForgotten: true }),
      };
    return each;
  });
}

/**
 * A record without the conversations whose calls have all ended and were made before `time`, and how many those are. What
 * they cost stays as sums.
 */
export function forgetConversationsBefore(
  lines: readonly RecordLine[],
  { calls }: Pick<Ledger, "calls">,
  time: number,
): { readonly lines: readonly RecordLine[]; readonly count: number } {
  const gone = new Set([...calls.values()].map((call) => keyOf(call.task)));
  for (const call of calls.values())
    if (call.state === "reserved" || call.time >= time) gone.delete(keyOf(call.task));
  const spent = new Map<string, Extract<RecordLine, { kind: "spent" }>>();
  const add = ({ level, key }: Counter, micros: Micros): void => {
    const sum = JSON.stringify([level, key]);
    spent.set(sum, { kind: "spent", level, key, micros: (spent.get(sum)?.micros ?? 0) + micros });
  };
  for (const call of calls.values())
    if (gone.has(keyOf(call.task)))
      for (const counter of countersOf(call.task, call.time)) add(counter, call.micros);
  const [head, ...rest] = lines;
  const kept = rest.filter((each) => {
    if ("task" in each) return !gone.has(keyOf(each.task));
    return !("call" in each) || !gone.has(keyOf(calls.get(each.call)!.task));
  });
  return { lines: [...(head === undefined ? [] : [head]), ...spent.values(), ...kept], count: gone.size };
}

function keyOf({ payer, run, name }: Task): string {
  return JSON.stringify([payer.investigation, run, name]);
}
