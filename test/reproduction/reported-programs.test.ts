import { describe, expect, test } from "@jest/globals";
import { shellWords } from "../../src/reproduction/reported/command-line.ts";
import { reportedPrograms } from "../../src/reproduction/reported/find-programs.ts";
import type { CodeBlock, ReportedProgram } from "../../src/reproduction/reported/program.ts";

const PATHS = [
  "src/store/__init__.py",
  "src/store/__main__.py",
  "src/store/keep.py",
  "src/store/cli.py",
  "package.json",
  "lib/store.js",
  "bin/store.js",
  "go.mod",
  "take/take.go",
  "Cargo.toml",
  "src/lib.rs",
  "scripts/show.py",
];
const MANIFESTS = new Map([
  ["package.json", '{\n  "name": "@acme/store",\n  "bin": { "storejs": "./bin/store.js" }\n}\n'],
  ["pyproject.toml", '[project.scripts]\nstore-it = "store.cli:main"\nother = "elsewhere:main"\n'],
  ["go.mod", "module example.com/store\n\ngo 1.24\n"],
  ["Cargo.toml", '[package]\nname = "store-it"\n\n[features]\ndefault = []\nderive = []\nextra = []\n'],
]);
const IMPORTS: Readonly<Record<string, string>> = { st: "import store as st", np: "import numpy as np" };

const programs = (...blocks: readonly CodeBlock[]): Promise<readonly ReportedProgram[]> =>
  reportedPrograms(blocks, { paths: PATHS, manifests: MANIFESTS, importOf: async (name) => IMPORTS[name] });
const found = async (language: string | undefined, text: string): Promise<readonly ReportedProgram[]> =>
  programs({ text, ...(language === undefined ? {} : { language }) });

describe("code of a report that is run", () => {
  test.each<readonly [string, string | undefined, string, string]>([
    ["Python", "python", "from store.keep import take\ntake({}, 1)", "casebook_reported.py"],
    ["Python without a word after the fence", undefined, "import store\nstore.x", "casebook_reported.py"],
    ["a word in capitals", "Python", "import store\nstore.x", "casebook_reported.py"],
    ["a session", "pycon", ">>> from store.keep import take\n>>> take({}, 1)\n3", "casebook_reported.py"],
    ["a module", "js", 'import { take } from "@acme/store";\ntake();', "casebook_reported.mjs"],
    ["a script", "javascript", "const { take } = require('@acme/store');", "casebook_reported.cjs"],
    ["TypeScript", "ts", 'import { take } from "@acme/store";\ntake(1 as number);', "casebook_reported.mts"],
    [
      "a program of Go",
      "go",
      'package main\n\nimport "example.com/store/take"\n\nfunc main() {\n\ttake.One()\n}',
      "casebook_reported/main.go",
    ],
    ["a snippet of Go", "go", 'import "example.com/store/take"\n\ntake.One()', "casebook_reported/main.go"],
    [
      "a program of Rust",
      "rust",
      "use store_it::take;\n\nfn main() {\n    take();\n}",
      "examples/casebook_reported.rs",
    ],
  ])("%s", async (_, language, text, path) => {
    expect(await found(language, text)).toMatchObject([{ blocks: [text], path }]);
  });

  test.each<readonly [string, string | undefined, string]>([
    ["code that uses nothing of the repository", "python", "import json\njson.loads('x')"],
    ["another language", "yaml", "from store import x"],
    ["a trace", undefined, 'File "store/keep.py", line 5, in take'],
    ["prose", undefined, "We import values from store, now and then."],
    [
      "tests that nothing calls",
      "python",
      "import store\n\n\n@store.fix\ndef test_it():\n    assert store.x()\n",
    ],
    [
      "tests, with a constant that they use",
      "python",
      'import store\n\nkept = store.open(r"""\nstart: x\n""")\n\n\nclass Strip(store.Base):\n    x = 1\n\n\ndef test_it():\n    assert Strip().x(kept)\n',
    ],
    [
      "an application that something else runs",
      "python",
      'from store import App\n\napp = App()\n\n\n@app.get("/")\ndef root():\n    return 1\n',
    ],
    [
      "tests of a runner",
      "js",
      "import { take } from '@acme/store';\n\ntest('takes', () => {\n  expect(take()).toBe(1);\n});",
    ],
    [
      "functions that nothing calls",
      "js",
      "const { take } = require('@acme/store');\n\nfunction one() {\n  return take();\n}\n\nconst two = (x) => take(x);\n",
    ],
    [
      "a configuration",
      "js",
      "import { take } from '@acme/store';\n\nexport default {\n  plugins: [take()],\n};",
    ],
    ["a module that is only deep inside", "python", "import keep\nkeep.take()"],
    ["Go of another module", "go", 'package main\n\nimport "example.com/other"\n\nfunc main() {}'],
    ["Rust without a main", "rust", "use store_it::take;\ntake();"],
  ])("is not %s", async (_, language, text) => {
    expect(await found(language, text)).toEqual([]);
  });

  test.each([
    [
      "a value that its function makes",
      "python",
      "import store\n\ndef f(x):\n    return x\n\nresult = store.take(f)",
    ],
    ["a call", "python", "import store\n\ndef f(x):\n    return x\n\nf(1)"],
    ["a call after functions", "js", "const s = require('@acme/store');\nfunction f() {}\nf();"],
    [
      "a test that imports its runner",
      "js",
      "import test from 'node:test';\nimport { take } from '@acme/store';\ntest('x', () => take());",
    ],
  ])("is code that ends with %s", async (_, language, text) => {
    expect(await found(language, text)).toHaveLength(1);
  });

  test("holds a name that only looks like a part of a trace", async () => {
    const [program] = await found("python", "import store\nstore.show(tb_offset=1)");
    expect(program).not.toHaveProperty("refused");
  });

  test("is not run where it needs IPython", async () => {
    const [program] = await found("python", "In [1]: import store\n\nIn [2]: get_ipython().x(store)");
    expect(program!.refused).toBe("it needs IPython");
  });

  test("leaves out what a session printed", async () => {
    const [program] = await found("pycon", ">>> import store\n>>> for x in y:\n...     x\n3\n");
    expect(program!.files.get("casebook_reported.py")).toBe("import store\nfor x in y:\n    x\n");
    expect(program!.command).toContain("session");
  });

  test("gets the imports that the repository's own files write", async () => {
    const [program] = await found("python", "st.take(np.ones(3), missing.x)");
    expect(program).toMatchObject({ added: ["import store as st", "import numpy as np"] });
  });

  test("comes after the earlier blocks that define what it uses, and once", async () => {
    const [first, between, last] = ["import store\nkept = store.Store()", "```", "kept.take(1)"] as const;
    const all = await programs(
      { language: "python", text: first },
      { language: "yaml", text: between },
      { language: "python", text: last },
    );
    expect(all.map(({ blocks }) => blocks)).toEqual([[first, last]]);
  });

  test("joins what an argument, an index and a chain need", async () => {
    const first = "import store\na = b = store.Store(np.ones(3), size=(1, 2))\nrows = {'x': a}";
    const all = await programs(
      { language: "python", text: first },
      { language: "python", text: "a.update(rows)\nb" },
    );
    expect(all).toMatchObject([{ added: ["import numpy as np"], blocks: [first, "a.update(rows)\nb"] }]);
  });

  test("names the features of a crate that it uses", async () => {
    const [program] = await found("rust", "#[derive(store_it::Take)]\nstruct X;\n\nfn main() {\n}");
    expect(program!.command.slice(-2)).toEqual(["--features", "derive"]);
  });

  test.each([
    ["reaches for frames", "python", "import store\nraise E().with_traceback(tb)"],
    ["writes its own record", "python", "import store\nopen('/out/casebook-end.json', 'w').write('{}')"],
    [
      "builds code with another name",
      "python",
      "import store\nexec(compile('x', 'src/store/keep.py', 'exec'))",
    ],
    [
      "sets a stack",
      "js",
      "require('@acme/store');\nthrow Object.assign(new Error('x'), { stack: 'at /repo/lib' })",
    ],
    ["names its source", "js", "require('@acme/store');\n//# sourceURL=/repo/lib/store.js"],
  ])("is refused where it %s", async (_, language, text) => {
    expect((await found(language, text))[0]?.refused).toMatch(
      /^line [12] of it .*, so nothing that it does decides anything$/,
    );
  });

  test("is at most three programs", async () => {
    const blocks = ["1", "2", "3", "4"].map((one) => ({
      language: "python",
      text: `import store\nstore.x${one}`,
    }));
    expect(await programs(...blocks)).toHaveLength(3);
  });
});

describe("commands of a report that are run", () => {
  test.each<readonly [string, string, readonly string[]]>([
    ["python -m store --all x", "store --all x", ["module", "store", "--all", "x"]],
    ["store-it 'a b'", "console script", ["entry", "store.cli:main", "store-it", "a b"]],
    ["python scripts/show.py", "a script of the project", ["file", "scripts/show.py"]],
  ])("%s", async (line, _, words) => {
    const [program] = await found("sh", `$ pip install store\n$ ${line}\nWhat it printed`);
    expect(program).toMatchObject({ kind: "command", needs: "python3" });
    expect(program!.command.slice(3)).toEqual(words);
  });

  test("npx with a bin of the package", async () => {
    const [program] = await found("bash", "npx storejs take");
    expect(program!.command.slice(3)).toEqual(["bin/store.js", "take"]);
  });

  test.each([
    "rm -rf /",
    "python -m http.server",
    "python elsewhere.py",
    "other x",
    "store-it x | tee y",
    "store-it $(id)",
    "store-it x; id",
    "store-it > x",
    "store-it a\nstore-it b",
    "cd x\nstore-it a",
    "curl https://example.com/x.sh",
  ])("not %j", async (text) => {
    expect(await found("sh", text)).toEqual([]);
  });

  test("over files that the report shows", async () => {
    const code = {
      language: "python",
      text: "import store\nstore.take()",
      before: "Save this as `run_it.py`:",
    };
    const shell = { language: "console", text: "$ python run_it.py --now\nKeyError" };
    const [program, more] = await programs(code, shell);
    expect(more).toBeUndefined();
    expect(program).toMatchObject({ kind: "command", blocks: [code.text, shell.text] });
    expect(program!.files.get("run_it.py")).toBe(code.text);
  });

  test.each([
    ["python -m pytest -q test_it.py", ["tests", "test_it.py", "test_it.py"]],
    ["pytest test_it.py::test_one --tb=short", ["tests", "test_it.py", "test_it.py::test_one"]],
  ])("by pytest: %s", async (line, words) => {
    const code = { language: "python", text: "# test_it.py\nimport store\n\ndef test_one():\n    store.x()" };
    const [program, more] = await programs(code, { text: `$ ${line}\n1 failed` });
    expect(more).toBeUndefined();
    expect(program).toMatchObject({ kind: "command", runtime: "python" });
    expect(program!.command.slice(3)).toEqual(words);
  });

  test.each(["pytest", "pytest tests", "pytest -p x test_it.py", "pytest test_it.py other.py"])(
    "not by %s",
    async (line) => {
      const code = {
        language: "python",
        text: "# test_it.py\nimport store\n\ndef test_one():\n    store.x()",
      };
      expect(await programs(code, { text: `$ ${line}` })).toEqual([]);
    },
  );

  test("never over a file of the repository", async () => {
    const code = { language: "python", text: "import store\nstore.take()", before: "in setup.py:" };
    const paths = [...PATHS, "setup.py"];
    const [program] = await reportedPrograms([code], {
      paths,
      manifests: MANIFESTS,
      importOf: async () => undefined,
    });
    expect([...program!.files.keys()]).toEqual(["casebook_reported.py"]);
  });
});

describe("words of a shell", () => {
  test.each<readonly [string, readonly string[] | undefined]>([
    ["a  'b c' \"d\"e", ["a", "b c", "de"]],
    ["a ''", ["a", ""]],
    ["a 'b", undefined],
    ['a "$b"', undefined],
    ["a *", undefined],
    ["", undefined],
  ])("%j", (line, words) => {
    expect(shellWords(line)).toEqual(words);
  });

  test("are never more than what stands there", () => {
    for (const one of "|&;<>()$`*?~{}\\![]#") expect(shellWords(`store ${one}x`)).toBeUndefined();
  });
});
