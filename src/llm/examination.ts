import { estimateTokens } from "./estimate-tokens.ts";
import { type Micros, worstCost } from "./money.ts";
import type { Model } from "./model.ts";
import type { Entry, ToolSpec } from "./transcript.ts";

/** Output of one question: enough for a model that thinks first. */
export const OUTPUT = 1_024;
/** Questions besides those about the context, and the tokens of each. */
const SMALL_QUESTIONS = 7;
const SMALL_INPUT = 1_200;
/** Each context is this many times the one before, so that all of them cost little more than the last. */
const GROWTH = 4;
const FIRST_CONTEXT = 4_000;
/** Of the configured context, what is not filled: the count before is an estimate. */
const MARGIN = 0.94;

/** The most that an examination costs, to be told before it begins. */
export function estimateExamination(
  { contextTokens, outputTokens, price }: Pick<Model, "contextTokens" | "outputTokens" | "price">,
  maxMicros: Micros,
): { readonly micros: Micros; readonly inputTokens: number } {
  const output = Math.min(OUTPUT, outputTokens);
  let inputTokens = SMALL_QUESTIONS * SMALL_INPUT;
  let micros = worstCost(inputTokens, SMALL_QUESTIONS * output, price);
  for (const size of contextSizes(contextTokens, output)) {
    const next = worstCost(size, output, price);
    if (micros + next > maxMicros) break;
    inputTokens += size;
    micros += next;
  }
  return { micros, inputTokens };
}

/** Growing sizes up to what the operator says fits. */
export function contextSizes(contextTokens: number, output: number): readonly number[] {
  const most = Math.floor(contextTokens * MARGIN) - output;
  const sizes: number[] = [];
  for (let size = FIRST_CONTEXT; size < most; size *= GROWTH) sizes.push(size);
  return most > 0 ? [...sizes, most] : sizes;
}

/** Stands at the beginning of a long text and must come back. */
export const NEEDLE = "QUARTZ-58213";
const WORDS =
  "the river keeps its own slow count of every stone that rolls along the bed toward the sea".split(" ");

/** A long text that says something only at its beginning. */
export function haystack(tokens: number): string {
  const head = `The code word is ${NEEDLE}. Remember it; you are asked for it at the end.\n\n`;
  const tail = "\n\nWhat is the code word from the beginning? Reply with it alone.";
  const lines: string[] = [];
  let size = estimateTokens(head + tail);
  for (let i = 1; size < tokens; i++) {
    // No two lines are the same, so that nobody can leave one out.
    const line = `${i}. ${WORDS.map((_, at) => WORDS[(at * (i % 7) + i) % WORDS.length]).join(" ")}.`;
    lines.push(line);
    size += estimateTokens(line) + 1;
  }
  return `${head}${lines.join("\n")}${tail}`;
}

export const LOOKUP: ToolSpec = {
  name: "look_up",
  description: "Gives the number of a colour from one page of the list.",
  parameters: {
    type: "object",
    properties: {
      colour: { type: "string", description: "Name of the colour" },
      page: { type: "integer", description: "Page of the list" },
    },
    required: ["colour", "page"],
    additionalProperties: false,
  },
};
export const SECRET_NUMBER = "7319";

export const SCHEMA = {
  name: "judgement",
  schema: {
    type: "object",
    properties: { holds: { type: "boolean" }, count: { type: "integer" }, why: { type: "string" } },
    required: ["holds", "count", "why"],
    additionalProperties: false,
  },
};

const INSTRUCTIONS = "You are examined. Do exactly what you are asked, in as few words as possible.";

/** A question as the beginning of a conversation. */
export function asked(text: string): Entry[] {
  return [
    { kind: "instructions", text: INSTRUCTIONS },
    { kind: "request", text },
  ];
}

/** Whether a call of `LOOKUP` asks for what it should. */
export function isRightCall(text: string): boolean {
  try {
    const args = JSON.parse(text) as { readonly colour?: unknown; readonly page?: unknown } | null;
    return typeof args?.colour === "string" && /amber/i.test(args.colour) && args.page === 2;
  } catch {
    return false;
  }
}
