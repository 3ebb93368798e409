import { z } from "zod";
import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { fromJson } from "../reports/read-jest-json.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { findLine, hintLike, manifests, pathsBelow, snakeCase } from "./evidence.ts";
import type { RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";

/** Near the top of a trace: it came from a hook, not from the example. */
const HOOK = /\/hooks\.rb:\d+:in [`'](?:[\w:]+#)?run'/;

const schema = z.object({
  messages: z.array(z.string()).optional(),
  examples: z.array(
    z.object({
      full_description: z.string(),
      status: z.string(),
      file_path: z.string(),
      exception: z
        .object({ class: z.string(), message: z.string(), backtrace: z.array(z.string()).nullish() })
        .optional(),
    }),
  ),
  summary: z.object({ errors_outside_of_examples_count: z.int().default(0) }),
});

export const rspec: TestFramework = {
  name: "rspec",
  language: "Ruby",
  needs: ["ruby", "rspec"],

  async detect(files) {
    const tests = pathsBelow(files, "", /_spec\.rb$/);
    const configured = files.paths.includes(".rspec") ? ".rspec:1" : undefined;
    if (configured !== undefined) return { evidence: configured, strength: 3, folder: "", tests };
    const needed = await findLine(files, manifests(files, /^(Gemfile|.*\.gemspec)$/), /^(?!\s*#).*["']rspec/);
    if (needed !== undefined) return { evidence: needed, strength: 2, folder: "", tests };
    return tests[0] === undefined ? undefined : { evidence: `${tests[0]}:1`, strength: 1, folder: "", tests };
  },

  testFileHint: (detection, topic) => hintLike(detection, () => `${snakeCase(topic)}_spec.rb`, "spec"),
  runFile: (path) => plan([path]),
  runAll: () => plan([]),

  read({ files }, { folder }): TestReport {
    const text = files.get(REPORT);
    if (text === undefined) return { kind: "none", why: "the runner left no report" };
    const parsed = schema.safeParse(fromJson(text));
    if (!parsed.success) return { kind: "none", why: "the runner's report is not of the known form" };
    const { examples, messages = [], summary } = parsed.data;
    const tests = examples.map(
      ({ full_description: name, status, file_path: path, exception }): TestResult => {
        const base = { name, file: pathInRepository(path, folder) };
        if (status !== "failed") return { ...base, outcome: status === "passed" ? "passed" : "skipped" };
        const trace = (exception?.backtrace ?? []).join("\n");
        return {
          ...base,
          outcome: HOOK.test(trace.split("\n").slice(0, 6).join("\n")) ? "error" : "failed",
          type: exception?.class.split("::").pop(),
          message: shorten(exception?.message),
          at: placeOf(trace, /^(\S+\.rb):(\d+):/, folder),
        };
      },
    );
    if (summary.errors_outside_of_examples_count > 0)
      tests.push({ name: "(loading)", outcome: "error", message: shorten(messages.join("\n")) });
    return { kind: "report", tests };
  },
};

function plan(args: readonly string[]): RunPlan {
  return {
    command: ["rspec", "--no-color", "--format", "json", "--out", `${OUT}/${REPORT}`, ...args],
    env: {},
    collect: [REPORT],
  };
}
