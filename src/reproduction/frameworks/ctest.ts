import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { badEnd, type JUnitCase, readJUnit } from "../reports/read-junit.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { findLine, folderOf, hintLike, inFolder, manifests, pathsBelow, snakeCase } from "./evidence.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";

/** Tests that CMake knows. Of those with GoogleTest, each case is read with its line; of others, that they passed. */
export const ctest: TestFramework = {
  name: "ctest",
  language: "C++",
  needs: ["cmake", "ctest"],

  async detect(files) {
    const [root] = manifests(files, /^CMakeLists\.txt$/);
    if (root === undefined) return undefined;
    const folder = folderOf(root);
    const enabled = await findLine(
      files,
      manifests(files, /^CMakeLists\.txt$/),
      /^\s*(enable_testing|add_test|gtest_discover_tests|include\s*\(\s*CTest)\b/i,
    );
    if (enabled === undefined) return undefined;
    const tests = pathsBelow(
      files,
      folder,
      /(^|\/)tests?\/.*\.(cc|cpp|cxx|c)$|[_-](unit)?tests?\.(cc|cpp|cxx|c)$|(^|\/)test[_-][^/]*\.(cc|cpp|cxx|c)$/i,
    );
    return { evidence: enabled, strength: 3, folder, tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(
      detection,
      (like) => `${snakeCase(topic)}${/[_-](?:unit)?tests?\.\w+$/i.exec(like ?? "")?.[0] ?? "_test.cpp"}`,
      detection.folder === "" ? "tests" : `${detection.folder}/tests`,
    ),
  // Which test program a file is part of, only the build knows.
  runFile: (_, detection) => plan(detection),
  runAll: (detection) => plan(detection, detection.selection),

  read({ files }, { folder }): TestReport {
    const report = readJUnit(files.get(REPORT), (testCase) => readCase(testCase, folder));
    if (report.kind === "none") return report;
    const cases = new Set(report.tests.filter(({ file }) => file !== undefined).map(({ name }) => name));
    const failed = new Set(
      report.tests
        .filter(({ file, outcome }) => file !== undefined && outcome === "failed")
        .map(({ name }) => name),
    );
    // A program with GoogleTest tells its cases itself: what CTest says of it is said twice, unless it says more.
    const isToldTwice = ({ file, outcome, message = "" }: TestResult): boolean => {
      if (file !== undefined || !message.includes("[==========] Running ")) return false;
      const named = [...message.matchAll(/^\[ {2}FAILED {2}\] ([\w./]+?)(?:,.*)?$/gm)].map(
        ([, name]) => name!,
      );
      return outcome === "failed"
        ? named.length > 0 && named.every((name) => failed.has(name) || /^\d/.test(name))
        : [...message.matchAll(/^\[ +OK \] ([\w./]+)/gm)].some(([, name]) => cases.has(name!));
    };
    return {
      kind: "report",
      tests: report.tests
        .filter((test) => !isToldTwice(test))
        .map((test) => (test.outcome === "passed" ? { ...test, message: undefined } : test)),
    };
  },
};

function readCase({ element }: JUnitCase, folder: string): TestResult {
  const { attributes } = element;
  const name = attributes.get("name") ?? "";
  const end = badEnd(element);
  const file = attributes.get("file");
  if (file === undefined) {
    const output = element.children.find((child) => child.name === "system-out")?.text ?? "";
    const outcome = end === undefined ? "passed" : end.name === "skipped" ? "skipped" : "failed";
    return { name, outcome, message: shorten(output, 4_000) };
  }
  const base = { name: `${attributes.get("classname") ?? ""}.${name}`, file: pathInRepository(file, folder) };
  if (
    attributes.get("status") === "notrun" ||
    attributes.get("result") === "skipped" ||
    end?.name === "skipped"
  )
    return { ...base, outcome: "skipped" };
  if (end === undefined) return { ...base, outcome: "passed" };
  const [place = "", ...message] = (end.attributes.get("message") ?? "").split("\n");
  const isThrown = /^unknown file|C\+\+ exception/.test(`${place}\n${message.join("\n")}`);
  return {
    ...base,
    outcome: "failed",
    type: isThrown
      ? /C\+\+ exception with description/.test(message.join("\n"))
        ? "exception"
        : undefined
      : undefined,
    message: shorten(message.join("\n")),
    at: placeOf(place, /^([^\s:]+):(\d+)$/, folder),
  };
}

const START = `cmake -S . -B /tmp/build >/tmp/configure.log 2>&1 || { cat /tmp/configure.log; exit 1; }
cmake --build /tmp/build -j 2 >/tmp/build.log 2>&1 || { tail -c 20000 /tmp/build.log; exit 1; }
cd /tmp/build || exit 1
mkdir ${OUT}/cases
GTEST_OUTPUT=xml:${OUT}/cases/ "$@" --output-junit /tmp/ctest.xml; code=$?
[ -f /tmp/ctest.xml ] || exit $code
{ echo "<testsuites>"
  for file in /tmp/ctest.xml ${OUT}/cases/*.xml; do
    [ -f "$file" ] && sed -e '1s/<?xml[^>]*?>//' "$file"
  done
  echo "</testsuites>"
} >/tmp/report.xml
mv /tmp/report.xml ${OUT}/${REPORT}
exit $code`;

function plan({ folder, command = ["ctest"] }: Detection, args: readonly string[] = []): RunPlan {
  return {
    command: inFolder(folder, ["sh", "-c", START, "sh", ...command, ...args]),
    // One after the other: two programs would give their reports one name.
    env: { CTEST_PARALLEL_LEVEL: "1" },
    collect: [REPORT],
  };
}
