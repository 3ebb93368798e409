import type { Citation } from "../../documents/citation.ts";
import type { Block, Finding, StatedClaim } from "../../documents/finding.ts";
import type { Quote } from "../../issue/issue-reading.ts";

/** Read from the code or its history: rests on what it cites. */
export function fact(text: string, citations: readonly Citation[]): Finding {
  return { text, provenance: "code", citations };
}

/** Concluded, not established. */
export function hypothesis(text: string, citations: readonly Citation[] = []): Finding {
  return { text, provenance: "inference", citations };
}

/** Reported by a person; nobody checked it. */
export function reported(text: string, quote: Quote): Finding {
  return { text, provenance: "reporter", citations: [issueCitation(quote)] };
}

/** Counted while this document was made. */
export function measured(text: string, citations: readonly Citation[] = []): Finding {
  return { text, provenance: "run", citations };
}

export function issueCitation({ text, author }: Quote): Citation {
  return { kind: "issue", quote: text, ...(author === undefined ? {} : { author }) };
}

export function findings(...items: readonly Finding[]): Block {
  return { kind: "findings", items };
}

/** Claims as one block; none at all where there are none. */
export function claimsBlock(
  form: "list" | "steps" | "ranking",
  items: readonly StatedClaim[],
): readonly Block[] {
  return items.length === 0 ? [] : [{ kind: "claims", form, items }];
}

export function unknown(text: string): Block {
  return { kind: "unknown", text };
}

export function quoteBlock({ text, author }: Quote): Block {
  return { kind: "quote", text, ...(author === undefined ? {} : { author }) };
}

/** "1 file", "3 files", "1,203 functions". */
export function counted(n: number, one: string, many: string = `${one}s`): string {
  return `${n.toLocaleString("en-US")} ${n === 1 ? one : many}`;
}

/** "98 %"; less than half a percent is "under 1 %", as nothing is certain. */
export function percent(likelihood: number): string {
  const whole = Math.round(likelihood * 100);
  return whole < 1 ? "under 1 %" : whole > 99 ? "over 99 %" : `${whole} %`;
}

/** "a", "a and b", "a, b and c"; beyond `max` "a, b and 7 more". */
export function listed(items: readonly string[], max = 6): string {
  const shown = items.length > max ? [...items.slice(0, max - 1), `${items.length - max + 1} more`] : items;
  return shown.length < 2 ? (shown[0] ?? "") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/** The text of a section about the targets when there is no target. */
export const NO_TARGET = "a function to follow; no suspect lies in one";

const DAY = 86_400;

export function dateOf(seconds: number): string {
  return new Date(Math.floor(seconds / DAY) * DAY * 1000).toISOString().slice(0, 10);
}

export function wordSearch(pattern: string): {
  kind: "word";
  pattern: string;
  include: readonly string[];
  exclude: readonly string[];
} {
  return { kind: "word", pattern, include: [], exclude: [] };
}
