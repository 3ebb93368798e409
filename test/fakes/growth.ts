/** Milliseconds that are added to each measurement: below it, noise is larger than what is measured. */
const NOISE = 20;

/**
 * How much more of the processor's time the large size takes than the small one. Both run in this process, and the least
 * of three counts, so that a busy machine changes nothing. For four times the size, linear work gives 4 and quadratic 16.
 */
export function growth(work: (size: number) => unknown, small: number, large: number): number {
  const cost = (size: number): number => {
    const times = Array.from({ length: 3 }, () => {
      const before = process.cpuUsage();
      work(size);
      return process.cpuUsage(before).user / 1_000;
    });
    return Math.min(...times) + NOISE;
  };
  // The first call compiles the code.
  work(small);
  return cost(large) / cost(small);
}
