import type { Hidden } from "./hidden.ts";
import { stripCharacters } from "./strip-characters.ts";

/**
 * A title as its page shows it: GitHub reads no Markdown and no HTML there, so that `<teleport>` stays. Only invisible
 * characters are taken out, and listed.
 */
export function visibleTitle(title: string): { readonly text: string; readonly hidden: readonly Hidden[] } {
  return stripCharacters(title.replace(/\s+/g, " ").trim());
}
