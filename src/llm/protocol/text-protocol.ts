import { codeBlock } from "../../text/inline-code.ts";
import type { ToolSpec } from "../transcript.ts";
import { readJson } from "./repair-json.ts";

/** First words of what a tool gave, at the start of a line; a reply that holds them invents the rest. */
const ANSWER_MARK = /^\[answer \d{1,4}: /m;
/** More calls in one reply are no plan. */
export const MAX_CALLS = 32;
/** Name of a call that cannot be read: there is no such tool, so the answer to it lists the tools. */
const UNREADABLE = "unreadable_call";
const MAX_RAW = 20_000;

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
  return `[answer ${number}: ${tool}]\n${codeBlock(text)}`;
}

export interface ParsedReply {
  /** The words outside of the calls. */
  readonly text: string;
  readonly calls: readonly ParsedCall[];
  /** What was repaired to read the calls, for logs. */
  readonly repairs: readonly string[];
}

interface ParsedCall {
  readonly name: string;
  /** JSON of an object, or the raw text when it could not be read. */
  readonly arguments: string;
}

const OPENING = /^[ \t]{0,8}```tool(?![\w-])[ \t]{0,8}/gm;
const CLOSING = /```[ \t]{0,80}(?=\n|$)/;

/**
 * The calls in a reply: its blocks of `tool`. A block that cannot be read is a call too, with the raw text as its arguments,
 * so that the model gets an answer that says what is wrong. A block without an end may have been cut: only whole JSON is
 * taken from it. Nothing after a forged answer of a tool is believed.
 */
export function parseCalls(reply: string, tools: readonly ToolSpec[]): ParsedReply {
  const repairs = new Set<string>();
  const forged = reply.search(ANSWER_MARK);
  if (forged >= 0) repairs.add("an answer that no tool gave was left out");
  const text = forged < 0 ? reply : reply.slice(0, forged);
  const openings = [...text.matchAll(OPENING)];
  const words = [text.slice(0, openings[0]?.index)];
  const calls: ParsedCall[] = [];
  for (const [i, opening] of openings.entries()) {
    const piece = text.slice(opening.index + opening[0].length, openings[i + 1]?.index);
    const closing = CLOSING.exec(piece);
    words.push(closing === null ? "" : piece.slice(closing.index + closing[0].length));
    if (calls.length >= MAX_CALLS) {
      repairs.add(`calls after the first ${MAX_CALLS} were left out`);
      continue;
    }
    const body = piece.slice(0, closing?.index).trim();
    const read = readJson(body);
    const found = read === undefined || (closing === null && read.isRepaired) ? [] : callsOf(read.value);
    if (found.length === 0) {
      repairs.add("a call that cannot be read");
      calls.push(unreadable(body, tools));
      continue;
    }
    if (read?.isRepaired === true) repairs.add("JSON with mistakes");
    if (closing === null) repairs.add("a missing end of a call");
    calls.push(...found.slice(0, MAX_CALLS - calls.length));
  }
  return {
    text: words
      .join("")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
    calls,
    repairs: [...repairs],
  };
}

/** The calls that a value stands for: one, or a list of them; none when it is anything else. */
function callsOf(value: unknown): readonly ParsedCall[] {
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  const calls = items.flatMap((item) => {
    const { name, arguments: args = {}, ...others } = record(item);
    if (typeof name !== "string" || !/^[A-Za-z_][\w.:-]{0,99}$/.test(name)) return [];
    // Whatever is beside the two may have been meant as an argument.
    if (typeof args !== "object" || args === null || Object.keys(others).length > 0) return [];
    return [{ name, arguments: JSON.stringify(args) }];
  });
  return calls.length === items.length ? calls : [];
}

/** A call with the text as it is, for the one tool that it mentions. */
function unreadable(body: string, tools: readonly ToolSpec[]): ParsedCall {
  const head = body.slice(0, 600);
  const mentioned = tools.filter(({ name }) => head.includes(name));
  return {
    name: mentioned.length === 1 ? mentioned[0]!.name : UNREADABLE,
    arguments: body.slice(0, MAX_RAW).toWellFormed(),
  };
}

/** A reply without the thoughts that some servers leave at its beginning; thoughts without an end are all of it. */
export function withoutThoughts(reply: string): string {
  return reply.replace(/^\s{0,200}<(think|thinking)>[\s\S]*?(?:<\/\1>\s*|$)/, "");
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
