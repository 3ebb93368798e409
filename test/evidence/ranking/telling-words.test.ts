import { expect, test } from "@jest/globals";
import { tellingWords } from "../../../src/evidence/ranking/query.ts";

test("a word that is a part of another one is left out, whatever its case", () => {
  expect(tellingWords(["report", "makereport", "Make", "item"])).toEqual(["makereport", "item"]);
});

test("of two ways to write a word the first is told", () => {
  expect(tellingWords(["Store", "store"])).toEqual(["Store"]);
});

test("keywords are told only when there is nothing else", () => {
  expect(tellingWords(["def", "flush", "None"])).toEqual(["flush"]);
  expect(tellingWords(["def", "None"])).toEqual(["def", "None"]);
});
