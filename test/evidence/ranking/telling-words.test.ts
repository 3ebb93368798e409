import { expect, test } from "@jest/globals";
import { tellingWords as tell } from "../../../src/evidence/ranking/query.ts";

const tellingWords = (words: readonly string[], unsaid: readonly string[] = []) =>
  tell(words, { unsaid: new Set(unsaid) });

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

test("a word that the issue does not say is never told", () => {
  expect(tellingWords(["doesn", "flush"], ["doesn"])).toEqual(["flush"]);
  expect(tellingWords(["doesn"], ["doesn"])).toEqual([]);
});
