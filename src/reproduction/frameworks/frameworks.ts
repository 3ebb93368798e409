import { cargoTest } from "./cargo-test.ts";
import { dotnetTest } from "./dotnet-test.ts";
import { goTest } from "./go-test.ts";
import { gradle } from "./gradle.ts";
import { jest } from "./jest.ts";
import { maven } from "./maven.ts";
import { minitest } from "./minitest.ts";
import { mocha } from "./mocha.ts";
import { nodeTest } from "./node-test.ts";
import { phpunit } from "./phpunit.ts";
import { pytest } from "./pytest.ts";
import { rspec } from "./rspec.ts";
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
  nodeTest,
  goTest,
  cargoTest,
  maven,
  gradle,
  rspec,
  minitest,
  phpunit,
  dotnetTest,
];
