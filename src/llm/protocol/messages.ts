import type { Entry, Reply, ToolSpec } from "../transcript.ts";
import { describeTools, formatAnswer, formatCall } from "./text-protocol.ts";

/** A message as Chat Completions has it. */
export type Message =
  | { readonly role: "system" | "user"; readonly content: string }
  | { readonly role: "assistant"; readonly content: string | null; readonly tool_calls?: readonly WireCall[] }
  | { readonly role: "tool"; readonly tool_call_id: string; readonly content: string };

interface WireCall {
  readonly id: string;
  readonly type: "function";
  readonly function: { readonly name: string; readonly arguments: string };
}

export interface MessageStyle {
  /** `native`: the endpoint's own calls of tools; `text`: calls and answers in the text. */
  readonly calls: "native" | "text";
  /** Models whose template knows no system message get it in front of the first request. */
  readonly system: "system" | "user";
}

/** The text of a message that has nothing to say: endpoints refuse an empty one. */
const NOTHING = "(nothing)";

/** The transcript as messages; `tools` are described in them when the endpoint is not told. */
export function toMessages(
  transcript: readonly Entry[],
  tools: readonly ToolSpec[],
  { calls, system }: MessageStyle,
): readonly Message[] {
  const instructions = transcript.flatMap((entry) => (entry.kind === "instructions" ? [entry.text] : []));
  if (calls === "text" && tools.length > 0) instructions.push(describeTools(tools));
  const messages = calls === "native" ? nativeMessages(transcript) : textMessages(transcript);
  const first = instructions.join("\n\n");
  if (first === "") return messages;
  if (system === "system") return [{ role: "system", content: first }, ...messages];
  return joined([{ role: "user", content: first }, ...messages]);
}

/**
 * Calls and answers as the API has them. Identifiers are told by their place: some endpoints take only a form of their own,
 * and a conversation can have begun at another one. A call that was never answered is answered, or the endpoint refuses.
 */
function nativeMessages(transcript: readonly Entry[]): readonly Message[] {
  const messages: Message[] = [];
  let open = new Map<string, string>();
  const close = (): void => {
    for (const id of open.values()) messages.push({ role: "tool", tool_call_id: id, content: "(no answer)" });
    open = new Map();
  };
  for (const [at, entry] of transcript.entries())
    if (entry.kind === "reply") {
      close();
      open = new Map(entry.calls.map(({ id }, i) => [id, wireId(at, i)]));
      messages.push({
        role: "assistant",
        content: entry.text === "" ? (entry.calls.length > 0 ? null : NOTHING) : entry.text,
        ...(entry.calls.length === 0
          ? {}
          : { tool_calls: entry.calls.map((_, i) => wireCall(entry, at, i)) }),
      });
    } else if (entry.kind === "answer") {
      const id = open.get(entry.call);
      if (id === undefined) messages.push({ role: "user", content: formatAnswer(1, entry.tool, entry.text) });
      else {
        open.delete(entry.call);
        messages.push({ role: "tool", tool_call_id: id, content: entry.text === "" ? NOTHING : entry.text });
      }
    } else if (entry.kind === "request") {
      close();
      messages.push({ role: "user", content: entry.text === "" ? NOTHING : entry.text });
    }
  close();
  return messages;
}

function wireCall({ calls }: Reply, at: number, index: number): WireCall {
  const { name, arguments: args } = calls[index]!;
  return {
    id: wireId(at, index),
    type: "function",
    function: {
      name: name.replace(/[^\w-]/g, "_").slice(0, 64) || "unnamed",
      arguments: wireArguments(args),
    },
  };
}

/** Nine letters and digits, which is what the strictest endpoint takes. */
function wireId(at: number, index: number): string {
  return `c${at.toString(36).padStart(5, "0").slice(-5)}${index.toString(36).padStart(3, "0").slice(-3)}`;
}

/** Servers that read the arguments themselves fail on what is no JSON, with every request from then on. */
function wireArguments(text: string): string {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return text;
  } catch {
    // Told as it was, inside an object.
  }
  return JSON.stringify(text.trim() === "" ? {} : { unreadable: text });
}

/** Calls and answers in the text. Answers go as the user's words, marked; nobody speaks twice in a row. */
function textMessages(transcript: readonly Entry[]): readonly Message[] {
  const messages: Message[] = [];
  let number = 0;
  for (const entry of transcript)
    if (entry.kind === "reply") {
      number = 0;
      const parts = [entry.text, ...entry.calls.map((call) => formatCall(call.name, call.arguments))];
      const content = parts.filter((part) => part !== "").join("\n\n");
      messages.push({ role: "assistant", content: content === "" ? NOTHING : content });
    } else if (entry.kind === "answer")
      messages.push({ role: "user", content: formatAnswer(++number, entry.tool, entry.text) });
    else if (entry.kind === "request")
      messages.push({ role: "user", content: entry.text === "" ? NOTHING : entry.text });
  return joined(messages);
}

/** Neighbours of one role as one message: many templates want roles to take turns. */
function joined(messages: readonly Message[]): readonly Message[] {
  const result: Message[] = [];
  for (const message of messages) {
    const last = result.at(-1);
    if (last?.role === message.role && (message.role === "user" || message.role === "assistant"))
      result[result.length - 1] = { role: message.role, content: `${last.content}\n\n${message.content}` };
    else result.push(message);
  }
  return result;
}
