import { z } from "zod";
import { OUT } from "../../sandbox/places.ts";
import { pathInRepository, placeOf, shorten } from "../reports/place-of.ts";
import { fromJson } from "../reports/read-jest-json.ts";
import type { TestReport, TestResult } from "../test-report.ts";
import { findLine, hintLike, manifests, pathsBelow, snakeCase } from "./evidence.ts";
import type { RunPlan, TestFramework } from "./test-framework.ts";

const REPORT = "report.json";
const TESTS = /(^|\/)test\/.*(_test|\/test_[^/]*)\.rb$|(^|\/)test\/test_[^/]*\.rb$/;

const schema = z.object({
  tests: z.array(
    z.object({
      name: z.string(),
      file: z.string().nullable(),
      outcome: z.enum(["passed", "failed", "error", "skipped"]),
      type: z.string().nullish(),
      message: z.string().nullish(),
      trace: z.array(z.string()),
    }),
  ),
});

/** Minitest has no reporter that writes a file; this one does, when all tests are done. */
const RUNNER = String.raw`
require "json"
require "minitest"
class CasebookReporter < Minitest::AbstractReporter
  def initialize(out)
    @out, @tests = out, []
  end
  def record(result)
    failure = result.failure
    error = failure.is_a?(Minitest::UnexpectedError) ? failure.error : failure
    trace = error ? (error.backtrace || []) : []
    name = result.name
    inside = trace.empty? || trace.any? { |line| line.include?(name) || line.include?("block in <class:") }
    outcome = failure.nil? ? "passed" : result.skipped? ? "skipped" : inside ? "failed" : "error"
    @tests << { name: "#{result.klass}##{name}", file: (result.source_location || [nil])[0], outcome: outcome,
                type: error && error.class.name, message: error && error.message, trace: trace.first(100) }
  end
  def report
    File.write(@out, JSON.generate(tests: @tests))
  end
  def passed?
    @tests.none? { |test| %w[failed error].include?(test[:outcome]) }
  end
end
out = ARGV.shift
files = ARGV.empty? ? Dir.glob("test/**/{*_test,test_*}.rb").sort : ARGV.dup
ARGV.clear
$LOAD_PATH.unshift(File.expand_path("lib"), File.expand_path("test"))
Minitest.extensions << "casebook"
module Minitest
  def self.plugin_casebook_init(options)
    reporter << CasebookReporter.new(CASEBOOK_OUT)
  end
end
CASEBOOK_OUT = out
require "minitest/autorun"
files.each { |file| require File.expand_path(file) }
`;

export const minitest: TestFramework = {
  name: "minitest",
  language: "Ruby",
  needs: ["ruby", "minitest"],

  async detect(files) {
    const tests = pathsBelow(files, "", TESTS);
    const needed = await findLine(
      files,
      manifests(files, /^(Gemfile|.*\.gemspec)$/),
      /^(?!\s*#).*["']minitest/,
    );
    if (needed !== undefined) return { evidence: needed, strength: 2, folder: "", tests };
    const used = await findLine(files, tests, /Minitest::(Test|Spec)|minitest\/autorun|Test::Unit::TestCase/);
    return used === undefined ? undefined : { evidence: used, strength: 2, folder: "", tests };
  },

  testFileHint: (detection, topic) =>
    hintLike(
      detection,
      (like) =>
        like?.startsWith("test_") === true ? `test_${snakeCase(topic)}.rb` : `${snakeCase(topic)}_test.rb`,
      "test",
    ),
  runFile: (path) => plan([path]),
  runAll: () => plan([]),

  read({ files }, { folder }): TestReport {
    const text = files.get(REPORT);
    if (text === undefined) return { kind: "none", why: "the runner left no report" };
    const parsed = schema.safeParse(fromJson(text));
    if (!parsed.success) return { kind: "none", why: "the runner's report is not of the known form" };
    return {
      kind: "report",
      tests: parsed.data.tests.map(({ name, file, outcome, type, message, trace }): TestResult => ({
        name,
        file: file === null ? undefined : pathInRepository(file, folder),
        outcome,
        type: type?.split("::").pop(),
        message: shorten(message ?? undefined),
        at: placeOf(trace.join("\n"), /^(\S+\.rb):(\d+):/, folder),
      })),
    };
  },
};

function plan(args: readonly string[]): RunPlan {
  return { command: ["ruby", "-e", RUNNER, `${OUT}/${REPORT}`, ...args], env: {}, collect: [REPORT] };
}
