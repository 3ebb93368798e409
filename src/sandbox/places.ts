import type { SandboxLimits } from "./sandbox.ts";

/** The root of the copy, as the code sees it. Not `/work`, `/src` or `/app`: real folders of hosts and images. */
export const COPY = "/repo";

/** Where a program leaves what is collected. */
export const OUT = "/out";

/** Bytes that one collected file may have. */
export const MAX_COLLECTED = 1_000_000;

/** What a run has that asks for nothing else. Node needs about 2 GiB of address space, a Java machine about 4. */
export const DEFAULT_LIMITS: SandboxLimits = {
  seconds: 120,
  memoryBytes: 4 * 1024 ** 3,
  diskBytes: 1024 ** 3,
  processes: 256,
  outputCharacters: 32_000,
};
