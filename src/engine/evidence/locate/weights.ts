/**
 * What each signal's best score adds to a file's logit. Learned by `npm run learn:ranking`, which prints this table and
 * its cross-validation over repositories (docs/decisions/ranking.md). A signal that is missing here counts nothing.
 */
export const WEIGHTS: Readonly<Record<string, number>> = {
  "stack frame": 0.4,
  message: 0.92,
  mention: 1.16,
  "file name": 1.66,
  "test name": 0.28,
  history: 0.58,
  "change words": 1.73,
  words: 3.36,
  function: 1.66,
  "called by": 0.5,
  "imported by": 0.52,
  folder: 0.66,
  "entry point": 0.46,
};

/** The same for the parts that speak for a function. */
export const FUNCTION_WEIGHTS = {
  words: 1.93,
  file: 1.61,
  size: 1.63,
  "name share": 0.88,
  "name words": 1.04,
  "container words": 0.64,
  cover: 2.02,
  named: 0.68,
  "stack frame": 0.35,
  "no test": 0.4,
} as const;
