import { openModel, type OpenModelOptions } from "../../../src/llm/io/open-model.ts";
import type { EndpointSettings } from "../../../src/llm/protocol/request-body.ts";
import type { ParsedRequest, ScriptedReply, ScriptedServer } from "../../../src/simulator/model/contract.ts";
import { startScriptedServer } from "../../../src/simulator/model/start-scripted-server.ts";
import type { Entry, ToolSpec } from "../../../src/llm/transcript.ts";
import type { Model, ModelRequest } from "../../../src/llm/model.ts";

/** As long as a real one, and nowhere else in a message. */
export const KEY = "sk-proj-0123456789abcdefghijKEYKEYKEY";

export const tools: readonly ToolSpec[] = [
  {
    name: "read_file",
    description: "Reads a file.",
    parameters: { type: "object", properties: { path: { type: "string" } }, required: ["path"] },
  },
];
export const begun: readonly Entry[] = [
  { kind: "instructions", text: "Work with care." },
  { kind: "request", text: "Find the limit." },
];

export function ask(more: Partial<ModelRequest> = {}): ModelRequest {
  return { transcript: begun, tools, maxOutputTokens: 1_000, ...more };
}

export interface Rig extends AsyncDisposable {
  readonly model: Model;
  readonly server: ScriptedServer;
  /** Waits between tries, as they were asked for; no time passes. */
  readonly waits: readonly number[];
  readonly notes: readonly string[];
}

export type Script =
  readonly ScriptedReply[] | ((request: ParsedRequest) => ScriptedReply | Promise<ScriptedReply>);

/** A model over a scripted endpoint, with a clock that only waiting moves. */
export async function rig(
  script: Script,
  settings: Partial<EndpointSettings> = {},
  options: OpenModelOptions = {},
): Promise<Rig> {
  const server = await startScriptedServer({
    reply: (request) =>
      typeof script === "function" ? script(request) : (script[request.number] ?? script.at(-1)!),
  });
  const waits: number[] = [];
  const notes: string[] = [];
  let now = Date.parse("2026-01-02T03:04:05Z");
  const model = openModel(
    {
      name: "large",
      url: server.url,
      model: "vendor/large-1",
      contextTokens: 32_768,
      outputTokens: 4_096,
      price: { input: 3, output: 15 },
      tools: "auto",
      maxTokensField: "auto",
      concurrency: 4,
      timeoutSeconds: 600,
      idleSeconds: 120,
      ...settings,
    },
    {
      key: KEY,
      now: () => now,
      sleep: async (milliseconds) => {
        waits.push(milliseconds);
        now += milliseconds;
      },
      random: () => 1,
      onNote: (note) => void notes.push(note),
      ...options,
    },
  );
  return { model, server, waits, notes, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}
