import { COPY, OUT } from "../../sandbox/places.ts";
import { placeOf, shorten } from "../reports/place-of.ts";
import { readTap, type TapPoint } from "../reports/read-tap.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, jsTestName, withFallback } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.tap";
const TESTS =
  /(^|\/)tests?\.[cm]?[jt]s$|(^|\/)test-[^/]*\.[cm]?[jt]s$|\.(test|spec)\.[cm]?[jt]s$|(^|\/)(tests?|__tests__)\/(?!(?:.*\/)?(?:_|helpers\/|fixtures\/)).*\.[cm]?[jt]s$/;

export const ava: TestFramework = {
  name: "ava",
  language: "JavaScript",
  needs: ["node", "ava"],
  detect: (files) =>
    detectPackage(files, {
      dependency: "ava",
      script: /(^|[\s/&;])ava(\s|$)/,
      settings: /^ava\.config\.[cm]?js$/,
      tests: TESTS,
    }),
  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => jsTestName(like, topic, ".test.js"), "test"),
  runFile: (path, detection) => plan(detection, [fromFolder(detection.folder, path)]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder, tests }): TestReport {
    // AVA counts no crash in its plan, and leads what tests print elsewhere.
    const points = readTap(files.get(REPORT), { plan: "ignored" });
    if (typeof points === "string") return { kind: "none", why: points };
    return { kind: "report", tests: points.map((point) => resultOf(point, folder, tests)) };
  },
};

function resultOf(point: TapPoint, folder: string, tests: readonly string[]): TestResult {
  const { at: told } = point.details;
  const at = placeOf(typeof told === "string" ? told : "", PLACE, folder);
  const file = fileNamed(point.name, tests) ?? tests.find((path) => path === at?.path);
  const base = { name: point.name, file };
  if (point.directive !== undefined) return { ...base, outcome: "skipped" };
  if (point.isOk) return { ...base, outcome: "passed" };
  const { name, message, details } = point.details;
  // Crashes, files that do not load and hooks are no test.
  const isTest =
    name === "AssertionError" &&
    !/(?:^| )(?:before|after)(?:Each|\.always|Each\.always)? hook/.test(point.name);
  const shown =
    typeof details === "object" && details !== null
      ? Object.entries(details).map(([label, value]) => `${label} ${String(value)}`)
      : [];
  return {
    ...base,
    outcome: isTest ? "failed" : "error",
    type:
      /(?:Reason|test): ([A-Za-z_$][\w$]*) \{/.exec(shown.join("\n"))?.[1] ??
      (isTest ? "AssertionError" : undefined),
    message: shorten([typeof message === "string" ? message : "", ...shown].filter(Boolean).join("\n")),
    at,
  };
}

const PLACE = /(?:^|\()((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

/** Of several files, a title begins with the one that it is in: `store › keeps` is in `test/store.test.js`. */
function fileNamed(title: string, tests: readonly string[]): string | undefined {
  const parts = title.split(" › ");
  for (let count = parts.length - 1; count > 0; count--) {
    const stem = parts.slice(0, count).join("/");
    const found = tests.filter((path) => {
      const own = path
        .replace(/(?:\.(?:test|spec))?\.[cm]?[jt]s$/, "")
        .replace(/(^|\/)test-(?=[^/]+$)/, "$1");
      return own === stem || own.endsWith(`/${stem}`);
    });
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** AVA names the first place of a stack, which is in AVA itself: its own frames are left out of every stack. */
const WITHOUT_OWN_FRAMES = `data:text/javascript,${encodeURIComponent(
  "Error.prepareStackTrace=(error,frames)=>[String(error),...frames.filter((frame)=>!/[/]node_modules[/]ava[/]/.test(frame.getFileName()||'')).map((frame)=>'    at '+frame)].join(String.fromCharCode(10))",
)}`;

/**
 * AVA keeps a cache among the packages, which are read-only here, and fails where it cannot: its settings in the copy say that there
 * is none. Prints the option that names them.
 */
const WITHOUT_CACHE = `const fs = require("node:fs");
const own = ["ava.config.js", "ava.config.cjs", "ava.config.mjs"].find((name) => fs.existsSync(name));
if (own === undefined) {
  const settings = JSON.parse(fs.readFileSync("package.json", "utf8"));
  fs.writeFileSync("package.json", JSON.stringify({ ...settings, ava: { ...settings.ava, cache: false } }, null, 2));
} else {
  const text = 'import own from "./' + own + '"; export default async (...given) => ({ ...(typeof own === "function" ? await own(...given) : own), cache: false });';
  fs.writeFileSync("casebook-ava.config.mjs", text);
  console.log("--config=casebook-ava.config.mjs");
}`;

function plan(
  { folder, env, options, command = [`${COPY}/node_modules/.bin/ava`] }: Detection,
  args: readonly string[],
): RunPlan {
  const own = env?.["NODE_OPTIONS"];
  return withFallback(
    (given) => ({
      command: inFolder(folder, [
        "sh",
        "-c",
        `settings=$(NODE_OPTIONS= node -e "$WITHOUT_CACHE"); unset WITHOUT_CACHE; exec "$@" --tap $settings >${OUT}/${REPORT}`,
        "sh",
        ...command,
        ...given,
        ...args,
      ]),
      env: {
        ...env,
        WITHOUT_CACHE,
        NODE_OPTIONS: [own, `--import=${WITHOUT_OWN_FRAMES}`].filter(Boolean).join(" "),
      },
      collect: [REPORT],
    }),
    { options, leavesOut: "the project's own options of AVA" },
  );
}
