import { ava } from "./ava.ts";
import { cargoTest } from "./cargo-test.ts";
import { ctest } from "./ctest.ts";
import { goTest } from "./go-test.ts";
import { jest } from "./jest.ts";
import { maven } from "./maven.ts";
import { mocha } from "./mocha.ts";
import { nodeTest } from "./node-test.ts";
import { pytest } from "./pytest.ts";
import { tap } from "./tap.ts";
import type { TestFramework } from "./test-framework.ts";
import { unittest } from "./unittest.ts";
import { vitest } from "./vitest.ts";

/** All test runners; of equal strength, the earlier is preferred. */
export const FRAMEWORKS: readonly TestFramework[] = [
  pytest,
  unittest,
  vitest,
  jest,
  mocha,
  tap,
  ava,
  nodeTest,
  goTest,
  cargoTest,
  maven,
  ctest,
];
