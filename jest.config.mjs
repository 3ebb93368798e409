export default {
  testEnvironment: "node",
  extensionsToTreatAsEsm: [".ts"],
  transform: { "\\.ts$": "./jest-ts.mjs" },
  testMatch: ["<rootDir>/test/**/*.test.ts"],
  collectCoverageFrom: ["src/**/*.ts"],
  // A commit that a test makes must not depend on whose machine runs it.
  setupFiles: ["<rootDir>/test/setup.ts"],
  testTimeout: 60_000,
  // The long ones wait for processes, webhooks and leases: two cores carry three of them.
  maxWorkers: 3,
};
