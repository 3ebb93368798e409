import { canBeInTrace } from "../../src/claims/frame-in.ts";
import { hasForeignBase } from "../../src/claims/foreign-base.ts";
import { afterAll, expect, test } from "@jest/globals";
import type { StatedClaim } from "../../src/documents/finding.ts";
import { checkClaim } from "../../src/claims/claim-types.ts";
import { calledBy, otherLines } from "../../src/claims/called-by.ts";
import { importersOf } from "../../src/claims/importers.ts";
import { docsOf } from "../../src/claims/in-docs.ts";
import { nameHits } from "../../src/claims/name-hits.ts";
import { citesIssue, namesIssue } from "../../src/claims/cites-issue.ts";
import { isPublic } from "../../src/claims/is-public.ts";
import { appearances, nameAppears } from "../../src/claims/name-appears.ts";
import { isNamed, isOfAnother } from "../../src/claims/names-definition.ts";
import { usedOnlyByTests } from "../../src/claims/used-only-by-tests.ts";
import type { ResearchContext } from "../../src/phases/builtin/research-context.ts";
import { definitionOf } from "../../src/phases/builtin/suspects.ts";
import { resolvedCalls } from "../../src/claims/resolved-call.ts";
import { evidenceOnCommits } from "../fakes/evidence-on-commits.ts";

// Kinds of sentences that audits of documents found false, each with a small program that shows it.
const { on, close } = evidenceOnCommits();
afterAll(close);

async function symbolNamed(name: string, path: string, context: ResearchContext) {
  return (await context.codebase.syntax(path))!.symbols.find((symbol) => symbol.name === name)!;
}

async function callsOf(name: string, path: string, files: Readonly<Record<string, string>>) {
  const context = await on([["Start", files]]);
  const symbol = await symbolNamed(name, path, context);
  const found = await resolvedCalls({ path, symbol }, context);
  const claim: StatedClaim = calledBy.of({
    callee: definitionOf(path, symbol),
    from: "program",
    count: 2,
    more: 0,
    shown: found.slice(0, 1).map((call) => ({ path: call.path, line: call.line, name: call.caller!.name })),
  });
  return {
    lines: found.map((call) => `${call.path}:${call.line}`),
    verdict: (await checkClaim(claim, context)).verdict,
  };
}

test("a method of a value is no call of the file's own function with the name", async () => {
  const files = {
    "src/upgrade.rs": `use crate::shell;

pub fn start() {
    exec();
}

fn exec() {
    shell::say();
}

fn load() {
    let cmd = other::Command::new();
    cmd.exec();
}
`,
    "src/shell.rs": "pub fn say() {}\n",
  };
  expect(await callsOf("exec", "src/upgrade.rs", files)).toEqual({
    lines: ["src/upgrade.rs:4"],
    verdict: "does not hold",
  });
  expect((await callsOf("say", "src/shell.rs", files)).lines).toEqual(["src/upgrade.rs:8"]);
});

test("a library is not the folder of a package that has its name", async () => {
  const files = {
    "net/__init__.py": "",
    "net/backend/__init__.py": "",
    "net/backend/flow/__init__.py": "from net.backend.flow.core import shape\n",
    "net/backend/flow/core.py": "def shape(x):\n    return x.shape\n",
    "net/backend/flow/image.py": "import flow as fl\n\n\ndef resize(x):\n    return fl.shape(x)\n",
    "net/use.py": "from net.backend import flow\n\n\ndef run(x):\n    return flow.shape(x)\n",
  };
  expect((await callsOf("shape", "net/backend/flow/core.py", files)).lines).toEqual(["net/use.py:5"]);
});

test("a file of tests that is named after the file is named where no test holds the name", async () => {
  const context = await on([
    [
      "Start",
      {
        "src/Fix.kt": "class Fix {\n    fun apply() {\n        run()\n    }\n}\n",
        "test/FixTest.kt": "class FixTest {\n    fun testQuick() {\n        quick()\n    }\n}\n",
      },
    ],
  ]);
  const of = definitionOf("src/Fix.kt", await symbolNamed("apply", "src/Fix.kt", context));
  const claim = { of, from: "test" as const, count: 0, others: 0, shown: [] };
  expect((await checkClaim(nameAppears.of(claim), context)).verdict).toBe("does not hold");
  const named = nameAppears.of({ ...claim, near: "test/FixTest.kt" });
  expect((await checkClaim(named, context)).verdict).toBe("holds");
  expect(named.text).toBe(
    "no line of a test holds the name of `Fix.apply`; `test/FixTest.kt` is named after its file",
  );
});

test("what an import brings is no other definition of its name", async () => {
  const context = await on([
    [
      "Start",
      {
        "lib/count.js": "module.exports = {\n  countAll() {\n    return 1;\n  },\n};\n",
        "lib/index.js": "const countAll = require('./count');\n\nObject.assign(exports, countAll);\n",
      },
    ],
  ]);
  const of = definitionOf("lib/count.js", await symbolNamed("countAll", "lib/count.js", context));
  const claim = { of, from: "program" as const, count: 2, shown: [] };
  expect((await checkClaim(nameAppears.of({ ...claim, others: 0, called: false }), context)).verdict).toBe(
    "holds",
  );
  expect((await checkClaim(nameAppears.of({ ...claim, others: 1 }), context)).verdict).toBe("does not hold");
});

test("a word in a message of a test uses nothing", async () => {
  const context = await on([
    [
      "Start",
      {
        "layers/mask.py": "class Masking:\n    pass\n",
        "tests/test_mask.py":
          'from layers.mask import Masking\n\n\ndef test_mask():\n    skip("Masking is not supported")\n    assert Masking()\n',
      },
    ],
  ]);
  const of = definitionOf("layers/mask.py", await symbolNamed("Masking", "layers/mask.py", context));
  const claim = (lines: number) =>
    usedOnlyByTests.of({ of, lines, files: 1, imports: 0, docs: 0, shown: [] });
  expect((await checkClaim(claim(2), context)).verdict).toBe("holds");
  expect((await checkClaim(claim(3), context)).verdict).toBe("does not hold");
});

test("what is in a namespace of details is not public", async () => {
  const header = "namespace detail {\ninline bool ok(int a) {\n  return a > 0;\n}\n}\n";
  const context = await on([["Start", { "lib.h": header }]]);
  const at = [definitionOf("lib.h", await symbolNamed("ok", "lib.h", context))];
  expect((await checkClaim(isPublic.of({ at }), context)).verdict).toBe("does not hold");
  expect((await checkClaim(isPublic.of({ at, as: "internal" }), context)).verdict).toBe("holds");
});

test("a pull request's own number is not the issue that has the same one elsewhere", async () => {
  const context = await on([
    ["Repair the build (#7)", { "a.py": "1\n" }],
    ["Repair more, see #7 (#9)", { "a.py": "2\n" }],
  ]);
  const [second, first] = await context.commits();
  const claim = ({ oid, subject }: { readonly oid: string; readonly subject: string }): StatedClaim =>
    citesIssue.of({ issue: "7", oid, subject });
  expect((await checkClaim(claim(first!), context)).verdict).toBe("does not hold");
  expect((await checkClaim(claim(second!), context)).verdict).toBe("holds");
});

test.each([
  ["Merged pull request #7 from ada/3.", false],
  ["Merge pull request #7 from ada/fix", false],
  ["Merged in fix (pull request #7)", false],
  ["Auto merge of #7 - ada:fix, r=bob", false],
  ["Merge #7", false],
  ["Merge PRs #5, #7 and #9", false],
  ["Repair the build (#7)", false],
  ["Take over PR #7", false],
  ["Merge branch 'fix', closes #7", true],
  ["Fix #7", true],
  ["Merge the pull of values (fixes #7) into one", true],
  ["Fix #70", false],
])("whether a commit names the issue: %s", (subject, is) => {
  expect(namesIssue({ subject, body: "" }, "7")).toBe(is);
  expect(namesIssue({ subject: "Tidy", body: `${subject}\n\nMore.` }, "7")).toBe(is);
});

test.each([
  ["variable", "add arrays to variable::set of the script", false],
  ["variable", "there are two variable types", false],
  ["variable", "the function `variable` asks twice", true],
  ["is_valid_path", "detail::is_valid_path returns true", true],
  ["Store", "`Store.put` loses a key", false],
  ["export", "export() drops a column", true],
])("whether a report names %s: %s", (name, text, is) => expect(isNamed(name, text)).toBe(is));

test("of two functions with one name in one class no call is certain", async () => {
  const files = {
    "src/Conn.java":
      "class Conn {\n  Conn run() {\n    return run(1);\n  }\n  Conn run(int n) {\n    return this;\n  }\n  Conn stop() {\n    return this.end();\n  }\n  Conn end() {\n    return this;\n  }\n}\n",
  };
  expect((await callsOf("run", "src/Conn.java", files)).lines).toEqual([]);
  expect((await callsOf("end", "src/Conn.java", files)).lines).toEqual(["src/Conn.java:9"]);
});

test("lines with the name that are no certain call are counted beside the calls", async () => {
  const context = await on([
    [
      "Start",
      {
        "lib/time.py": "def parse(x):\n    return x\n\n\ndef use(x):\n    return parse(x)\n",
        "lib/table.py": "from lib import time\n\n\nTABLE = {'a': time.parse}\n",
      },
    ],
  ]);
  const symbol = await symbolNamed("parse", "lib/time.py", context);
  const calls = await resolvedCalls({ path: "lib/time.py", symbol }, context);
  expect(calls.map(({ path, line }) => `${path}:${line}`)).toEqual(["lib/time.py:6"]);
  const more = await otherLines({ path: "lib/time.py", symbol }, calls, "program", context);
  expect(more).toMatchObject([{ path: "lib/table.py", line: 4 }]);
});

test.each([
  [
    "lib/server.py",
    "from http.server import Base\n\n\nclass Own(Base):\n    def log(self):\n        pass\n",
    true,
  ],
  ["lib/server.py", "class Base:\n    pass\n\n\nclass Own(Base):\n    def log(self):\n        pass\n", false],
  ["lib/server.py", "class Own:\n    def log(self):\n        pass\n", false],
  ["lib/Server.java", "class Own implements Runnable {\n  public void log() {\n  }\n}\n", true],
  ["lib/server.ts", "export class Own extends Base {\n  log() {\n    return 1;\n  }\n}\n", true],
])(
  "a method whose class has a base elsewhere may be called from there: %s %j",
  async (path, text, isForeign) => {
    const context = await on([["Start", { [path]: text }]]);
    const symbol = await symbolNamed("log", path, context);
    expect(await hasForeignBase({ path, symbol }, context)).toBe(isForeign);
    const of = definitionOf(path, symbol);
    const none = usedOnlyByTests.of({ of, lines: 0, files: 0, imports: 0, docs: 0, shown: [] });
    expect((await checkClaim(none, context)).verdict).toBe(isForeign ? "cannot be decided" : "holds");
    const appears = nameAppears.of({
      of,
      from: "program",
      count: 0,
      others: 0,
      shown: [],
      ...(isForeign ? { foreignBase: true } : {}),
    });
    expect((await checkClaim(appears, context)).verdict).toBe("holds");
    expect(appears.text.includes("its class has a base outside of the commit, which may call it")).toBe(
      isForeign,
    );
  },
);

test.each([
  ["# only parse up to the limit", "a.rb", false],
  ["end", "a.rb", false],
  ["});", "a.js", false],
  ["// set up the request", "A.java", false],
  ["} else {", "A.java", false],
  ["raise", "a.py", true],
  ["return run(x); // ends", "a.js", true],
])("%j can be a line of a trace, in %s: %s", (text, path, can) => {
  expect(canBeInTrace(text, path)).toBe(can);
});

test.each([
  ["load_path", "I18n.Config.load_path", "`I18n.load_path` is lost", true],
  ["load_path", "I18n.Config.load_path", "`I18n.load_path` is lost, and `load_path` too", false],
  ["load_path", "I18n.Config.load_path", "`Config.load_path` is lost", false],
  ["setZone", "DateTime.setZone", "`dt.setZone()` throws", false],
  ["parse", "parse", "`Store.parse` throws", false],
  ["Store.parse", "Store.parse", "`Store.parse` throws", false],
])("%s of %s in %j is of another type: %s", (written, definition, text, isOther) => {
  expect(isOfAnother(written, definition, text)).toBe(isOther);
});

test("a line inside a block comment, and a file of data, use nothing", async () => {
  const context = await on([
    [
      "Start",
      {
        "flag.go": `/*
	Package flag reads flags.

	Call parseAll after the flags are defined.
*/
package flag

func parseAll() int {
	return 1
}
`,
        "use.go": "package flag\n\nfunc run() int {\n\treturn parseAll()\n}\n",
        "routes.json": '{ "handler": "parseAll" }\n',
      },
    ],
  ]);
  const symbol = await symbolNamed("parseAll", "flag.go", context);
  const hits = await nameHits({ path: "flag.go", symbol }, context);
  expect(hits).toMatchObject({
    uses: [{ path: "use.go", line: 4 }],
    data: [{ path: "routes.json", line: 1 }],
    unread: [],
  });
});

test("documentation names what it writes as code; a word between two pieces of code is none", async () => {
  const context = await on([
    [
      "Start",
      {
        "README.md":
          "# Bump\n\nBump sorts, `x` by Bump `y`.\n\n```js\nBump(1)\nBump\n```\n\nAsk `Bump`, or Bump.next().\nBump.\n",
        "CHANGELOG.md": "- `Bump` is faster\n",
      },
    ],
  ]);
  expect((await docsOf("Bump", context)).map(({ line }) => line)).toEqual([6, 7, 10]);
});

test("an import of a package counts for a file where it uses what the file defines", async () => {
  const context = await on([
    [
      "Start",
      {
        "go.mod": "module example.org/web\n",
        "middle/url.go": "package middle\n\nfunc Url() int {\n\treturn 1\n}\n",
        "middle/log.go": "package middle\n\nfunc Log() int {\n\treturn 2\n}\n",
        "a.go":
          'package web\n\nimport "example.org/web/middle"\n\nfunc A() int {\n\treturn middle.Url()\n}\n',
        "b.go":
          'package web\n\nimport "example.org/web/middle"\n\nfunc B() int {\n\treturn middle.Log()\n}\n',
      },
    ],
  ]);
  expect(await importersOf("middle/url.go", context)).toEqual([{ path: "a.go", line: 3 }]);
});

test.each([
  ["public static Field get(Class<?> c) {", "public static Field get(Class<?> c)", false],
  ["def get(name):", "def get(name)", false],
  ["public static Field get(", "public static Field get( Class<?> c)", false],
  ["int get() { return read(); }", "int get()", true],
  ["walk(child, function () {", "function walk(node)", true],
])("the head of a function is no line of its trace: %s", (text, signature, can) =>
  expect(canBeInTrace(text, "a.java", { signature })).toBe(can),
);

test("a variable of the name is no call, a fixture of text none of a test, and other definitions are counted", async () => {
  const context = await on([
    [
      "Start",
      {
        "src/adapter.py": "def label(x):\n    return x.label\n",
        "src/use.py": "def run(x):\n    label = x.label(1)\n    return label + 1\n",
        "tests/fixture.html": "<h1>label</h1>\n",
        "src/head.py":
          "class A:\n    def head(self):\n        return 1\n\n\nclass B:\n    def head(self):\n        return 2\n",
        "src/other.py": "def run(x):\n    return x.head()\n",
      },
    ],
  ]);
  const label = { path: "src/adapter.py", symbol: await symbolNamed("label", "src/adapter.py", context) };
  expect(await appearances(label, "program", context)).toEqual({
    lines: [{ path: "src/use.py", line: 2, isCall: true, isBare: false }],
    others: 0,
    called: true,
    isUnclear: false,
  });
  expect((await nameHits(label, context)).testUses).toEqual([]);
  const head = { path: "src/head.py", symbol: await symbolNamed("head", "src/head.py", context) };
  expect(await appearances(head, "program", context)).toEqual({
    lines: [{ path: "src/other.py", line: 2, isCall: true, isBare: false }],
    others: 1,
    called: true,
    isUnclear: false,
  });
});

test("a function that nothing calls is told as such, beside the lines with its name", async () => {
  const context = await on([
    [
      "Start",
      {
        "src/a.py": "def pick(x):\n    return x\n",
        "src/b.py": "from a import pick\n\nALL = [pick]\n",
        "src/c.py": "def run():\n    pick = 1\n    return pick\n",
      },
    ],
  ]);
  const of = { path: "src/a.py", symbol: await symbolNamed("pick", "src/a.py", context) };
  const { lines, others, called } = await appearances(of, "program", context);
  expect({ others, called, lines: lines.map(({ path, line }) => `${path}:${line}`) }).toEqual({
    others: 0,
    called: false,
    lines: ["src/b.py:1", "src/b.py:3", "src/c.py:2", "src/c.py:3"],
  });
  const claim = nameAppears.of({
    of: definitionOf(of.path, of.symbol),
    from: "program",
    count: 4,
    others,
    called,
    shown: [],
  });
  expect(claim.text).toBe(
    "Casebook found no call of `pick`; 4 lines outside it and outside tests hold its name",
  );
  expect((await checkClaim(claim, context)).verdict).toBe("holds");
});

test("a plain word in messages of tests, and a name in data alone, are no use and no absence", async () => {
  const context = await on([
    [
      "Start",
      {
        "src/cron.go": "package cron\n\nfunc (c *Cron) run() {\n\tgo c.loop()\n}\n",
        "src/cron_test.go": 'package cron\n\nfunc TestIt(t *T) {\n\tt.Errorf("expected it to run once")\n}\n',
        "jobs.json": '{ "run": true }\n',
      },
    ],
  ]);
  const of = { path: "src/cron.go", symbol: await symbolNamed("run", "src/cron.go", context) };
  const found = await appearances(of, "test", context);
  expect(found).toMatchObject({ others: 0, isUnclear: true });
  expect((await appearances(of, "program", context)).isUnclear).toBe(true);
  const claim = nameAppears.of({
    of: definitionOf(of.path, of.symbol),
    from: "test",
    count: found.lines.length,
    others: 0,
    shown: [],
    unclear: true,
  });
  expect(claim.text).toBe("Casebook found no certain test of `Cron.run`; its name stands in 1 line of tests");
  expect((await checkClaim(claim, context)).verdict).toBe("holds");
});

test("a bare call is none of a member, and in Ruby a name alone may be a call", async () => {
  const context = await on([
    [
      "Start",
      {
        "lib/tools.py": "class Tools:\n    def rounded(self, x):\n        return x\n",
        "lib/use.py": "def run(x):\n    return rounded(x)\n",
        "lib/lines.rb": "class Lines\n  def pick\n    1\n  end\nend\n",
        "lib/clean.rb": "class Clean < Lines\n  def clean\n    pick\n  end\nend\n",
      },
    ],
  ]);
  const of = async (name: string, path: string) => ({ path, symbol: await symbolNamed(name, path, context) });
  const rounded = await appearances(await of("rounded", "lib/tools.py"), "program", context);
  expect(rounded).toMatchObject({ lines: [{ path: "lib/use.py", line: 2 }], isUnclear: true });
  const pick = await appearances(await of("pick", "lib/lines.rb"), "program", context);
  expect(pick.lines).toMatchObject([{ path: "lib/clean.rb", line: 3 }]);
  expect([pick.called, pick.isUnclear]).toEqual([undefined, false]);
});
