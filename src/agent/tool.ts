import { z } from "zod";
import type { ToolSpec } from "../llm/transcript.ts";

/** Characters that one answer may have: about 4,000 tokens. */
export const MAX_ANSWER = 16_000;

/** Something a model may ask for. Reads one commit or the issue, or runs code in the sandbox; writes nothing anywhere. */
export interface Tool {
  readonly spec: ToolSpec;
  /**
   * The answer, at most `MAX_ANSWER` characters, saying what it left out and how to get it. Wrong arguments, a missing
   * file, a failing program are answers too. Throws only for the signal and for bugs.
   */
  answer(args: string, signal: AbortSignal): Promise<string>;
  /**
   * Of a tool that keeps something: a run that continues brings it to where it was, by each earlier call and what
   * was answered then.
   */
  restore?(args: string, answer: string, signal: AbortSignal): Promise<void>;
}

interface Definition<S extends z.ZodObject> {
  readonly name: string;
  /** Says what it gives, what it cuts off, and how to get the rest. */
  readonly description: string;
  readonly args: S;
  readonly run: (args: z.infer<S>, signal: AbortSignal) => Promise<string>;
  readonly restore?: (args: z.infer<S>, answer: string, signal: AbortSignal) => Promise<void>;
}

/** Makes a tool: arguments are read as JSON and checked, what is wrong with them goes back to the model. */
export function defineTool<S extends z.ZodObject>({
  name,
  description,
  args,
  run,
  restore,
}: Definition<S>): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(args, { io: "input" });
  return {
    spec: { name, description, parameters },
    async answer(text, signal) {
      signal.throwIfAborted();
      let json: unknown;
      try {
        json = text.trim() === "" ? {} : JSON.parse(text);
      } catch (error) {
        return `The arguments of ${name} are not JSON: ${(error as Error).message}. Call it again with one JSON object.`;
      }
      const parsed = args.safeParse(json);
      if (!parsed.success)
        return `The arguments of ${name} are wrong: ${parsed.error.issues
          .slice(0, 8)
          .map(({ path, message }) => `${path.join(".") || "the object"}: ${message}`)
          .join("; ")}. Its schema: ${JSON.stringify(parameters)}`.slice(0, MAX_ANSWER);
      return bounded(await run(parsed.data, signal));
    },
    ...(restore === undefined
      ? {}
      : {
          async restore(text, answer, signal) {
            const parsed = args.safeParse(parseOrUndefined(text));
            if (parsed.success) await restore(parsed.data, answer, signal);
          },
        }),
  };
}

/** The last word on length: a tool cuts by itself, and says better than this what is missing. */
function bounded(text: string): string {
  if (text.length <= MAX_ANSWER) return text;
  const note = `\n[cut: ${text.length - MAX_ANSWER} characters more; ask for less at once]`;
  return text.slice(0, MAX_ANSWER - note.length).toWellFormed() + note;
}

function parseOrUndefined(text: string): unknown {
  try {
    return text.trim() === "" ? {} : JSON.parse(text);
  } catch {
    return undefined;
  }
}
