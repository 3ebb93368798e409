import type { z } from "zod";
import type { Citation } from "../documents/citation.ts";
import type { Mark, StatedClaim } from "../documents/finding.ts";
import type { ClaimEvidence } from "./claim-evidence.ts";

/** What the repository and the issue say about a claim. */
type Verdict = "holds" | "does not hold" | "cannot be decided";

export interface Checked {
  readonly verdict: Verdict;
  /** What was found, as a clause for people; plain text with inline code. */
  readonly why: string;
}

export const holds = (why: string): Checked => ({ verdict: "holds", why });
export const wrong = (why: string): Checked => ({ verdict: "does not hold", why });
export const undecided = (why: string): Checked => ({ verdict: "cannot be decided", why });

/** The sentence of a claim. */
interface Sentence {
  /** Markdown on one line. Foreign words are inline code or quoted words. */
  readonly text: string;
  /** The first cell where the claim is a row of a table. */
  readonly label?: string;
  readonly citations?: readonly Citation[];
}

/** What a claim type is made of. `D` is JSON: a document carries it. */
interface ClaimRules<D> {
  readonly name: string;
  /** How a reader may take it; nobody else decides it. */
  readonly mark: Mark;
  readonly schema: z.ZodType<D>;
  /** The same data results in the same sentence. */
  readonly say: (data: D) => Sentence;
  /** Looks at the repository and the issue again and trusts nothing of the data. */
  readonly check: (data: D, evidence: ClaimEvidence) => Checked | Promise<Checked>;
}

export interface ClaimType<D = unknown> extends Pick<ClaimRules<D>, "name" | "mark"> {
  /** The claim as a document holds it. */
  readonly of: (data: D) => StatedClaim;
  /** The same from foreign JSON; undefined when it is no data of this type. */
  readonly read: (data: unknown) => StatedClaim | undefined;
  readonly check: (data: unknown, evidence: ClaimEvidence) => Promise<Checked>;
}

export function claimType<D>({ name, mark, schema, say, check }: ClaimRules<D>): ClaimType<D> {
  const of = (data: D): StatedClaim => {
    const { text, label, citations = [] } = say(data);
    return { type: name, data, mark, text, citations, ...(label === undefined ? {} : { label }) };
  };
  return {
    name,
    mark,
    of,
    read(data) {
      const parsed = schema.safeParse(data);
      return parsed.success ? of(parsed.data) : undefined;
    },
    async check(data, evidence) {
      const parsed = schema.safeParse(data);
      return parsed.success ? check(parsed.data, evidence) : wrong("its data has another form");
    },
  };
}
