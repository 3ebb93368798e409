import OpenAI from "openai";
import { Stream } from "openai/streaming";
import { ModelFailure } from "../model.ts";
import type { CallClock } from "./call-clock.ts";
import { EndpointRefusal } from "./failure-of.ts";
import { httpFetch } from "./http-fetch.ts";
import type { AnswerReader, RawAnswer } from "../protocol/read-answer.ts";

/** Sends one request to one endpoint, once. */
export interface Endpoint {
  /** Throws what the connection throws, EndpointRefusal for a status, ModelFailure for an answer that is none. */
  ask(body: Readonly<Record<string, unknown>>, clock: CallClock, options: AskOptions): Promise<RawAnswer>;
}

interface AskOptions {
  /** Puts the answer together. After a failure it holds what had come. */
  readonly reader: AnswerReader;
  readonly onText: ((text: string) => void) | undefined;
  /** A server that does not keep to the limit of the output is left after so many characters. */
  readonly maxCharacters: number;
}

export interface EndpointOptions {
  readonly url: string;
  readonly key: string | undefined;
  readonly userAgent: string;
}

/** Bytes of one answer: a hundred times what a model writes. */
const MAX_BYTES = 32 * 1024 * 1024;
/** Bytes of the body of a refusal. */
const MAX_REFUSAL = 64 * 1024;

/** An endpoint through the `openai` package, which shapes the request and reads the stream; everything around is ours. */
export function openEndpoint({ url, key, userAgent }: EndpointOptions): Endpoint {
  const send = httpFetch(userAgent);
  return {
    async ask(body, clock, { reader, onText, maxCharacters }) {
      let tail = "";
      let isOver = false;
      // Made for each call, so that the watch over the bytes belongs to it. Nothing is taken from the environment.
      const client = new OpenAI({
        baseURL: url,
        apiKey: key ?? "none",
        organization: null,
        project: null,
        adminAPIKey: null,
        webhookSecret: null,
        maxRetries: 0,
        logLevel: "off",
        timeout: 2 ** 31 - 1,
        fetch: async (input, init) => {
          const headers = new Headers(init?.headers);
          if (key === undefined) headers.delete("authorization");
          const response = await send(input, { ...(init as RequestInit), headers });
          if (!response.ok)
            throw new EndpointRefusal(response.status, response.headers, await refusalOf(response));
          clock.begin();
          return watched(response, {
            see(chunk) {
              clock.alive();
              tail = (tail + chunk.subarray(-TAIL).toString("latin1")).slice(-TAIL);
            },
            end: () => (isOver = true),
          });
        },
      });
      const request = client.chat.completions.create(
        { ...body, stream: true } as unknown as OpenAI.ChatCompletionCreateParamsStreaming,
        { signal: clock.signal },
      );
      const response = await clock.race(request.asResponse());
      const type = response.headers.get("content-type") ?? "";
      // Some servers do not stream, whatever they are asked.
      if (/json|html/i.test(type)) {
        clock.watch();
        const text = reader.take(parsed(await clock.race(response.text())));
        if (text !== undefined && text !== "") onText?.(text);
        return finished(reader.answer(), true);
      }
      const pieces = Stream.fromSSEResponse<unknown>(response, new AbortController(), client)[
        Symbol.asyncIterator
      ]();
      try {
        for (;;) {
          const next = await clock.race(pieces.next());
          if (next.done === true) break;
          const text = reader.take(next.value);
          if (text === undefined) throw garbage("a piece that is none of an answer");
          // A model may think in silence before it writes; once it does, silence is a fault.
          if (reader.size > 0) clock.watch();
          if (text !== "") onText?.(text);
          if (reader.size > maxCharacters) break;
        }
      } catch (error) {
        // The body ended in the middle of a line: what cannot be read is the piece that was cut.
        if (isOver && !tail.endsWith("\n") && (error as Error).name === "SyntaxError") throw cut(error);
        throw error;
      } finally {
        // Not waited for: a stalled body never ends.
        pieces.return?.()?.catch(() => undefined);
      }
      const answer = reader.answer();
      const isEnded = answer?.finish !== undefined || tail.includes("[DONE]");
      return finished(answer, isEnded || reader.size > maxCharacters);
    },
  };
}

const TAIL = 64;

function finished(answer: RawAnswer | undefined, isWhole: boolean): RawAnswer {
  if (answer === undefined) {
    if (isWhole) throw garbage("no choice in it");
    throw new ModelFailure("unavailable", "The endpoint ended its answer before it began", { mayCost: true });
  }
  if (!isWhole) throw cut();
  if (answer.finish === "error")
    throw new ModelFailure("unavailable", "The endpoint ended its answer with an error", { mayCost: true });
  if (answer.finish === "content_filter" && answer.text === "" && answer.calls.length === 0)
    throw new ModelFailure("bad-request", "The endpoint's filter held the answer back", { mayCost: true });
  return answer;
}

function cut(cause?: unknown): ModelFailure {
  return new ModelFailure("unavailable", "The endpoint cut its answer", { mayCost: true, cause });
}

/** The body of a whole answer. A failure inside of a 200 is one all the same. */
function parsed(text: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw garbage(/^\s{0,100}</.test(text) ? "a web page" : "no JSON");
  }
  if (typeof value !== "object" || value === null) throw garbage("no object");
  const { error, choices } = value as { readonly error?: unknown; readonly choices?: unknown };
  if (error !== undefined && error !== null && choices === undefined)
    throw new EndpointRefusal(codeIn(error), new Headers(), value);
  return value;
}

function codeIn(error: unknown): number {
  const { code, status } = error as { readonly code?: unknown; readonly status?: unknown };
  const number = [code, status].map(Number).find((n) => n >= 400 && n <= 599);
  return number ?? 502;
}

function garbage(what: string): ModelFailure {
  return new ModelFailure("garbage", `The endpoint answered what cannot be read: ${what}`, { mayCost: true });
}

/** The same answer, each chunk seen on its way, and never more of it than an answer can have. */
function watched(
  response: Response,
  { see, end }: { readonly see: (chunk: Buffer) => void; readonly end: () => void },
): Response {
  if (response.body === null) return response;
  let bytes = 0;
  const watch = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      bytes += chunk.byteLength;
      if (bytes > MAX_BYTES) controller.error(garbage(`more than ${MAX_BYTES} bytes`));
      see(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
      controller.enqueue(chunk);
    },
    flush: end,
  });
  return new Response(response.body.pipeThrough(watch), {
    status: response.status,
    headers: response.headers,
  });
}

async function refusalOf(response: Response): Promise<string> {
  let text = "";
  if (response.body === null) return text;
  const decoder = new TextDecoder();
  try {
    for await (const chunk of response.body) {
      text += decoder.decode(chunk as Uint8Array, { stream: true });
      if (text.length > MAX_REFUSAL) break;
    }
  } catch {
    // The status says enough.
  }
  return text;
}
