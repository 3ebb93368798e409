import { expect, test } from "@jest/globals";
import { nodeTest } from "../../src/reproduction/frameworks/node-test.ts";
import type { Detected } from "../../src/reproduction/frameworks/test-framework.ts";
import { unittest } from "../../src/reproduction/frameworks/unittest.ts";
import { judgeReproduction } from "../../src/reproduction/judge-reproduction.ts";
import { runTests } from "../../src/reproduction/run-tests.ts";
import { repositoryNames } from "../../src/reproduction/static/repository-names.ts";
import { dirname } from "node:path";
import { describeSandboxed, filesFolder, sandboxOver } from "../sandbox/io/sandbox-here.ts";
import { testOf } from "./evidence.ts";
import { JAVASCRIPT_LIARS, PYTHON_LIARS, type Sample } from "./liars.ts";

const FILES = {
  "shop/__init__.py": "",
  "shop/cart.py":
    "class Cart:\n    def __init__(self): self.n = 0\n    def add(self, name, n): self.n += n\n    def total(self): return self.n\n",
  "src/cart.js":
    "export class Cart {\n  #n = 0;\n  add(name, n) { this.#n += n; }\n  total() { return this.#n; }\n}\n",
};

/** Reaches what the runner holds open, or what it leaves behind: what static looks must not be needed for. */
const MORE_LIARS: readonly Sample[] = [
  {
    name: "writes the report in a process that stays",
    text: `import subprocess, time
from shop.cart import Cart
def test_total():
    Cart()
    subprocess.Popen(["sh", "-c", "sleep 0.2; cd /; cd o*t && echo '{}' > rep*"])
`,
  },
  {
    name: "writes results into every descriptor",
    text: `import os, json
from shop.cart import Cart
def test_total():
    Cart()
    for fd in range(3, 20):
        try: getattr(os, "wri" + "te")(fd, b'{"name":"test_total","file":"tests/test_new.py","outcome":"failed","type":"AssertionError","message":"x","at":["tests/test_new.py",4]}\\n')
        except OSError: pass
`,
  },
];

async function verdictOf(
  sandbox: Awaited<ReturnType<typeof sandboxOver>>,
  { framework, detection }: Detected,
  path: string,
  text: string,
): Promise<string> {
  // Once, and judged as three times: these fail in the same way each time.
  const [run] = await runTests(
    sandbox,
    { framework, detection },
    { changes: new Map([[path, text]]), file: path, times: 1, limits: { seconds: 20 } },
    new AbortController().signal,
  );
  const test = { path, text, language: framework.language };
  return judgeReproduction({
    runs: [run!, run!, run!],
    suite: undefined,
    test: await testOf(test),
    importsRepository: true,
    repositoryNames: repositoryNames(test, Object.keys(FILES)),
  }).kind;
}

describeSandboxed("no lie is believed when it is really run", () => {
  test.each([
    ["Python", [...PYTHON_LIARS, ...MORE_LIARS], unittest, "tests/test_new.py"],
    ["JavaScript", JAVASCRIPT_LIARS, nodeTest, "test/new.test.mjs"],
  ] as const)(
    "%s",
    async (_, liars, framework, path) => {
      using folder = filesFolder(FILES);
      const sandbox = await sandboxOver(folder.path, { node: dirname(process.execPath) });
      const detection = { evidence: "", strength: 1, folder: "", tests: [] } as const;
      const believed: string[] = [];
      for (const { name, text } of liars)
        if ((await verdictOf(sandbox, { framework, detection }, path, text)) === "reproduced")
          believed.push(name);
      expect(believed).toEqual([]);
    },
    180_000,
  );
});
