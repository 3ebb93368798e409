import type { ModelGateway } from "./gateway.ts";
import type { Task } from "./journal.ts";
import { openLedger } from "./ledger.ts";
import { type ConversationEnd, parseRecord } from "./record.ts";

export interface Recording {
  /** Name of the run: the marks around foreign text are made from it. */
  readonly run: string;
  readonly gateway: ModelGateway;
}

/** Replays the last run of a record: the same replies to the same questions. Throws SyntaxError when it is no record. */
export function replayRecord(text: string): Recording {
  const lines = parseRecord(text);
  const ledger = openLedger(lines, { withEnds: true });
  const last = lines.findLast((line) => line.kind === "asked" || line.kind === "ended")?.task;
  if (last === undefined) throw new SyntaxError("the record holds no call");
  const ends = new Map<string, ConversationEnd>();
  for (const line of lines)
    if (line.kind === "ended" && line.task.run === last.run) ends.set(line.task.name, line.end);
  const taskOf = (conversation: string): Task => ({ ...last, name: conversation });
  return {
    run: last.run,
    gateway: {
      open: async (conversation) => ledger.transcript(taskOf(conversation)),
      async next({ conversation, at, entries }) {
        const next = ledger.transcript(taskOf(conversation))[at + entries.length];
        if (next?.kind === "reply") return { kind: "reply", reply: next };
        return (
          ends.get(conversation) ?? {
            kind: "unavailable",
            why: `the record of ${conversation} ends here`,
            mayPass: false,
          }
        );
      },
      cost: async (conversation) => ledger.cost(taskOf(conversation)),
    },
  };
}
