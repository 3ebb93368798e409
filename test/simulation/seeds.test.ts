import { expect, test } from "@jest/globals";
import { simulate } from "./simulate.ts";
import { TWINS } from "./twins.ts";

/** `npm run simulate-core` goes further; a seed takes about 1.4 s of a core. */
const COUNT = 8;
/**
 * Seeds that broke a promise once: a storm of jobs in an outage, a damaged mirror in a rejection, a job given up on a full disk.
 */
const KEPT = [100, 101, 239];

/** Processes die so often that jobs are put aside, deliveries too. */
const CRASHES = [4, 11];

const digests = new Map<number, string>();

test.each([...Array.from({ length: COUNT }, (_, i) => 1 + i), ...KEPT])(
  "seed %i keeps every promise",
  async (seed) => {
    const { problem, faults, digest } = await simulate(seed);
    digests.set(seed, digest);
    expect({ problem, faults }).toEqual({ problem: undefined, faults });
  },
);

test.each(CRASHES)("seed %i loses nothing when processes die all the time", async (seed) => {
  expect((await simulate(seed, { faults: ["crash"], crashShare: 0.03 })).problem).toBeUndefined();
});

test("seed 22 makes one comment, also when its maker dies and GitHub's list is behind", async () => {
  expect((await simulate(22, { faults: ["crash", "lag"], crashShare: 0.02 })).problem).toBeUndefined();
});

/** `npm run simulate-core -- --twins` runs all of them. */
test.each(TWINS.slice(0, 2).map((row) => [row.guard, row] as const))(
  "without its guard, a promise is broken: %s",
  async (_, { seed, options, twin }) => {
    expect((await simulate(seed, options)).problem).toBeUndefined();
    expect((await simulate(seed, { ...options, twin })).problem).toBeDefined();
  },
);

test("the same seed gives the same history", async () => {
  expect((await simulate(1)).digest).toBe(digests.get(1));
});

test("without faults the work is done: documents, a pull request, a comment", async () => {
  const lines: string[] = [];
  const { problem } = await simulate(1, {
    faults: [],
    isRough: false,
    processes: 1,
    trace: (line) => void lines.push(line),
  });
  expect(problem).toBeUndefined();
  for (const write of [
    "createComment",
    "createBranch",
    "commit",
    "createPull",
    "createCheckRun",
    "addLabels",
  ])
    expect(lines.some((line) => line.includes(` writes ${write} `))).toBe(true);
});
