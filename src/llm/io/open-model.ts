import { setTimeout as delay } from "node:timers/promises";
import PQueue from "p-queue";
import { estimateTokens, maxTokens } from "../estimate-tokens.ts";
import type { Reply, ToolCall, Usage } from "../transcript.ts";
import { type Model, ModelFailure, type ModelRequest } from "../model.ts";
import { startClock } from "./call-clock.ts";
import { type Endpoint, openEndpoint } from "./endpoint.ts";
import { type CallFailure, callFailureOf } from "./failure-of.ts";
import type { Message } from "../protocol/messages.ts";
import { answerReader, type RawAnswer } from "../protocol/read-answer.ts";
import { redactor } from "../protocol/redact.ts";
import {
  type Ability,
  abilitiesOf,
  type EndpointSettings,
  giveUp,
  requestBody,
} from "../protocol/request-body.ts";
import { MAX_CALLS, parseCalls, withoutThoughts } from "../protocol/text-protocol.ts";
import { askAgain, readStructured } from "../protocol/structured.ts";

export interface OpenModelOptions {
  readonly key?: string | undefined;
  /** Of all models at one endpoint; without it the model has one of its own. */
  readonly queue?: ModelQueue;
  readonly userAgent?: string;
  /** Milliseconds that an answer that has begun may stay silent, in the place of the setting. */
  readonly idleMilliseconds?: number;
  /** Tries after the first, when nothing was worked. */
  readonly retries?: number;
  /** Milliseconds since 1970. */
  readonly now?: () => number;
  readonly sleep?: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  /** 0 to 1. */
  readonly random?: () => number;
  /** What the endpoint turned out not to take, and calls that had to be mended; for logs. */
  readonly onNote?: (note: string) => void;
}

/** Calls of models at one endpoint. */
export type ModelQueue = Pick<PQueue, "add">;

export function modelQueue(concurrency: number): ModelQueue {
  return new PQueue({ concurrency });
}

const RETRIES = 3;
/** Waits between tries, doubled each time. */
const FIRST_WAIT = 1_000;
const LONGEST_WAIT = 30_000;
/** An endpoint that asks for more is left, and asked again later. */
const MAX_ASKED_WAIT = 60_000;
/** Characters that hardly any token has on average. */
const LONGEST_TOKEN = 16;
const SPARE_CHARACTERS = 16_384;
/** Of a reply that is asked for again, at least this much may be new. */
const MIN_OUTPUT = 256;

/**
 * A model behind any OpenAI-compatible endpoint, over Chat Completions. Three things are remembered about the endpoint as
 * long as the model lives: what it refused to take, so that nothing is refused twice.
 *
 * A failure before the endpoint worked (no connection, 429, 500, 503, 408) is tried again here, within the time of the call.
 * One after which it may ask for money (502 and 504, a connection that broke after the request was sent, an answer that
 * began) is not, as the price was reserved once: it is a ModelFailure with `mayCost`, and the holder of the money decides.
 */
export function openModel(settings: EndpointSettings, options: OpenModelOptions = {}): Model {
  const { name, contextTokens, outputTokens, price, concurrency } = settings;
  const { key, userAgent = "casebook", queue = modelQueue(concurrency) } = options;
  const endpoint = openEndpoint({ url: settings.url, key, userAgent });
  const context: Context = {
    settings,
    endpoint,
    abilities: abilitiesOf(settings),
    redact: redactor(key),
    idle: options.idleMilliseconds ?? settings.idleSeconds * 1_000,
    retries: options.retries ?? RETRIES,
    now: options.now ?? Date.now,
    sleep: options.sleep ?? ((milliseconds, signal) => delay(milliseconds, undefined, { signal })),
    random: options.random ?? Math.random,
    note: (note) => options.onNote?.(`${name}: ${note}`),
  };
  return {
    name,
    contextTokens,
    outputTokens,
    price,
    async reply(request, signal) {
      signal.throwIfAborted();
      return queue.add(() => replyTo(context, request, signal), { signal });
    },
  };
}

interface Context {
  readonly settings: EndpointSettings;
  readonly endpoint: Endpoint;
  readonly abilities: Set<Ability>;
  readonly redact: (text: string) => string;
  readonly idle: number;
  readonly retries: number;
  readonly now: () => number;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<unknown>;
  readonly random: () => number;
  readonly note: (note: string) => void;
}

async function replyTo(context: Context, request: ModelRequest, signal: AbortSignal): Promise<Reply> {
  const deadline = context.now() + context.settings.timeoutSeconds * 1_000;
  const call = { request, signal, deadline };
  const first = await ask(context, call, []);
  if (request.schema === undefined) return first;
  const read = readStructured(first.text, request.schema);
  if (read.kind === "ok") return { ...first, text: read.json };
  context.note(`the reply is no JSON of the schema: ${context.redact(read.why)}`);
  const second = await ask(
    context,
    { ...call, before: Math.max(first.usage.output, maxTokens(first.text)) },
    [
      { role: "assistant", content: first.text === "" ? "(nothing)" : first.text },
      { role: "user", content: askAgain(read.why) },
    ],
    Math.max(MIN_OUTPUT, request.maxOutputTokens - first.usage.output),
  ).catch((error: unknown) => {
    throw error instanceof ModelFailure ? costing(error) : error;
  });
  const again = readStructured(second.text, request.schema);
  if (again.kind === "wrong") {
    request.onBroken?.({ requests: 2, outputTokens: first.usage.output + second.usage.output });
    throw new ModelFailure(
      "garbage",
      `The model replied twice with something else than the JSON it was asked for: ${context.redact(again.why)}`,
      { mayCost: true },
    );
  }
  return { ...second, text: again.json, usage: sum(first.usage, second.usage) };
}

/** The first of two calls was answered, so it is paid for, however the second one ended. */
function costing({ code, message, retryAt, cause }: ModelFailure): ModelFailure {
  return new ModelFailure(code, message, {
    mayCost: true,
    ...(retryAt === undefined ? {} : { retryAt }),
    ...(cause === undefined ? {} : { cause }),
  });
}

interface Call {
  readonly request: ModelRequest;
  readonly signal: AbortSignal;
  readonly deadline: number;
  /** The most tokens of a reply that was asked for before, and did not fit its schema. */
  readonly before?: number;
}

/** One reply, with the tries that it takes. */
async function ask(
  context: Context,
  call: Call,
  further: readonly Message[],
  maxOutput: number = call.request.maxOutputTokens,
): Promise<Reply> {
  const { signal, deadline } = call;
  for (let failures = 0; ;) {
    signal.throwIfAborted();
    const tried = await tryOnce(context, call, further, maxOutput);
    if (tried.kind === "reply") return tried.reply;
    const { verdict, used } = tried;
    const notes = giveUp(context.settings, context.abilities, verdict.lacks, used);
    for (const note of notes) context.note(note);
    if (notes.length > 0) continue;
    const wait = verdict.wait ?? backOff(failures, context.random());
    const isFinal = !verdict.again || wait > MAX_ASKED_WAIT || context.now() + wait > deadline;
    if (isFinal || failures >= context.retries) {
      // Another model may answer in its place, and then nobody else says it.
      context.note(`${verdict.failure.code}: ${verdict.failure.message}`);
      throw verdict.failure;
    }
    failures++;
    context.note(`${verdict.failure.message}; tried again in ${Math.round(wait)} ms`);
    await pause(context, wait, signal);
  }
}

/** Ends early with the signal, whatever kind of sleep it is. */
async function pause({ sleep }: Context, wait: number, signal: AbortSignal): Promise<void> {
  const clock = startClock(signal, { total: 2 ** 31 - 1, idle: 0 });
  try {
    await clock.race(sleep(wait, clock.signal));
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    clock[Symbol.dispose]();
  }
}

/** Between half and the whole of a wait that doubles: calls that failed together do not retry together. */
function backOff(failures: number, chance: number): number {
  return Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + chance / 2);
}

type Tried =
  | { readonly kind: "reply"; readonly reply: Reply }
  | { readonly kind: "failed"; readonly verdict: CallFailure; readonly used: ReadonlySet<Ability> };

async function tryOnce(
  context: Context,
  { request, signal, deadline, before }: Call,
  further: readonly Message[],
  maxOutput: number,
): Promise<Tried> {
  const { settings, endpoint, abilities, redact, now } = context;
  const { body, used } = requestBody(settings, abilities, request, further, maxOutput);
  using clock = startClock(signal, { total: Math.max(1, deadline - now()), idle: context.idle });
  const reader = answerReader();
  let answer: RawAnswer;
  try {
    answer = await endpoint.ask(body, clock, {
      reader,
      onText: request.onText,
      maxCharacters: maxOutput * LONGEST_TOKEN + SPARE_CHARACTERS,
    });
  } catch (error) {
    request.onBroken?.({
      requests: before === undefined ? 1 : 2,
      outputTokens: (before ?? 0) + maxTokens(reader.answer()?.written ?? ""),
    });
    signal.throwIfAborted();
    // What ended the call says more than what the connection made of it.
    const reason: unknown = clock.signal.aborted ? clock.signal.reason : error;
    return {
      kind: "failed",
      verdict: callFailureOf(reason, { redact, now: now(), began: clock.began }),
      used,
    };
  }
  // The library ends a stream without a word when it is stopped.
  if (signal.aborted)
    request.onBroken?.({
      requests: before === undefined ? 1 : 2,
      outputTokens: (before ?? 0) + maxTokens(answer.written),
    });
  signal.throwIfAborted();
  const isText = !used.has("tools");
  const said = withoutThoughts(answer.text);
  const { text, calls } = callsOf(context, answer, said, request, isText);
  const usage: Usage =
    answer.usage === undefined
      ? {
          input: estimateTokens(JSON.stringify(body)),
          cached: 0,
          output: estimateTokens(answer.written),
          estimated: true,
        }
      : { ...answer.usage, estimated: false };
  return { kind: "reply", reply: { kind: "reply", text, calls, usage, model: settings.name } };
}

/** The calls of an answer, each with an identifier that the transcript does not have yet. */
function callsOf(
  { note }: Context,
  answer: RawAnswer,
  said: string,
  { transcript, tools }: ModelRequest,
  isText: boolean,
): Pick<Reply, "text" | "calls"> {
  const taken = new Set(
    transcript.flatMap((entry) => (entry.kind === "reply" ? entry.calls.map(({ id }) => id) : [])),
  );
  const withId = (given: string, index: number): string => {
    const own = `call-${transcript.length}-${index}`;
    const id = given === "" || given.length > 200 || taken.has(given) ? own : given;
    taken.add(id);
    return id;
  };
  const native = answer.calls
    .filter(({ name, arguments: args }) => name !== "" || args !== "")
    .slice(0, MAX_CALLS)
    .map((call, i): ToolCall => ({ ...call, id: withId(call.id, i) }));
  // Without tools there are none to call: what looks like one is text.
  if (native.length > 0 || tools.length === 0) return { text: said, calls: tools.length === 0 ? [] : native };
  if (!isText) return { text: said, calls: [] };
  const parsed = parseCalls(said, tools);
  for (const repair of parsed.repairs) note(`a call was repaired: ${repair}`);
  return { text: parsed.text, calls: parsed.calls.map((call, i) => ({ id: withId("", i), ...call })) };
}

function sum(first: Usage, second: Usage): Usage {
  return {
    input: first.input + second.input,
    cached: first.cached + second.cached,
    output: first.output + second.output,
    estimated: first.estimated || second.estimated,
  };
}
