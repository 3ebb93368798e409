import { expect, test } from "@jest/globals";
import { compareWithFix } from "../../src/phases/fix-comparison.ts";

const said = {
  files: [{ path: "a.py", percent: 80 }, { path: "b.py", percent: 15 }, { path: "c.py" }],
  functions: [
    { path: "a.py", name: "f", percent: 40 },
    { path: "b.py", name: "Store.set" },
  ],
};

test("the first named file and function that the fix changes have their places, and each told likelihood its truth", () => {
  expect(compareWithFix("root-cause", said, { files: ["b.py"], functions: ["b.py::Store.set"] })).toEqual({
    phase: "root-cause",
    file: 2,
    isWhole: true,
    function: 2,
    told: [
      { percent: 80, isTrue: false },
      { percent: 15, isTrue: true },
      { percent: 40, isTrue: false },
    ],
  });
});

test("a fix elsewhere has the place 0, and one that changes no function says nothing of functions", () => {
  const missed = compareWithFix("root-cause", said, { files: ["d.py"], functions: [] });
  expect(missed).toMatchObject({ file: 0, isWhole: false });
  expect(missed).not.toHaveProperty("function");
});

test("the first five files hold the whole fix or not", () => {
  const many = { files: ["1", "2", "3", "4", "5", "6"].map((path) => ({ path })), functions: [] };
  expect(compareWithFix("p", many, { files: ["5", "1"], functions: [] })).toMatchObject({
    file: 1,
    isWhole: true,
  });
  expect(compareWithFix("p", many, { files: ["6", "1"], functions: [] })).toMatchObject({
    file: 1,
    isWhole: false,
  });
});
