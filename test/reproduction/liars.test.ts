import { describe, expect, test } from "@jest/globals";
import { judgeReproduction, type ReproductionVerdict } from "../../src/reproduction/judge-reproduction.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import type { TestResult } from "../../src/reproduction/test-report.ts";
import { honest, reportOf, runOf, three } from "./evidence.ts";
import { JAVASCRIPT_HONEST, JAVASCRIPT_LIARS, PYTHON_HONEST, PYTHON_LIARS, type Sample } from "./liars.ts";

/** Three runs that report just what an honest failure would. */
function judge(
  { text, type = "AssertionError" }: Sample,
  language: string,
  traced: boolean,
): ReproductionVerdict {
  const path = language === "Python" ? "tests/test_new.py" : "test/new.test.js";
  const line = text.split("\n").findIndex((one) => one.includes("@@")) + 1;
  const failed: TestResult = {
    name: "total",
    file: path,
    outcome: "failed",
    type,
    message: "x",
    at: { path, line },
  };
  const paths = ["shop/__init__.py", "shop/cart.py", "src/cart.js", path];
  return judgeReproduction(
    honest({
      runs: three(runOf(reportOf(failed))),
      suite: { before: reportOf(), with: reportOf(failed) },
      test: { path, text, language },
      repositoryNames: traced ? repositoryNames({ path, text, language }, paths) : undefined,
    }),
  );
}

describe.each([
  ["Python", PYTHON_LIARS, PYTHON_HONEST, ["asserts in a helper of its own"]],
  ["JavaScript", JAVASCRIPT_LIARS, JAVASCRIPT_HONEST, ["in a helper of its own"]],
] as const)("%s", (language, liars, honestOnes, letThrough) => {
  test.each(liars.map((sample) => [sample.name, sample] as const))(
    "a test that %s shows nothing",
    (_, sample) => {
      expect(judge(sample, language, true)).toMatchObject({ kind: "invalid" });
    },
  );

  test.each(honestOnes.map((sample) => [sample.name, sample] as const))(
    "a test that %s is believed",
    (_, sample) => {
      expect(judge(sample, language, true)).toMatchObject({ kind: "reproduced", reasons: expect.anything() });
      expect(judge(sample, language, false)).toMatchObject({ kind: "reproduced" });
    },
  );

  test("most lies are noticed without knowing what the test imports, too", () => {
    const through = liars.filter((sample) => judge(sample, language, false).kind === "reproduced");
    expect(through.map(({ name }) => name)).toEqual(letThrough);
  });
});
