import { z } from "zod";
import type { NextReply } from "./gateway.ts";

/** Grows when older versions could not read a record any more. */
export const RECORD_VERSION = 1;

const count = z.int().min(0);
const name = z.string().min(1);
const toolCall = z.object({ id: z.string(), name: z.string(), arguments: z.string() });
const reply = z.object({
  kind: z.literal("reply"),
  text: z.string(),
  calls: z.array(toolCall).readonly(),
  usage: z.object({ input: count, cached: count, output: count, estimated: z.boolean() }),
  model: z.string(),
});
const entry = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("instructions"), text: z.string() }),
  z.object({ kind: z.literal("request"), text: z.string() }),
  reply,
  z.object({ kind: z.literal("answer"), call: z.string(), tool: z.string(), text: z.string() }),
]);
const task = z.object({
  run: name,
  name,
  payer: z.object({ investigation: name, repository: count, installation: count }),
});
const question = { task, at: count, entries: z.array(entry).readonly() };
const end = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("over"), why: z.string() }),
  z.object({
    kind: z.literal("unavailable"),
    why: z.string(),
    mayPass: z.boolean(),
    retryAt: z.number().exactOptional(),
  }),
]);
const line = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("record"), version: z.int().min(1) }),
  /** Written before a call: its money is taken from here on. Without `isForgotten` the entries belong to the conversation. */
  z.object({
    kind: z.literal("asked"),
    call: name,
    ...question,
    model: z.string(),
    reserved: count,
    time: z.number(),
    isForgotten: z.literal(true).exactOptional(),
  }),
  /** `isLate`: paid for, and no part of the conversation. `isForgotten`: it was one. */
  z.object({
    kind: z.literal("replied"),
    call: name,
    reply,
    micros: count,
    isLate: z.literal(true).exactOptional(),
    isForgotten: z.literal(true).exactOptional(),
  }),
  z.object({ kind: z.literal("released"), call: name, micros: count }),
  /** How a question ended that got no reply; a replay gives the same end. */
  z.object({ kind: z.literal("ended"), ...question, end }),
  /** What calls cost that are not in the record any more. */
  z.object({ kind: z.literal("spent"), level: z.string(), key: z.string(), micros: count }),
]);

/** A record that is whole, and that this version cannot read. */
export class NewerRecord extends SyntaxError {}

export type RecordLine = z.infer<typeof line>;
export type ConversationEnd = Exclude<NextReply, { readonly kind: "reply" }>;

/**
 * The lines of a record. A last line without its line end was being written when the process or the machine stopped; it is
 * no part of the record. Throws SyntaxError that names the first line which is none.
 */
export function parseRecord(text: string): readonly RecordLine[] {
  return text
    .split("\n")
    .slice(0, -1)
    .map((each, i) => {
      const parsed = line.safeParse(parseOrUndefined(each)).data;
      if (parsed === undefined || (parsed.kind === "record") !== (i === 0))
        throw new SyntaxError(`line ${i + 1} is not a line of a record`);
      if (parsed.kind === "record" && parsed.version > RECORD_VERSION)
        throw new NewerRecord(
          `the record is of a newer version of Casebook (${parsed.version}, known ${RECORD_VERSION})`,
        );
      return parsed;
    });
}

/** Those lines of one run: what others need to replay it. */
export function linesOfRun(lines: readonly RecordLine[], run: string): readonly RecordLine[] {
  const calls = new Set<string>();
  return lines.filter((each) => {
    if (each.kind === "asked" && each.task.run === run) calls.add(each.call);
    if ("task" in each) return each.task.run === run;
    return "call" in each ? calls.has(each.call) : each.kind === "record";
  });
}

function parseOrUndefined(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
