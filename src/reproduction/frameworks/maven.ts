import { OUT } from "../../sandbox/places.ts";
import { findLine, folderOf, hintLike, inFolder, manifests, pascalCase, pathsBelow } from "./evidence.ts";
import { classOf, JAVA_ENV, JAVA_TESTS, readJavaReport } from "./java-junit.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";

export const maven: TestFramework = {
  name: "maven",
  language: "Java",
  needs: ["java", "mvn"],

  async detect(files) {
    const manifest = manifests(files, /^pom\.xml$/)[0];
    if (manifest === undefined) return undefined;
    const folder = folderOf(manifest);
    const evidence = (await findLine(files, [manifest], /junit|testng|surefire/i)) ?? `${manifest}:1`;
    const tests = pathsBelow(files, folder, JAVA_TESTS);
    return { evidence, strength: tests.length > 0 ? 3 : 1, folder, tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, () => `${pascalCase(topic)}Test.java`, "src/test/java"),
  runFile: (path, detection) =>
    plan(detection, [
      `-Dtest=${classOf(path)}`,
      "-DfailIfNoTests=false",
      "-Dsurefire.failIfNoSpecifiedTests=false",
    ]),
  runAll: (detection) => plan(detection, []),
  read: ({ files }, detection) => readJavaReport(files.get(REPORT), detection),
};

/** Without network: what the build needs must lie in a `.m2` that the operator prepared. */
function plan({ folder }: Detection, args: readonly string[]): RunPlan {
  const script = `[ -d /repo/.m2 ] && set -- -Dmaven.repo.local=/repo/.m2 "$@"
mvn -o -q -B -fae test "$@"; code=$?
find . -path '*/surefire-reports/TEST-*.xml' -exec cat {} + >${OUT}/${REPORT}; exit $code`;
  return { command: inFolder(folder, ["sh", "-c", script, "sh", ...args]), env: JAVA_ENV, collect: [REPORT] };
}
