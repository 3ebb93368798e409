import { expect, test } from "@jest/globals";
import { runningResearcher } from "../../src/agent/reported-code.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import type { StatedClaim } from "../../src/documents/finding.ts";
import type { Issue } from "../../src/issue/issue.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { reportedRuns } from "../../src/agent/reported-runs.ts";
import { openSandbox } from "../../src/sandbox/io/open-sandbox.ts";
import { gitFolder } from "../fakes/git-folder.ts";
import { answerOf, readable, testMissing } from "../fakes/toolchain-copies.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { researchIn } from "./research-in.ts";

const REPRODUCTION = PHASES.find(({ type }) => type === "reproduction")!;
const FILES = {
  "src/store/__init__.py": "",
  "src/store/keep.py": `import random


def take(values, key):
    return values[key]


def guess(values):
    raise ValueError(random.random())


def wait():
    while True:
        pass
`,
  "package.json": '{\n  "name": "@acme/store",\n  "main": "lib/store.js"\n}\n',
  "lib/store.js": 'exports.take = (values, key) => {\n  throw new RangeError("no such key");\n};\n',
};

/** A language whose programs are built first. */
interface Compiled {
  /** Where it is installed; undefined: nowhere. */
  readonly toolchain: () => string | undefined;
  readonly files: Readonly<Record<string, string>>;
  /** A program that ends with what a function of the repository returns. */
  readonly program: (name: string) => string;
}

const COMPILED: Readonly<Record<string, Compiled>> = {
  go: {
    toolchain: () => answerOf("go", "env", "GOROOT"),
    files: {
      "go.mod": "module example.com/store\n\ngo 1.19\n",
      "store.go": "package store\n\nfunc Three() int { return 3 }\n",
    },
    program: (name) =>
      `package main\n\nimport (\n\t"os"\n\n\t"example.com/store"\n)\n\nfunc main() {\n\tos.Exit(store.${name}())\n}`,
  },
  rust: {
    toolchain() {
      const root = answerOf("rustc", "--print", "sysroot");
      return root === undefined ? undefined : readable(root, ["bin", "lib"]);
    },
    files: {
      "Cargo.toml": '[package]\nname = "store"\nversion = "0.1.0"\nedition = "2021"\n',
      "Cargo.lock": 'version = 3\n\n[[package]]\nname = "store"\nversion = "0.1.0"\n',
      "src/lib.rs": "#[allow(non_snake_case)]\npub fn Three() -> i32 {\n    3\n}\n",
    },
    program: (name) => `use store;\n\nfn main() {\n    std::process::exit(store::${name}());\n}`,
  },
};

const issueWith = (body: string): Issue => ({ key: "7", title: "It fails", body, comments: [] });
const fenced = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;

describeSandboxed("the report's own code", () => {
  /** The answer of the reproduction, and what is said of it. */
  async function ran(
    body: string,
    files: Readonly<Record<string, string>> = FILES,
    toolchains: readonly string[] = [],
  ): Promise<{ readonly headline: StatedClaim | undefined; readonly why: string }> {
    using folder = gitFolder();
    folder.commit(files);
    await using research = await researchIn(folder.path, issueWith(body));
    const state = await openSandbox({ files: folder.path, toolchains });
    const researcher = runningResearcher(
      reportedRuns(
        () => research.context,
        async () => state,
      ),
    );
    const why = await researcher.withholds!(REPRODUCTION, research.context);
    if (why !== undefined) return { headline: undefined, why };
    const { document } = await researcher.write(REPRODUCTION, research.context, { files: new Map() });
    // What the answer cites is in the document.
    const { runs, runQuotes } = parseDocument(renderDocument(document));
    const names = runs.map(({ value }) => (typeof value === "string" ? value : value.name));
    expect(runQuotes.filter(({ value }) => !names.includes(value.run))).toEqual([]);
    expect(names).toEqual(document.headline === undefined ? [] : ["run-951"]);
    return { headline: document.headline, why: "" };
  }
  const TAKE = fenced("python", 'from store.keep import take\ntake({}, "a")');

  test("fails as reported where the report quotes the message", async () => {
    const { headline } = await ran(
      `${TAKE}\n\n${fenced("", "Traceback (most recent call last):\n  File \"a.py\", line 2, in <module>\nKeyError: 'a'")}`,
    );
    expect(headline?.text).toBe(
      "The report's own code fails as reported, in 3 of 3 runs: `KeyError: 'a'`, at `src/store/keep.py:5` (`run-951`)",
    );
    expect(headline?.mark).toBe("run");
  }, 60_000);

  test.each<readonly [string, string, RegExp]>([
    [
      "another message",
      `${TAKE}\n\nIt says \`KeyError: 'b'\``,
      /fails, in 3 of 3 runs: `KeyError: 'a'`, at .*; Casebook read no such message in the report/,
    ],
    [
      "no failure",
      fenced("python", 'from store.keep import take\ntake({"a": 1}, "a")'),
      /ends without an error here, in 3 of 3 runs \(/,
    ],
    [
      "a package that finds itself by its name",
      `${fenced("js", 'import store from "@acme/store";\nstore.take({}, 1);')}\n\n${fenced("", "RangeError: no such key\n    at take (store.js:1:1)")}`,
      /fails as reported, in 3 of 3 runs: `RangeError: no such key`, at `lib\/store\.js:2` \(/,
    ],
  ])(
    "ends with %s",
    async (_, body, sentence) => {
      expect((await ran(body)).headline?.text).toMatch(sentence);
    },
    60_000,
  );

  test("has no page where a module is not here, though the report says so, too", async () => {
    const body = `${fenced("python", "from store.keep import take\nimport not_there")}\n\n${fenced("", "ModuleNotFoundError: No module named 'not_there'")}`;
    expect(await ran(body)).toEqual({
      headline: undefined,
      why: "the report's code does not run here: something that it needs is not here: ModuleNotFoundError: No module named 'not_there'",
    });
  }, 60_000);

  test("fails as reported where the report runs its tests by pytest", async () => {
    const code =
      "# test_take.py\nfrom store.keep import take\n\n\ndef test_take():\n    assert take({}, 'a') == 1";
    const shell = "$ python -m pytest -q test_take.py\nF\nE       KeyError: 'a'\n1 failed";
    const { headline, why } = await ran(`${fenced("python", code)}\n\n${fenced("", shell)}\n\nKeyError: 'a'`);
    // Where there is no pytest, nothing is said of the code.
    expect([
      "the report's code does not run here: something that it needs is not here: ModuleNotFoundError: No module named 'pytest'",
      "The report's own command fails as reported, in 3 of 3 runs: `KeyError: 'a'`, at `src/store/keep.py:5` (`run-951`)",
    ]).toContain(headline?.text ?? why);
  }, 60_000);

  test("says nothing of a record of a terminal that looks like code", async () => {
    const session =
      "npm init -y\n\nnode --eval \"import { take } from '@acme/store';\"\nimport store from '@acme/store';\n         ^^^^";
    expect(await ran(fenced("", session))).toEqual({
      headline: undefined,
      why: expect.stringContaining("Casebook found no whole program in the report"),
    });
  }, 60_000);

  test("has no page for a part of a program", async () => {
    expect((await ran(fenced("python", "from store.keep import take\ntake(values, key)"))).why).toBe(
      "the report's code does not run here: it uses a name that it does not define: NameError: name 'values' is not defined",
    );
  }, 60_000);

  test("does not take a failed assertion of the report for a fault of it", async () => {
    const code = "from store.keep import take\nassert take({'a': 1}, 'a') == 2, 'not two'";
    expect((await ran(fenced("python", code))).headline?.text).toMatch(
      /^The report's own code fails, in 3 of 3 runs: `AssertionError: not two`; Casebook read no such message/,
    );
  }, 60_000);

  test("names a missing go.mod", async () => {
    const code = 'package main\n\nimport "example.com/store"\n\nfunc main() {\n\tstore.Three()\n}';
    const files = { "store.go": "package store\n" };
    expect((await ran(fenced("go", code), files)).why).toBe(
      "it needs a model; the report has a program of Go, and the repository has no `go.mod`",
    );
  });

  test("that ends another way each time is not told as one end", async () => {
    const { headline, why } = await ran(fenced("python", "from store.keep import guess\nguess({})"));
    expect([headline, why]).toEqual([undefined, ""]);
  }, 60_000);

  for (const [language, { toolchain, files, program }] of Object.entries(COMPILED)) {
    const folder = toolchain();
    if (folder === undefined) {
      testMissing(language);
      continue;
    }
    const ends = async (name: string): Promise<string> => {
      const { headline, why } = await ran(fenced(language, program(name)), files, [folder]);
      return headline?.text ?? why;
    };
    test(`in ${language} ends with its own status, and is not told where it is not built`, async () => {
      expect(await ends("Three")).toMatch(/ends with exit code 3.*in 3 of 3 runs/);
      expect(await ends("NotThere")).toBe(
        "the report's code does not run here: it cannot be built or started here",
      );
    }, 300_000);
  }

  test("is not there in most reports, and then nothing is run", async () => {
    expect((await ran("It fails.")).why).toContain("or code in the report");
  });
});
