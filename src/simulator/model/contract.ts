/** A request as a script sees it, whichever way its tools were described. */
export interface ParsedRequest {
  /** Of this server, from 0. */
  readonly number: number;
  readonly model: string;
  readonly messages: readonly ScriptedMessage[];
  /** Names of the tools that may be called, from the request or from the text protocol's list. */
  readonly tools: readonly string[];
  /** How calls are to be made. */
  readonly style: "native" | "text";
  /** Replies of the model in this conversation so far. */
  readonly step: number;
  /** What the tools called last gave. */
  readonly answers: readonly { readonly tool: string; readonly text: string }[];
  /** Name of the schema that the reply must fit; undefined: none, or it is asked for in words. */
  readonly schema: string | undefined;
  readonly maxOutputTokens: number | undefined;
  readonly isStreamed: boolean;
  /** The body as it came, and the headers, for assertions about the wire. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string | undefined>>;
}

export interface ScriptedMessage {
  readonly role: string;
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** Of a tool's answer: the call that it is for. */
  readonly callId: string | undefined;
}

export interface ScriptedReply {
  readonly text?: string;
  readonly calls?: readonly ScriptedCall[];
  /** Thoughts, told as `reasoning_content`. */
  readonly reasoning?: string;
  /** Default: bytes / 4 of the request and of the reply. */
  readonly usage?: { readonly input: number; readonly output: number; readonly cached?: number };
  /** Default: `tool_calls` with calls, else `stop`. */
  readonly finish?: string;
  readonly fault?: Fault;
}

interface ScriptedCall {
  readonly name: string;
  readonly arguments: object | string;
}

/** Faults of endpoints. */
export type Fault =
  /** 429; `retryAfter` as seconds or as a date. */
  | { readonly kind: "rate-limited"; readonly retryAfter?: string | number }
  | { readonly kind: "quota" }
  /** Any status with any words. */
  | {
      readonly kind: "status";
      readonly status: number;
      readonly body?: unknown;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** The connection ends: before the headers, or after half of the answer. */
  | { readonly kind: "cut"; readonly at: "start" | "middle" }
  /** Silence without an end: before the headers, after them, or after half of the answer. */
  | { readonly kind: "stall"; readonly at: "start" | "headers" | "middle" }
  | { readonly kind: "slow"; readonly milliseconds: number }
  /** 200 with something else than an answer. */
  | { readonly kind: "garbage"; readonly what?: "words" | "page" | "stream" | "empty" }
  /** JSON, and not the wanted one. */
  | { readonly kind: "wrong-schema" }
  /** Calls of tools that nobody offered. */
  | { readonly kind: "invented-tool" }
  /** A call of the first tool, whatever was answered. */
  | { readonly kind: "endless-calls" }
  /** Arguments that are no JSON. */
  | { readonly kind: "broken-arguments" }
  | { readonly kind: "context-exceeded"; readonly wording?: keyof typeof CONTEXT_WORDINGS }
  /** 400 for a request that holds this; the reply otherwise. */
  | {
      readonly kind: "refuses";
      readonly what: "tools" | "schema" | "usage" | "system" | "max_tokens" | "max_completion_tokens";
    }
  | { readonly kind: "no-usage" }
  /** First delta without role, no indices, no identifiers. */
  | { readonly kind: "bare-deltas" }
  /** An answer in one piece, although a stream was asked for. */
  | { readonly kind: "no-stream" }
  | { readonly kind: "redirect"; readonly to: string };

/** How endpoints say that a conversation is too long. */
export const CONTEXT_WORDINGS = {
  openai: {
    status: 400,
    body: {
      error: {
        message: "Your input exceeds the limit of this model. Please shorten it.",
        type: "invalid_request_error",
        param: "messages",
        code: "context_length_exceeded",
      },
    },
  },
  vllm: {
    status: 400,
    body: {
      object: "error",
      message:
        "This model's maximum context length is 4096 tokens. However, you requested 5000 tokens (4500 in the messages, 500 in the completion).",
      type: "BadRequestError",
      param: null,
      code: 400,
    },
  },
  "llama.cpp": {
    status: 400,
    body: {
      error: {
        code: 400,
        message:
          "the request exceeds the available context size. try increasing the context size or enable context shift",
        type: "exceed_context_size_error",
      },
    },
  },
  "llama.cpp, older": {
    status: 500,
    body: { error: { code: 500, message: "context shift is disabled", type: "server_error" } },
  },
  ollama: { status: 400, body: { error: "the input length exceeds the context length" } },
  anthropic: {
    status: 400,
    body: {
      type: "error",
      error: { type: "invalid_request_error", message: "prompt is too long: 208310 tokens > 200000 maximum" },
    },
  },
  tgi: {
    status: 422,
    body: {
      error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096",
      error_type: "validation",
    },
  },
  proxy: { status: 413, body: "Request Entity Too Large" },
} as const satisfies Record<string, { status: number; body: unknown }>;

export interface ScriptedServer extends AsyncDisposable {
  /** Base of the API: `http://127.0.0.1:<port>/v1`. */
  readonly url: string;
  /** Every request for a reply, in the order of arrival. */
  readonly requests: readonly ParsedRequest[];
  /** Requests that are being answered. */
  readonly open: number;
}

export interface ScriptedServerOptions {
  readonly reply: (request: ParsedRequest) => ScriptedReply | Promise<ScriptedReply>;
  /** 0 takes a free one. */
  readonly port?: number;
  /** Receives what the script threw; the client gets a 500. */
  readonly onError?: (error: unknown) => void;
}
