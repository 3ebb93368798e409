import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { type Report, readReport } from "../../../src/issue/report/read-report.ts";
import { visibleIssue } from "../../../src/issue/visible-issue.ts";

const read = (body: string, title = "It fails"): Report =>
  readReport(visibleIssue({ key: "1", title, body, comments: [] }));

describe("versions", () => {
  const versions = (body: string): readonly string[] =>
    read(body).versions.map(({ subject, value }) => `${subject} ${value}`.trim());

  test.each([
    ["I use pytest-4.4.0 here.", ["pytest 4.4.0"]],
    ["Tested with `bar@4.5.6`.", ["bar 4.5.6"]],
    ["It comes with the newer foo gem (3.2.5).", ["foo 3.2.5"]],
    ["Es liegt an PHP 8.2, con PHP 7.4 no pasa.", ["PHP 8.2", "PHP 7.4"]],
    ["See #4, but 6.4.14 has it, too.", ["6.4.14"]],
    ["The released 0.42.0 has it.", ["0.42.0"]],
    ["Since the update of 09.11.2020 it is empty.", []],
    ["Upgrading from sprocket v4 to v5 fails.", ["sprocket v4", "sprocket v5"]],
    ["I updated to 0.46 today.", ["0.46"]],
    ["I compile inih r60 with gcc.", ["inih r60"]],
    [
      "Server: Apache 2.2.22, OpenSSL/1.0.1, under the Apache 2.0 licence",
      ["Apache 2.2.22", "OpenSSL 1.0.1"],
    ],
    ["Composer fails in Laravel5.5 with Section2.1.", ["Laravel 5.5"]],
    ["```\n(app 1.0.2) lib/app.ex:3: App.run/1\n```", ["app 1.0.2"]],
    ["```\nmain.f(0x1)\n\t/go/pkg/mod/x.org/log@v1.9.1/writer.go:86 +0x1\n```", ["log v1.9.1"]],
    [
      "```\n Cli version: 26.0.1\n Go version: go1.21.8\n tool:\n  Version:  1.6.28\n  Built: today\n```",
      ["go 1.21.8", "tool 1.6.28"],
    ],
    ["pip says baz==7.8.9", ["baz 7.8.9"]],
    ["Broken since v1.2.3-rc.1+build.5", ["v1.2.3-rc.1+build.5"]],
    ["The App 2.23.0beta3 crashes", ["App 2.23.0beta3"]],
    ["**Environment**:\n\n- OS: Linux 5.15.0-91-generic", ["Linux 5.15.0-91-generic"]],
    ["**Environment**:\n\n- java: jdk1.8.0_321", ["jdk 1.8.0_321"]],
    ["Switch to Java 17, then build.", ["Java 17"]],
    ["Works on Vue 3.4.x", ["Vue 3.4.x"]],
    ["### Gson version\n\n2.10.1", ["Gson 2.10.1"]],
    ["```\nrustc 1.66.1 (90743e729 2023-01-10)\n```", ["rustc 1.66.1"]],
    ["```\nInstalling: attrs-19.1.0 six-1.12.0\n```", ["attrs 19.1.0", "six 1.12.0"]],
    ["| key | value |\n| --- | --- |\n| version | 0.82.1 |", ["0.82.1"]],
    ["| key | value |\n| --- | --- |\n| rust_channel | 1.66.1 |", ["rust_channel 1.66.1"]],
    ['```json\n"vue": "^3.2.31",\n```', ["vue ^3.2.31"]],
    ["We need to update git-config (or gix-config?) to 0.16.3.", ["git-config 0.16.3"]],
    ["Bumps [clap](https://example.org/clap) from 3.2.23 to 4.0.19.", ["clap 3.2.23", "clap 4.0.19"]],
    [
      "- Parser Version [e.g. 2.1.0] 4.7.3\n- Node <version, e.g. 12.0.0>: 22.3.1",
      ["Parser 4.7.3", "Node 22.3.1"],
    ],
    ["- Browser (e.g. Chrome 80): Firefox 140\n- App 1.2.3 [e.g. 4.5.6]", ["Firefox 140", "App 1.2.3"]],
    ["- Parser [2.4.1]", ["2.4.1"]],
    ["Some versions (e.g. 2.1.0) fail.", ["2.1.0"]],
    ["Seen with gears 5.2.1 and v5.2.2 on go1.24.2.", ["gears 5.2.1", "gears v5.2.2", "go 1.24.2"]],
    ["It came with rails 4.2.0.beta2. It fails.", ["rails 4.2.0.beta2"]],
    ["Gears 5.4.0，ruby 3.1.2", ["Gears 5.4.0", "ruby 3.1.2"]],
    ["**Affects version:** 1.9.0", ["1.9.0"]],
    ["`1.2.0-beta.5` should become `1.2.0-beta.6`.", []],
    ["In `1.2.0` it works.", ["1.2.0"]],
    ["Node v22.14.0 is what I run.", ["Node v22.14.0"]],
    ["It needs gizmo 4.46.0... and more. Tried 3.2.1.", ["gizmo 4.46.0", "3.2.1"]],
    ["Mit der Version 2.5.0 und mit gizmo 2.4.1", ["2.5.0", "gizmo 2.4.1"]],
    ["```py\nimport shapelib  # 2.0.6\n```", ["shapelib 2.0.6"]],
    ['```js\nconst { a } = require("@x/shape"); // v5.1.0\n```', ["@x/shape v5.1.0"]],
  ])("are read with their subject: %s", (body, expected) => {
    expect(versions(body)).toEqual(expected);
  });

  test.each([
    "It listens on 127.0.0.1:8080 and on 192.168.1.20.",
    "See https://example.org/docs/1.2.3/index.html",
    "The file has 12.5 MB and takes 1.5 s.",
    "It starts at 10:30:15.",
    "The licence is GPL-3.0, the protocol HTTP/1.1 over TLS 1.2.",
    "```python\nx = 0.5\ny = np.array([1.25, 2.5])\n```",
    "Alpha is 0.05 in the formula.",
    "Wir haben rund 40.000 Mandanten.",
    "- Version [e.g. 1.2.3]",
    '```js\nconst { a } = require("shape");\nscale(2, 3); // 1.2.3\n```',
  ])("are not found where there is none: %s", (body) => {
    expect(versions(body)).toEqual([]);
  });
});

test("the manifest that a request shows states no version in use", () => {
  const body =
    'Dependencies should be found there:\n\n```toml\n[dependencies]\ngraphics = "0.17.1"\ncore = "0.6.2"\n```';
  expect(read(body, "Add support for renamed dependencies").versions).toEqual([]);
  expect(read(body, "Crash with renamed dependencies").versions).not.toEqual([]);
});

test("an offer of help is no wish, and where it was seen is not what happened", () => {
  const offer =
    "### Expected behavior\n\n`rm` takes several names. If it should take several, I'd love to send a pull request.";
  expect(read(offer, "rm takes one name").expected).toEqual(["`rm` takes several names."]);
  const seen = "It crashes at once.\n\n### Environment\n\nThe file is empty and fails to load";
  expect(read(seen).actual).not.toContain("The file is empty and fails to load");
});

test("what the reporter quotes is not what the reporter expects", () => {
  const body =
    "The update breaks the build.\n\n<blockquote>\n\nThe flag should be exclusive with its group.\n\n</blockquote>";
  expect(read(body).expected).toEqual([]);
});

describe("references", () => {
  test.each([
    "`vendor/compiled.php` is deleted.",
    "I run `./manage.py migrate` then.",
    "It was reported as `Ticket #714`.",
    "Tested at commit 0123456789abcdef0123456789abcdef01234567.",
  ])("are no commands, no files of packages, no state that was used: %s", (body) =>
    expect(read(body).references.filter(({ kind }) => kind !== "revision")).toEqual([]),
  );

  test("name a link once", () => {
    const body = "See [src/a.c:12](https://github.com/a/b/blob/main/src/a.c#L12).";
    expect(read(body).references).toHaveLength(1);
  });

  test.each([
    [
      "See https://github.com/a/b/blob/0123456789abcdef0123456789abcdef01234567/src/x.ts#L3-L9 for it.",
      "permalink",
    ],
    ["See https://github.com/a/b/blob/main/src/x.ts#L3.", "line"],
    ["It is a regression from #1043.", "pull"],
    ["Related: https://github.com/a/b/issues/12", "issue"],
    ["Since https://github.com/a/b/commit/0123456789abcdef0123456789abcdef01234567", "commit"],
    ["The check at line 179 of response.js is wrong.", "line"],
    ["Look at `src/_pytest/skipping.py`.", "file"],
  ])("are named by their kind: %s", (body, kind) => {
    const { references } = read(body);
    expect(references.map((reference) => reference.kind)).toEqual([kind]);
    expect(body).toContain(references[0]!.quote);
  });

  test.each([
    "The server is at http://127.0.0.1:8080/index.html and example.com:443.",
    "Then `curl localhost:8080/articles/1.json` answers 500.",
    "```js\nrequire('./src/a.ts:3')\n```",
    "thread 'main' panicked at 'no', src/timer.rs:228:21",
  ])("are not found where nothing is pointed to: %s", (body) => {
    expect(read(body).references).toEqual([]);
  });
});

test.each([
  ["After upgrading from 2.4.0 to 2.5.0 we have a NullPointerException.", { good: "2.4.0", bad: "2.5.0" }],
  ["4.19.0 breaks redirects.", { good: "", bad: "4.19.0" }],
  ["I think this is a regression from #1043.", { good: "", bad: "#1043" }],
  ["### Vue version\n\n3.5.1\n\n### Comments\n\nWorks on Vue 3.4.2", { good: "3.4.2", bad: "3.5.1" }],
])("a regression names what worked and what does not: %s", (body, expected) => {
  expect(read(body).regression).toMatchObject(expected);
});

test.each(["Bump clap from 3.2.23 to 4.0.19", "It works with any version.", "I use 1.2.3."])(
  "is no regression: %s",
  (body) => {
    expect(read(body, "Title").regression).toBeUndefined();
  },
);

describe("a form", () => {
  const FORM = `<!-- Thanks for the report! -->
### Describe the bug

A clear and concise description of what the bug is.

\`Store.set\` loses values when two workers write.

### Steps to reproduce

1. Run two workers
2. Count the keys

### Expected behavior

All keys should be there.

### Version

N/A

- [x] I have searched the existing issues`;

  test("gives the reporter's words and none of its own", () => {
    const report = read(FORM, "Values are lost");
    const all = [report.symptom, report.expected, report.actual, report.steps, report.environment].flat();
    expect(all.filter((text) => /clear and concise|Thanks|searched|N\/A/.test(text))).toEqual([]);
    expect(report.symptom).toEqual(["Values are lost", "`Store.set` loses values when two workers write."]);
    expect(report.steps).toEqual(["Run two workers", "Count the keys"]);
    expect(report.expected).toEqual(["All keys should be there."]);
    expect(report.kind).toBe("bug");
    expect(report.versions).toEqual([]);
  });

  test.each(["N/A", "None", "-", "1. \n2. \n3. ", "_No response_", "[e.g. iOS 8.1]", ""])(
    "with the answer %j says nothing",
    (answer) => {
      const report = read(`### Steps to reproduce\n\n${answer}\n\n### Environment\n\n${answer}`);
      expect([report.steps, report.environment, report.versions]).toEqual([[], [], []]);
    },
  );
});

test.each([
  ["Add --min-depth option", "feature"],
  ["[BUG] crash on start", "bug"],
  ["How can I turn this off?", "question"],
  ["Docs: typo in the README", "docs"],
  ["Cache loses entries after restart", "bug"],
  ["Cache results of queries", "feature"],
  ["Support streams in the parser", "feature"],
  ["Document the `timeout` option", "docs"],
  ["Document is saved twice", "bug"],
  ["Is it safe to share a client between threads?", "question"],
])("the kind of %j is %s", (title, kind) => {
  expect(read("", title).kind).toBe(kind);
});

test("a panic of today's Rust has its message on the next line", () => {
  const report = read(
    "```\nthread 'main' (8865) panicked at src/lib.rs:6:14:\nindex out of bounds: the len is 1\nnote: run with `RUST_BACKTRACE=1`\n```\n```\n2023-10-01 | thread 'tokio-runtime-worker' panicked at /w/a b/src/x.rs:1:2:\n\ncalled `Option::unwrap()` on a `None` value\n```",
  );
  expect(report.messages).toEqual(["index out of bounds: the len is 1"]);
});

test("messages are what a program printed, not code", () => {
  const report = read(
    "```\nthread 'main' panicked at 'index out of bounds: the len is 2', src/a.rs:1:2\n```\n```python\nraise ValueError('no')\n```\nIt says: \"Failed to parse the file.\"",
  );
  expect(report.messages).toEqual(["index out of bounds: the len is 2", "Failed to parse the file."]);
});

test("any text is read, and each quotation is in it", () => {
  const piece = fc.constantFrom(
    "# Steps",
    "**Expected**:",
    "1. run",
    "- OS: Linux 5.4",
    "```",
    "~~~js",
    "> ",
    "| a | b |",
    "|-|-|",
    "<h3>x</h3>",
    "at f (a.js:1:2)",
    "#12",
    "v1.2.3",
    "It should work.",
    "But it fails.",
    "\u001b[31m",
    "\n\n",
    "N/A",
    "  ",
    "\t",
  );
  fc.assert(
    fc.property(
      fc.array(fc.oneof(piece, fc.string({ unit: "grapheme", maxLength: 20 })), { maxLength: 40 }),
      (pieces) => {
        const body = pieces.join("\n");
        const issue = visibleIssue({ key: "1", title: "T", body, comments: [] });
        const report = readReport(issue);
        const quotes = [report.expected, report.actual, report.frequency, report.tried].flat();
        expect(quotes.filter((quote) => !issue.text.includes(quote))).toEqual([]);
        expect(report.innermostFrame === undefined || report.frames.includes(report.innermostFrame)).toBe(
          true,
        );
      },
    ),
    { numRuns: 200 },
  );
});

describe("environment", () => {
  const environment = (lines: string): readonly string[] => read(`### Environment\n\n${lines}`).environment;

  test.each([
    ["- OS: Linux 6.1\n- Python 3.12", ["OS: Linux 6.1", "Python 3.12"]],
    ["- `rustc --version`: 1.70.0", ["`rustc --version`: 1.70.0"]],
    ["- OS: Linux 6.1\n- sprocket version 1.6", ["OS: Linux 6.1"]],
    ["Linux\n\nI think that this could be solved with a second map of the names.", ["Linux"]],
    ["| key | value |\n| --- | --- |\n| os | linux |\n| built | 2023-02-01 08:23:51 -06:00 |", ["linux"]],
    ["- OS: Linux 6.1\n- Current master commit 0123456789abcdef", ["OS: Linux 6.1"]],
    ["**OS**: Linux 6.1\n**Sprocket version:** 1.0.41", ["Linux 6.1"]],
    ["- [x] Linux\n- [ ] Windows", ["Linux"]],
  ])("is what it runs on, not the project's version and not an opinion: %s", (lines, expected) =>
    expect(environment(lines)).toEqual(expected),
  );

  test.each([
    [
      "It crashes.\n\nNode.js version: 19.0.0\nOperating System: macOS",
      ["Node.js version: 19.0.0", "Operating System: macOS"],
    ],
    ["It crashes under Ubuntu 22.04 LTS.", ["under Ubuntu 22.04 LTS"]],
    ["It crashes.\n\nclang: error: linker command failed", []],
  ])("is also told in a text without a heading: %s", (body, expected) =>
    expect(read(body).environment).toEqual(expected),
  );
});

test("the latest release, where the report names it, is the bad side of a regression", () => {
  const { regression } = read(
    "The current release (0.11.1) raises an error. If I use 0.11.0, the plot seems to work.",
  );
  expect(regression).toMatchObject({ good: "0.11.0", bad: "0.11.1" });
});

describe("HTML in a report", () => {
  test("has headings, and quotations that are not the reporter's", () => {
    const report = read(
      "<h3>Expected behavior</h3>\n\nThe row stays.\n\n<blockquote>\nBroken since 1.2.3, see #12.\n</blockquote>\n",
    );
    expect(report.expected).toEqual(["The row stays."]);
    expect([report.references, report.versions]).toEqual([[], []]);
  });

  test("what a bot folds away of a dependency says nothing of the project", () => {
    const report = read(
      "Bumps sprocket from 3.2.1 to 4.0.0.\n<details>\n<summary>Changelog</summary>\n\n- Mend a gear in 3.9.9 ([#77](https://github.com/a/b/issues/77))\n\n</details>\n",
    );
    expect(report.versions.map(({ value }) => value)).toEqual(["3.2.1", "4.0.0"]);
    expect(report.references).toEqual([]);
  });
});

describe("what a sentence does", () => {
  test("a wish without a heading is what is expected, a fault is the symptom", () => {
    const { expected, symptom } = read(
      "When I call `cache.get(key)` after the first expiry, it throws an error.\n\nIt would be nice if it returned `undefined`.",
    );
    expect(expected).toEqual(["It would be nice if it returned `undefined`."]);
    expect(symptom).toEqual([
      "It fails",
      "When I call `cache.get(key)` after the first expiry, it throws an error.",
    ]);
  });

  test("a comment in code says what is expected", () => {
    const { expected } = read("Try this:\n\n```ts\ncache.get('a');\n// this should return undefined\n```");
    expect(expected).toEqual(["this should return undefined"]);
  });

  test("a printed message is what happened", () => {
    const { actual } = read("I start it.\n\n```\nTypeError: Cannot read properties of undefined\n```");
    expect(actual).toContain("TypeError: Cannot read properties of undefined");
  });

  test("an offer of help is nothing that is expected", () => {
    expect(read("Let me know if I should open a pull request.").expected).toEqual([]);
  });
});

describe("steps", () => {
  test("are below a bare line that is nothing but their heading", () => {
    const { steps, expected } = read(
      "It is lost.\n\nSteps to reproduce\n\n1. Create a file\n2. Run `tool x`\n\nExpected behavior\n\nIt is kept.",
    );
    expect(steps).toEqual(["Create a file", "Run `tool x`"]);
    expect(expected).toEqual(["It is kept."]);
    expect(read("Works as expected\n\nIt is kept.").expected).toEqual([]);
  });

  test.each([
    [
      "When I run\n\n```\n$ tool run --config x.cfg\n$ echo $?\n0\n```",
      "$ tool run --config x.cfg\n$ echo $?\n0",
    ],
    ["Look:\n\n```\n>>> tool.run(1)\n2\n```", ">>> tool.run(1)\n2"],
  ])("are what was typed: %s", (body, step) => expect(read(body).steps).toEqual([step]));

  test.each([
    "It works with\n\n```\n$ tool run --default\nok\n```",
    "I have\n\n```\n$ tool --version\n1.2.3\n$ pip list\na 1.0\n```",
    "The price is\n\n```\n12 $ each\n```",
  ])("are not what works, what is installed, or a price: %s", (body) => expect(read(body).steps).toEqual([]));
});

test("a colon in the marks of code ends no label", () => {
  const { expected } = read("Expected would be `q: 'a, b'` and nothing else.");
  expect(expected.join()).not.toMatch(/^'a/);
});

describe("a kind", () => {
  test.each([
    ["Reset tokens are logged in plain text", "", "security"],
    ["Wunsch: eigene Farben", "", "feature"],
    ["建议增加推荐", "", "feature"],
    ["Upgrade procedure for Docker?", "My question is what to run first.", "question"],
  ])("%s", (title, body, kind) => expect(read(body, title).kind).toBe(kind));
});

describe("a block alone below its heading", () => {
  test.each([
    ["**Expected Output**\n\n```\n1\n```\n\n**Actual Output**\n\n```\n2\n```"],
    ["What I get:\n\n```\n2\n```\n\nWhat I want (and what pandoc gives):\n\n```\n1\n```"],
    ["期待する出力:\n\n```\n1\n```\n\n実際の出力:\n\n```\n2\n```"],
    ["Résultat attendu\n\n```\n1\n```\n\nRésultat obtenu\n\n```\n2\n```"],
  ])("is what its heading says: %j", (body) => {
    const { expected, actual, steps } = read(body);
    expect({ expected, actual, steps }).toEqual({ expected: ["1"], actual: ["2"], steps: [] });
  });
});

test.each([
  "Erwartet hätte ich `q: 'a, b'` und nichts weiter.",
  "Esperaba que imprimiera `a/b`.",
  "Je m'attendais à obtenir `a/b`.",
  "Eu esperava que o resultado fosse `a/b`.",
  "Я ожидал увидеть `a/b`.",
  "我期望得到 `a/b`。",
])("an expectation is read in another language: %s", (sentence) => {
  expect(read(`# x\n\n${sentence}`).expected).toEqual([sentence]);
});

test.each([
  "My guess was that f hands out the path itself and that we should copy it first.",
  "The released 0.42.0 is fine with it, so it must be something recent, I would look at parse first.",
  "I'm not sure about the other branches, but this should be fixed soon.",
])("a guess and a plan are no expectation: %s", (sentence) => {
  expect(read(`The call returns nothing.\n\n${sentence}`).expected).toEqual([]);
});

test("what works is no symptom", () => {
  const said = ["`parse('a')` does not throw, by the way.", "`parse('b')` does not crash."];
  const { symptom, actual } = read(`\`parse('c')\` crashes with an error. ${said.join(" ")}`);
  for (const sentence of said) expect([...symptom, ...actual]).not.toContain(sentence);
});

test("a comment on a line of a trace is no expectation", () => {
  const trace = ">       a, = b  # We should have only one tree left\nE       ValueError: not enough values";
  expect(read(`It fails:\n\n\`\`\`\n${trace}\n\`\`\``).expected).toEqual([]);
});

test("code in the marks of older trackers is code", () => {
  const { steps } = read('### Steps to reproduce\n\n{code:java}\nApp.run("a");\n{code}\n\nIt fails.');
  expect(steps).toContain('App.run("a");');
});
