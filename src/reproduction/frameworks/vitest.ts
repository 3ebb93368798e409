import { COPY, OUT } from "../../sandbox/places.ts";
import { readJestJson } from "../reports/read-jest-json.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, JS_TESTS, jsTestName, withFallback } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

export const vitest: TestFramework = {
  name: "vitest",
  language: "JavaScript",
  needs: ["node", "vitest"],
  detect: (files) =>
    detectPackage(files, {
      dependency: "vitest",
      script: /(^|[\s/&;])vitest(\s|$)/,
      settings: /^vitest\.(config|workspace)\.[cm]?[jt]s$/,
      tests: JS_TESTS,
    }),
  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => jsTestName(like, topic, ".test.js"), "test"),
  runFile: (path, detection) => plan(detection, [fromFolder(detection.folder, path)]),
  // Its own word for a single run is no name of a test.
  runAll: (detection) =>
    plan(
      detection,
      (detection.selection ?? []).filter((word) => word !== "run"),
    ),
  read: ({ files }, { folder }) => readJestJson(files.get(REPORT), folder, /\brunHook\b|callSuiteHook/),
};

const NO_SETTINGS = "/tmp/casebook-vitest.mjs";
/** By its usual way to load settings, Vite writes a file among the packages, which are read-only here; old versions have no other. */
const START = `echo "export default {};" >${NO_SETTINGS}
for settings in vite.config.* vitest.config.* vitest.workspace.*; do
  if [ -e "$settings" ]; then
    "$1" --help 2>/dev/null | grep -q configLoader && set -- "$@" --configLoader=runner
    break
  fi
done
exec "$@"`;

function plan(
  { folder, env, options, command = [`${COPY}/node_modules/.bin/vitest`] }: Detection,
  args: readonly string[],
): RunPlan {
  return withFallback(
    (given) => ({
      command: inFolder(folder, [
        "sh",
        "-c",
        START,
        "sh",
        ...command,
        "run",
        ...given,
        ..."--reporter=json --coverage.enabled=false --maxWorkers=2".split(" "),
        `--outputFile=${OUT}/${REPORT}`,
        ...args,
      ]),
      env: { ...env },
      collect: [REPORT],
    }),
    {
      options,
      instead: [`--config=${NO_SETTINGS}`],
      leavesOut: "the project's own settings of Vitest",
    },
  );
}
