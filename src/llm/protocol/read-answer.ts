import { z } from "zod";
import type { Usage } from "../transcript.ts";

/** What an endpoint answered, before anybody says what it means. */
export interface RawAnswer {
  readonly text: string;
  readonly calls: readonly { readonly id: string; readonly name: string; readonly arguments: string }[];
  /** As the endpoint says; undefined when it does not, or says nonsense. */
  readonly usage: Omit<Usage, "estimated"> | undefined;
  /** Why it ended, in the endpoint's word; undefined when it did not say. */
  readonly finish: string | undefined;
  /** Everything that was written, thoughts and refusals included, for an estimate. */
  readonly written: string;
}

/** Puts an answer together from its pieces: those of a stream, or one that is all of it. */
export interface AnswerReader {
  /** Takes one piece and gives the text in it. Undefined when it is no piece of an answer. */
  take(piece: unknown): string | undefined;
  /** Undefined when there was no piece with a choice. */
  answer(): RawAnswer | undefined;
  /** Characters so far, in and around everything. */
  readonly size: number;
}

const TEXT_PART = z.object({ type: z.string().optional(), text: z.string() });
const CONTENT = z
  .union([z.string(), z.array(z.unknown())])
  .nullish()
  .catch(undefined);
const CALL = z.object({
  index: z.number().int().nullish().catch(undefined),
  id: z.string().nullish().catch(undefined),
  function: z
    .object({ name: z.string().nullish().catch(undefined), arguments: z.unknown().optional() })
    .nullish()
    .catch(undefined),
});
const DELTA = z.object({
  content: CONTENT,
  refusal: z.string().nullish().catch(undefined),
  reasoning_content: z.string().nullish().catch(undefined),
  reasoning: z.string().nullish().catch(undefined),
  tool_calls: z.array(CALL).nullish().catch(undefined),
  function_call: CALL.shape.function,
});
/** No context has a thousand million tokens; what is more is no count, and would spoil a sum of money. */
const COUNT = z.number().int().nonnegative().max(1_000_000_000);
const USAGE = z.object({
  prompt_tokens: COUNT,
  completion_tokens: COUNT,
  prompt_tokens_details: z.object({ cached_tokens: COUNT.nullish() }).nullish().catch(undefined),
  prompt_cache_hit_tokens: COUNT.nullish().catch(undefined),
});
const PIECE = z.object({
  choices: z
    .array(
      z.object({
        delta: DELTA.nullish().catch(undefined),
        message: DELTA.nullish().catch(undefined),
        finish_reason: z.string().nullish().catch(undefined),
      }),
    )
    .nullish(),
  usage: z.unknown().optional(),
});

interface GrowingCall {
  index: number | undefined;
  id: string;
  name: string;
  args: string;
}

/** The reader of one answer. Tolerates what compatible servers leave out: roles, indices, identifiers, usage. */
export function answerReader(): AnswerReader {
  const texts: string[] = [];
  const thoughts: string[] = [];
  const calls: GrowingCall[] = [];
  let usage: Omit<Usage, "estimated"> | undefined;
  let finish: string | undefined;
  let hasChoice = false;
  let size = 0;
  return {
    get size() {
      return size;
    },
    take(piece) {
      const parsed = PIECE.safeParse(piece);
      if (!parsed.success) return undefined;
      usage = usageOf(parsed.data.usage) ?? usage;
      // Only one was asked for.
      const [choice] = parsed.data.choices ?? [];
      if (choice === undefined) return "";
      hasChoice = true;
      finish = choice.finish_reason ?? finish;
      const said = choice.delta ?? choice.message;
      if (said === undefined || said === null) return "";
      const text = textOf(said.content) + (said.refusal ?? "");
      const thought = (said.reasoning_content ?? "") + (said.reasoning ?? "");
      texts.push(text);
      thoughts.push(thought);
      size += text.length + thought.length;
      const fragments = said.tool_calls ?? [];
      for (const fragment of fragments) size += grow(calls, fragment);
      if (said.function_call) size += grow(calls, { index: 0, function: said.function_call });
      return text;
    },
    answer() {
      if (!hasChoice) return undefined;
      const text = texts.join("");
      const named = calls.map(({ id, name, args }) => ({ id, name, arguments: args }));
      return {
        text,
        calls: named,
        usage,
        finish,
        written: text + thoughts.join("") + named.map((call) => `${call.name}${call.arguments}`).join(""),
      };
    },
  };
}

/** Adds a fragment to the call that it belongs to; gives how many characters it has. */
function grow(calls: GrowingCall[], fragment: z.infer<typeof CALL>): number {
  const { index, id } = fragment;
  const name = fragment.function?.name ?? "";
  const given = fragment.function?.arguments ?? "";
  // Some servers send an object where a text belongs.
  const args = typeof given === "string" ? given : JSON.stringify(given);
  const last = calls.at(-1);
  const same = index === undefined || index === null ? last : calls.findLast((call) => call.index === index);
  // Another identifier is another call, also where every call is said to be the first.
  const isOther = Boolean(id) && Boolean(same?.id) && id !== same?.id && name !== "";
  // Without identifiers and indices a name begins a call.
  const isUnmarked = !id && (index === undefined || index === null) && name !== "" && same?.args !== "";
  if (same === undefined || isOther || isUnmarked)
    calls.push({ index: index ?? undefined, id: id ?? "", name, args });
  else {
    if (same.id === "") same.id = id ?? "";
    // A name comes whole, in fragments, or again with every fragment.
    if (same.args === "" && name !== same.name) same.name += name;
    same.args += args;
  }
  return name.length + args.length;
}

function textOf(content: z.infer<typeof CONTENT>): string {
  if (typeof content === "string") return content;
  return (content ?? [])
    .map((part) => {
      if (typeof part === "string") return part;
      const parsed = TEXT_PART.safeParse(part);
      return parsed.success && (parsed.data.type ?? "text") === "text" ? parsed.data.text : "";
    })
    .join("");
}

function usageOf(value: unknown): Omit<Usage, "estimated"> | undefined {
  const parsed = USAGE.safeParse(value);
  // Nothing read, or nothing written, means that nobody counted.
  if (!parsed.success || parsed.data.prompt_tokens === 0) return undefined;
  const { prompt_tokens: input, completion_tokens: output, prompt_tokens_details: details } = parsed.data;
  const cached = details?.cached_tokens ?? parsed.data.prompt_cache_hit_tokens ?? 0;
  return { input, output, cached: Math.min(cached, input) };
}
