import { describe, expect, test } from "@jest/globals";
import { useFinder } from "../../../src/evidence/references/find-uses.ts";
import { callersOf } from "../../../src/evidence/references/reach.ts";
import { importResolver } from "../../../src/evidence/references/resolve-imports.ts";
import { findSimilar } from "../../../src/evidence/find-similar.ts";
import { matcherOf } from "../../../src/repository/glob.ts";
import type { LanguageName } from "../../../src/languages/languages.ts";
import { definitionIn, symbolIndexOf } from "./symbol-index-of.ts";

describe("imports are resolved by paths", () => {
  const paths = [
    "pkg/__init__.py",
    "pkg/store.py",
    "lib/a.ts",
    "lib/sub/index.ts",
    "src/main/java/org/a/Store.java",
    "inc/x.h",
    "app/Models/User.php",
    "lib/tool.rb",
    "src/net/tcp.rs",
    "store/store.go",
    "store/disk.go",
  ];
  test.each<[string, LanguageName, string, string[], string[]]>([
    ["main.py", "python", "pkg.store", ["Store"], ["pkg/store.py"]],
    ["main.py", "python", "pkg", ["store"], ["pkg/store.py", "pkg/__init__.py"]],
    ["pkg/other.py", "python", ".store", ["Store"], ["pkg/store.py"]],
    ["lib/b.ts", "typescript", "./a.js", ["x"], ["lib/a.ts"]],
    ["lib/b.ts", "typescript", "./sub", ["x"], ["lib/sub/index.ts"]],
    ["lib/b.ts", "typescript", "react", ["x"], []],
    ["src/main/java/org/b/B.java", "java", "org.a.Store", ["Store"], ["src/main/java/org/a/Store.java"]],
    ["a.c", "c", "x.h", ["*"], ["inc/x.h"]],
    ["a.php", "php", "App\\Models\\User", ["User"], []],
    ["main.rb", "ruby", "tool", ["*"], ["lib/tool.rb"]],
    ["src/main.rs", "rust", "crate::net::tcp", ["Stream"], ["src/net/tcp.rs"]],
    ["main.go", "go", "example.org/m/store", ["*"], ["store/store.go", "store/disk.go"]],
  ])("%s (%s): %s", (from, language, source, names, found) => {
    expect(importResolver(paths).resolve(from, language, { source, names, line: 1 })).toEqual(found);
  });
});

describe("uses", () => {
  test("are tied to a definition through the file, an import, or being the only one of the name", async () => {
    const symbolIndex = await symbolIndexOf({
      "pkg/store.py":
        "class Store:\n    def set(self):\n        self.check()\n\n    def check(self):\n        pass\n",
      "pkg/cache.py": "class Cache:\n    def set(self):\n        pass\n",
      "app.py": "from pkg.store import Store\n\ndef run():\n    s = Store()\n    s.set()\n",
      "other.py": "def go(x):\n    x.set()\n",
    });
    const finder = useFinder(symbolIndex);
    const uses = (path: string, name: string): string[] =>
      finder
        .usesOf(definitionIn(symbolIndex, path, name))
        .map((use) => `${use.path}:${use.line} ${use.certainty}`);
    expect(uses("pkg/store.py", "check")).toEqual(["pkg/store.py:3 resolved"]);
    expect(uses("pkg/store.py", "set")).toEqual(["app.py:5 resolved", "other.py:2 by-name"]);
    expect(uses("pkg/cache.py", "set")).toEqual(["other.py:2 by-name"]);
    expect(finder.importersOf("pkg/store.py")).toEqual([{ path: "app.py", line: 1 }]);
  });

  test("callers of callers are followed, a circle ends", async () => {
    const symbolIndex = await symbolIndexOf({
      "a.py": "def a():\n    b()\n\ndef b():\n    c()\n\ndef c():\n    a()\n",
    });
    const callers = callersOf(definitionIn(symbolIndex, "a.py", "c"), useFinder(symbolIndex));
    expect(callers.map(({ definition, distance }) => `${definition.symbol.name} ${distance}`)).toEqual([
      "b 1",
      "a 2",
    ]);
  });
});

test("similar code is found by structure, not by words; other code is not", async () => {
  const body = (a: string, b: string, c: string): string =>
    `def ${a}(${b}, ${c}):\n    total = 0\n    for x in ${b}:\n        if x > ${c}:\n            total = total + x\n        else:\n            total = total - 1\n    return total\n`;
  const symbolIndex = await symbolIndexOf({
    "a.py": body("first", "items", "limit"),
    "b.py": body("second", "rows", "bound").replace("- 1", "- 22"),
    "c.py":
      "def third(a):\n    with open(a) as f:\n        data = f.read()\n    try:\n        return int(data.strip())\n    except ValueError:\n        return None\n",
  });
  const similar = findSimilar(definitionIn(symbolIndex, "a.py", "first"), "python", symbolIndex);
  expect(similar.map(({ path, similarity }) => [path, similarity])).toEqual([["b.py", 1]]);
});

test.each([
  ["*.py", "a/b.py", true],
  ["*.py", "a/b.pyc", false],
  ["src/*.py", "src/a/b.py", false],
  ["src/**", "src/a/b.py", true],
  ["**/test/**", "test/a.py", true],
  ["*.{md,rst}", "docs/a.rst", true],
  ["a?c", "abc", true],
  ["(a+)+$", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", false],
])("the pattern %s on %s: %s", (glob, path, matches) => expect(matcherOf(glob)(path)).toBe(matches));
