import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";
import {
  CONTEXT_WORDINGS,
  type Fault,
  type ParsedRequest,
  type ScriptedServer,
  type ScriptedServerOptions,
} from "./contract.ts";
import { parseRequest } from "./parse-request.ts";
import { writeReply } from "./write-reply.ts";

/**
 * An OpenAI-compatible endpoint on this machine whose model says what a script says, with every fault that endpoints have.
 * It answers `POST …/chat/completions` and `GET …/models`.
 */
export async function startScriptedServer(options: ScriptedServerOptions): Promise<ScriptedServer> {
  const requests: ParsedRequest[] = [];
  let open = 0;
  const server = createServer((message, response) => {
    open++;
    response.once("close", () => open--);
    answer(message, response).catch((error: unknown) => {
      options.onError?.(error);
      if (response.headersSent) response.destroy();
      else send(response, 500, { error: { message: "the script failed", type: "server_error" } });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port ?? 0, "127.0.0.1", () => {
      server.off("error", reject);
      resolve();
    });
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    get open() {
      return open;
    },
    async [Symbol.asyncDispose]() {
      const closed = new Promise<void>((resolve) => void server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };

  async function answer(message: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(message.url ?? "/", "http://127.0.0.1");
    if (message.method === "GET" && pathname.endsWith("/models")) {
      send(response, 200, { object: "list", data: [{ id: "scripted", object: "model" }] });
      return;
    }
    if (message.method !== "POST" || !pathname.endsWith("/chat/completions")) {
      send(response, 404, { error: { message: "there is nothing here", type: "not_found_error" } });
      return;
    }
    const headers = Object.fromEntries(
      Object.entries(message.headers).map(([name, value]) => [name, String(value)]),
    );
    const request = parseRequest(await json(message).catch(() => undefined), requests.length, headers);
    if (request === undefined) {
      send(response, 400, {
        error: { message: "the request cannot be read", type: "invalid_request_error" },
      });
      return;
    }
    requests.push(request);
    const reply = await options.reply(request);
    if (reply.fault === undefined || !isWholeFault(response, request, reply.fault))
      await writeReply(response, request, reply);
  }
}

/** Faults that leave no reply; true when this is one. */
function isWholeFault(response: ServerResponse, request: ParsedRequest, fault: Fault): boolean {
  switch (fault.kind) {
    case "rate-limited":
      send(
        response,
        429,
        { error: { message: "Rate limit reached", type: "requests", code: "rate_limit_exceeded" } },
        fault.retryAfter === undefined ? {} : { "retry-after": String(fault.retryAfter) },
      );
      return true;
    case "quota":
      send(response, 429, {
        error: {
          message: "You exceeded your current quota, please check your plan and billing details.",
          type: "insufficient_quota",
          code: "insufficient_quota",
        },
      });
      return true;
    case "status":
      send(response, fault.status, fault.body ?? { error: { message: "it failed" } }, fault.headers);
      return true;
    case "context-exceeded": {
      const { status, body } = CONTEXT_WORDINGS[fault.wording ?? "openai"];
      send(response, status, body);
      return true;
    }
    case "refuses":
      return isRefused(response, request, fault.what);
    case "redirect":
      send(response, 307, "", { location: fault.to });
      return true;
    case "cut":
      if (fault.at !== "start") return false;
      response.destroy();
      return true;
    case "stall":
      return fault.at === "start";
    case "garbage":
      writeGarbage(response, fault.what ?? "words");
      return true;
    default:
      return false;
  }
}

/** As the endpoints say it: OpenAI, Ollama, vLLM, and the templates of small models. */
function isRefused(
  response: ServerResponse,
  { body, messages }: ParsedRequest,
  what: Extract<Fault, { kind: "refuses" }>["what"],
): boolean {
  const unsupported = (param: string, message: string): object => ({
    error: { message, type: "invalid_request_error", param, code: "unsupported_parameter" },
  });
  const refusals: Readonly<Record<typeof what, readonly [boolean, object]>> = {
    tools: [
      body["tools"] !== undefined,
      {
        error: {
          message: "registry.ollama.ai/library/small:latest does not support tools",
          type: "api_error",
        },
      },
    ],
    schema: [
      body["response_format"] !== undefined,
      unsupported(
        "response_format",
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported",
      ),
    ],
    usage: [
      body["stream_options"] !== undefined,
      {
        detail: [
          { type: "extra_forbidden", loc: ["body", "stream_options"], msg: "Extra inputs are not permitted" },
        ],
      },
    ],
    system: [
      messages.some(({ role }) => role === "system"),
      { error: { message: "System role not supported", code: 400 } },
    ],
    max_tokens: [
      body["max_tokens"] !== undefined,
      unsupported(
        "max_tokens",
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      ),
    ],
    max_completion_tokens: [
      body["max_completion_tokens"] !== undefined,
      unsupported("max_completion_tokens", "Unrecognized request argument supplied: max_completion_tokens"),
    ],
  };
  const [isSent, words] = refusals[what];
  if (isSent) send(response, 400, words);
  return isSent;
}

function writeGarbage(response: ServerResponse, what: "words" | "page" | "stream" | "empty"): void {
  if (what === "page") {
    response.writeHead(200, { "content-type": "text/html" });
    response.end("<!doctype html><title>Sign in</title>");
  } else if (what === "stream") {
    response.writeHead(200, { "content-type": "text/event-stream" });
    response.end("data: {not json at all\n\ndata: [DONE]\n\n");
  } else {
    response.writeHead(200, { "content-type": "application/json" });
    response.end(what === "empty" ? '{"choices": []}' : "I am no JSON");
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(typeof body === "string" ? body : JSON.stringify(body));
}
