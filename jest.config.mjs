import { join } from "node:path";
import { KEPT } from "./test/kept-folder.ts";

// Every process that a test starts would compile our modules anew, since each has a data folder of its own.
process.env["NODE_COMPILE_CACHE"] ??= join(KEPT, "compiled");

export default {
  runtime: "<rootDir>/test/native/runtime.mjs",
  testEnvironment: "<rootDir>/test/native/environment.mjs",
  transform: {},
  watchman: false,
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  testSequencer: "<rootDir>/test/longest-first.mjs",
  // A commit that a test makes must not depend on whose machine runs it.
  setupFiles: ["<rootDir>/test/setup.ts"],
  globalSetup: "<rootDir>/test/shared-postgres.ts",
  globalTeardown: "<rootDir>/test/stop-shared-postgres.ts",
  // No test is judged by its time: this only ends a run that hangs. Tests wait for progress (`test/fakes/patience.ts`).
  testTimeout: 600_000,
  // The long ones wait for processes, webhooks and leases: two cores carry three of them.
  maxWorkers: 3,
};
