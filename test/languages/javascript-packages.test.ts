import { expect, test } from "@jest/globals";
import { parseImportSettings } from "../../src/languages/javascript-packages.ts";

test("packages have a folder; aliases of inner folders come before those around them", () => {
  const settings = parseImportSettings(
    new Map([
      ["package.json", '{ "name": "root", "main": "index.js" }'],
      ["packages/a/package.json", '{ "name": "@acme/a" }'],
      ["tsconfig.json", '{ "compilerOptions": { "baseUrl": ".", "paths": { "@/*": ["src/*"] } } }'],
      ["packages/a/tsconfig.json", '{ "compilerOptions": { "paths": { "@/*": ["lib/*"] } } }'],
    ]),
  );
  expect([...settings.packages]).toEqual([
    ["root", { folder: "", entries: ["index.js"] }],
    ["@acme/a", { folder: "packages/a", entries: [] }],
  ]);
  expect(settings.aliases.map(({ scope, pattern }) => `${scope} ${pattern}`)).toEqual([
    "packages/a @/*",
    " @/*",
    " *",
  ]);
});

test("comments and commas too many are read over, also within texts that look like them", () => {
  const text = `{
    // one
    "name": "a//b", /* two */
    "main": "x,}",
  }`;
  expect([...parseImportSettings(new Map([["package.json", text]])).packages]).toEqual([
    ["a//b", { folder: "", entries: ["x,}"] }],
  ]);
});

test.each([
  "",
  "[]",
  "null",
  '{ "name": 7 }',
  "{ broken",
  `{ "name": "a" ${"/*".repeat(50_000)}`,
  "[".repeat(100_000),
])("what is no settings file says nothing (%#)", (text) => {
  const { packages, aliases } = parseImportSettings(
    new Map([
      ["package.json", text],
      ["tsconfig.json", text],
    ]),
  );
  expect([packages.size, aliases.length]).toEqual([0, 0]);
});
