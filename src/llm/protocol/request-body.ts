import type { ModelRequest } from "../model.ts";
import type { ModelRow } from "../model-settings.ts";
import { type Message, toMessages } from "./messages.ts";
import { askForJson, responseFormat } from "./structured.ts";

export type EndpointSettings = Omit<ModelRow, "keyVariable">;

/** Something of a request that not every endpoint takes; without it the request can be sent again. */
export const ABILITIES = [
  "tools",
  "schema",
  "usage",
  "system",
  "max_completion_tokens",
  "max_tokens",
] as const;
export type Ability = (typeof ABILITIES)[number];

/**
 * What is believed to be taken until it is refused. `max_tokens` first: who does not know it says so (OpenAI's reasoning
 * models), while many who do not know `max_completion_tokens` are silent and write without a limit, which nobody reserved.
 */
export function abilitiesOf({ tools, maxTokensField }: EndpointSettings): Set<Ability> {
  const abilities = new Set<Ability>(["schema", "usage", "system"]);
  if (tools !== "text") abilities.add("tools");
  if (maxTokensField !== "max_completion_tokens") abilities.add("max_tokens");
  if (maxTokensField !== "max_tokens") abilities.add("max_completion_tokens");
  return abilities;
}

/**
 * Gives up the abilities that the endpoint says it does not have and that the request used. Returns a note for each; none:
 * the request cannot be sent in another way.
 */
export function giveUp(
  settings: EndpointSettings,
  abilities: Set<Ability>,
  lacks: readonly Ability[],
  used: ReadonlySet<Ability>,
): readonly string[] {
  const lacking = lacks.filter((ability) => {
    if (!used.has(ability) || !abilities.has(ability)) return false;
    if (ability === "tools") return settings.tools === "auto";
    // The last way to limit the output stays.
    if (ability === "max_tokens") return abilities.has("max_completion_tokens");
    return ability !== "max_completion_tokens" || abilities.has("max_tokens");
  });
  for (const ability of lacking) abilities.delete(ability);
  return lacking.map((ability) => `the endpoint does not take ${WORDS[ability]}`);
}

const WORDS: Readonly<Record<Ability, string>> = {
  tools: "tools: calls go in the text from now on",
  schema: "a schema for its reply: it is asked for in words from now on",
  usage: "the wish for a count of tokens",
  system: "a system message: instructions go before the first request from now on",
  max_completion_tokens: "max_completion_tokens",
  max_tokens: "max_tokens",
};

/** The request as the endpoint gets it, and which abilities it rests on. */
export function requestBody(
  settings: EndpointSettings,
  abilities: ReadonlySet<Ability>,
  { transcript, tools, schema }: ModelRequest,
  further: readonly Message[],
  maxOutput: number,
): { readonly body: Readonly<Record<string, unknown>>; readonly used: ReadonlySet<Ability> } {
  const used = new Set<Ability>();
  const take = (ability: Ability, isNeeded: boolean): boolean => {
    if (isNeeded && abilities.has(ability)) used.add(ability);
    return used.has(ability);
  };
  const hasCalls =
    tools.length > 0 || transcript.some((entry) => entry.kind === "reply" && entry.calls.length > 0);
  const isNative = take("tools", hasCalls);
  const isStrict = take("schema", schema !== undefined);
  const messages = toMessages(transcript, tools, {
    calls: isNative ? "native" : "text",
    system: take(
      "system",
      transcript.some(({ kind }) => kind === "instructions"),
    )
      ? "system"
      : "user",
  });
  const asked = schema !== undefined && !isStrict ? withWords(messages, askForJson(schema)) : messages;
  const field = take("max_tokens", true) ? "max_tokens" : "max_completion_tokens";
  if (field !== "max_tokens") used.add(field);
  const body = {
    model: settings.model,
    messages: [...asked, ...further],
    [field]: maxOutput,
    ...(isNative && tools.length > 0
      ? { tools: tools.map((tool) => ({ type: "function", function: tool })) }
      : {}),
    ...(isStrict && schema !== undefined ? { response_format: responseFormat(schema) } : {}),
    ...(take("usage", true) ? { stream_options: { include_usage: true } } : {}),
  };
  return { body, used };
}

/** Words at the end of what the user said last. */
function withWords(messages: readonly Message[], words: string): readonly Message[] {
  const last = messages.at(-1);
  if (last?.role !== "user") return [...messages, { role: "user", content: words }];
  return [...messages.slice(0, -1), { role: "user", content: `${last.content}\n\n${words}` }];
}
