import { describe, expect, test } from "@jest/globals";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { parseXml } from "../../src/reproduction/reports/read-junit.ts";
import { placeOf, V8_FRAME } from "../../src/reproduction/reports/place-of.ts";
import { errorOf } from "../../src/reproduction/reports/read-jest-json.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import { honest, reportOf, runOf, testOf, three } from "./evidence.ts";

const LENGTH = 99_000;
const fill = (piece: string, length = LENGTH): string =>
  piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
const lines = (piece: string): string => fill(`${piece}\n`.repeat(1)).split("\n").slice(0, 2_900).join("\n");

/** Texts that make careless patterns slow, each as long as a test may be. */
const TEXTS: readonly (readonly [string, string])[] = [
  ["one long name", fill("a")],
  ["a name and spaces", `for ${fill(" ")}x`],
  ["spaces in brackets", `f(\n${fill(" \n", 5_000)}${fill(`${" ".repeat(4_000)}\n`, 90_000)}`],
  ["open brackets", lines("{ ( [")],
  ["open braces", lines("if (a) {")],
  ["names before spaces", lines(`${"a".repeat(20)}${" ".repeat(12)}`)],
  ["slashes and groups", fill("=/[")],
  ["quotes", fill("'\"`")],
  ["open templates", fill("`${")],
  ["open formats", fill('f"{')],
  ["comments", fill("/*")],
  ["assignments", lines("a = b = c")],
  ["imports", fill("import { a } ")],
  ["lists in brackets", fill("from a import (")],
  ["assertions", lines("assert.equal(assert(expect(")],
  ["deep blocks", Array.from({ length: 440 }, (_, n) => `${" ".repeat(n)}if x:`).join("\n")],
  ["dots", fill("a.b().")],
  ["process words", lines("Runtime ".repeat(4))],
];

describe.each([
  ["Python", "py"],
  ["JavaScript", "js"],
  ["Go", "go"],
  ["Rust", "rs"],
  ["Java", "java"],
  ["C++", "cpp"],
])("%s", (language, ending) => {
  test.each(TEXTS)("%s gets a verdict", async (_, text) => {
    const at = { path: `tests/test_new.${ending}`, line: 1 };
    const runs = three(
      runOf(reportOf({ name: "a", file: at.path, outcome: "failed", type: "E", message: text, at })),
    );
    const names = repositoryNames({ path: at.path, text, language }, ["a.py", "a.js"]);
    const evidence = honest({
      runs,
      test: await testOf({ path: at.path, text, language }),
      repositoryNames: names,
    });
    expect(judgeReproduction(evidence).kind).toMatch(/^(?:reproduced|not-reproduced|invalid)$/);
  });
});

test.each(TEXTS)("%s is no report", (_, text) => {
  const long = text.repeat(8);
  expect(parseXml(long)).toBeUndefined();
  parseXml(`<testcase ${long}>`);
  parseXml(`<a b="${long}">`);
  placeOf(long, V8_FRAME, "");
  errorOf(long);
});
