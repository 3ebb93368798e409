import { z } from "zod";
import type { PhaseCost } from "../phases/outcome.ts";
import type { Entry, Reply } from "./transcript.ts";
import type { ModelGateway } from "./gateway.ts";

/**
 * Writes down a run as it goes: what each conversation was told and what came back, one JSON line a call, and what it
 * cost. No key passes here. With it somebody else sees the same documents, without an endpoint and without running code.
 */
export function recordGateway(
  gateway: ModelGateway,
  run: string,
  write: (line: string) => void,
): ModelGateway {
  write(JSON.stringify({ kind: "run", run } satisfies Line));
  return {
    async open(conversation) {
      const entries = await gateway.open(conversation);
      // What an earlier try of the run left belongs to the record.
      if (entries.length > 0)
        write(JSON.stringify({ kind: "said", conversation, at: 0, entries } satisfies Line));
      return entries;
    },
    async next(question, signal) {
      const next = await gateway.next(question, signal);
      const { conversation, at, entries } = question;
      write(
        JSON.stringify(
          next.kind === "reply"
            ? ({ kind: "said", conversation, at, entries: [...entries, next.reply] } satisfies Line)
            : ({ kind: "ended", conversation, at, entries, end: next } satisfies Line),
        ),
      );
      return next;
    },
    async cost(conversation) {
      const cost = await gateway.cost(conversation);
      write(JSON.stringify({ kind: "cost", conversation, cost } satisfies Line));
      return cost;
    },
  };
}

export interface Recording {
  /** Name of the run: the marks around foreign text are made from it. */
  readonly run: string;
  readonly gateway: ModelGateway;
}

type Line =
  | { readonly kind: "run"; readonly run: string }
  | {
      readonly kind: "said";
      readonly conversation: string;
      readonly at: number;
      readonly entries: readonly Entry[];
    }
  | {
      readonly kind: "ended";
      readonly conversation: string;
      readonly at: number;
      readonly entries: readonly Entry[];
      readonly end: unknown;
    }
  | { readonly kind: "cost"; readonly conversation: string; readonly cost: PhaseCost };

const call = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
const reply = z.object({
  kind: z.literal("reply"),
  text: z.string(),
  calls: z.array(call),
  usage: z.object({
    input: z.int().min(0),
    cached: z.int().min(0),
    output: z.int().min(0),
    estimated: z.boolean(),
  }),
  model: z.string(),
});
const entry = z.union([
  z.object({ kind: z.literal("instructions"), text: z.string() }),
  z.object({ kind: z.literal("request"), text: z.string() }),
  reply,
  z.object({ kind: z.literal("answer"), call: z.string(), tool: z.string(), text: z.string() }),
]);
const conversation = z.string().min(1).max(200);
const said = { conversation, at: z.int().min(0), entries: z.array(entry) };
const line = z.union([
  z.object({ kind: z.literal("run"), run: z.string().min(1).max(200) }),
  z.object({ kind: z.literal("said"), ...said }),
  z.object({
    kind: z.literal("ended"),
    ...said,
    end: z.union([
      z.object({ kind: z.literal("over"), why: z.string() }),
      z.object({
        kind: z.literal("unavailable"),
        why: z.string(),
        mayPass: z.boolean(),
        retryAt: z.number().exactOptional(),
      }),
    ]),
  }),
  z.object({
    kind: z.literal("cost"),
    conversation,
    cost: z.object({
      micros: z.int().min(0),
      inputTokens: z.int().min(0),
      outputTokens: z.int().min(0),
      calls: z.int().min(0),
      models: z.array(z.string()),
    }),
  }),
]);

/** Reads a record back. Throws SyntaxError that names the line which is none. */
export function readRecording(lines: readonly string[]): Recording {
  let run: string | undefined;
  const conversations = new Map<string, Entry[]>();
  const ends = new Map<string, Extract<z.infer<typeof line>, { kind: "ended" }>["end"]>();
  const costs = new Map<string, PhaseCost>();
  for (const [i, text] of lines.entries()) {
    const parsed = line.safeParse(parseOrUndefined(text)).data;
    if (parsed === undefined) throw new SyntaxError(`line ${i + 1} is not a line of a record`);
    if (parsed.kind === "run") {
      // Marks around foreign text are made from the name: two records in one file are none.
      if (run !== undefined && run !== parsed.run) throw new SyntaxError(`line ${i + 1} names another run`);
      run = parsed.run;
    } else if (parsed.kind === "cost") costs.set(parsed.conversation, parsed.cost);
    else {
      const known = conversations.get(parsed.conversation) ?? [];
      if (parsed.at > known.length) throw new SyntaxError(`line ${i + 1} leaves a gap in its conversation`);
      known.length = parsed.at;
      for (const each of parsed.entries) known.push(each);
      conversations.set(parsed.conversation, known);
      if (parsed.kind === "ended") ends.set(parsed.conversation, parsed.end);
    }
  }
  if (run === undefined) throw new SyntaxError("the record does not name its run");
  return {
    run,
    gateway: {
      open: async (name) => [...(conversations.get(name) ?? [])],
      async next({ conversation: name, at, entries }) {
        const stored: readonly Entry[] = conversations.get(name) ?? [];
        const next: Entry | undefined = stored[at + entries.length];
        if (next?.kind === "reply") return { kind: "reply", reply: next satisfies Reply };
        return (
          ends.get(name) ?? {
            kind: "unavailable",
            why: `the record of ${name} ends here`,
            mayPass: false,
          }
        );
      },
      cost: async (name) =>
        costs.get(name) ?? { micros: 0, inputTokens: 0, outputTokens: 0, calls: 0, models: [] },
    },
  };
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
