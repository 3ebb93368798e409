import { z } from "zod";
import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, shorten } from "../reports/place-of.ts";
import { fromJson } from "../reports/read-jest-json.ts";
import { findLine, hintLike, snakeCase } from "./evidence.ts";
import { PYTHON_ENV, pythonTestName, pythonTests } from "./python-files.ts";
import { PYTHON_RUNNER } from "./python-runner.ts";
import type { RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

const schema = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      file: z.string().nullable(),
      outcome: z.enum(["passed", "failed", "error", "skipped"]),
      type: z.string().nullish(),
      message: z.string().nullish(),
      at: z.tuple([z.string(), z.int()]).nullish(),
    }),
  ),
});

/** `unittest` classes and plain functions, by a runner of our own that needs Python alone. */
export const unittest: TestFramework = {
  name: "unittest",
  language: "Python",
  needs: ["python3"],

  async detect(files) {
    const tests = pythonTests(files);
    const classes = await findLine(files, tests, /^class \w+\(.*\bTestCase\b.*\):/);
    if (classes !== undefined) return { evidence: classes, strength: 2, folder: "", tests };
    const functions = await findLine(files, tests, /^(async )?def test\w*\(/);
    return functions === undefined ? undefined : { evidence: functions, strength: 1, folder: "", tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => pythonTestName(like, snakeCase(topic)), "tests"),
  runFile: (path) => plan([path]),
  runAll: ({ selection = [] }) => plan(selection),

  read({ files }, { folder }) {
    const text = files.get(REPORT);
    if (text === undefined) return { kind: "none", why: "the runner left no report" };
    const parsed = schema.safeParse(fromJson(text));
    if (!parsed.success) return { kind: "none", why: "the runner's report is not of the known form" };
    return {
      kind: "report",
      tests: parsed.data.tests.map(({ name, file, outcome, type, message, at }) => ({
        name,
        file: file === null ? undefined : pathInRepository(file, folder),
        outcome,
        type: type ?? undefined,
        message: shorten(message ?? undefined),
        at:
          at && pathInRepository(at[0], folder)
            ? { path: pathInRepository(at[0], folder)!, line: at[1] }
            : undefined,
      })),
    };
  },
};

function plan(files: readonly string[]): RunPlan {
  return {
    command: ["python3", "-c", PYTHON_RUNNER, `${OUT}/${REPORT}`, ...files],
    env: PYTHON_ENV,
    collect: [REPORT],
  };
}
