import type { BrokenCall, Model, ModelFailure, ModelRequest } from "../../src/llm/model.ts";
import type { Reply, Usage } from "../../src/llm/transcript.ts";

/** What the model says next. */
export interface Line {
  readonly text?: string;
  readonly calls?: readonly { readonly name: string; readonly arguments: object | string }[];
  readonly usage?: Partial<Usage>;
  readonly failure?: ModelFailure;
  /** What the failed call did at the endpoint; nobody can tell when undefined. */
  readonly broken?: BrokenCall;
}

/** A line, or what is said to this request. */
export type Cue = Line | ((request: ModelRequest) => Line | Promise<Line>);

export interface ScriptedModel extends Model, AsyncDisposable {
  /** In their order. */
  readonly requests: readonly ModelRequest[];
}

/** A call of a tool as a line. */
export function call(name: string, args: object | string = {}): Line {
  return { calls: [{ name, arguments: args }] };
}

/**
 * A model that says its lines in order. A question too many throws at once; lines left unsaid throw at the end of
 * `await using`.
 */
export function scriptedModel(...lines: readonly Cue[]): ScriptedModel {
  const model = answeringModel((_, number) => {
    const line = lines[number];
    if (line === undefined)
      throw new Error(`the scripted model was asked ${number + 1} times and has ${lines.length} lines`);
    return line;
  });
  return {
    ...model,
    async [Symbol.asyncDispose]() {
      const left = lines.length - model.requests.length;
      if (left > 0) throw new Error(`the scripted model has ${left} of ${lines.length} lines left unsaid`);
    },
  };
}

/** A model that has an answer to everything; `number` counts the requests from 0. */
export function answeringModel(
  answer: (request: ModelRequest, number: number) => Cue | Promise<Cue>,
  facts: Partial<Pick<Model, "name" | "contextTokens" | "outputTokens" | "price">> = {},
): ScriptedModel {
  const requests: ModelRequest[] = [];
  const name = facts.name ?? "scripted";
  return {
    name,
    contextTokens: 32_768,
    outputTokens: 4_096,
    price: { input: 3, output: 15 },
    ...facts,
    requests,
    async reply(request, signal) {
      signal.throwIfAborted();
      const number = requests.push(request) - 1;
      const cue = await abortable(answer(request, number), signal);
      const line = typeof cue === "function" ? await abortable(cue(request), signal) : cue;
      signal.throwIfAborted();
      if (line.broken !== undefined) request.onBroken?.(line.broken);
      if (line.failure !== undefined) throw line.failure;
      return replyOf(line, request, name, number);
    },
    async [Symbol.asyncDispose]() {},
  };
}

function replyOf(line: Line, request: ModelRequest, model: string, number: number): Reply {
  const text = line.text ?? "";
  const calls = (line.calls ?? []).map(({ name, arguments: args }, i) => ({
    id: `scripted-${request.transcript.length}-${number}-${i}`,
    name,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
  }));
  if (text !== "") request.onText?.(text);
  const usage = {
    input: tokensOf(JSON.stringify([request.transcript, request.tools])),
    cached: 0,
    output: tokensOf(text + JSON.stringify(calls)),
    estimated: false,
    ...line.usage,
  };
  return { kind: "reply", text, calls, usage, model };
}

function tokensOf(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / 4);
}

/** A stopped run does not wait for a line that never comes. */
async function abortable<T>(work: T | Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, reject } = Promise.withResolvers<never>();
  const stop = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", stop, { once: true });
  try {
    return await Promise.race([work, promise]);
  } finally {
    signal.removeEventListener("abort", stop);
    promise.catch(() => undefined);
  }
}
