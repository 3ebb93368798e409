import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { badEnd, readJUnit } from "../reports/read-junit.ts";
import { findLine, hintLike, manifests, snakeCase } from "./evidence.ts";
import { PYTHON_ENV, pythonManifests, pythonTestName, pythonTests } from "./python-files.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.xml";
/** `src` is seen as an installed project would be. */
const START = `import os, sys
if os.path.isdir("src") and not os.path.exists("src/__init__.py"): sys.path.append(os.path.abspath("src"))
import pytest
sys.exit(pytest.main(sys.argv[1:]))`;
/** The project's own options stay, so that its own selection of tests is run; they go where they are those of a plugin that is not here. */
const MISSING =
  /unrecognized arguments: |Error importing plugin |Missing required plugins: |ModuleNotFoundError: No module named 'pytest_/;
const WITHOUT_OPTIONS = ["-o", "addopts=", "-o", "required_plugins="];
const OPTIONS = "-q -p no:cacheprovider -p no:randomly -o junit_family=xunit1".split(" ");

export const pytest: TestFramework = {
  name: "pytest",
  language: "Python",
  needs: ["python3", "pytest"],

  async detect(files) {
    const tests = pythonTests(files);
    const configured =
      (await findLine(files, manifests(files, /^pytest\.ini$/), /^\[pytest\]/)) ??
      (await findLine(
        files,
        pythonManifests(files),
        /^\[(tool\.pytest\.ini_options|tool:pytest|pytest)\]/,
      )) ??
      (await findLine(files, manifests(files, /^conftest\.py$/), /\S/));
    if (configured !== undefined) return { evidence: configured, strength: 3, folder: "", tests };
    const needed = await findLine(files, pythonManifests(files), /^(?!\s*#).*\bpytest\b/);
    if (needed !== undefined) return { evidence: needed, strength: 2, folder: "", tests };
    const used = await findLine(files, tests, /^\s*(import pytest|from pytest import)\b/);
    return used === undefined ? undefined : { evidence: used, strength: 2, folder: "", tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, (like) => pythonTestName(like, snakeCase(topic)), "tests"),
  runFile: (path, detection) => plan(detection, [path]),
  runAll: (detection) => plan(detection, ["--continue-on-collection-errors", ...(detection.selection ?? [])]),

  read({ files }, { folder }) {
    return readJUnit(files.get(REPORT), ({ element }) => {
      const { attributes } = element;
      const file = pathInRepository(attributes.get("file") ?? "", folder);
      const name = [(attributes.get("classname") ?? "").split(".").pop(), attributes.get("name") ?? ""];
      const base = { name: isModule(name[0], file) ? name[1]! : name.join("."), file };
      const end = badEnd(element);
      if (end === undefined) return { ...base, outcome: "passed" };
      if (end.name === "skipped")
        return { ...base, outcome: "skipped", message: shorten(end.attributes.get("message")) };
      return {
        ...base,
        outcome: end.name === "error" ? "error" : "failed",
        type: typeOf(end.text),
        message: shorten(withoutType(end.attributes.get("message"), typeOf(end.text))),
        at: placeOf(end.text, /^([^\s:]+\.py):(\d+):/, folder, "last"),
      };
    });
  },
};

function plan({ command = ["python3", "-c", START] }: Detection, args: readonly string[]): RunPlan {
  const make = (more: readonly string[]): RunPlan => ({
    command: [...command, ...OPTIONS, ...more, `--junitxml=${OUT}/${REPORT}`, ...args],
    env: PYTHON_ENV,
    collect: [REPORT],
  });
  return {
    ...make([]),
    fallback: {
      shownBy: MISSING,
      plan: make(WITHOUT_OPTIONS),
      leavesOut: "the project's own options of pytest",
    },
  };
}

/** The class name of a plain function is that of its module. */
function isModule(name: string | undefined, file: string | undefined): boolean {
  return name === undefined || name === "" || file?.endsWith(`${name}.py`) === true;
}

/** The last line of a traceback: `tests/test_a.py:12: KeyError`; a collection error has it in its `E` lines. */
function typeOf(text: string): string | undefined {
  const lines = text.trimEnd().split("\n");
  return (
    /^[^\s:]+:\d+: ([A-Za-z_][\w.]*)$/.exec(lines.at(-1) ?? "")?.[1] ??
    lines
      .map((line) => /^E {3}([A-Za-z_]\w*(?:Error|Exception)): /.exec(line)?.[1])
      .find((type) => type !== undefined)
  );
}

function withoutType(message: string | undefined, type: string | undefined): string | undefined {
  return type !== undefined && message?.startsWith(`${type}: `) === true
    ? message.slice(type.length + 2)
    : message;
}
