import type { Citation } from "../../documents/citation.ts";
import type { Block, Finding, StatedClaim } from "../../documents/finding.ts";

/** Read from the code or its history: rests on what it cites. */
export function fact(text: string, citations: readonly Citation[]): Finding {
  return { text, provenance: "code", citations };
}

/** Concluded, not established. */
export function hypothesis(text: string, citations: readonly Citation[] = []): Finding {
  return { text, provenance: "inference", citations };
}

/** Counted while this document was made. */
export function measured(text: string, citations: readonly Citation[] = []): Finding {
  return { text, provenance: "run", citations };
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

/** The text of a section about the targets when there is no target. */
export const NO_TARGET = "a function to follow; no suspect lies in one";
