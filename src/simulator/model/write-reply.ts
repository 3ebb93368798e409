import type { ServerResponse } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Fault, ParsedRequest, ScriptedReply } from "./contract.ts";

/** A reply on its way out: its parts as both forms of answer need them. */
interface Draft {
  readonly id: string;
  readonly model: string;
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  readonly finish: string;
  readonly usage: Readonly<Record<string, unknown>> | undefined;
}

/** Writes a reply as the request wants it, streamed or whole, with the fault that it has. */
export async function writeReply(
  response: ServerResponse,
  request: ParsedRequest,
  reply: ScriptedReply,
): Promise<void> {
  const { fault } = reply;
  const draft = draftOf(request, reply);
  if (!request.isStreamed || fault?.kind === "no-stream") {
    response.writeHead(200, { "content-type": "application/json" });
    if (fault?.kind === "slow") await wait(fault.milliseconds);
    response.end(JSON.stringify(wholeOf(draft)));
    return;
  }
  response.writeHead(200, {
    "content-type": "text/event-stream; charset=utf-8",
    "cache-control": "no-cache",
  });
  response.flushHeaders();
  if (fault?.kind === "stall" && fault.at === "headers") return;
  const pieces = piecesOf(draft, request, fault);
  const half = Math.ceil(pieces.length / 2);
  for (const [i, piece] of pieces.entries()) {
    if (i === half && fault?.kind === "stall") return;
    if (i === half && fault?.kind === "cut") {
      response.destroy();
      return;
    }
    if (fault?.kind === "slow") await wait(fault.milliseconds);
    if (response.destroyed) return;
    response.write(`data: ${JSON.stringify(piece)}\n\n`);
  }
  response.end("data: [DONE]\n\n");
}

function draftOf(request: ParsedRequest, reply: ScriptedReply): Draft {
  const { fault } = reply;
  const written = (reply.calls ?? []).map(({ name, arguments: args }) => ({
    name: fault?.kind === "invented-tool" ? `${name}_of_another_time` : name,
    arguments: typeof args === "string" ? args : JSON.stringify(args),
  }));
  const calls =
    fault?.kind === "endless-calls"
      ? [{ name: request.tools[0] ?? "anything", arguments: "{}" }]
      : fault?.kind === "broken-arguments"
        ? written.map(({ name, arguments: args }) => ({ name, arguments: args.slice(0, -2) }))
        : written;
  const said = fault?.kind === "wrong-schema" ? '{"something":["else"]}' : (reply.text ?? "");
  const isText = request.style === "text";
  const text = isText ? [said, ...calls.map(asText)].filter((part) => part !== "").join("\n\n") : said;
  const native = isText
    ? []
    : calls.map((call, i) => ({
        id: fault?.kind === "bare-deltas" ? "" : `call_${request.number}_${i}`,
        ...call,
      }));
  const output = text + (reply.reasoning ?? "") + JSON.stringify(native);
  const usage = reply.usage ?? {
    input: tokens(JSON.stringify(request.messages)),
    output: tokens(output),
  };
  return {
    id: `chatcmpl-${request.number}`,
    model: request.model,
    text,
    reasoning: reply.reasoning ?? "",
    calls: native,
    finish: reply.finish ?? (native.length > 0 ? "tool_calls" : "stop"),
    usage:
      fault?.kind === "no-usage"
        ? undefined
        : {
            prompt_tokens: usage.input,
            completion_tokens: usage.output,
            total_tokens: usage.input + usage.output,
            prompt_tokens_details: { cached_tokens: usage.cached ?? 0 },
          },
  };
}

/** As the text protocol shows it. Arguments that are no JSON are left as they are. */
function asText({ name, arguments: args }: { readonly name: string; readonly arguments: string }): string {
  return `\`\`\`tool\n{"name": ${JSON.stringify(name)}, "arguments": ${args === "" ? "{}" : args}}\n\`\`\``;
}

function tokens(text: string): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(text) / 4));
}

function wholeOf({ id, model, text, reasoning, calls, finish, usage }: Draft): object {
  return {
    id,
    object: "chat.completion",
    created: 0,
    model,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: text === "" && calls.length > 0 ? null : text,
          ...(reasoning === "" ? {} : { reasoning_content: reasoning }),
          ...(calls.length === 0
            ? {}
            : { tool_calls: calls.map(({ id, ...called }) => ({ id, type: "function", function: called })) }),
        },
        finish_reason: finish,
      },
    ],
    ...(usage === undefined ? {} : { usage }),
  };
}

const PIECE_LENGTH = 7;

/** The stream's chunks: text in small pieces, each call as a name and then its arguments in fragments. */
function piecesOf(
  { id, model, text, reasoning, calls, finish, usage }: Draft,
  { body }: ParsedRequest,
  fault: Fault | undefined,
): readonly object[] {
  const isBare = fault?.kind === "bare-deltas";
  const chunk = (delta: object, finish_reason: string | null = null): object => ({
    id,
    object: "chat.completion.chunk",
    created: 0,
    model,
    choices: [{ index: 0, delta, finish_reason }],
  });
  const pieces: object[] = isBare ? [] : [chunk({ role: "assistant", content: "" })];
  for (const part of split(reasoning)) pieces.push(chunk({ reasoning_content: part }));
  for (const part of split(text)) pieces.push(chunk({ content: part }));
  for (const [index, call] of calls.entries()) {
    const marks = isBare ? {} : { index, id: call.id, type: "function" };
    pieces.push(chunk({ tool_calls: [{ ...marks, function: { name: call.name, arguments: "" } }] }));
    for (const part of split(call.arguments))
      pieces.push(chunk({ tool_calls: [{ ...(isBare ? {} : { index }), function: { arguments: part } }] }));
  }
  pieces.push(chunk({}, finish));
  const wantsUsage = (body["stream_options"] as { include_usage?: boolean } | undefined)?.include_usage;
  if (wantsUsage === true && usage !== undefined) pieces.push({ ...chunk({}), choices: [], usage });
  return pieces;
}

function split(text: string): readonly string[] {
  const points = [...text];
  const parts: string[] = [];
  for (let i = 0; i < points.length; i += PIECE_LENGTH)
    parts.push(points.slice(i, i + PIECE_LENGTH).join(""));
  return parts;
}
