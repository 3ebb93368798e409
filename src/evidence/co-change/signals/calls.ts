import { inlineCode } from "../../../text/inline-code.ts";
import type { Certainty, Use } from "../../references/find-uses.ts";
import type { Candidate } from "../function-index.ts";
import type { FunctionContext, FunctionSignal } from "../signal.ts";

/** The weight of a use by its certainty; a name that several definitions share is split among them. */
const VALUE: Readonly<Record<Certainty, number>> = { resolved: 1, "only-one": 0.9, "by-name": 0.5 };
/** A name with more definitions is no evidence for one of them. */
const MAX_RIVALS = 8;
/** A function with more callers than this changes without most of them. */
const MANY_CALLERS = 5;

/** The seed calls or names it. */
export const callees: FunctionSignal = {
  name: "callees",
  score(seed, context) {
    const scores = new Map<Candidate, number>();
    for (const name of namesUsedBy(seed)) {
      const meant = context.index.named(name);
      if (meant.length > MAX_RIVALS) continue;
      for (const candidate of meant) {
        if (candidate === seed) continue;
        const [use] = usesIn(seed, candidate, context);
        if (use !== undefined) scores.set(candidate, valueOf(use, meant.length));
      }
    }
    return scores;
  },
  explain(candidate, seed, context) {
    return tell("callees", `is called by ${inlineCode(seed.symbol.name)}`, usesIn(seed, candidate, context));
  },
};

/** It calls or names the seed. */
export const callers: FunctionSignal = {
  name: "callers",
  score(seed, context) {
    const rivals = context.index.named(seed.symbol.name).length;
    if (rivals > MAX_RIVALS) return new Map();
    const best = new Map<Candidate, number>();
    for (const use of context.uses.usesOf(seed)) {
      const { path, inside } = use;
      if (inside === undefined) continue;
      const candidate = context.index.find(path, inside.start, inside.name);
      if (candidate !== undefined && candidate !== seed)
        best.set(candidate, Math.max(best.get(candidate) ?? 0, valueOf(use, rivals)));
    }
    const share = Math.sqrt(Math.min(1, MANY_CALLERS / best.size));
    return new Map([...best].map(([candidate, value]) => [candidate, value * share]));
  },
  explain(candidate, seed, context) {
    return tell("callers", `calls ${inlineCode(seed.symbol.name)}`, usesIn(candidate, seed, context));
  },
};

function tell(signal: string, sure: string, uses: readonly Use[]) {
  const [first] = uses;
  if (first === undefined) return [];
  const text = first.certainty === "by-name" ? `${sure}, as far as the name tells` : sure;
  return [
    {
      signal,
      text,
      citations: uses
        .slice(0, 2)
        .map(({ path, line }) => ({ kind: "lines", path, start: line, end: line }) as const),
    },
  ];
}

function valueOf({ certainty }: Use, rivals: number): number {
  return certainty === "by-name" ? VALUE[certainty] / Math.max(1, rivals) : VALUE[certainty];
}

/** Uses of `used` in the lines of `user`. */
function usesIn(user: Candidate, used: Candidate, { uses }: FunctionContext): readonly Use[] {
  return uses
    .usesOf(used)
    .filter(
      ({ path, inside }) =>
        path === user.path && inside?.start === user.symbol.start && inside.name === user.symbol.name,
    );
}

function namesUsedBy({ syntax, at }: Candidate): ReadonlySet<string> {
  return new Set(syntax.references.filter(({ inside }) => inside === at).map(({ name }) => name));
}
