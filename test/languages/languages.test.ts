import { expect, test } from "@jest/globals";
import { languageOf, LANGUAGES } from "../../src/languages/languages.ts";
import { OTHER_TEXTS, PLAIN_LANGUAGES } from "../../src/languages/plain-languages.ts";

test.each([
  ["src/a.py", "python"],
  ["a.d.ts", "typescript"],
  ["a.tsx", "tsx"],
  ["a.mjs", "javascript"],
  ["A.JAVA", "java"],
  ["build.gradle.kts", "kotlin"],
  ["x/y.go", "go"],
  ["lib.rs", "rust"],
  ["main.c", "c"],
  ["main.h", "cpp"],
  ["a.b.hpp", "cpp"],
  ["Program.cs", "csharp"],
  ["ci/Rakefile", "ruby"],
  ["index.php", "php"],
  ["Store.swift", "swift"],
  ["build.sc", "scala"],
  ["init.lua", "lua"],
  ["mix.exs", "elixir"],
  ["R/open.R", "r"],
])("%s is read as %s", (path, language) => {
  expect(languageOf(path)).toBe(language);
});

test.each([
  "README.md",
  "Makefile",
  ".py",
  "a.constructor",
  "constructor",
  "__proto__",
  "py",
  "dir.py/file",
  "",
])("%p has no grammar", (path) => {
  expect(languageOf(path)).toBeUndefined();
});

test("no ending belongs to two languages", () => {
  const endings = Object.values({ ...OTHER_TEXTS, ...PLAIN_LANGUAGES, ...LANGUAGES }).flatMap(
    (row) => row.endings,
  );
  expect(endings.filter((ending, at) => endings.indexOf(ending) !== at)).toEqual([]);
  expect(Object.keys(PLAIN_LANGUAGES).filter((name) => Object.hasOwn(LANGUAGES, name))).toEqual([]);
});
