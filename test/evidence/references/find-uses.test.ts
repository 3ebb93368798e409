import { describe, expect, test } from "@jest/globals";
import { useFinder } from "../../../src/evidence/references/find-uses.ts";
import { definitionIn, symbolIndexOf } from "./symbol-index-of.ts";

type Texts = Readonly<Record<string, string>>;

/** The uses of the first definition of `name` in `path`: `app.ts:2 resolved`. */
async function usesOf(path: string, name: string, texts: Texts): Promise<string[]> {
  const symbolIndex = await symbolIndexOf(texts);
  const uses = useFinder(symbolIndex).usesOf(definitionIn(symbolIndex, path, name));
  return uses.map((use) => `${use.path}:${use.line} ${use.certainty}`);
}

describe("a name is followed through imports", () => {
  test("over the files that only pass it on", async () => {
    const texts = {
      "lib/run.ts": "export function run() {}\n",
      "lib/other.ts": "export function run() {}\n",
      "lib/index.ts": "export * from './run';\nexport { run as runOther } from './other';\n",
      "app.ts": "import { run, runOther } from './lib';\nrun();\nrunOther();\n",
    };
    expect(await usesOf("lib/run.ts", "run", texts)).toEqual(["app.ts:2 resolved"]);
    expect(await usesOf("lib/other.ts", "run", texts)).toEqual(["app.ts:3 resolved"]);
  });

  test("under the names that the files have for it", async () => {
    const typescript = {
      "run.ts": "export default function run() {}\n",
      "a.ts": "import start from './run';\nstart();\n",
      "b.ts": "import { default as go } from './run';\ngo();\n",
      "c.ts": "export { default as Run } from './run';\n",
      "d.ts": "import * as all from './c';\nimport { Run } from './c';\nRun();\n",
    };
    expect(await usesOf("run.ts", "run", typescript)).toEqual([
      "a.ts:2 resolved",
      "b.ts:2 resolved",
      "d.ts:3 resolved",
    ]);
    const python = {
      "pkg/__init__.py": "from .store import load as read\n",
      "pkg/store.py": "def load():\n    pass\n",
      "pkg/use.py": "from . import store\nfrom . import read\nstore.load()\nread()\n",
      "app.py": "import pkg as p\nimport pkg.store\np.read()\npkg.store.load()\np.store.load()\n",
    };
    expect(await usesOf("pkg/store.py", "load", python)).toEqual([
      "app.py:4 resolved",
      "app.py:5 resolved",
      "pkg/use.py:3 resolved",
      "pkg/use.py:4 resolved",
    ]);
  });

  test("by a package of the repository, and by an alias of its settings", async () => {
    const texts = {
      "packages/shared/package.json": '{ "name": "@acme/shared", "main": "dist/index.js" }',
      "packages/shared/src/index.ts": "export function trim() {}\n",
      "packages/shared/src/deep.ts": "export function deep() {}\n",
      "tsconfig.json":
        '{ "compilerOptions": { "paths": { "~/*": ["./packages/*",], } } } // as people write it',
      "packages/app/a.ts": "import { trim } from '@acme/shared';\ntrim();\n",
      "packages/app/b.ts": "import { deep } from '~/shared/src/deep';\ndeep();\n",
      "packages/app/c.ts": "import { trim } from 'somebody-elses';\ntrim();\n",
    };
    expect(await usesOf("packages/shared/src/index.ts", "trim", texts)).toEqual([
      "packages/app/a.ts:2 resolved",
    ]);
    expect(await usesOf("packages/shared/src/deep.ts", "deep", texts)).toEqual([
      "packages/app/b.ts:2 resolved",
    ]);
  });

  test("in a circle of re-exports, which ends", async () => {
    const texts = {
      "a.ts": "export * from './b';\nexport function own() {}\n",
      "b.ts": "export * from './a';\n",
      "c.ts": "import { own, missing } from './b';\nown();\nmissing();\n",
    };
    expect(await usesOf("a.ts", "own", texts)).toEqual(["c.ts:2 resolved"]);
  });
});

describe("the same word is another thing", () => {
  test("as a parameter or variable", async () => {
    const texts = {
      "a.py": "def run():\n    pass\n\ndef other(run):\n    run()\n\nrun()\n",
    };
    expect(await usesOf("a.py", "run", texts)).toEqual(["a.py:7 resolved"]);
  });

  test("as a member of somebody else's module, or of a value, when a function is meant", async () => {
    const texts = {
      "a.py": "def mean(x):\n    return x\n",
      "b.py": "import numpy as np\nfrom a import mean\nnp.mean(1)\nrows().mean()\nmean(2)\n",
    };
    expect(await usesOf("a.py", "mean", texts)).toEqual(["b.py:5 resolved"]);
  });

  test("as a bare call or a module's function, when a method is meant", async () => {
    const texts = {
      "a.py": "class Grid:\n    def draw(self):\n        pass\n",
      "b.py": "from c import draw\nimport c\nimport a\ndraw()\nc.draw()\n",
      "c.py": "def draw():\n    pass\n",
    };
    expect(await usesOf("a.py", "draw", texts)).toEqual([]);
  });

  test("where a function that another one keeps to itself cannot be seen", async () => {
    const texts = {
      "a.ts":
        "function outer() {\n  function step() {}\n  later(step);\n}\nfunction other() {\n  step();\n}\n",
    };
    expect(await usesOf("a.ts", "step", texts)).toEqual(["a.ts:3 resolved"]);
  });
});

describe("a member is found on `self` and on classes", () => {
  const texts = {
    "base.py":
      "class Base(Generic[T]):\n    def load(self):\n        pass\n\n    def run(self):\n        self.load()\n",
    "left.py": "import base\n\nclass Left(base.Base):\n    def go(self):\n        self.load()\n",
    "right.py":
      "from base import Base as B\n\nclass Right(B[int]):\n    def load(self):\n        super().load()\n\n    def go(self):\n        self.load()\n",
    "free.py": "class Free:\n    def go(self):\n        self.load()\n",
  };

  test("also through inheritance, to the nearest class that has it", async () => {
    expect(await usesOf("base.py", "load", texts)).toEqual([
      "base.py:6 resolved",
      "left.py:5 resolved",
      "right.py:5 by-name",
    ]);
  });

  test("and where an override can be meant, the name is all that is known", async () => {
    expect(await usesOf("right.py", "load", texts)).toEqual(["base.py:6 by-name", "right.py:8 resolved"]);
  });

  test("overloads of a function do not make each other uncertain", async () => {
    const overloaded = {
      "a.ts":
        "export function h(a: string): void;\nexport function h(a: number): void;\nexport function h(a: unknown) {}\n",
      "b.ts": "import { h } from './a';\nh(1);\n",
    };
    expect(await usesOf("a.ts", "h", overloaded)).toContain("b.ts:2 resolved");
  });
});

test("Go finds the functions of a package by the package's name, and without one in the same folder", async () => {
  const texts = {
    "store/load.go": "package store\n\nfunc Load() {}\n",
    "store/use.go": "package store\n\nfunc use() {\n\tLoad()\n}\n",
    "other/load.go": "package other\n\nfunc Load() {}\n",
    "main.go":
      'package main\n\nimport (\n\ts "example.org/m/store"\n\t"example.org/m/other"\n)\n\nfunc main() {\n\ts.Load()\n\tother.Load()\n}\n',
  };
  expect(await usesOf("store/load.go", "Load", texts)).toEqual([
    "main.go:9 resolved",
    "store/use.go:4 resolved",
  ]);
});
