import { OUT } from "../../sandbox/places.ts";
import { findLine, folderOf, hintLike, inFolder, manifests, pascalCase, pathsBelow } from "./evidence.ts";
import { classOf, JAVA_ENV, JAVA_TESTS, readJavaReport } from "./java-junit.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";

export const gradle: TestFramework = {
  name: "gradle",
  language: "Java",
  needs: ["java", "gradle"],

  async detect(files) {
    const manifest = manifests(files, /^build\.gradle(\.kts)?$/)[0];
    if (manifest === undefined) return undefined;
    const folder = folderOf(manifest);
    const evidence = (await findLine(files, [manifest], /junit|testng|kotlin\("test"\)/i)) ?? `${manifest}:1`;
    const tests = pathsBelow(files, folder, JAVA_TESTS);
    return { evidence, strength: tests.length > 0 ? 3 : 1, folder, tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(
      detection,
      (like) => `${pascalCase(topic)}Test${like?.endsWith(".kt") === true ? ".kt" : ".java"}`,
      "src/test/java",
    ),
  runFile: (path, detection) => plan(detection, ["--tests", `*${classOf(path)}`]),
  runAll: (detection) => plan(detection, []),
  read: ({ files }, detection) => readJavaReport(files.get(REPORT), detection),
};

/** Without network and without a process that stays; not the wrapper, which would download a Gradle. */
function plan({ folder }: Detection, args: readonly string[]): RunPlan {
  const script = `gradle --offline --no-daemon --continue -q test "$@"; code=$?
find . -path '*/test-results/*/TEST-*.xml' -exec cat {} + >${OUT}/${REPORT}; exit $code`;
  return {
    command: inFolder(folder, ["sh", "-c", script, "sh", ...args]),
    env: { ...JAVA_ENV, GRADLE_USER_HOME: "/tmp/gradle" },
    collect: [REPORT],
  };
}
