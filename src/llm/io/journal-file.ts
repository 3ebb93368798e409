import { randomUUID } from "node:crypto";
import { LeaseLost } from "../../failure.ts";
import { checkWhole, countersOf, entryText, firstOver, payerCounters } from "../counters.ts";
import type { ModelGateway } from "../gateway.ts";
import type { Journal, Task } from "../journal.ts";
import { forgetConversationsBefore, forgetInvestigation, type LedgerCall, openLedger } from "../ledger.ts";
import { linesOfRun, type RecordLine } from "../record.ts";
import { openRecordFile } from "./record-file.ts";

export interface JournalFileOptions {
  /** Gets one sentence when a damaged file was moved aside: what it had counted is not counted any more. */
  readonly onProblem?: (problem: string) => void;
}

/** The journal of one process in one file, a record that another process can continue or replay. */
export interface JournalFile extends Journal, Disposable {
  /** The same gateway, which also records questions that got no reply, so that a replay ends in the same way. */
  recordEnds(gateway: ModelGateway, run: string, payer: Task["payer"]): ModelGateway;
  /** Copies the lines of one run: those that are there now, and each one that follows. */
  copyTo(run: string, write: (line: string) => void): void;
}

/**
 * Opens the journal of the command line: an append-only file of calls. A line is on the disk before its call is made and
 * before its reply is used, so a kill or a power cut loses at most the reply of the call that was open, which counts with
 * all that was reserved for it. One process at a time. Throws RunFailure `busy`, `no-space`, `no-permission` or `usage`.
 */
export function openJournalFile(file: string, options: JournalFileOptions = {}): JournalFile {
  const log = openRecordFile(file, options.onProblem ?? (() => undefined));
  let ledger = openLedger(log.lines);
  // No process is left that could settle them: the lock is ours.
  for (const call of ledger.calls.values()) lose(call);
  let copy: ((line: RecordLine) => void) | undefined;
  const append = (line: RecordLine): void => {
    log.append(line);
    ledger.apply(line);
    copy?.(line);
  };
  const rewrite = (lines: readonly RecordLine[]): void => {
    log.rewrite(lines);
    const lost = [...ledger.calls].flatMap(([id, { state }]) => (state === "lost" ? [id] : []));
    ledger = openLedger(lines);
    for (const id of lost) lose(ledger.calls.get(id));
  };
  const callOf = (id: string): LedgerCall => {
    const call = ledger.calls.get(id);
    if (call === undefined) throw new Error(`there is no call ${JSON.stringify(id)}`);
    return call;
  };

  return {
    async transcript(task) {
      for (const call of ledger.calls.values()) if (sameConversation(call.task, task)) lose(call);
      return ledger.transcript(task);
    },

    async begin(task, at, entries, { model, micros, at: time }, caps) {
      checkWhole("an index", at);
      checkWhole("money", micros);
      const stored = ledger.transcript(task);
      const known = stored.slice(at);
      if (
        at > stored.length ||
        known.length > entries.length ||
        known.some((entry, i) => entryText(entry) !== entryText(entries[i]!))
      )
        throw new LeaseLost("the conversation");
      const taken = countersOf(task, time).map((counter) => ({
        level: counter.level,
        micros: ledger.taken(counter),
      }));
      const over = firstOver(caps, taken, micros);
      if (over !== undefined) return over;
      const call = randomUUID();
      append({ kind: "asked", call, task, at, entries, model, reserved: micros, time });
      return { kind: "begun", call };
    },

    async settle(id, reply, micros) {
      checkWhole("money", micros);
      checkWhole("the count of tokens", reply.usage.input);
      checkWhole("the count of tokens", reply.usage.output);
      const call = callOf(id);
      if (call.state === "released") throw new Error(`the call ${id} was given back before its reply came`);
      if (call.state !== "settled") {
        const isLate = call.place !== ledger.transcript(call.task).length;
        append({ kind: "replied", call: id, reply, micros, ...(isLate ? { isLate } : {}) });
      }
      // Only now: the money counts, whoever asked.
      if (call.place === undefined) throw new LeaseLost("the conversation");
    },

    async release(id, micros) {
      checkWhole("money", micros);
      const { state } = callOf(id);
      if (state !== "settled" && state !== "released") append({ kind: "released", call: id, micros });
    },

    async taken(payer, at) {
      const [investigation, repositoryPerDay, installationPerMonth] = payerCounters(payer, at).map(
        (counter) => ledger.taken(counter),
      );
      return {
        investigation: investigation!,
        repositoryPerDay: repositoryPerDay!,
        installationPerMonth: installationPerMonth!,
      };
    },

    cost: async (task) => ledger.cost(task),

    async forget({ investigation }) {
      const isKnown = [...ledger.calls.values()].some(
        ({ task }) => task.payer.investigation === investigation,
      );
      if (isKnown) rewrite(forgetInvestigation(log.lines, investigation));
    },

    async forgetBefore(at) {
      const { lines, count } = forgetConversationsBefore(log.lines, ledger, at);
      if (count > 0) rewrite(lines);
      return count;
    },

    recordEnds: (gateway, run, payer) => ({
      ...gateway,
      async next(question, signal) {
        const next = await gateway.next(question, signal);
        const { conversation, at, entries } = question;
        if (next.kind !== "reply")
          append({ kind: "ended", task: { run, name: conversation, payer }, at, entries, end: next });
        return next;
      },
    }),

    copyTo(run, write) {
      for (const line of linesOfRun(log.lines, run)) write(JSON.stringify(line));
      copy = (line) => {
        const { task } = "task" in line ? line : "call" in line ? ledger.calls.get(line.call)! : {};
        if (task?.run === run) write(JSON.stringify(line));
      };
    },

    [Symbol.dispose]: () => log.close(),
  };
}

function sameConversation(a: Task, b: Task): boolean {
  return a.payer.investigation === b.payer.investigation && a.run === b.run && a.name === b.name;
}

function lose(call: LedgerCall | undefined): void {
  if (call?.state === "reserved") Object.assign(call, { state: "lost", place: undefined });
}
