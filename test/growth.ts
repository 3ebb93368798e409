/** Microseconds; some systems count a thread's time in steps of milliseconds. */
const RESOLUTION = 5_000;

/**
 * How many times as much processor time a run takes at the larger size: the least of three at each, after one to compile.
 * The time of this thread alone counts, so that a busy machine does not change the answer.
 */
export function growthOf(run: (size: number) => void, small: number, large: number): number {
  const cost = (size: number): number => {
    const from = process.threadCpuUsage();
    run(size);
    const { user, system } = process.threadCpuUsage(from);
    return user + system;
  };
  run(small);
  const costs = [1, 2, 3].map(() => [cost(small), cost(large)] as const);
  const least = (of: readonly number[]): number => Math.max(RESOLUTION, Math.min(...of));
  return least(costs.map(([, one]) => one)) / least(costs.map(([one]) => one));
}
