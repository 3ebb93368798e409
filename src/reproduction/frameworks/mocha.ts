import { z } from "zod";
import { COPY, OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten, V8_FRAME } from "../reports/place-of.ts";
import { errorOf, fromJson } from "../reports/read-jest-json.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { fromFolder, hintLike, inFolder } from "./evidence.ts";
import { detectPackage, jsTestName, withFallback } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

const test = z.object({
  fullTitle: z.string(),
  file: z.string().nullish(),
  err: z
    .object({ stack: z.string().optional(), message: z.string().optional(), name: z.string().optional() })
    .nullish(),
});
const schema = z.object({ passes: z.array(test), failures: z.array(test), pending: z.array(test) });

export const mocha: TestFramework = {
  name: "mocha",
  language: "JavaScript",
  needs: ["node", "mocha"],
  detect: (files) =>
    detectPackage(files, {
      dependency: "mocha",
      script: /(^|[\s/&;])_?mocha(\s|$)/,
      settings: /^\.mocharc\.(js|cjs|json|jsonc|ya?ml)$/,
      tests: /(^|\/)(test|spec)s?\/.*\.[cm]?[jt]s$|\.(test|spec)\.[cm]?[jt]s$/,
    }),
  testFileHint: (detection, topic) => hintLike(detection, (like) => jsTestName(like, topic, ".js"), "test"),
  runFile: (path, detection) => plan(detection, [fromFolder(detection.folder, path)]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder }): TestReport {
    const text = files.get(REPORT);
    if (text === undefined) return { kind: "none", why: "the runner left no report" };
    const parsed = schema.safeParse(fromJson(text));
    if (!parsed.success) return { kind: "none", why: "the runner's report is not of the known form" };
    const { passes, failures, pending } = parsed.data;
    const base = ({ fullTitle, file }: z.infer<typeof test>): Pick<TestResult, "name" | "file"> => ({
      name: fullTitle,
      file: pathInRepository(file ?? "", folder),
    });
    return {
      kind: "report",
      tests: [
        ...passes.map((entry): TestResult => ({ ...base(entry), outcome: "passed" })),
        ...pending.map((entry): TestResult => ({ ...base(entry), outcome: "skipped" })),
        ...failures.map((entry): TestResult => {
          const stack = entry.err?.stack ?? "";
          const { type } = errorOf(stack);
          return {
            ...base(entry),
            outcome: /"(before|after) (each|all)" hook/.test(entry.fullTitle) ? "error" : "failed",
            type: type ?? entry.err?.name,
            message: shorten(entry.err?.message),
            at: placeOf(stack, V8_FRAME, folder),
          };
        }),
      ],
    };
  },
};

function plan(
  { folder, env, options, command = [`${COPY}/node_modules/.bin/mocha`] }: Detection,
  args: readonly string[],
): RunPlan {
  return withFallback(
    (given) => ({
      command: inFolder(folder, [
        ...command,
        ...given,
        ..."--reporter json --reporter-option".split(" "),
        `output=${OUT}/${REPORT}`,
        ...args,
      ]),
      env: { ...env },
      collect: [REPORT],
    }),
    {
      options,
      instead: ["--no-config", "--no-package"],
      leavesOut: "the project's own options of mocha",
    },
  );
}
