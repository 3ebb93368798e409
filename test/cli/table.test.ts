import { expect, test } from "@jest/globals";
import { table } from "../../src/cli/table.ts";

const head = ["file", "why"];
const rows = [
  ["src/a.ts", "the issue names the file and quotes a message that is written here"],
  ["b.ts", "short"],
];

test("makes columns as wide as their widest cell", () => {
  expect(table(head, rows).split("\n")).toEqual([
    "file      why",
    "src/a.ts  the issue names the file and quotes a message that is written here",
    "b.ts      short",
  ]);
});

test("wraps the last column below itself in a terminal", () => {
  expect(table(head, rows, { columns: 40 }).split("\n")).toEqual([
    "file      why",
    "src/a.ts  the issue names the file and",
    "          quotes a message that is",
    "          written here",
    "b.ts      short",
  ]);
});

test("prints whole lines in a narrow terminal", () => {
  expect(table(head, rows, { columns: 30 })).toBe(table(head, rows));
});

test("splits a word that is longer than the column", () => {
  const lines = table(head, [["a", "x".repeat(60)]], { columns: 40 }).split("\n");
  expect(lines.every((line) => line.length <= 40)).toBe(true);
  expect(lines.join("").match(/x/g)).toHaveLength(60);
});
