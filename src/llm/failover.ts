import { type Model, MODEL_FAILURES, ModelFailure } from "./model.ts";

/**
 * Calls the models in their order until one can. A model that refused us is passed over too, and named in the end; only a
 * transcript that is too long ends the search, as it must be shortened whoever answers. The models stay apart, so that
 * the caller can reserve each one's price.
 */
export async function withFailover<T>(
  models: readonly Model[],
  call: (model: Model) => Promise<T>,
): Promise<T> {
  const failures: { readonly name: string; readonly failure: ModelFailure }[] = [];
  for (const model of models) {
    try {
      return await call(model);
    } catch (error) {
      if (!(error instanceof ModelFailure) || MODEL_FAILURES[error.code].retry === "compact") throw error;
      failures.push({ name: model.name, failure: error });
    }
  }
  throw unable(failures);
}

/** Why no model could answer, for people; its code is the most hopeful one, and its time the earliest. */
function unable(
  failures: readonly { readonly name: string; readonly failure: ModelFailure }[],
): ModelFailure {
  const last = failures.at(-1)?.failure;
  if (last === undefined) return new ModelFailure("bad-request", "There is no model for this");
  if (failures.length === 1) return last;
  const passing = failures.filter(({ failure }) => MODEL_FAILURES[failure.code].retry === "later");
  const { failure } = passing.at(-1) ?? failures.at(-1)!;
  // One that may be free at any time has no time.
  const times = passing.map(({ failure }) => failure.retryAt ?? Number.NEGATIVE_INFINITY);
  const retryAt = Math.min(...times);
  const reasons = failures.map(
    ({ name, failure }) => `${name}: ${failure.code} (${failure.message.replace(/[.\s]+$/, "")})`,
  );
  return new ModelFailure(
    failure.code,
    `None of ${failures.length} models could answer. ${reasons.join("; ")}`,
    {
      ...(Number.isFinite(retryAt) ? { retryAt } : {}),
      mayCost: failures.some(({ failure }) => failure.mayCost),
      cause: last,
    },
  );
}
