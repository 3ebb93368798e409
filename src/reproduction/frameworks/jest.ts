import { COPY, OUT } from "../../sandbox/places.ts";
import { readJestJson } from "../reports/read-jest-json.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, JS_TESTS, jsTestName } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

export const jest: TestFramework = {
  name: "jest",
  language: "JavaScript",
  needs: ["node", "jest"],
  detect: (files) =>
    detectPackage(files, {
      dependency: "jest",
      script: /(^|[\s/&;=])(jest|react-scripts test)(\s|$|\.js\b)|jest\/bin\/jest/,
      settings: /^jest\.config\.[cm]?[jt]s(on)?$/,
      tests: JS_TESTS,
    }),
  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => jsTestName(like, topic, ".test.js"), "test"),
  runFile: (path, detection) => plan(detection, ["--runTestsByPath", fromFolder(detection.folder, path)]),
  runAll: (detection) => plan(detection, []),
  read: ({ files }, { folder }) => readJestJson(files.get(REPORT), folder, /_callCircusHook/),
};

function plan({ folder, env }: Detection, args: readonly string[]): RunPlan {
  return {
    command: inFolder(folder, [
      `${COPY}/node_modules/.bin/jest`,
      ..."--json --ci --colors=false --coverage=false --watchman=false --maxWorkers=2".split(" "),
      "--cacheDirectory=/tmp/jest",
      `--outputFile=${OUT}/${REPORT}`,
      ...args,
    ]),
    env: { ...env },
    collect: [REPORT],
  };
}
