import { parseArgs } from "node:util";
import { FAULTS, type FaultKind } from "../test/simulation/world.ts";
import { TWINS } from "../test/simulation/twins.ts";
import { type Outcome, simulate } from "../test/simulation/simulate.ts";

/**
 * Simulates the service, one history a seed: `--seeds N` from `--from`, or one `--seed`. `--crashes 0.03`: a process dies at so many of
 * its calls. Prints the seeds that break a promise and exits with 1 when there is one. `--twins`: runs the seed of each guard with the
 * guard and without it, and exits with 1 when one of them makes no difference.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "300" },
    from: { type: "string", default: "1" },
    seed: { type: "string" },
    faults: { type: "string" },
    crashes: { type: "string" },
    twins: { type: "boolean", default: false },
    calm: { type: "boolean", default: false },
    trace: { type: "boolean", default: false },
  },
});
if (values.twins) process.exit(await seesTwins());
const first = Number(values.seed ?? values.from);
const count = values.seed === undefined ? Number(values.seeds) : 1;
const options = {
  ...(values.faults === undefined
    ? {}
    : { faults: FAULTS.filter((kind): kind is FaultKind => values.faults!.split(",").includes(kind)) }),
  ...(values.crashes === undefined ? {} : { crashShare: Number(values.crashes) }),
  ...(values.calm ? { isRough: false } : {}),
  ...(values.trace ? { trace: (line: string) => console.log(line) } : {}),
};
const failed: Outcome[] = [];
const injected = new Map<string, number>();
let [steps, hours] = [0, 0];
for (let seed = first; seed < first + count; seed++) {
  const outcome = await simulate(seed, options);
  steps += outcome.steps;
  hours += outcome.hours;
  for (const [what, times] of outcome.injected) {
    const kind = what.replace(/^(crash \w+) .*/, "$1");
    injected.set(kind, (injected.get(kind) ?? 0) + times);
  }
  if (outcome.problem === undefined) continue;
  failed.push(outcome);
  console.log(
    `seed ${seed}: ${outcome.problem.what}: ${outcome.problem.more} (${outcome.faults.join(", ")})`,
  );
}
const { user, system } = process.cpuUsage();
console.log(
  `${count - failed.length} of ${count} seeds kept every promise: ${steps} steps, ${Math.round(hours)} simulated hours, ${((user + system) / 1e6).toFixed(1)} s of CPU`,
);
console.log(
  [...injected]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([what, times]) => `${what} ${times}`)
    .join(", "),
);
process.exitCode = failed.length > 0 ? 1 : 0;

/** 0 when every guard is seen to be missing. */
async function seesTwins(): Promise<number> {
  let seen = 0;
  for (const { guard, seed, options: row, twin } of TWINS) {
    const sound = (await simulate(seed, row)).problem;
    const broken = (await simulate(seed, { ...row, twin })).problem;
    const isSeen = sound === undefined && broken !== undefined;
    if (isSeen) seen++;
    console.log(
      `${isSeen ? "seen" : "NOT SEEN"}: ${guard} (seed ${seed}): ${broken?.what ?? "no promise broken"}${sound === undefined ? "" : `; with the guard: ${sound.what}`}`,
    );
  }
  console.log(`${seen} of ${TWINS.length} guards are seen to be missing`);
  return seen === TWINS.length ? 0 : 1;
}
