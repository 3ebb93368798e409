import { COPY, OUT } from "../../sandbox/places.ts";
import { readJestJson } from "../reports/read-jest-json.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, JS_TESTS, jsTestName, MISSING_MODULE, withFallback } from "./node-package.ts";
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
  runAll: (detection) => plan(detection, detection.selection ?? []),
  read: ({ files }, { folder }) => readJestJson(files.get(REPORT), folder, /_callCircusHook/),
};

/** How Jest says that its settings name a package which is not here. */
const MISSING = new RegExp(
  `${MISSING_MODULE.source}|^\\s*Preset .+ not found|Module .+ in the .+ option was not found|[Ee]nvironment .+ cannot be found|Could not resolve a module for`,
  "m",
);

function plan(
  { folder, env, options, command = [`${COPY}/node_modules/.bin/jest`] }: Detection,
  args: readonly string[],
): RunPlan {
  return withFallback(
    (given) => ({
      command: inFolder(folder, [
        ...command,
        ...given,
        ..."--json --ci --colors=false --coverage=false --watchman=false --maxWorkers=2".split(" "),
        "--cacheDirectory=/tmp/jest",
        `--outputFile=${OUT}/${REPORT}`,
        ...args,
      ]),
      env: { ...env },
      collect: [REPORT],
    }),
    {
      options,
      instead: ["--config={}"],
      shownBy: MISSING,
      leavesOut: "the project's own settings of Jest",
    },
  );
}
