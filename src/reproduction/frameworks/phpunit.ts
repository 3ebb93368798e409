import { COPY, OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { badEnd, readJUnit } from "../reports/read-junit.ts";
import type { TestResult } from "../test-report.ts";
import { findLine, hintLike, manifests, nameOf, pascalCase, pathsBelow } from "./evidence.ts";
import type { RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";

export const phpunit: TestFramework = {
  name: "phpunit",
  language: "PHP",
  needs: ["php", "phpunit"],

  async detect(files) {
    const tests = pathsBelow(files, "", /Test\.php$/);
    const settings = files.paths.find(
      (path) => /^phpunit(\.dist)?\.xml(\.dist)?$/.test(nameOf(path)) && path === nameOf(path),
    );
    if (settings !== undefined) return { evidence: `${settings}:1`, strength: 3, folder: "", tests };
    const needed = await findLine(files, manifests(files, /^composer\.json$/), /"phpunit\/phpunit"/);
    if (needed !== undefined) return { evidence: needed, strength: 2, folder: "", tests };
    const used = await findLine(files, tests, /PHPUnit\\Framework\\TestCase/);
    return used === undefined ? undefined : { evidence: used, strength: 1, folder: "", tests };
  },

  testFileHint: (detection, topic) => hintLike(detection, () => `${pascalCase(topic)}Test.php`, "tests"),
  runFile: (path) => plan([path]),
  runAll: ({ tests }) => plan(tests.some((path) => path.startsWith("tests/")) ? ["tests"] : []),

  read({ files }, { folder }) {
    return readJUnit(files.get(REPORT), ({ element }): TestResult => {
      const { attributes } = element;
      const base = {
        name: `${attributes.get("class") ?? ""}::${attributes.get("name") ?? ""}`,
        file: pathInRepository(attributes.get("file") ?? "", folder),
      };
      const end = badEnd(element);
      if (end === undefined) return { ...base, outcome: "passed" };
      if (end.name === "skipped") return { ...base, outcome: "skipped" };
      return {
        ...base,
        // What it calls an error is an exception in the test, unless PHP itself could not go on.
        outcome: /^(ParseError|CompileError)/.test(end.attributes.get("type") ?? "") ? "error" : "failed",
        type: end.attributes.get("type")?.split("\\").pop(),
        message: shorten(end.text),
        at: placeOf(end.text, /^(\S+\.php):(\d+)$/, folder),
      };
    });
  },
};

/** The project's own runner when it was prepared, else that of the toolchain. */
function plan(args: readonly string[]): RunPlan {
  const script = `run=phpunit; [ -e ${COPY}/vendor/bin/phpunit ] && run=${COPY}/vendor/bin/phpunit
exec "$run" --colors=never --log-junit ${OUT}/${REPORT} "$@"`;
  return { command: ["sh", "-c", script, "sh", ...args], env: {}, collect: [REPORT] };
}
