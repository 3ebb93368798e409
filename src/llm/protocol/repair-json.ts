import { jsonrepair } from "jsonrepair";

export interface ReadJson {
  readonly value: unknown;
  readonly isRepaired: boolean;
}

/** The time of a repair grows faster than its text: half a second at 64 KiB of quotes without commas. */
const MAX_REPAIRED = 32_768;

/**
 * JSON as models write it: without commas, with other quotes, open brackets, Python's constants or lone backslashes.
 * Undefined when it cannot be read, and when it may have been cut inside of a string: half a text is never taken for a whole.
 */
export function readJson(text: string): ReadJson | undefined {
  const strict = parsed(text);
  if (strict !== undefined) return { ...strict, isRepaired: false };
  if (text.length > MAX_REPAIRED) return undefined;
  // The repair would drop the backslash of `\d`, and search for another pattern.
  const escaped = text.replace(/\\(?:["\\/bfnrt]|u[0-9a-f]{4})|\\/gi, (found) =>
    found === "\\" ? "\\\\" : found,
  );
  const quotes = escaped.replace(/\\./gs, "").split('"').length - 1;
  if (quotes % 2 === 1 || !/[}\]"'”’]\s*$/.test(escaped.slice(-200))) return undefined;
  try {
    const repaired = parsed(jsonrepair(escaped));
    return repaired === undefined ? undefined : { ...repaired, isRepaired: true };
  } catch {
    return undefined;
  }
}

/** Undefined: it is no JSON. */
function parsed(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
}
