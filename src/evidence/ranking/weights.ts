/**
 * What each signal's best score adds to a file's logit. Learned by `npm run learn:ranking`, which prints this table and
 * its cross-validation over repositories (docs/decisions/ranking.md). A signal that is missing here counts nothing.
 */
export const WEIGHTS: Readonly<Record<string, number>> = {
  // By hand: learning gives it nothing, as traces are rare and their paths are mentions, too.
  "stack frame": 0.4,
  message: 0.97,
  mention: 1.21,
  "file name": 1.68,
  "test name": 0.27,
  history: 0.57,
  "change words": 1.73,
  words: 3.44,
  function: 1.61,
  "called by": 0.57,
  "imported by": 0.52,
  folder: 0.67,
  "entry point": 0.53,
};

/** The same for the parts that speak for a function. */
export const FUNCTION_WEIGHTS = {
  words: 1.77,
  file: 3.26,
  size: 3.6,
  "name share": 0.76,
  "name words": 1.61,
  "container words": 0.51,
  cover: 1.94,
  named: 0.54,
  "stack frame": 1.03,
  "no test": 1.12,
} as const;
