import { z } from "zod";
import { COPY, OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { readTap, type TapPoint } from "../reports/read-tap.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, jsTestName, withFallback } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.tap";

/** Versions up to 17 and from 18 on name their settings differently. */
const at = z
  .object({
    file: z.string(),
    fileName: z.string(),
    line: z.int(),
    lineNumber: z.int(),
  })
  .partial();
/** `name (test/a.js:3:4)` or `test/a.js:3:4`. */
const FRAME = /(?:^|\()((?:file:\/\/)?[^\s()]+):(\d+):\d+\)?$/;

export const tap: TestFramework = {
  name: "tap",
  language: "JavaScript",
  needs: ["node", "tap"],
  detect: (files) =>
    detectPackage(files, {
      dependency: "tap",
      script: /(^|[\s/&;])tap(\s|$)/,
      settings: /^\.taprc$/,
      tests:
        /(^|\/)(tests?|__tests__)\/.*\.[cm]?[jt]sx?$|(^|\/)tests?\.[cm]?[jt]sx?$|\.(tests?|spec)\.[cm]?[jt]sx?$/,
    }),
  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => jsTestName(like, topic, ".test.js"), "test"),
  runFile: (path, detection) => plan(detection, [fromFolder(detection.folder, path)]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder }): TestReport {
    const points = readTap(files.get(REPORT), { plan: "checked" });
    if (typeof points === "string") return { kind: "none", why: points };
    return {
      kind: "report",
      tests: points.flatMap((point): readonly TestResult[] => {
        const file = pathInRepository(point.name, folder);
        return testsIn(point, [], file, folder);
      }),
    };
  },
};

/** A block with assertions is a test; `names`: of the blocks around it, below the file. */
function testsIn(
  point: TapPoint,
  names: readonly string[],
  file: string | undefined,
  folder: string,
): readonly TestResult[] {
  const blocks = point.children.filter(({ children }) => children.length > 0);
  const single = point.children.filter(({ children }) => children.length === 0);
  const assertions = single.filter(({ directive }) => directive === undefined);
  const skipped = single
    .filter(({ directive }) => directive !== undefined)
    .map(({ name }): TestResult => ({ name: [...names, name].join(" › "), file, outcome: "skipped" }));
  const inside = [...blocks.flatMap((one) => testsIn(one, [...names, one.name], file, folder)), ...skipped];
  const base = { name: names.length === 0 ? point.name : names.join(" › "), file };
  if (point.directive !== undefined) return [...inside, { ...base, outcome: "skipped" }];
  const bad = assertions.find(({ isOk }) => !isOk);
  if (bad !== undefined) return [...inside, { ...base, outcome: "failed", ...failureOf(bad, folder) }];
  const isExplained = point.isOk || inside.some(({ outcome }) => outcome === "failed" || outcome === "error");
  if (!isExplained)
    return [...inside, { ...base, outcome: "error", message: "it did not end by itself, or ran no test" }];
  return inside.length > 0 && assertions.length === 0 ? inside : [...inside, { ...base, outcome: "passed" }];
}

function failureOf({ name, details }: TapPoint, folder: string): Pick<TestResult, "type" | "message" | "at"> {
  const text = (field: string): string => (typeof details[field] === "string" ? details[field] : "");
  const told = at.safeParse(details["at"]).data ?? {};
  const path = pathInRepository(told.fileName ?? told.file ?? "", folder);
  const line = told.lineNumber ?? told.line;
  return {
    type: text("type") || undefined,
    message: shorten([name, text("diff")].filter(Boolean).join("\n")),
    at: path === undefined || line === undefined ? placeOf(text("stack"), FRAME, folder) : { path, line },
  };
}

const START = `case "$("$@" --version)" in
  [0-9].*|v[0-9].*|1[0-7].*|v1[0-7].*) set -- "$@" --no-coverage ;;
  *) set -- "$@" --disable-coverage --allow-empty-coverage ;;
esac
exec "$@" --reporter=terse --output-file=${OUT}/${REPORT}`;

function plan(
  { folder, env, options, command = [`${COPY}/node_modules/.bin/tap`] }: Detection,
  args: readonly string[],
): RunPlan {
  return withFallback(
    (given) => ({
      command: inFolder(folder, ["sh", "-c", START, "sh", ...command, ...given, ...args]),
      env: { ...env },
      collect: [REPORT],
    }),
    { options, leavesOut: "the project's own options of tap" },
  );
}
