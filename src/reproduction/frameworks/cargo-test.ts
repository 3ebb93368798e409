import { z } from "zod";
import { OUT } from "../../sandbox/places.ts";
import { placeOf, shorten } from "../reports/place-of.ts";
import { fromJson } from "../reports/read-jest-json.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import {
  findLine,
  folderOf,
  fromFolder,
  hintLike,
  inFolder,
  manifests,
  nameOf,
  pathsBelow,
  snakeCase,
} from "./evidence.ts";
import type { Detection, RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

const event = z.object({
  type: z.literal("test"),
  event: z.string(),
  name: z.string(),
  stdout: z.string().optional(),
});

export const cargoTest: TestFramework = {
  name: "cargo test",
  language: "Rust",
  needs: ["cargo"],

  async detect(files) {
    const manifest = manifests(files, /^Cargo\.toml$/)[0];
    if (manifest === undefined) return undefined;
    const folder = folderOf(manifest);
    const tests = pathsBelow(files, folder, /(^|\/)tests\/[^/]+\.rs$/);
    const inside = await findLine(files, pathsBelow(files, folder, /\.rs$/), /#\[test\]/);
    return {
      evidence: `${manifest}:1`,
      strength: tests.length > 0 || inside !== undefined ? 3 : 1,
      folder,
      tests,
    };
  },

  testFileHint: (detection, topic) =>
    hintLike(
      detection,
      () => `${snakeCase(topic)}.rs`,
      detection.folder === "" ? "tests" : `${detection.folder}/tests`,
    ),
  runFile: (path, detection) =>
    plan(detection, ["--test", nameOf(fromFolder(detection.folder, path)).replace(/\.rs$/, "")]),
  runAll: (detection) => plan(detection, detection.selection ?? []),

  read({ files }, { folder }): TestReport {
    const text = files.get(REPORT);
    if (text === undefined) return { kind: "none", why: "the runner left no report" };
    const running = new Set<string>();
    const tests: TestResult[] = [];
    for (const line of text.split("\n")) {
      const parsed = event.safeParse(fromJson(line));
      if (!parsed.success) continue;
      const { name, event: what, stdout = "" } = parsed.data;
      if (what === "started") running.add(name);
      else if (running.delete(name)) tests.push({ name, ...endOf(what, stdout, folder) });
    }
    for (const name of running)
      tests.push({ name, outcome: "error", message: "the process of the tests ended in it" });
    if (tests.length === 0 && !text.includes('"suite"'))
      return { kind: "none", why: "the tests could not be built" };
    return { kind: "report", tests };
  },
};

/**
 * The JSON form is not stable yet: the variable lets a stable compiler write it, for the test programs alone, after they
 * were built without it. What a passing test prints is kept from it by the runner.
 */
function plan({ folder, command = ["cargo", "test"] }: Detection, args: readonly string[]): RunPlan {
  const script = `"$@" --offline --no-run && RUSTC_BOOTSTRAP=1 "$@" --offline --no-fail-fast -- -Z unstable-options --format=json >${OUT}/${REPORT}`;
  return {
    command: inFolder(folder, ["sh", "-c", script, "sh", ...command, ...args]),
    env: { CARGO_HOME: "/tmp/cargo", CARGO_TARGET_DIR: "/tmp/target", RUST_BACKTRACE: "0" },
    collect: [REPORT],
  };
}

function endOf(what: string, stdout: string, folder: string): Omit<TestResult, "name" | "file"> {
  if (what === "ok") return { outcome: "passed" };
  if (what !== "failed" && what !== "timeout") return { outcome: "skipped" };
  const at = stdout.indexOf(" panicked at ");
  const lines = at < 0 ? stdout : stdout.slice(at);
  return {
    outcome: "failed",
    type: at < 0 ? undefined : "panic",
    message: shorten(
      lines
        .split("\n")
        .slice(at < 0 ? 0 : 1)
        .filter((line) => !line.startsWith("note: "))
        .join("\n"),
    ),
    at: placeOf(lines, /panicked at (?:'.*', )?([^\s:]+\.rs):(\d+)/, folder),
  };
}
