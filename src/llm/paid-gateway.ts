import { pause } from "../process/clock.ts";
import { estimateTokens, maxTokens } from "./estimate-tokens.ts";
import { costOf, type Micros, type Price, worstCost } from "./money.ts";
import type { Entry } from "./transcript.ts";
import { compact } from "./compact.ts";
import { entryText, capMessage } from "./counters.ts";
import { withFailover } from "./failover.ts";
import type { ModelGateway, NextReply, Question } from "./gateway.ts";
import type { Caps, Journal, Payer, Task } from "./journal.ts";
import { type BrokenCall, type Model, MODEL_FAILURES, ModelFailure } from "./model.ts";

export interface PaidGatewayOptions {
  readonly journal: Journal;
  /** Names the run in the journal. */
  readonly run: string;
  readonly payer: Payer;
  /** Models for a conversation, in the order in which they are tried. */
  readonly modelsFor: (conversation: string) => readonly Model[];
  readonly caps: Caps;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Throws the signal's reason. */
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
}

/** Of a model's context, what a reply may need and what the count may be wrong by. */
const SPARE_TOKENS = 512;
/** A transcript that did not fit is shortened to this part of what was sent, again and again. */
const SHORTEN = 0.6;
const MAX_SHORTENINGS = 4;
/** Fewer tokens of output are no reply. */
const MIN_OUTPUT = 256;
/** Times that a call which may have been billed, and brought nothing, is made again. */
const PAID_AGAIN = 1;
/** Milliseconds: a call that failed later than that is not made again; the next one would take as long. */
const PROMPT = 60_000;
/** Milliseconds before it is made again. */
const PAUSE = 2_000;

/**
 * The side that holds the keys and the money. Before a call its most expensive end is reserved, in the transaction that
 * stores what is asked; after it the reservation becomes what it cost. A cap is thus never passed, however many ask at
 * once, as long as an endpoint bills no more tokens than it was sent and allowed to write.
 *
 * One reservation is for one request that may be billed (two for a reply of a schema, which can be asked for twice). A call
 * that failed and may have been billed stays counted with what was sent and what came, at their most, and is made once more with
 * money of its own. When nobody can tell what came (the process was killed), all that was reserved stays counted.
 */
export function paidGateway(options: PaidGatewayOptions): ModelGateway {
  const { journal, run, payer, modelsFor, caps, now, sleep = pause } = options;
  const transcripts = new Map<string, Entry[]>();
  const taskOf = (conversation: string): Task => ({ run, name: conversation, payer });
  const load = async (conversation: string): Promise<Entry[]> => {
    let known = transcripts.get(conversation);
    if (known === undefined)
      transcripts.set(conversation, (known = [...(await journal.transcript(taskOf(conversation)))]));
    return known;
  };

  return {
    open: async (conversation) => [...(await load(conversation))],
    cost: (conversation) => journal.cost(taskOf(conversation)),
    async next(question, signal) {
      const { conversation, at, entries } = question;
      const known = await load(conversation);
      if (at > known.length) throw new Error(`the conversation ${conversation} has a gap at ${at}`);
      // The process that asks has read hostile text: a reply of its own making, with a small count of tokens, would be reserved for
      // with next to nothing.
      if (entries.some(({ kind }, i) => kind === "reply" && at + i >= known.length))
        throw new Error(`the conversation ${conversation} is given a reply that no model made`);
      const stored = known[at + entries.length];
      // A run that continues asks what it asked before; anything else is refused where it is stored.
      if (stored?.kind === "reply" && isSame(known.slice(at, at + entries.length), entries))
        return { kind: "reply", reply: stored };
      const transcript = [...known.slice(0, at), ...entries];
      const models = modelsFor(conversation);
      if (models.length === 0)
        return { kind: "unavailable", why: `no model is set up for ${conversation}`, mayPass: false };
      let over: Extract<NextReply, { kind: "over" }> | undefined;
      try {
        const reply = await withFailover(models, async (model) => {
          const end = await ask(model, question, transcript, signal);
          if (end.kind === "over") {
            over = end;
            // A cheaper one may still fit.
            throw new ModelFailure("quota", end.why);
          }
          over = undefined;
          return end.reply;
        });
        transcripts.set(conversation, [...transcript, reply]);
        return { kind: "reply", reply };
      } catch (error) {
        if (over !== undefined) return over;
        if (!(error instanceof ModelFailure)) throw error;
        return {
          kind: "unavailable",
          why: error.message,
          mayPass: MODEL_FAILURES[error.code].retry === "later",
          ...(error.retryAt === undefined ? {} : { retryAt: error.retryAt }),
        };
      }
    },
  };

  async function ask(
    model: Model,
    { conversation, at, entries, tools, schema }: Question,
    transcript: readonly Entry[],
    signal: AbortSignal,
  ): Promise<Extract<NextReply, { kind: "reply" | "over" }>> {
    const toolTokens = maxTokens(JSON.stringify([tools, schema ?? null]));
    let room =
      model.contextTokens -
      Math.min(model.outputTokens, Math.floor(model.contextTokens / 4)) -
      SPARE_TOKENS -
      toolTokens;
    for (let shortening = 0, again = 0; ;) {
      signal.throwIfAborted();
      const view = compact(transcript, Math.max(MIN_OUTPUT, room));
      const input = inputBound(view) + toolTokens + SPARE_TOKENS;
      const maxOutputTokens = Math.max(MIN_OUTPUT, Math.min(model.outputTokens, model.contextTokens));
      // A reply that must fit a schema may be asked for a second time, with the first one before it.
      const worst =
        worstCost(input, maxOutputTokens, model.price) +
        (schema === undefined
          ? 0
          : worstCost(input + maxOutputTokens + COMPLAINT_TOKENS, maxOutputTokens, model.price));
      const asked = now();
      const begun = await journal.begin(
        taskOf(conversation),
        at,
        entries,
        { model: model.name, micros: worst, at: asked },
        caps,
      );
      if (begun.kind === "over")
        return { kind: "over", why: capMessage(begun.cap, begun.limit, begun.taken) };
      let broken: BrokenCall | undefined;
      try {
        const reply = await model.reply(
          {
            transcript: view,
            tools,
            maxOutputTokens,
            ...(schema === undefined ? {} : { schema }),
            onBroken: (told) => (broken = told),
          },
          signal,
        );
        await journal.settle(begun.call, reply, costOf(reply.usage, model.price));
        return { kind: "reply", reply };
      } catch (error) {
        // A call that was stopped in the middle may be billed; a refused one is not.
        const mayCost = !(error instanceof ModelFailure) || error.mayCost;
        const spent =
          broken === undefined ? worst : Math.min(worst, costOfBroken(broken, input, model.price));
        await journal.release(begun.call, mayCost ? spent : 0);
        if (!(error instanceof ModelFailure)) throw error;
        if (error.code === "context-exceeded" && shortening < MAX_SHORTENINGS) {
          shortening++;
          room = Math.floor(Math.min(room, estimateTokens(view.map(textOf).join("\n"))) * SHORTEN);
          continue;
        }
        if (error.code !== "unavailable" || !error.mayCost || again >= PAID_AGAIN || now() - asked > PROMPT)
          throw error;
        again++;
        await sleep(PAUSE, signal);
      }
    }
  }
}

/** The most that a call without a reply cost: what was sent each time, and what came. */
function costOfBroken({ requests, outputTokens }: BrokenCall, input: number, price: Price): Micros {
  const again = requests > 1 ? worstCost(input + outputTokens + COMPLAINT_TOKENS, 0, price) : 0;
  return worstCost(input, outputTokens, price) + again;
}

/**
 * The most tokens that the input can have: each byte is a token at most, as in every tokeniser that works on bytes. What the endpoint
 * counted for the call before is no bound: it can count the same text in another way now.
 */
function inputBound(view: readonly Entry[]): number {
  return view.reduce((sum, entry) => sum + maxTokens(textOf(entry)) + OVERHEAD, 0);
}

function isSame(a: readonly Entry[], b: readonly Entry[]): boolean {
  // Stored entries come back with their fields in another order.
  return a.length === b.length && a.every((entry, i) => entryText(entry) === entryText(b[i]!));
}

/** Tokens around each message. */
const OVERHEAD = 16;
/** What a model is told when its reply does not fit the schema. */
const COMPLAINT_TOKENS = 1_536;

function textOf(entry: Entry): string {
  return entry.kind === "reply"
    ? entry.text + entry.calls.map((call) => call.name + call.arguments + call.id).join("")
    : entry.text;
}
