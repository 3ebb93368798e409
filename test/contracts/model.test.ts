import { describe, expect, test } from "@jest/globals";
import { openModel } from "../../src/llm/io/open-model.ts";
import { startScriptedServer } from "../../src/simulator/model/start-scripted-server.ts";
import type { Entry, ToolSpec } from "../../src/llm/transcript.ts";
import { type Model, ModelFailure, type ModelRequest } from "../../src/llm/model.ts";
import { answeringModel } from "../fakes/scripted-model.ts";

/** What the model says to the request of that number; undefined: nothing, for ever. */
type Script = (number: number) =>
  | {
      readonly text?: string;
      readonly calls?: readonly { readonly name: string; readonly arguments: object | string }[];
    }
  | "too long"
  | undefined;

interface Opened extends AsyncDisposable {
  readonly model: Model;
}

function overServer(tools: "native" | "text"): (script: Script) => Promise<Opened> {
  return async (script) => {
    const server = await startScriptedServer({
      reply: ({ number }) => {
        const said = script(number);
        if (said === undefined) return { text: "a text that stops", fault: { kind: "stall", at: "middle" } };
        return said === "too long" ? { fault: { kind: "context-exceeded" } } : said;
      },
    });
    const model = openModel({
      name: "scripted",
      url: server.url,
      model: "any",
      contextTokens: 32_768,
      outputTokens: 4_096,
      price: { input: 3, output: 15 },
      tools,
      maxTokensField: "auto",
      concurrency: 4,
      timeoutSeconds: 20,
      idleSeconds: 120,
    });
    return { model, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
  };
}

const MODELS: readonly (readonly [string, (script: Script) => Promise<Opened>])[] = [
  [
    "the fake",
    async (script) => ({
      model: answeringModel((_, number) => {
        const said = script(number);
        if (said === "too long") return { failure: new ModelFailure("context-exceeded", "too long") };
        return said ?? new Promise<never>(() => undefined);
      }),
      async [Symbol.asyncDispose]() {},
    }),
  ],
  ["an endpoint with calls of its own", overServer("native")],
  ["an endpoint with calls in the text", overServer("text")],
];

const tools: readonly ToolSpec[] = [
  {
    name: "read_file",
    description: "Reads a file.",
    parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
];
const begun: readonly Entry[] = [
  { kind: "instructions", text: "Work with care." },
  { kind: "request", text: "Find the limit." },
];
const ask = (transcript: readonly Entry[], more: Partial<ModelRequest> = {}): ModelRequest => ({
  transcript,
  tools,
  maxOutputTokens: 1_000,
  ...more,
});
const { signal } = new AbortController();

describe.each(MODELS)("%s", (_, open) => {
  test("gives its text, its name and what was counted", async () => {
    await using opened = await open(() => ({ text: "The limit is 50." }));
    const reply = await opened.model.reply(ask(begun), signal);
    expect(reply).toEqual({
      kind: "reply",
      text: "The limit is 50.",
      calls: [],
      usage: {
        input: expect.any(Number),
        cached: 0,
        output: expect.any(Number),
        estimated: false,
      },
      model: opened.model.name,
    });
    expect(reply.usage.input).toBeGreaterThan(5);
    expect(reply.usage.output).toBeGreaterThan(0);
  });

  test("calls tools, several at once, each with an identifier of its own over the whole conversation", async () => {
    await using opened = await open((number) =>
      number < 2
        ? {
            text: "I look.",
            calls: ["a.ts", "b.ts"].map((path) => ({ name: "read_file", arguments: { path } })),
          }
        : { text: "Done." },
    );
    const transcript: Entry[] = [...begun];
    for (let step = 0; step < 3; step++) {
      const reply = await opened.model.reply(ask(transcript), signal);
      transcript.push(reply);
      for (const { id, name } of reply.calls)
        transcript.push({ kind: "answer", call: id, tool: name, text: `content of ${id}` });
    }
    const replies = transcript.filter((entry) => entry.kind === "reply");
    expect(replies.map(({ text }) => text)).toEqual(["I look.", "I look.", "Done."]);
    const calls = replies.flatMap((reply) => reply.calls);
    expect(calls.map(({ name, arguments: args }) => [name, JSON.parse(args) as unknown])).toEqual(
      ["a.ts", "b.ts", "a.ts", "b.ts"].map((path) => ["read_file", { path }]),
    );
    expect(new Set(calls.map(({ id }) => id)).size).toBe(4);
  });

  test("replies with JSON of the schema when it has one", async () => {
    await using opened = await open(() => ({ text: '{"holds":true}' }));
    const schema = {
      name: "judgement",
      schema: {
        type: "object",
        properties: { holds: { type: "boolean" } },
        required: ["holds"],
        additionalProperties: false,
      },
    };
    const { text } = await opened.model.reply(ask(begun, { tools: [], schema }), signal);
    expect(JSON.parse(text)).toEqual({ holds: true });
  });

  test("tells its text while it comes", async () => {
    await using opened = await open(() => ({ text: "The limit is 50." }));
    const told: string[] = [];
    await opened.model.reply(ask(begun, { onText: (text) => void told.push(text) }), signal);
    expect(told.join("")).toBe("The limit is 50.");
  });

  test("stops with the reason of the signal, before and during a call", async () => {
    await using opened = await open(() => undefined);
    const stop = new AbortController();
    const why = new Error("somebody wants it to stop");
    const waiting = opened.model.reply(ask(begun), stop.signal);
    setTimeout(() => stop.abort(why), 20);
    await expect(waiting).rejects.toBe(why);
    await expect(opened.model.reply(ask(begun), stop.signal)).rejects.toBe(why);
  });

  test("fails with a failure of the closed list, and answers the next time", async () => {
    await using opened = await open((number) => (number === 0 ? "too long" : { text: "Now it fits." }));
    const failure = await opened.model.reply(ask(begun), signal).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(ModelFailure);
    expect(failure).toMatchObject({ code: "context-exceeded", mayCost: false });
    expect((await opened.model.reply(ask(begun), signal)).text).toBe("Now it fits.");
  });

  test("answers several at once", async () => {
    await using opened = await open(() => ({ text: "Yes." }));
    const replies = await Promise.all(
      Array.from({ length: 8 }, () => opened.model.reply(ask(begun), signal)),
    );
    expect(replies.map(({ text }) => text)).toEqual(Array.from({ length: 8 }, () => "Yes."));
  });
});
