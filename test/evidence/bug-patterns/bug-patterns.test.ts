import { describe, expect, test } from "@jest/globals";
import { type BugPattern, callsFor } from "../../../src/evidence/bug-patterns/bug-pattern.ts";
import { buildQuery } from "../../../src/evidence/ranking/query.ts";
import { readChangeWrite } from "../../../src/evidence/bug-patterns/read-change-write.ts";
import { swallowedError } from "../../../src/evidence/bug-patterns/swallowed-error.ts";
import { unclosedResource } from "../../../src/evidence/bug-patterns/unclosed-resource.ts";
import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";

/** The lines that a bug pattern finds in the first function of a file. */
async function linesFound(
  pattern: BugPattern,
  path: string,
  text: string,
): Promise<readonly number[] | undefined> {
  await using reader = treeSitterSyntax({ workers: 0 });
  const language = reader.languageOf(path)!;
  for await (const { syntax } of reader.parse([{ oid: "0", language, text }])) {
    const symbol = syntax!.symbols.find(({ shape }) => shape !== undefined)!;
    return pattern
      .find(symbol, { syntax: syntax!, source: { text, lines: text.split("\n") } })
      ?.map(({ line }) => line);
  }
  return undefined;
}

describe("reading, changing and writing back without a lock is found in every language", () => {
  test.each([
    [
      "a.py",
      "def put(self, k, v):\n    data = self._load()\n    data[k] = v\n    self._save(data)\n",
      [2, 3, 4],
    ],
    [
      "a.ts",
      "function put(k: string, v: number) {\n  const data = readAll();\n  data[k] = v;\n  writeAll(data);\n}\n",
      [2, 3, 4],
    ],
    [
      "a.go",
      "func put(k string, v int) {\n\tdata := loadAll()\n\tdata[k] = v\n\tsaveAll(data)\n}\n",
      [2, 3, 4],
    ],
    [
      "A.java",
      "class A {\n  void put(String k, int v) {\n    Map<String, Integer> data = loadAll();\n    data.put(k, v);\n    saveAll(data);\n  }\n}\n",
      [3, 4, 5],
    ],
    ["a.rb", "def put(k, v)\n  data = load_all()\n  data[k] = v\n  save_all(data)\nend\n", [2, 3, 4]],
  ])("%s", async (path, text, lines) => expect(await linesFound(readChangeWrite, path, text)).toEqual(lines));
});

describe("it is not found where it is not", () => {
  test.each([
    [
      "under a lock",
      "def put(self, k, v):\n    with self._lock:\n        data = self._load()\n        data[k] = v\n        self._save(data)\n",
    ],
    ["only read", "def get(self, k):\n    data = self._load()\n    return data[k]\n"],
    ["read and written back unchanged", "def copy(self):\n    data = self._load()\n    self._save(data)\n"],
    [
      "something else is written",
      "def put(self, k, v):\n    data = self._load()\n    data[k] = v\n    self._save(k)\n",
    ],
    [
      "the change is only in a comment",
      "def put(self, k, v):\n    data = self._load()\n    # data[k] = v\n    self._save(data)\n",
    ],
  ])("%s", async (_, text) => expect(await linesFound(readChangeWrite, "a.py", text)).toBeUndefined());
});

test.each([
  ["a.py", "def f():\n    try:\n        g()\n    except ValueError:\n        pass\n", [4, 5]],
  ["a.js", "function f() {\n  try { g(); }\n  catch (e) {}\n}\n", [3]],
  ["a.py", "def f():\n    try:\n        g()\n    except ValueError:\n        log()\n", undefined],
  [
    "a.py",
    "def f(all):\n    for one in all:\n        try:\n            return g(one)\n        except ValueError:\n            pass\n",
    undefined,
  ],
  [
    "a.py",
    "def f():\n    try:\n        return g()\n    except ValueError:\n        pass\n    raise KeyError()\n",
    undefined,
  ],
  [
    "a.js",
    "function f(all) {\n  all.forEach((one) => {\n    try { g(one); }\n    catch (e) {}\n  });\n}\n",
    undefined,
  ],
  ["a.js", "function f() {\n  return g().catch(() => {});\n}\n", [2]],
  ["a.js", "function f() {\n  return g().catch(() => {\n    // fail silently\n  });\n}\n", [2, 4]],
  ["a.js", "function f(done) {\n  return g().catch(e => done(e));\n}\n", undefined],
  ["a.js", "function f() {\n  return g().catch(() => false);\n}\n", undefined],
  ["a.js", "function f() {\n  try { g(); } catch (e) {\n    done(e);\n  }\n}\n", undefined],
])("a caught and forgotten error: %s", async (path, text, lines) =>
  expect(await linesFound(swallowedError, path, text)).toEqual(lines),
);

test.each([
  ["a.py", "def f(p):\n    h = open(p)\n    return h.read()\n", [2]],
  ["a.py", "def f(p):\n    with open(p) as h:\n        return h.read()\n", undefined],
  ["a.py", "def f(p):\n    return open(p)\n", undefined],
])("an opened and forgotten resource: %s", async (path, text, lines) =>
  expect(await linesFound(unclosedResource, path, text)).toEqual(lines),
);

test.each([
  ["Errors are silently swallowed when the file is missing", true],
  ["`loss(ignore_class=255)` fails with a ValueError", false],
  ["The setting is silently turned on again", false],
])("a report of errors that nobody sees is told from others: %s", (text, isOne) => {
  const query = buildQuery([{ kind: "prose", text }], {
    paths: [],
    frames: [],
    messages: [],
    identifiers: [],
  });
  expect(callsFor(query, swallowedError)).toBe(isOne);
});
