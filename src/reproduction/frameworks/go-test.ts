import { z } from "zod";
import { OUT } from "../../sandbox/places.ts";
import { placeOf, shorten } from "../reports/place-of.ts";
import { fromJson } from "../reports/read-jest-json.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { folderOf, fromFolder, hintLike, inFolder, manifests, pathsBelow, snakeCase } from "./evidence.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

const event = z.object({
  Action: z.string(),
  Package: z.string().optional(),
  Test: z.string().optional(),
  Output: z.string().optional(),
});

export const goTest: TestFramework = {
  name: "go test",
  language: "Go",
  needs: ["go"],

  async detect(files) {
    const module = manifests(files, /^go\.mod$/)[0];
    if (module === undefined) return undefined;
    const tests = pathsBelow(files, folderOf(module), /_test\.go$/);
    return { evidence: `${module}:1`, strength: tests.length > 0 ? 3 : 1, folder: folderOf(module), tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(detection, () => `${snakeCase(topic)}_test.go`, detection.folder),
  runFile: (path, detection) => plan(detection, [`./${folderOf(fromFolder(detection.folder, path))}`]),
  runAll: (detection) => plan(detection, detection.selection ?? ["./..."]),
  read: ({ files }, detection) => readEvents(files.get(REPORT), detection),
};

/**
 * `go test` has no way to write its report to a file, so its output goes into one. A test may print lines there that look
 * like the runner's: only a test that was seen to start counts, and `judgeReproduction` refuses texts that hold such lines.
 */
function plan({ folder, command = ["go", "test"] }: Detection, packages: readonly string[]): RunPlan {
  const script = `"$@" >${OUT}/${REPORT}`;
  return {
    command: inFolder(folder, ["sh", "-c", script, "sh", ...command, "-json", "-count=1", ...packages]),
    env: {
      GOFLAGS: "-mod=mod",
      GOPROXY: "off",
      GOSUMDB: "off",
      GOTOOLCHAIN: "local",
      GOCACHE: "/tmp/go-build",
      GOPATH: "/tmp/go",
    },
    collect: [REPORT],
  };
}

function readEvents(text: string | undefined, detection: Detection): TestReport {
  if (text === undefined) return { kind: "none", why: "the runner left no report" };
  const running = new Map<string, { name: string; package: string; output: string[] }>();
  const tests: TestResult[] = [];
  const broken = new Map<string, string>();
  for (const line of text.split("\n")) {
    const parsed = event.safeParse(fromJson(line));
    if (!parsed.success) continue;
    const { Action, Package = "", Test, Output = "" } = parsed.data;
    if (Test === undefined) {
      if (Action === "output" || Action === "build-output")
        broken.set(Package, `${broken.get(Package) ?? ""}${Output}`.slice(-4_000));
      // A package that fails without a failing test could not be built, or ended by itself.
      if (
        Action === "fail" &&
        !tests.some(({ name, outcome }) => outcome === "failed" && name.startsWith(`${Package}.`))
      )
        tests.push({
          name: Package,
          outcome: "error",
          message: shorten(broken.get(Package)),
        });
      continue;
    }
    const key = `${Package}.${Test}`;
    if (Action === "run") running.set(key, { name: key, package: Package, output: [] });
    const test = running.get(key);
    if (test === undefined) continue;
    if (Action === "output") test.output.push(Output);
    else if (Action === "pass" || Action === "skip" || Action === "fail") {
      running.delete(key);
      const end = endOf(Action, test.output, detection.folder, packageFolder(test.package, detection));
      tests.push({
        name: key,
        file: end.at?.path.endsWith("_test.go") === true ? end.at.path : undefined,
        ...end,
      });
    }
  }
  // Old versions say so without JSON.
  for (const line of text.split("\n")) {
    const name = /^FAIL\s+(\S{1,500}) \[(build|setup) failed\]/.exec(line)?.[1];
    if (name !== undefined) tests.push({ name, outcome: "error", message: "it could not be built" });
  }
  if (tests.length === 0 && !text.includes('"Action"'))
    return { kind: "none", why: "the packages could not be built" };
  for (const { name } of running.values())
    tests.push({ name, outcome: "error", message: "the process of the tests ended in it" });
  // A test that only failed because one inside it did tells nothing of its own.
  const outer = new Set(
    tests.flatMap(({ name, outcome }) =>
      outcome === "failed" ? [name.slice(0, name.lastIndexOf("/"))] : [],
    ),
  );
  return {
    kind: "report",
    tests: tests.filter(({ name, outcome }) => outcome !== "failed" || !outer.has(name)),
  };
}

/** A test's lines name their file without its folder: that is the one of the tests' folders which the package's name ends with. */
function packageFolder(name: string, { folder, tests }: Detection): string {
  const inside = [...new Set(tests.map(folderOf))].filter((other) =>
    `/${name}`.endsWith(`/${fromFolder(folder, other)}`),
  );
  return inside.sort((a, b) => b.length - a.length)[0] ?? folder;
}

function endOf(
  action: string,
  output: readonly string[],
  folder: string,
  own: string,
): Omit<TestResult, "name" | "file"> {
  if (action !== "fail") return { outcome: action === "pass" ? "passed" : "skipped" };
  const lines = output.filter((line) => !/^\s*(=== |--- )/.test(line)).join("");
  const panic = /^panic: (.*)/m.exec(lines)?.[1];
  return {
    outcome: "failed",
    type: panic === undefined ? undefined : "panic",
    message: shorten(panic ?? lines),
    at:
      panic === undefined
        ? placeOf(lines, /^\s+([\w.-]+_test\.go):(\d+): /, own)
        : placeOf(lines, /^\t(\S+\.go):(\d+)/, folder),
  };
}
