import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { writersOf, writtenBy } from "../../src/claims/written-by.ts";

const YEAR = 365 * 86_400;
const NOW = 20 * YEAR;
const line = (author: string, years: number, at = 1) => ({
  line: at,
  oid: "0".repeat(40),
  author,
  time: NOW - years * YEAR,
  subject: "Change",
});

test("a line counts half for each year of its age", () => {
  const lines = [...Array(6).fill(line("Ada", 4)), line("Bob", 0), line("Bob", 1)];
  expect(writersOf(lines, NOW).map(({ author, lines: own }) => [author, own])).toEqual([["Bob", 2]]);
  expect(
    writersOf([...Array(16).fill(line("Ada", 3)), line("Bob", 0)], NOW).map(({ author }) => author),
  ).toEqual(["Ada", "Bob"]);
});

test("names at most two people, each with a quarter of what counts, whatever the lines are", () => {
  const lines = fc.array(
    fc.record({
      author: fc.constantFrom("Ada", "Bob", "Eve", "Kim", ""),
      years: fc.integer({ min: -1, max: 30 }),
    }),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(lines, (rows) => {
      const all = rows.map(({ author, years }) => line(author, years));
      const people = writersOf(all, NOW);
      expect(people.length).toBeLessThanOrEqual(2);
      expect(new Set(people.map(({ author }) => author)).size).toBe(people.length);
      for (const { author, lines: own, date } of people) {
        const theirs = all.filter((one) => one.author === author);
        expect(author).not.toBe("");
        expect(own).toBe(theirs.length);
        expect(date).toBe(
          new Date(Math.max(...theirs.map(({ time }) => time)) * 1000).toISOString().slice(0, 10),
        );
      }
      expect(writersOf(all.toReversed(), NOW)).toEqual(people);
    }),
    { numRuns: 300, seed: 16 },
  );
});

test("a name is shown as code, so that it notifies nobody", () => {
  const { text } = writtenBy.of({
    lines: { path: "a.py", start: 1, end: 2 },
    of: 2,
    people: [{ author: "@ada", lines: 2, date: "2026-01-02" }],
  });
  expect(text).toBe("of 2 lines of `a.py:1-2`, `@ada` wrote 2, the newest on 2026-01-02");
});
