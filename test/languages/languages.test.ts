import { expect, test } from "@jest/globals";
import { languageOf } from "../../src/languages/languages.ts";

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
