import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten, V8_FRAME } from "../reports/place-of.ts";
import { badEnd, readJUnit } from "../reports/read-junit.ts";
import type { TestResult } from "../test-report.ts";
import { findLine, folderOf, fromFolder, hintLike, inFolder, nameOf, pathsBelow } from "./evidence.ts";
import { detectPackage, jsTestName, withFallback } from "./node-package.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";
/** What `node --test` looks for by itself. */
const TESTS =
  /(^|\/)test\/.*\.[cm]?[jt]s$|(^|\/)test\.[cm]?[jt]s$|(^|\/)test-[^/]*\.[cm]?[jt]s$|[._-]test\.[cm]?[jt]s$/;

export const nodeTest: TestFramework = {
  name: "node:test",
  language: "JavaScript",
  needs: ["node"],

  async detect(files) {
    const called = await detectPackage(files, { script: /\bnode(?=\s.*--test\b)/, tests: TESTS });
    if (called !== undefined) return called;
    const tests = pathsBelow(files, "", TESTS);
    const used = await findLine(files, tests, /(from\s+|require\(\s*)["']node:test["']/);
    return used === undefined ? undefined : { evidence: used, strength: 2, folder: "", tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => jsTestName(like, topic, ".test.mjs"), "test"),
  runFile: (path, detection) => plan(detection, [fromFolder(detection.folder, path)]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder }) {
    return readJUnit(files.get(REPORT), ({ element, suites }): TestResult => {
      const { attributes } = element;
      const file = pathInRepository(attributes.get("file") ?? "", folder);
      const base = { name: [...suites, attributes.get("name") ?? ""].join(" › "), file };
      const end = badEnd(element);
      if (end === undefined) return { ...base, outcome: "passed" };
      // A test marked `todo` has both.
      if (element.children.some(({ name }) => name === "skipped")) return { ...base, outcome: "skipped" };
      // A file that could not be run to its end is reported as a test of its name.
      const whole =
        file !== undefined && isNameOf(attributes.get("name") ?? "", file) && /exitCode: /.test(end.text);
      return {
        ...base,
        outcome: whole || HOOKS.has(failureType(end.text) ?? "") ? "error" : "failed",
        type: whole ? undefined : CAUSE.exec(end.text)?.[1],
        message: shorten(end.attributes.get("message")),
        at: placeOf(end.text.slice(Math.max(0, end.text.search(/\bcause: /))), V8_FRAME, folder),
      };
    });
  },
};

const CAUSE = /\bcause: (?:\[)?([A-Za-z_$][\w$]*)/;
const HOOKS = new Set(["hookFailed", "parentAlreadyFinished", "testAborted", "uncaughtException"]);

function failureType(text: string): string | undefined {
  return /failureType: '(\w+)'/.exec(text)?.[1];
}

function isNameOf(name: string, file: string): boolean {
  return name.endsWith(nameOf(file)) && (folderOf(name) === "" || file.endsWith(name) || name.endsWith(file));
}

function plan({ folder, env, options, command = ["node"] }: Detection, args: readonly string[]): RunPlan {
  return withFallback(
    (given) => ({
      command: inFolder(folder, [
        ...command,
        ...given,
        ..."--test --test-reporter=junit".split(" "),
        `--test-reporter-destination=${OUT}/${REPORT}`,
        // What a file could not load, only this one says.
        ...(given.length > 0 ? "--test-reporter=spec --test-reporter-destination=stdout".split(" ") : []),
        ...args,
      ]),
      env: { ...env },
      collect: [REPORT],
    }),
    { options, leavesOut: "the project's own options of Node" },
  );
}
