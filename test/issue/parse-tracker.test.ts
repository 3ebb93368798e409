import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseTracker } from "../../src/issue/parse-tracker.ts";

const issue = (number: number, more: object = {}) => ({
  number,
  title: `Issue ${number}`,
  body: "x",
  ...more,
});
const keys = (text: string) => [...parseTracker(text).issues.keys()];

describe("forms of an export", () => {
  const [one, two] = [issue(1), issue(2)];
  test.each([
    ["one array", JSON.stringify([one, two])],
    ["arrays in an array", JSON.stringify([[one], [two]])],
    ["arrays one after the other", `${JSON.stringify([one])}\n${JSON.stringify([two])}`],
    ["one a line", `${JSON.stringify(one)}\n\n${JSON.stringify(two)}\n`],
    ["one object", JSON.stringify(one)],
  ])("%s", (name, text) => expect(keys(text)).toEqual(name === "one object" ? ["1"] : ["1", "2"]));
});

test("reads state, time and what a pull request is, from gh and from the API", () => {
  const { issues } = parseTracker(
    JSON.stringify([
      issue(1, { state: "OPEN", createdAt: "1970-01-01T00:01:00Z" }),
      issue(2, { state: "closed", created_at: "never", pull_request: {} }),
      issue(3, { url: "https://github.com/a/b/pull/3" }),
    ]),
  );
  expect([...issues.values()].map(({ isOpen, created, isPull }) => [isOpen, created, isPull])).toEqual([
    [true, 60, false],
    [false, undefined, true],
    [undefined, undefined, true],
  ]);
});

test("counts what is no issue, keeps the first of a number, and refuses an export without any", () => {
  const { issues, unreadable } = parseTracker(
    JSON.stringify([
      issue(1),
      { ...issue(1), title: "again" },
      { number: 0, title: "x" },
      null,
      { title: "y" },
    ]),
  );
  expect([issues.size, issues.get("1")?.title, unreadable]).toEqual([1, "Issue 1", 3]);
  for (const text of ["", "[]", "not json", "{}", "null"])
    expect(() => parseTracker(text)).toThrow("holds no issue");
});

test("keeps every entry that is an issue, whatever is around it", () => {
  const noise = fc.jsonValue().filter((one) => !Array.isArray(one));
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 999 }), { minLength: 1 });
  fc.assert(
    fc.property(fc.array(noise), numbers, (other, own) => {
      const found = keys(JSON.stringify([...other, ...own.map((number) => issue(number))]));
      expect(found).toEqual(expect.arrayContaining(own.map(String)));
    }),
    { numRuns: 200, seed: 16 },
  );
});
