import { existsSync } from "node:fs";
import { join } from "node:path";
import Sequencer from "@jest/test-sequencer";

/**
 * The files that take longest, the longest first: measured on two cores, in seconds. Begun last, one of them would keep one
 * worker busy while the others have nothing left to do, and in a new clone Jest knows nothing but the sizes of files.
 */
const LONGEST = [
  "e2e/crash.test.ts", // 280
  "e2e/app.test.ts", // 200
  "e2e/model.test.ts", // 170
  "e2e/model-app.test.ts", // 110
  "e2e/simulate.test.ts", // 90
  "e2e/investigate.test.ts", // 80
  "e2e/power-cut.test.ts", // 80
  "e2e/model-faults.test.ts", // 70
  "e2e/workers.test.ts", // 60
  "store/io/server.test.ts", // 40
  "contracts/store.test.ts", // 40
  "e2e/killed.test.ts", // 30
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
