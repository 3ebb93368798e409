import { OUT } from "../../sandbox/places.ts";
import { placeOf, shorten } from "../reports/place-of.ts";
import { badEnd, readJUnit } from "../reports/read-junit.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { findLine, folderOf, hintLike, inFolder, manifests, nameOf, pathsBelow } from "./evidence.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";
const SOURCES = /^(?:.*\/)?src\/test\/java\//;

/** JUnit 4, JUnit 5 and TestNG, by the project's own `pom.xml`. */
export const maven: TestFramework = {
  name: "mvn test",
  language: "Java",
  needs: ["mvn"],

  async detect(files) {
    const pom = manifests(files, /^pom\.xml$/)[0];
    if (pom === undefined) return undefined;
    const folder = folderOf(pom);
    const tests = pathsBelow(
      files,
      folder,
      /(^|\/)src\/test\/java\/.*(?:Tests?|TestCase)\.java$|(^|\/)src\/test\/java\/(?:.*\/)?Test\w+\.java$/,
    );
    const used = await findLine(files, manifests(files, /^pom\.xml$/), /<artifactId>(junit[\w-]*|testng)</);
    return {
      evidence: used ?? `${pom}:1`,
      strength: used !== undefined || tests.length > 0 ? 3 : 1,
      folder,
      tests,
    };
  },

  testFileHint: (detection, topic) =>
    hintLike(
      detection,
      () => `${pascalCase(topic)}Test.java`,
      detection.folder === "" ? "src/test/java" : `${detection.folder}/src/test/java`,
    ),
  runFile: (path, detection) => plan(detection, [`-Dtest=${classOf(path)}`]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder, tests }): TestReport {
    return readJUnit(files.get(REPORT), ({ element }): TestResult => {
      const { attributes } = element;
      const className = attributes.get("classname") ?? "";
      const file = fileOf(className, tests);
      const name = attributes.get("name") ?? "";
      const base = { name: `${className}.${name}`, file };
      const end = badEnd(element);
      if (end === undefined) return { ...base, outcome: "passed" };
      if (end.name === "skipped") return { ...base, outcome: "skipped" };
      // Surefire calls every exception but an assertion an error. A class that does not start has no name of a test.
      const inTest = name !== "" && end.text.includes(`.${name.replace(/[([{].*$/s, "")}(`);
      return {
        ...base,
        outcome: end.name === "failure" || inTest ? "failed" : "error",
        type: (end.attributes.get("type") ?? "").split(".").at(-1) || undefined,
        message: shorten(end.attributes.get("message")),
        at: placeIn(end.text, tests, folder),
      };
    });
  },
};

/** A frame names a class and a file without its folder: it is in the repository where the class is one of the tests'. */
function placeIn(text: string, tests: readonly string[], folder: string): TestResult["at"] {
  const frames = text.split("\n", 5_000).flatMap((line) => {
    const [, className, file, number] =
      /^\s*at (?:[\w.@-]+\/)?([\w.$]{1,500})\.[\w$<>]{1,200}\(([\w$]{1,200}\.java):(\d+)\)/.exec(
        line.slice(0, 1_000),
      ) ?? [];
    return className === undefined ? [] : [{ className, file: file!, line: Number(number) }];
  });
  for (const { className, file, line } of frames) {
    const path = fileOf(className, tests);
    if (path !== undefined && nameOf(path) === file) return { path, line };
  }
  return placeOf(text, /^\S*?([\w./-]+\.java):\[?(\d+)/, folder);
}

/** `shop.CartTest` and `shop.CartTest$Inner` are in `src/test/java/shop/CartTest.java`. */
function fileOf(className: string, tests: readonly string[]): string | undefined {
  const ending = `${className.split("$")[0]!.replaceAll(".", "/")}.java`;
  return tests.find((path) => path.replace(SOURCES, "") === ending);
}

function classOf(path: string): string {
  return path
    .replace(SOURCES, "")
    .replace(/\.java$/, "")
    .replaceAll("/", ".");
}

function pascalCase(topic: string): string {
  return topic.replaceAll(/(?:^|[^A-Za-z0-9]+)([A-Za-z0-9]?)/g, (_, first: string) => first.toUpperCase());
}

/**
 * Each class has a report of its own, which Surefire gives no other place; they become one. Properties are left out: they are
 * most of it.
 */
const START = `"$@"; code=$?
{ echo "<testsuites>"
  find . -path '*/surefire-reports/TEST-*.xml' | sort | while read -r file; do
    sed -e '1s/<?xml[^>]*?>//' -e '/<properties>/,/<\\/properties>/d' "$file"
  done
  echo "</testsuites>"
} >/tmp/report.xml
find . -path '*/surefire-reports/TEST-*.xml' | grep -q . && mv /tmp/report.xml ${OUT}/${REPORT}
exit $code`;

/** A sandbox bounds address space, of which a Java machine reserves several times what it uses. */
const JAVA_ENV = {
  JAVA_TOOL_OPTIONS: "-Xmx1g -XX:CompressedClassSpaceSize=128m -XX:ReservedCodeCacheSize=128m",
  MALLOC_ARENA_MAX: "2",
};

function plan({ folder, command = ["mvn"] }: Detection, args: readonly string[]): RunPlan {
  return {
    command: inFolder(folder, [
      "sh",
      "-c",
      START,
      "sh",
      ...command,
      // Some projects hide stacks, and with them the line.
      ..."-B -q -o -fae -Dstyle.color=never -Dsurefire.failIfNoSpecifiedTests=false -DtrimStackTrace=false".split(
        " ",
      ),
      "test",
      ...args,
    ]),
    env: JAVA_ENV,
    collect: [REPORT],
  };
}
