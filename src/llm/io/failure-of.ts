import { APIError } from "openai";
import { ModelFailure, type ModelFailureCode } from "../model.ts";
import { endpointWords, type EndpointWords } from "../protocol/endpoint-words.ts";
import { ABILITIES, type Ability } from "../protocol/request-body.ts";
import { ConnectionFailure } from "./http-fetch.ts";

/** An answer that is none: its status, and the words beside it. */
export class EndpointRefusal extends Error {
  readonly status: number;
  readonly headers: Headers;
  readonly body: unknown;

  constructor(status: number, headers: Headers, body: unknown) {
    super(`status ${status}`);
    this.name = "EndpointRefusal";
    this.status = status;
    this.headers = headers;
    this.body = body;
  }
}

/** How a call failed, and what can be done about it. */
export interface CallFailure {
  readonly failure: ModelFailure;
  /** Nothing was worked, nothing can be billed, and it may pass: the same can be asked again for the same money. */
  readonly again: boolean;
  /** As the endpoint asks to wait. */
  readonly wait: number | undefined;
  /** What the endpoint says it does not take. */
  readonly lacks: readonly Ability[];
}

export interface FailureContext {
  readonly redact: (text: string) => string;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** The answer had begun. */
  readonly began: boolean;
}

/** What an error of a call means. Anything that is no answer and no broken connection is a bug and thrown again. */
export function callFailureOf(error: unknown, context: FailureContext): CallFailure {
  if (error instanceof ModelFailure) return { failure: error, again: false, wait: undefined, lacks: [] };
  const refusal = chain(error).find((link) => link instanceof EndpointRefusal);
  if (refusal !== undefined)
    return ofStatus(refusal.status, endpointWords(refusal.body), refusal.headers, context);
  if (nameOf(error) === "SyntaxError")
    return final("garbage", "The endpoint sent a stream that is not JSON", context);
  // In the middle of a stream: the words have no status beside them.
  if (error instanceof APIError && error.error !== undefined) {
    const words = endpointWords({ error: error.error as unknown });
    return ofStatus(words.status ?? 502, words, new Headers(), { ...context, began: true });
  }
  return ofConnection(error, context);
}

const WORDS_SHOWN = 300;

function ofStatus(
  status: number,
  words: EndpointWords,
  headers: Headers,
  { redact, now, began }: FailureContext,
): CallFailure {
  const code = codeOf(status, words);
  const said = redact(words.text).slice(0, WORDS_SHOWN);
  const wait = retryAfter(headers, now);
  const message = `${SENTENCES[code]} (${status}${said === "" ? "" : `: ${said}`})${hintOf(status, headers)}`;
  const isPassing = code === "unavailable" || code === "rate-limited";
  // A gateway that waited in vain does not know whether the model worked.
  const mayCost = began || status === 502 || status === 504;
  return {
    failure: new ModelFailure(code, message, {
      ...(isPassing && wait !== undefined ? { retryAt: now + wait } : {}),
      mayCost,
    }),
    again: isPassing && !mayCost,
    wait,
    lacks: code === "bad-request" || (code === "unavailable" && !began) ? lacksOf(status, words) : [],
  };
}

const SENTENCES: Readonly<Record<ModelFailureCode, string>> = {
  unavailable: "The endpoint cannot answer now",
  "rate-limited": "The endpoint asks for fewer requests",
  quota: "No money is left at the endpoint",
  refused: "The endpoint refuses the key, or it has no right to this model",
  "bad-request": "The endpoint does not take the request",
  "context-exceeded": "The conversation is too long for the model",
  garbage: "The endpoint answered what cannot be read",
};

function hintOf(status: number, headers: Headers): string {
  if (status === 404) return ". Look at the address (it often ends in /v1) and the model's name";
  if (status < 300 || status >= 400) return "";
  const target = URL.parse(headers.get("location") ?? "");
  return `. It redirects${target === null ? "" : ` to ${target.origin}`}, where the key is not sent; set the address that is meant`;
}

function codeOf(status: number, words: EndpointWords): ModelFailureCode {
  const { codes } = words;
  const text = words.text.toLowerCase();
  const says = (parts: readonly string[]): boolean => parts.some((part) => text.includes(part));
  if (status === 402 || codes.some((code) => QUOTA_CODES.includes(code)) || says(QUOTA_WORDS)) return "quota";
  const isContext = codes.some((code) => CONTEXT_CODES.includes(code)) || says(CONTEXT_WORDS);
  if (isContext && CONTEXT_STATUSES.includes(status)) return "context-exceeded";
  // Larger than what may pass in a minute: waiting never helps.
  if (status === 413 || (status === 429 && says(["request too large"]))) return "context-exceeded";
  if (status === 401 || status === 403) return "refused";
  if (status === 429) return "rate-limited";
  if (status === 408 || status === 425 || (status >= 500 && status !== 501)) return "unavailable";
  return "bad-request";
}

const QUOTA_CODES = ["insufficient_quota", "billing_hard_limit_reached", "insufficient_balance"];
const QUOTA_WORDS = ["credit balance is too low", "insufficient balance", "insufficient credits"];

const CONTEXT_STATUSES = [400, 413, 422, 500, 502];
const CONTEXT_CODES = [
  "context_length_exceeded",
  "exceed_context_size_error",
  "model_max_prompt_tokens_exceeded",
  "context_window_exceeded",
];
/** How the endpoints say it; in small letters. */
const CONTEXT_WORDS = [
  // OpenAI, vLLM, DeepSeek, Mistral, SGLang
  "maximum context length",
  "model's context length",
  "reduce the length of the messages",
  // llama.cpp
  "exceeds the available context size",
  "context shift is disabled",
  "context size has been exceeded",
  // llama-cpp-python, OpenAI's newer words
  "exceed context window",
  "exceeds the context window",
  "exceeds context window",
  // Ollama, LM Studio
  "exceeds the context length",
  "exceeds maximum context",
  "input length exceeds",
  "context the overflows",
  "reached context length",
  // Anthropic and Bedrock behind a proxy
  "prompt is too long",
  "exceed context limit",
  "input is too long",
  // Text Generation Inference, Together
  "`inputs` tokens + `max_new_tokens`",
  "`inputs` must have less than",
  // Gemini, xAI, Cohere
  "input token count",
  "maximum prompt length",
  "too many tokens",
];

/** What of the request the endpoint names in its refusal. */
function lacksOf(status: number, { text, codes }: EndpointWords): readonly Ability[] {
  const all = `${text} ${codes.join(" ")}`.toLowerCase();
  const isRefusal = REFUSAL_WORDS.test(all);
  // A server that fell over is asked again as it is, unless it says what it cannot.
  if (status >= 500 && !isRefusal) return [];
  return ABILITIES.filter((ability) => {
    const { named, needsRefusal } = MENTIONS[ability];
    return named.test(all) && (isRefusal || !needsRefusal);
  });
}

const REFUSAL_WORDS =
  /not (?:be )?support|unsupported|unknown|unrecogni[sz]ed|unexpected|not permitted|not allowed|extra inputs|additional properties|requires|must be set|no endpoints|not enabled|disabled|use '/;

const MENTIONS: Readonly<Record<Ability, { readonly named: RegExp; readonly needsRefusal: boolean }>> = {
  tools: { named: /\btools?\b|\btool[_ ](?:use|call|choice)|function[_ ]call/, needsRefusal: false },
  schema: { named: /response_format|json_schema|structured output|guided|json mode/, needsRefusal: false },
  usage: { named: /stream_options|include_usage/, needsRefusal: false },
  system: { named: /system (?:role|message|prompt|instruction)|developer instruction/, needsRefusal: true },
  max_completion_tokens: { named: /max_completion_tokens/, needsRefusal: true },
  max_tokens: { named: /max_tokens/, needsRefusal: true },
};

/** Errors of a connection after which the endpoint may have done the work. */
const AFTER_SENDING = ["ECONNRESET", "EPIPE"];

function ofConnection(error: unknown, context: FailureContext): CallFailure {
  if (context.began) return final("unavailable", "The endpoint cut its answer", context);
  const links = chain(error);
  const failure = links.find((link) => link instanceof ConnectionFailure);
  const why =
    failure?.code || context.redact(messageOf(failure ?? links.at(-1) ?? error)).slice(0, WORDS_SHOWN);
  const mayCost = failure !== undefined && AFTER_SENDING.includes(failure.code);
  return {
    failure: new ModelFailure("unavailable", `The endpoint cannot be reached (${why})`, { mayCost }),
    again: !mayCost,
    wait: undefined,
    lacks: [],
  };
}

/** The endpoint worked: asking again by ourselves would cost what nobody reserved. */
function final(code: ModelFailureCode, message: string, { began }: FailureContext): CallFailure {
  return {
    failure: new ModelFailure(code, message, { mayCost: began }),
    again: false,
    wait: undefined,
    lacks: [],
  };
}

/** An error and what caused it. Errors of Node's own modules can be of another realm, so nothing asks for their class. */
function chain(error: unknown): readonly unknown[] {
  const links: unknown[] = [];
  let link: unknown = error;
  while (typeof link === "object" && link !== null && links.length < 6) {
    links.push(link);
    link = "cause" in link ? link.cause : undefined;
  }
  return links;
}

function nameOf(error: unknown): unknown {
  return typeof error === "object" && error !== null && "name" in error ? error.name : undefined;
}

function messageOf(error: unknown): string {
  return typeof error === "object" && error !== null && "message" in error
    ? String(error.message)
    : String(error);
}

/** Milliseconds that the endpoint asks to wait, from any of the ways to say it. */
function retryAfter(headers: Headers, now: number): number | undefined {
  const exact = Number(headers.get("retry-after-ms") ?? Number.NaN);
  if (exact >= 0) return exact;
  const text = headers.get("retry-after")?.trim() ?? "";
  if (text === "") return undefined;
  if (/^\d{1,9}(?:\.\d{1,6})?$/.test(text)) return Number(text) * 1_000;
  const date = Date.parse(text);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
