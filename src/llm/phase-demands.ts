/** What a model must be able to do for a phase, in one place. */
export interface PhaseDemand {
  /** Calls of tools, over several steps. */
  readonly calls: boolean;
  /** JSON of a schema. */
  readonly structured: boolean;
  /** Tokens that must fit at the same time: the evidence, the files that are read, and what is thought about them. */
  readonly contextTokens: number;
  /** Below this, a phase of the usual length does not end within its minutes. */
  readonly tokensPerSecond: number;
}

/** By the type of the phase; a repository's own phase takes `root-cause`. */
export const PHASE_DEMANDS = {
  comprehension: { calls: true, structured: false, contextTokens: 12_000, tokensPerSecond: 3 },
  reproduction: { calls: true, structured: false, contextTokens: 14_000, tokensPerSecond: 5 },
  "root-cause": { calls: true, structured: false, contextTokens: 14_000, tokensPerSecond: 5 },
  "impact-map": { calls: true, structured: false, contextTokens: 12_000, tokensPerSecond: 3 },
  fix: { calls: true, structured: false, contextTokens: 14_000, tokensPerSecond: 5 },
  // It judges each statement beside the lines that it cites.
  judge: { calls: false, structured: true, contextTokens: 6_000, tokensPerSecond: 2 },
} as const satisfies Readonly<Record<string, PhaseDemand>>;
export type DemandingPhase = keyof typeof PHASE_DEMANDS;

/** What a model was seen to do; undefined: not known. */
export interface Capacity {
  readonly calls: "native" | "text" | "none";
  readonly structured: boolean;
  /** Undefined: not measured. */
  readonly contextTokens: number | undefined;
  readonly tokensPerSecond: number | undefined;
  /** What is longer than the context, and not longer than the operator says, is cut without a word. */
  readonly isCutSilently?: boolean;
}

/** Why a model cannot serve a phase; empty when it can. */
export function lacksFor(phase: DemandingPhase, capacity: Capacity): readonly string[] {
  const demand: PhaseDemand = PHASE_DEMANDS[phase];
  const { calls, structured, contextTokens, tokensPerSecond } = capacity;
  const short = contextTokens !== undefined && contextTokens < demand.contextTokens;
  const isForgetful = capacity.isCutSilently === true && contextTokens !== undefined && !short;
  const slow = tokensPerSecond !== undefined && tokensPerSecond < demand.tokensPerSecond;
  return [
    ...(demand.calls && calls === "none" ? ["it does not call tools"] : []),
    ...(demand.structured && !structured ? ["it does not keep to a schema"] : []),
    ...(short
      ? [
          `its context of ${count(contextTokens)} tokens is shorter than the ${count(demand.contextTokens)} that are needed`,
        ]
      : []),
    ...(isForgetful
      ? [
          `it loses the beginning of what is longer than ${count(contextTokens)} tokens: set contextTokens to that`,
        ]
      : []),
    ...(slow
      ? [`it writes ${rate(tokensPerSecond)} tokens a second; ${demand.tokensPerSecond} are needed`]
      : []),
  ];
}

function count(tokens: number): string {
  return tokens.toLocaleString("en-US");
}

function rate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}
