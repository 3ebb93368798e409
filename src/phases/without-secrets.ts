import { findSecrets, maskSecrets } from "../text/find-secrets.ts";
import { counted } from "../text/counted.ts";
import type { PhaseDraft } from "./builtin/researcher.ts";

/** Times that a text is looked at again: masking one secret can make another one readable as such. */
const MAX_ROUNDS = 3;

/**
 * The draft of a document without the secrets that it would show, wherever in it they stand, and with a sentence that says so. A claim
 * that rests on the text of a secret then fails its check and is left out. Files that are published with it are as they were.
 */
export async function withoutSecrets(draft: PhaseDraft): Promise<PhaseDraft> {
  const { files, ...shown } = draft;
  let masked = shown;
  const found = new Set<string>();
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const secrets = await findSecrets(textsIn(masked).join("\n"));
    if (secrets.length === 0) break;
    for (const secret of secrets) found.add(secret);
    masked = mapTexts(masked, (text) => maskSecrets(text, secrets)) as typeof shown;
  }
  if (found.size === 0) return draft;
  const { document } = masked;
  const [first, ...rest] = document.sections;
  const text = `Casebook masked ${counted(found.size, "text")} that ${found.size === 1 ? "looks" : "look"} like a secret of this repository.`;
  return {
    ...masked,
    ...(files === undefined ? {} : { files }),
    document: {
      ...document,
      sections:
        first === undefined
          ? []
          : [{ ...first, blocks: [{ kind: "note", text } as const, ...first.blocks] }, ...rest],
    },
  };
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === "string") return [value];
  return childrenOf(value).flatMap(textsIn);
}

function childrenOf(value: unknown): readonly unknown[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Map) return [...(value as ReadonlyMap<unknown, unknown>).values()];
  return isPlain(value) ? Object.values(value) : [];
}

function mapTexts(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === "string") return change(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, change));
  if (value instanceof Map)
    return new Map(
      [...(value as ReadonlyMap<unknown, unknown>)].map(([key, one]) => [key, mapTexts(one, change)]),
    );
  return isPlain(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, mapTexts(one, change)]))
    : value;
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
