import { expect, test } from "@jest/globals";
import { unsaidWords } from "../../../src/issue/report/unsaid-words.ts";

test.each([
  ["It doesn't close, and I don’t know why.", ["doesn", "t", "don"]],
  ["The file's owner isn't told; we'll see.", ["s", "isn", "t", "ll"]],
  ["Don means the person. I don't.", ["t"]],
  ["`'t'` and b't' stay", []],
])("halves of contractions in %j are not said", (text, unsaid) => {
  expect([...unsaidWords(text)].sort()).toEqual(unsaid.toSorted());
});

const PIP =
  "Package    Version\n---------- -------\nattrs      19.1.0\nboto3      1.9.51\nclick      7.0\npytest     4.4.0\n";

test.each([
  ["what pip lists", `pytest fails.\n\n${PIP}\nThanks`, ["attrs", "boto3", "click", "package", "version"]],
  ["what pip freezes", "a==1.0\nb==2.1.3\nc==0.4\nd==5.0.1\n", ["a", "b", "c", "d"]],
  ["three versions below each other", "xarray: 0.15.1\npandas: 1.0.3\nnumpy: 1.17.3\nscipy: None\n", []],
  [
    "a line of versions",
    "[debug] Optional libraries: Cryptodome-3.19.0, brotli-1.1.0, websockets-12.0",
    ["cryptodome", "brotli", "websockets"],
  ],
  ["two versions in a sentence", "It works with click 7.0, and fails with click 8.0.", []],
  ["numbers of a table", "left 1.5\nright 2.5\n", []],
])("%s: the names are not said", (_, text, unsaid) => {
  expect([...unsaidWords(text)].sort()).toEqual(unsaid.toSorted());
});

test("a name of a list that the report also writes is said", () => {
  expect(unsaidWords(`click is the cause.\n\n${PIP}`).has("click")).toBe(false);
});
