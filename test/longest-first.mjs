import { existsSync } from "node:fs";
import { join } from "node:path";
import Sequencer from "@jest/test-sequencer";

/**
 * The files that take longest in a run on two cores, the longest first. Started last, one of them would keep one worker busy
 * while the others have nothing left to do. In a new clone Jest knows only the sizes of files.
 */
const LONGEST = [
  "e2e/simulate.test.ts",
  "e2e/model-app.test.ts",
  "e2e/model.test.ts",
  "e2e/readme.test.ts",
  "e2e/crash-branch.test.ts",
  "e2e/crash-thread.test.ts",
  "agent/reported-hostile.test.ts",
  "e2e/crash-rare.test.ts",
  "e2e/app-changes.test.ts",
  "e2e/app-commands.test.ts",
  "e2e/workers.test.ts",
  "e2e/app-test-change.test.ts",
  "contracts/store.test.ts",
  "e2e/killed-app.test.ts",
  "e2e/mcp.test.ts",
  "execution/watch-values.test.ts",
  "e2e/model-faults.test.ts",
  "e2e/power-cut.test.ts",
  "reproduction/bad-input.test.ts",
  "reproduction/hostile-text.test.ts",
  "agent/submission/ways-out.test.ts",
  "store/io/server.test.ts",
  "e2e/investigate.test.ts",
  "e2e/shadow.test.ts",
  "agent/show-since.test.ts",
  "cli/test-change.test.ts",
  "agent/show-cause.test.ts",
  "e2e/killed.test.ts",
  "store/io/embedded.test.ts",
].map((file) => join(import.meta.dirname, file));

const missing = LONGEST.filter((file) => !existsSync(file));
if (missing.length > 0)
  throw new Error(`test/longest-first.mjs names what is not there: ${missing.join(", ")}`);

export default class LongestFirst extends Sequencer {
  sort(tests) {
    const place = ({ path }) => {
      const at = LONGEST.indexOf(path);
      return at < 0 ? LONGEST.length : at;
    };
    // What is not in the list stays as Jest has it.
    return super.sort(tests).toSorted((a, b) => place(a) - place(b));
  }
}
