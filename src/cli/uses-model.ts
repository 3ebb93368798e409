import { RunFailure } from "../failure.ts";

/** The options that choose a model, as the grammar reads them. */
export interface ModelOptions {
  /** `model`: one of the operator's models continues from the evidence. */
  readonly researcher?: "builtin" | "model";
  readonly model?: string;
  /** US dollars. */
  readonly budget?: number;
  readonly record?: string;
  readonly replay?: string;
  readonly fresh?: boolean;
}

/** A model, a budget or a record asks for a run with a model. Throws RunFailure `usage` for both at once. */
export function usesModel({ researcher, model, budget, record, replay }: ModelOptions): boolean {
  const named = [model, budget, record, replay].some((option) => option !== undefined);
  if (researcher === "builtin" && named)
    throw new RunFailure(
      "usage",
      "`--researcher builtin` uses no model, so --model, --budget, --record and --replay have no effect; leave them out",
    );
  return researcher === "model" || named;
}
