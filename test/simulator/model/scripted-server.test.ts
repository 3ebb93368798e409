import { describe, expect, test } from "@jest/globals";
import OpenAI from "openai";
import type { ScriptedReply } from "../../../src/simulator/model/contract.ts";
import { startScriptedServer } from "../../../src/simulator/model/start-scripted-server.ts";

const tools = [
  { type: "function" as const, function: { name: "read_file", parameters: { type: "object" as const } } },
];
const messages = [
  { role: "system" as const, content: "Work." },
  { role: "user" as const, content: "Go." },
];

/** OpenAI's own client, which nobody here wrote, against the script. */
async function opened(script: (step: number) => ScriptedReply) {
  const server = await startScriptedServer({ reply: ({ step }) => script(step) });
  const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
  return { server, client, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

describe("the scripted endpoint", () => {
  test("streams what OpenAI's own helper takes for a conversation with tools", async () => {
    await using o = await opened((step) =>
      step === 0
        ? { text: "I look.", calls: [{ name: "read_file", arguments: { path: "a.ts" } }] }
        : { text: "It is 50." },
    );
    const conversation = [...messages] as OpenAI.ChatCompletionMessageParam[];
    const first = await o.client.chat.completions
      .stream({ model: "any", messages: conversation, tools, stream_options: { include_usage: true } })
      .finalChatCompletion();
    const { message } = first.choices[0]!;
    expect(message).toMatchObject({
      content: "I look.",
      tool_calls: [{ function: { name: "read_file", arguments: '{"path":"a.ts"}' } }],
    });
    expect(first.usage!.prompt_tokens).toBeGreaterThan(0);
    conversation.push(message, {
      role: "tool",
      tool_call_id: message.tool_calls![0]!.id,
      content: "const LIMIT = 50;",
    });
    const second = await o.client.chat.completions.create({ model: "any", messages: conversation, tools });
    expect(second.choices[0]).toMatchObject({ message: { content: "It is 50." }, finish_reason: "stop" });
    expect(o.server.requests.map(({ step, answers, isStreamed }) => ({ step, answers, isStreamed }))).toEqual(
      [
        { step: 0, answers: [], isStreamed: true },
        { step: 1, answers: [{ tool: "read_file", text: "const LIMIT = 50;" }], isStreamed: false },
      ],
    );
  });

  test.each<[ReturnType<typeof faultOf>, object]>([
    [faultOf({ kind: "rate-limited", retryAfter: 3 }), { status: 429, code: "rate_limit_exceeded" }],
    [faultOf({ kind: "quota" }), { status: 429, code: "insufficient_quota" }],
    [faultOf({ kind: "context-exceeded" }), { status: 400, code: "context_length_exceeded" }],
    [faultOf({ kind: "refuses", what: "tools" }), { status: 400 }],
    [faultOf({ kind: "status", status: 503 }), { status: 503 }],
  ])("%j is the error that clients know", async (reply, error) => {
    await using o = await opened(() => reply);
    await expect(o.client.chat.completions.create({ model: "any", messages, tools })).rejects.toMatchObject(
      error,
    );
  });

  test("a request without the thing that is refused is answered", async () => {
    await using o = await opened(() => ({ text: "Yes.", fault: { kind: "refuses", what: "tools" } }));
    const { choices } = await o.client.chat.completions.create({ model: "any", messages });
    expect(choices[0]!.message.content).toBe("Yes.");
  });

  test.each<[ReturnType<typeof faultOf>, object]>([
    [faultOf({ kind: "invented-tool" }), { function: { name: "read_file_of_another_time" } }],
    [faultOf({ kind: "endless-calls" }), { function: { name: "read_file", arguments: "{}" } }],
    [faultOf({ kind: "broken-arguments" }), { function: { name: "read_file", arguments: '{"path":"a' } }],
  ])("%j changes the calls", async (reply, call) => {
    await using o = await opened(() => reply);
    const { choices } = await o.client.chat.completions.create({ model: "any", messages, tools });
    expect(choices[0]!.message.tool_calls).toMatchObject([call]);
  });

  test("what the script throws is told, and a 500 for the client", async () => {
    const errors: unknown[] = [];
    await using server = await startScriptedServer({
      reply: () => {
        throw new Error("no such line");
      },
      onError: (error) => void errors.push(error),
    });
    const client = new OpenAI({ baseURL: server.url, apiKey: "none", maxRetries: 0 });
    await expect(client.chat.completions.create({ model: "any", messages })).rejects.toMatchObject({
      status: 500,
    });
    expect(errors).toEqual([new Error("no such line")]);
  });

  test("says which model it has, and refuses what is no request", async () => {
    await using o = await opened(() => ({}));
    expect((await o.client.models.list()).data).toMatchObject([{ id: "scripted" }]);
    for (const body of ["{", "{}", '{"model":"x","messages":[]}']) {
      const answer = await fetch(`${o.server.url}/chat/completions`, { method: "POST", body });
      expect(answer.status).toBe(400);
    }
    expect((await fetch(`${o.server.url}/elsewhere`)).status).toBe(404);
    expect(o.server.requests).toEqual([]);
  });
});

function faultOf(fault: NonNullable<ScriptedReply["fault"]>): ScriptedReply {
  return { calls: [{ name: "read_file", arguments: { path: "a" } }], fault };
}
