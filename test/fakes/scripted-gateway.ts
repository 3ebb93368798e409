import type { Entry, Reply } from "../../src/llm/transcript.ts";
import type { ModelGateway, NextReply, Question } from "../../src/llm/gateway.ts";

/** What a scripted model says: words, calls, or the end of its money. */
export type Line =
  | {
      readonly text?: string;
      readonly calls?: readonly { readonly name: string; readonly arguments: unknown }[];
    }
  | Exclude<NextReply, { kind: "reply" }>;

/** A call as a line of its own. */
export function call(name: string, args: unknown): Line {
  return { calls: [{ name, arguments: args }] };
}

export interface ScriptedGateway extends ModelGateway, Disposable {
  /** What is stored, by conversation. */
  readonly stored: ReadonlyMap<string, readonly Entry[]>;
  /** Answers of tools, in order. */
  readonly answers: () => readonly string[];
  readonly asked: readonly Question[];
}

/**
 * A gateway over a list of lines: it stores what it is given and says the next line. A question too many fails, and so
 * does a line that nobody asked for by the time it is disposed. Its store survives: a second gateway can go on with it.
 */
export function scriptedGateway(
  lines: readonly Line[],
  stored = new Map<string, Entry[]>(),
): ScriptedGateway {
  let said = 0;
  const asked: Question[] = [];
  return {
    stored,
    asked,
    answers: () =>
      [...stored.values()].flat().flatMap((entry) => (entry.kind === "answer" ? [entry.text] : [])),
    open: async (conversation) => [...(stored.get(conversation) ?? [])],
    async next(question) {
      asked.push(question);
      const { conversation, at, entries } = question;
      const known = (stored.get(conversation) ?? []).slice(0, at);
      const line = lines[said++];
      if (line === undefined)
        throw new Error(`the model was asked a ${said}th time and has ${lines.length} lines`);
      if ("kind" in line) return line;
      const reply: Reply = {
        kind: "reply",
        text: line.text ?? "",
        calls: (line.calls ?? []).map(({ name, arguments: args }, i) => ({
          id: `call-${known.length + entries.length}-${i}`,
          name,
          arguments: typeof args === "string" ? args : JSON.stringify(args),
        })),
        usage: { input: 100, cached: 0, output: 10, estimated: false },
        model: "scripted",
      };
      stored.set(conversation, [...known, ...entries, reply]);
      return { kind: "reply", reply };
    },
    cost: async () => ({
      micros: said * 1_000,
      inputTokens: said * 100,
      outputTokens: said * 10,
      calls: said,
      models: ["scripted"],
    }),
    [Symbol.dispose]() {
      if (said < lines.length)
        throw new Error(`${lines.length - said} lines of the model were never asked for`);
    },
  };
}
