import { describe, expect, test } from "@jest/globals";
import { judgeReproduction, type ReproductionVerdict } from "../../src/reproduction/judge-reproduction.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import type { TestResult } from "../../src/reproduction/test-report.ts";
import { honest, reportOf, runOf, testOf, three } from "./evidence.ts";
import { JAVASCRIPT_HONEST, JAVASCRIPT_LIARS, PYTHON_HONEST, PYTHON_LIARS, type Sample } from "./liars.ts";

/** Three runs that report just what an honest failure would. */
async function judge(
  { text, type = "AssertionError" }: Sample,
  language: string,
  traced: boolean,
): Promise<ReproductionVerdict> {
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
      test: await testOf({ path, text, language }),
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
    async (_, sample) => {
      expect(await judge(sample, language, true)).toMatchObject({ kind: "invalid" });
    },
  );

  test.each(honestOnes.map((sample) => [sample.name, sample] as const))(
    "a test that %s is believed",
    async (_, sample) => {
      expect(await judge(sample, language, true)).toMatchObject({
        kind: "reproduced",
        reasons: expect.anything(),
      });
      expect(await judge(sample, language, false)).toMatchObject({ kind: "reproduced" });
    },
  );

  test("most lies are noticed without knowing what the test imports, too", async () => {
    const through: string[] = [];
    for (const sample of liars)
      if ((await judge(sample, language, false)).kind === "reproduced") through.push(sample.name);
    expect(through).toEqual(letThrough);
  });
});
