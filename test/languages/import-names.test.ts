import { describe, expect, test } from "@jest/globals";
import { treeSitterSyntax } from "../../src/languages/io/tree-sitter-syntax.ts";
import type { FileSyntax } from "../../src/languages/syntax.ts";

async function syntaxOf(path: string, text: string): Promise<FileSyntax> {
  await using reader = treeSitterSyntax({ workers: 0 });
  for await (const { syntax } of reader.parse([{ oid: path, language: reader.languageOf(path)!, text }]))
    if (syntax !== undefined) return syntax;
  throw new Error(`no syntax: ${path}`);
}

test.each([
  ["a.ts", "import { x as y, z } from './b';", [["./b", "x as y, z as z"]]],
  ["a.ts", "import d, * as all from './b';", [["./b", "default as d, * as all"]]],
  ["a.ts", "export { x as y } from './b';", [["./b", "x as y"]]],
  [
    "a.ts",
    "export * from './b';\nexport * as all from './b';",
    [
      ["./b", "*"],
      ["./b", "* as all"],
    ],
  ],
  [
    "a.js",
    "const b = require('./b');\nconst { c: d } = require('./b');",
    [
      ["./b", "* as b"],
      ["./b", "c as d"],
    ],
  ],
  [
    "a.py",
    "import a.b\nimport numpy as np",
    [
      ["a.b", "* as a.b"],
      ["numpy", "* as np"],
    ],
  ],
  [
    "a.py",
    "from . import x as y, z\nfrom .b import *",
    [
      [".", "x as y, z as z"],
      [".b", "*"],
    ],
  ],
  [
    "a.go",
    'package a\nimport s "example.org/store"\nimport "example.org/other"',
    [
      ["example.org/store", "* as s"],
      ["example.org/other", "*"],
    ],
  ],
])("%s: what a file calls the names it imports: %s", async (path, text, imports) => {
  const found = (await syntaxOf(path, text)).imports.map(({ source, names, locals }) => [
    source,
    names.map((name, at) => (locals?.[at] ? `${name} as ${locals[at]}` : name)).join(", "),
  ]);
  expect(found).toEqual(imports);
});

test.each([
  ["a.ts", "export default function run() {}", [["run", "default"]]],
  [
    "a.ts",
    "function run() {}\nexport { run as start };\nexport default run;",
    [
      ["run", "start"],
      ["run", "default"],
    ],
  ],
  ["a.js", "function run() {}\nmodule.exports = { start: run };", [["run", "start"]]],
  ["a.js", "module.exports = function create() {};", [["create", "default"]]],
  ["a.ts", "export function run() {}", []],
])("%s: what a file gives out under another name: %s", async (path, text, exported) => {
  const { renamedExports = [] } = await syntaxOf(path, text);
  expect(renamedExports.map(({ name, as }) => [name, as])).toEqual(exported);
});

describe("a use says when its name is no name of the file", () => {
  test("but hangs on an expression", async () => {
    const { references } = await syntaxOf("a.py", "open(p).read()\nfile.read()\nread()\n");
    const reads = references.filter(({ name }) => name === "read");
    expect(reads.map(({ line, onValue }) => [line, onValue])).toEqual([
      [1, true],
      [2, undefined],
      [3, undefined],
    ]);
  });

  test("but of a parameter or variable that is called", async () => {
    const { references } = await syntaxOf("a.ts", "function each(run) {\n  run();\n  stop();\n}\n");
    expect(references.map(({ name, isLocal }) => [name, isLocal])).toEqual([
      ["run", true],
      ["stop", undefined],
    ]);
  });

  test("a subscripted base is what a class builds on", async () => {
    const { references } = await syntaxOf("a.py", "class Box(Base[Item]):\n    pass\n");
    expect(references.map(({ name, kind }) => `${kind} ${name}`)).toEqual(["inherit Base", "name Item"]);
  });
});
