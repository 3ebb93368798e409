import type { ToolSpec } from "../transcript.ts";

/** First words of what a tool gave, at the start of a line; a reply that holds them invents the rest. */
export const ANSWER_MARK = /^\[answer \d{1,4}: /m;

/** How tools are described to a model whose server knows none. Small models keep to one form that is shown to them. */
export function describeTools(tools: readonly ToolSpec[]): string {
  const [first] = tools;
  if (first === undefined) return "";
  return [
    "# Tools",
    "",
    "You work with tools. To call one, write a block like this one, and nothing after it:",
    "",
    formatCall(first.name, JSON.stringify(exampleOf(first))),
    "",
    "- The block holds one JSON object with `name` and `arguments`; names and texts stand in double quotes.",
    "- Write several blocks below each other when one call does not need the answer of another.",
    "- After the last block stop at once. The answers come in the next message. Never write an answer yourself.",
    "- When you need no tool, write no block.",
    "",
    "These are the tools. There are no others.",
    ...tools.map((tool) => `\n${describeTool(tool)}`),
  ].join("\n");
}

/** A call as it is written in the text protocol. Arguments that are no JSON are handed on as a text. */
export function formatCall(name: string, args: string): string {
  let value: unknown = args;
  try {
    value = args.trim() === "" ? {} : JSON.parse(args);
  } catch {
    // The raw text it stays.
  }
  return `\`\`\`tool\n${JSON.stringify({ name, arguments: value })}\n\`\`\``;
}

/** An answer of a tool as it is told. Its fence is longer than any in the text, so the text cannot end it. */
export function formatAnswer(number: number, tool: string, text: string): string {
  const fence = "`".repeat(Math.max(3, longestRun(text) + 1));
  return `[answer ${number}: ${tool}]\n${fence}\n${text}\n${fence}`;
}

function longestRun(text: string): number {
  let longest = 0;
  for (const [run] of text.matchAll(/`+/g)) longest = Math.max(longest, run.length);
  return longest;
}

function describeTool({ name, description, parameters }: ToolSpec): string {
  const properties = record(parameters["properties"]);
  const required = Array.isArray(parameters["required"]) ? parameters["required"] : [];
  const lines = Object.entries(properties).map(([key, schema]) => {
    const { description: words, ...shape } = record(schema);
    const need = required.includes(key) ? "required" : "optional";
    return `- \`${key}\` (${need}): ${shapeOf(shape)}${typeof words === "string" ? `. ${words}` : ""}`;
  });
  return [
    `## ${name}`,
    "",
    description,
    "",
    ...(lines.length === 0 ? ["No arguments."] : ["Arguments:", ...lines]),
  ].join("\n");
}

/** `text`, `whole number`, one of a list; what is more than that as JSON Schema. */
function shapeOf(schema: Readonly<Record<string, unknown>>): string {
  const { type, enum: values, default: standard, ...rest } = schema;
  const ending = standard === undefined ? "" : `, ${JSON.stringify(standard)} when left out`;
  if (Array.isArray(values))
    return `one of ${values.map((value) => JSON.stringify(value)).join(", ")}${ending}`;
  const word = typeof type === "string" && Object.hasOwn(WORDS, type) ? WORDS[type] : undefined;
  const bounds = Object.entries(rest).filter(([key]) => key !== "title" && !isWideBound(key, rest[key]));
  if (word === undefined) return `JSON Schema ${JSON.stringify(schema)}`;
  return `${word}${bounds.length === 0 ? "" : ` ${JSON.stringify(Object.fromEntries(bounds))}`}${ending}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: "text",
  integer: "whole number",
  number: "number",
  boolean: "true or false",
};

/** A bound that is only there because numbers end somewhere. */
function isWideBound(key: string, value: unknown): boolean {
  return /^(?:exclusive)?(?:min|max)imum$/i.test(key) && Math.abs(Number(value)) >= Number.MAX_SAFE_INTEGER;
}

function exampleOf({ parameters }: ToolSpec): Readonly<Record<string, unknown>> {
  const properties = record(parameters["properties"]);
  const required = Array.isArray(parameters["required"]) ? (parameters["required"] as unknown[]) : [];
  return Object.fromEntries(
    required.map((key) => [String(key), exampleValue(record(properties[String(key)]))]),
  );
}

function exampleValue({ type, enum: values }: Readonly<Record<string, unknown>>): unknown {
  if (Array.isArray(values)) return values[0];
  if (type === "integer" || type === "number") return 1;
  if (type === "boolean") return true;
  if (type === "array") return [];
  return type === "object" ? {} : "...";
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : {};
}
