import { z } from "zod";
import type { ParsedRequest, ScriptedMessage } from "./contract.ts";

const MESSAGE = z.object({
  role: z.string(),
  content: z.union([z.string(), z.array(z.object({ text: z.string().catch("") }))]).nullish(),
  tool_calls: z
    .array(z.object({ id: z.string(), function: z.object({ name: z.string(), arguments: z.string() }) }))
    .optional(),
  tool_call_id: z.string().optional(),
});
const BODY = z.looseObject({
  model: z.string(),
  messages: z.array(MESSAGE).min(1),
  tools: z.array(z.object({ function: z.object({ name: z.string() }) })).optional(),
  stream: z.boolean().default(false),
  max_tokens: z.number().optional(),
  max_completion_tokens: z.number().optional(),
  response_format: z.object({ json_schema: z.object({ name: z.string() }).optional() }).optional(),
});

/** What stands in a request; undefined when it is none for a reply. */
export function parseRequest(
  value: unknown,
  number: number,
  headers: ParsedRequest["headers"],
): ParsedRequest | undefined {
  const parsed = BODY.safeParse(value);
  if (!parsed.success) return undefined;
  const { data } = parsed;
  const messages = data.messages.map(({ role, content, tool_calls: calls = [], tool_call_id: callId }) => ({
    role,
    text: typeof content === "string" ? content : (content ?? []).map(({ text }) => text).join(""),
    calls: calls.map(({ id, function: called }) => ({ id, ...called })),
    callId,
  }));
  const native = data.tools?.map((tool) => tool.function.name);
  const described = native === undefined ? describedTools(messages) : [];
  return {
    number,
    model: data.model,
    messages,
    tools: native ?? described,
    style: native === undefined && described.length > 0 ? "text" : "native",
    step: messages.filter(({ role }) => role === "assistant").length,
    answers: answersOf(messages),
    schema: data.response_format?.json_schema?.name,
    maxOutputTokens: data.max_tokens ?? data.max_completion_tokens,
    isStreamed: data.stream,
    // What was read of it has lost what nobody asks for here, such as the descriptions of tools.
    body: value as Readonly<Record<string, unknown>>,
    headers,
  };
}

/** The tools of Casebook's text protocol: headings below `# Tools` in the instructions. */
function describedTools(messages: readonly ScriptedMessage[]): readonly string[] {
  const text = messages[0]?.text ?? "";
  const at = text.search(/^# Tools$/m);
  if (at < 0) return [];
  return [...text.slice(at).matchAll(/^## ([\w.-]{1,100})$/gm)].map((match) => match[1]!);
}

/** What came after the last reply: messages of tools, or the marked answers of the text protocol. */
function answersOf(messages: readonly ScriptedMessage[]): ParsedRequest["answers"] {
  const at = messages.findLastIndex(({ role }) => role === "assistant");
  if (at < 0) return [];
  const calls = new Map(messages[at]!.calls.map(({ id, name }) => [id, name]));
  return messages.slice(at + 1).flatMap(({ role, text, callId }) => {
    if (role === "tool") return [{ tool: calls.get(callId ?? "") ?? "", text }];
    return role === "user" ? markedAnswers(text) : [];
  });
}

function markedAnswers(text: string): ParsedRequest["answers"] {
  const answers: { tool: string; text: string }[] = [];
  const mark = /^\[answer \d+: (.*)\]\n(`{3,})\n/gm;
  for (let match = mark.exec(text); match !== null; match = mark.exec(text)) {
    const [, tool = "", fence = ""] = match;
    const from = mark.lastIndex;
    const end = text.indexOf(`\n${fence}`, from - 1);
    answers.push({ tool, text: text.slice(from, Math.max(from, end)) });
    mark.lastIndex = Math.max(from, end);
  }
  return answers;
}
