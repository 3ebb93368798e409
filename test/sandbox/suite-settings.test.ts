import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mergeConfigs } from "../../src/investigation/settings/merge-configs.ts";
import { readConfig } from "../../src/process/config.ts";
import { FRAMEWORKS } from "../../src/reproduction/frameworks/frameworks.ts";
import { FRAMEWORK_NAMES, secondsOf, suiteSchema } from "../../src/sandbox/suite-settings.ts";
import { withSuite } from "../../src/sandbox/with-suite.ts";

const read = (text: string): ReturnType<typeof mergeConfigs> => mergeConfigs(undefined, text, []);

test("a repository says how its tests run", () => {
  const { config, problems } = read(
    "suite:\n  framework: pytest\n  command: [python3, -m, pytest]\n  selection: [tests/unit, -k, not slow]\n  environment: { APP_ENV: test }\n  seconds: 900\n",
  );
  expect(problems).toEqual([]);
  expect(config.suite).toEqual({
    framework: "pytest",
    command: ["python3", "-m", "pytest"],
    selection: ["tests/unit", "-k", "not slow"],
    environment: { APP_ENV: "test" },
    seconds: 900,
  });
});

test("every runner of the table can be named", () => {
  expect(new Set(FRAMEWORKS.map(({ name }) => name))).toEqual(new Set(FRAMEWORK_NAMES));
});

describe("a hostile or wrong file stops new runs and is told by its line", () => {
  test.each([
    ["the path of programs", "environment: { PATH: /repo/bin }", "sandbox does not set itself"],
    [
      "a library that is loaded first",
      "environment: { LD_PRELOAD: /repo/x.so }",
      "sandbox does not set itself",
    ],
    ["a file that a shell reads", "environment: { BASH_ENV: /repo/x }", "sandbox does not set itself"],
    ["variables of Casebook", "environment: { casebook_trace: x }", "sandbox does not set itself"],
    ["a name that is none", 'environment: { "A=B": x }', "Expected the name of a variable"],
    ["a value over lines", 'environment: { A: "x\\ny" }', "without control characters"],
    ["a value that is no text", "environment: { A: [1] }", "Expected a text in quotes"],
    ["a long value", `environment: { A: ${"x".repeat(501)} }`, "Expected at most 500 characters"],
    ["a command of one text", "framework: jest\n  command: sh -c evil", "Expected a list of words"],
    [
      "a command that is an option",
      "framework: jest\n  command: [-c, x]",
      "Expected a program before its options",
    ],
    [
      "a command of many words",
      `framework: jest\n  command: [${"x,".repeat(21)}]`,
      "Expected at most 20 words",
    ],
    ["a long word", `selection: [${"x".repeat(301)}]`, "Expected at most 300 characters"],
    ["a word with a NUL", 'selection: ["a\\0b"]', "without control characters"],
    ["a command without a runner", "command: [make, test]", "Expected `framework` beside `command`"],
    [
      "a command for our own runner",
      "framework: unittest\n  command: [make]",
      "Expected `framework` beside `command`",
    ],
    ["a day", "seconds: 86400", "Expected a whole number from 10 to 3600"],
    ["another runner", "framework: rspec", "Expected one of `pytest`"],
    ["another key", "shell: bash", "Expected a key that Casebook knows in `suite`"],
  ])("%s", (_, suite, message) => {
    const { config, problems } = read(`enabled: true\nsuite:\n  ${suite}\n`);
    expect(problems.map((problem) => problem.message).join("\n")).toContain(message);
    expect(problems.every(({ line }) => line >= 2)).toBe(true);
    expect(config.suite).toEqual({});
  });

  test("whatever is accepted is words and short texts", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string()),
        fc.dictionary(fc.string(), fc.string()),
        (selection, environment) => {
          const { data } = suiteSchema.safeParse({ selection, environment });
          if (data === undefined) return;
          const words = [...(data.selection ?? []), ...Object.entries(data.environment ?? {}).flat()];
          expect(words.every((word) => word.length <= 500 && !/\p{Cc}/u.test(word))).toBe(true);
          expect(Object.keys(data.environment ?? {}).some((name) => /^(PATH|LD_.*)$/i.test(name))).toBe(
            false,
          );
        },
      ),
    );
  });
});

describe("the operator", () => {
  const own = {
    toolchains: [],
    suite: { framework: "pytest", environment: { A: "own" }, seconds: 300 },
  } as const;
  const theirs = {
    framework: "jest",
    command: ["npx", "jest"],
    environment: { A: "theirs", B: "b" },
    seconds: 900,
    selection: ["test/unit"],
  } as const;

  test("wins, and the fewer seconds count", () => {
    expect(
      withSuite(own, { ...theirs, command: [...theirs.command], selection: [...theirs.selection] })?.suite,
    ).toEqual({
      framework: "pytest",
      selection: ["test/unit"],
      environment: { A: "own", B: "b" },
      seconds: 300,
    });
    expect(secondsOf({ seconds: 60 })).toEqual({ file: 60, suite: 60 });
    expect(secondsOf(undefined)).toEqual({ file: 120, suite: 600 });
  });

  test("can forbid what a repository says, and code at all", () => {
    expect(withSuite({ ...own, takesSuites: false }, { seconds: 20 })?.suite).toEqual(own.suite);
    expect(withSuite(undefined, { seconds: 20 })).toBeUndefined();
  });

  test("says it in variables; a mistake is named without its value", () => {
    expect(
      readConfig({
        CASEBOOK_SUITE: "{ framework: go test, environment: { CGO_ENABLED: '0' } }",
        CASEBOOK_SUITE_OF_REPOSITORY: "off",
      }).sandbox,
    ).toMatchObject({
      suite: { framework: "go test", environment: { CGO_ENABLED: "0" } },
      takesSuites: false,
    });
    expect(() => readConfig({ CASEBOOK_SUITE: "{ environment: { PATH: hunter2 } }" })).toThrow(
      /CASEBOOK_SUITE: must be keys and values/,
    );
    expect(() => readConfig({ CASEBOOK_SUITE: "{ environment: { PATH: hunter2 } }" })).not.toThrow(/hunter2/);
  });
});

test("a repository's runner replaces its owner's with its command", () => {
  const { config } = mergeConfigs(
    "suite: { framework: jest, command: [npx, jest], environment: { A: a }, seconds: 60 }",
    "suite: { framework: mocha, environment: { B: b } }",
    [],
  );
  expect(config.suite).toEqual({ framework: "mocha", environment: { A: "a", B: "b" }, seconds: 60 });
});
