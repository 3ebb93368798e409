import type { SafeText } from "./safe-text.ts";

/** A part of a text; the higher its rank, the sooner it is left out when the whole is too long. */
export interface Part {
  readonly text: SafeText;
  readonly rank: number;
}

/**
 * The parts with empty lines between them, whole or not at all, below `limit` characters and bytes: nothing is cut inside
 * its markup. What is left out is said once; `note` says where all of it is.
 */
export function lengthen(parts: readonly Part[], limit: number, note: SafeText = ON_BRANCH): SafeText {
  const present = parts.filter(({ text }) => text !== "");
  let kept = present;
  while (sizeOf(kept) > limit - bytesOf(note) - 2 && kept.length > 1) {
    const worst = Math.max(...kept.map(({ rank }) => rank));
    const at = kept.findLastIndex(({ rank }) => rank === worst);
    kept = kept.filter((_, i) => i !== at);
  }
  const texts = kept.map(({ text }) => text as string);
  return (kept.length < present.length ? [...texts, note] : texts).join("\n\n") as SafeText;
}

const ON_BRANCH =
  "*Some of it was left out here: it was too long. The files on the branch hold all.*" as SafeText;

/** Bytes are never fewer than UTF-16 units, and GitHub counts one or the other. */
function sizeOf(parts: readonly Part[]): number {
  return parts.reduce((sum, { text }) => sum + bytesOf(text) + 2, 0);
}

function bytesOf(text: string): number {
  let bytes = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    bytes += c < 0x80 ? 1 : c < 0x800 ? 2 : c >= 0xd800 && c < 0xe000 ? 2 : 3;
  }
  return bytes;
}
