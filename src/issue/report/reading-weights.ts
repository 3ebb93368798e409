import table from "./reading-weights.json" with { type: "json" };

/** Parts of a report that are told apart by learned weights. */
export const LEARNED_FIELDS = ["symptom", "expected", "actual", "steps"] as const;
export type LearnedField = (typeof LEARNED_FIELDS)[number];

/** Learned by `npm run learn:reading`: the chance from which a candidate is told, and the logit of each feature. */
export const READING_WEIGHTS: Readonly<
  Record<
    LearnedField,
    { readonly from: number; readonly bias: number; readonly weights: Readonly<Record<string, number>> }
  >
> = table;
