/** Microseconds; some systems count a thread's time in steps of milliseconds. */
const RESOLUTION = 5_000;

/** A growth of this much more than that of the size is measured again: it may be noise. */
const NOISE = 1.5;

/**
 * How many times as much processor time a run takes at the larger size, after one run to compile. What is too much is measured
 * up to three times, and the least of each size counts. The time of this thread alone counts, so that a busy machine does not
 * change the answer.
 */
export function growthOf(run: (size: number) => void, small: number, large: number): number {
  const cost = (size: number): number => {
    const from = process.threadCpuUsage();
    run(size);
    const { user, system } = process.threadCpuUsage(from);
    return Math.max(RESOLUTION, user + system);
  };
  run(small);
  let [least, most] = [cost(small), cost(large)];
  for (let again = 0; again < 2 && most / least > (large / small) * NOISE; again++)
    [least, most] = [Math.min(least, cost(small)), Math.min(most, cost(large))];
  return most / least;
}
