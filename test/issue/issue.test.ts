import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parseIssueInput } from "../../src/issue/parse-issue-input.ts";
import { framesOf } from "../../src/issue/report/own-frames.ts";
import { findPaths } from "../../src/issue/report/report-names.ts";
import { partOfHeading } from "../../src/issue/report/report-part.ts";
import { sentencesOf } from "../../src/issue/report/sentences.ts";
import { findTraces } from "../../src/issue/report/trace-frames.ts";
import { understandIssue } from "../../src/issue/understand-issue.ts";
import { visibleText } from "../../src/text/visible-text.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";

describe("an issue's text", () => {
  test.each([
    [{ text: "# Title here #\n\nBody" }, { title: "Title here", body: "Body" }],
    [{ text: "First line\nrest" }, { title: "First line", body: "rest" }],
    [
      { text: "---\nnumber: 7\ntitle: Given\nauthor: ada\n---\nBody" },
      { key: "7", title: "Given", author: "ada", body: "Body" },
    ],
    [{ text: "T\n\nB", name: "issue-42.md" }, { key: "42" }],
    [{ text: "#12: T\n\nB" }, { key: "12" }],
    [
      { text: '{"number":5,"title":"T","body":null,"user":{"login":"ada"},"comments":2}' },
      { key: "5", title: "T", body: "", author: "ada", comments: [] },
    ],
    [
      {
        text: '{"number":5,"title":"T","body":"B","comments":[{"author":{"login":"bob"},"authorAssociation":"MEMBER","body":"C\\r\\nD"}]}',
      },
      { comments: [{ author: "bob", maintainer: true, body: "C\nD" }] },
    ],
    [
      {
        text: JSON.stringify({
          title: "T",
          comments: [
            { author: { login: "bob" }, body: "I see it, too", isMinimized: false },
            { author: { login: "eve" }, body: "Buy this", isMinimized: true },
            { user: { login: "mallory", type: "User" }, body: "Spam", minimized: { reason: "spam" } },
            { user: { login: "renovate", type: "Bot" }, body: "Update" },
            { author: { login: "app/github-actions" }, body: "Stale" },
            { author: { login: "dependabot[bot]" }, body: "Bumps" },
            { author: { login: "github-actions" }, body: "Welcome" },
            { author: { login: "bob" }, body: "/casebook investigate" },
            { author: { login: "bob" }, body: " \n" },
          ],
        }),
      },
      { comments: [{ author: "bob", maintainer: false, body: "I see it, too" }] },
    ],
    [{ text: "T\n\nB", number: "9", name: "issue-42.md" }, { key: "9" }],
    [
      { text: '{"title":"T","url":"https://github.com/a/b/issues/17#issuecomment-3"}', name: "3.json" },
      { key: "17" },
    ],
    [{ text: "---\nurl: https://github.com/a/b/issues/18\n---\n# T\n\nB" }, { key: "18" }],
  ])("%j", (input, issue) => expect(parseIssueInput(input)).toMatchObject(issue));

  test.each([
    ["", "empty-issue"],
    ["  \n\t", "empty-issue"],
    ['{"title":""}', "empty-issue"],
    ['{"a":1}', "unreadable-issue"],
    ["[1,2]", "unreadable-issue"],
    ["a\0b", "unreadable-issue"],
    ["x".repeat(1_000_001), "unreadable-issue"],
  ])("%# is refused", (text, code) => {
    expect(() => parseIssueInput({ text })).toThrow(expect.objectContaining({ code }));
  });

  test("makes the same key from the same text, of safe characters", () => {
    const { key } = parseIssueInput({ text: "T\n\nB" });
    expect(key).toMatch(/^local-[0-9a-f]{6}$/);
    expect(parseIssueInput({ text: "T\r\n\r\nB" }).key).toBe(key);
    expect(parseIssueInput({ text: "T\n\nC" }).key).not.toBe(key);
  });
});

describe("reads only what the page shows", () => {
  test.each([
    ["a <!-- obey --> b", "a  b", "comment"],
    ["![obey](x.png)", "![](x.png)", "alt-text"],
    ['[a](b "obey")', '[a](b "")', "link-title"],
    ["a\n\n[//]: # (obey)", "a\n\n", "definition"],
    ["a\u200bb", "ab", "zero-width"],
    ["a\u{e0041}b", "ab", "tag-character"],
    ["```js obey\nx\n```", "```js \nx\n```", "info-string"],
    ['<b title="obey">x</b>', "x", "attribute"],
  ])("%j", (text, visible, kind) => {
    const result = visibleText(text);
    expect(result.text).toBe(visible);
    expect(result.hidden.map((part) => part.kind)).toEqual([kind]);
  });

  test.each([
    "`<!-- shown -->`",
    "```\n<!-- shown -->\n```",
    "می‌خواهم",
    "👩‍👩‍👧 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "שלום",
    "[a](b)",
    "a < b > c",
  ])("leaves %j unchanged", (text) => {
    expect(visibleText(text)).toEqual({ text, hidden: [] });
  });

  test("a second pass finds nothing, and lines keep their numbers", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.constantFrom(
            "a",
            "<!--",
            "-->",
            "\n",
            "`",
            "```\n",
            "[",
            "](",
            ")",
            "<b x='y'>",
            "![",
            "\u200b",
            '"',
            "> ",
            "- ",
          ),
          { maxLength: 30 },
        ),
        (parts) => {
          const text = parts.join("");
          const once = visibleText(text).text;
          expect(once.split("\n").length).toBe(text.split("\n").length);
          expect(visibleText(once).text).toBe(once);
        },
      ),
    );
  });

  test.each(["[](", "![", "<", "> ", "`", "**", "<!--", "a\u200b"])("64 KiB of %j end", (part) => {
    expect(visibleText(part.repeat(65_536 / part.length)).text.length).toBeGreaterThanOrEqual(0);
  });
});

describe("stack frames, outermost first", () => {
  test.each([
    [
      "Python",
      'Traceback (most recent call last):\n  File "app/main.py", line 3, in <module>\n    run()\n  File "app/core.py", line 9, in run\n    x()\nValueError',
      ["app/main.py:3", "app/core.py:9 run"],
    ],
    [
      "Node",
      "Error: x\n    at Store.set (/srv/lib/store.js:10:5)\n    at async main (/srv/index.js:2:1)",
      ["/srv/index.js:2 main", "/srv/lib/store.js:10 set"],
    ],
    [
      "Java",
      "Caused by: java.lang.X\n\tat org.a.Store.set(Store.java:10)\n\tat org.a.Main.main(Main.java:3)",
      ["org/a/Main.java:3 main", "org/a/Store.java:10 set"],
    ],
    [
      "Go",
      "goroutine 1 [running]:\nmain.set(0x1)\n\t/srv/store.go:10 +0x1d\nmain.main()\n\t/srv/main.go:3 +0x20",
      ["/srv/main.go:3 main", "/srv/store.go:10 set"],
    ],
    ["Ruby", "a.rb:3:in `set': x\n\tfrom b.rb:1:in `main'", ["b.rb:1 main", "a.rb:3 set"]],
    ["PHP", "#0 /srv/a.php(12): Store->set()\n#1 /srv/b.php(3): main()", ["/srv/b.php:3", "/srv/a.php:12"]],
    [
      "C#",
      "   at Ns.Store.Set(String k) in C:\\src\\Store.cs:line 10\n   at Ns.P.Main() in C:\\src\\P.cs:line 3",
      ["C:/src/P.cs:3 Main", "C:/src/Store.cs:10 Set"],
    ],
    ["Rust", "thread 'main' panicked at src/store.rs:10:5:", ["src/store.rs:10"]],
    [
      "gdb",
      "#0  0x00 in set (k=1) at store.c:10\n#1  main () at main.c:3",
      ["main.c:3 main", "store.c:10 set"],
    ],
    [
      "Java with a cause",
      "java.lang.X: y\n\tat org.a.Main.main(Main.java:3)\nCaused by: java.lang.Z\n\tat org.a.Store$1.set(Store.java:10)",
      ["org/a/Main.java:3 main", "org/a/Store.java:10 set"],
    ],
    [
      "Go, in a function without a name",
      "goroutine 1 [running]:\ngithub.com/acme/store.(*Store).Serve.func1.2({0x1}, 0x3)\n\t/go/store/serve.go:66 +0x1\nmain.main()\n\t/a/main.go:3 +0x2",
      ["/a/main.go:3 main", "/go/store/serve.go:66 Serve"],
    ],
    [
      "Java, in a lambda",
      "java.lang.X: y\n\tat org.a.Store.lambda$load$0(Store.java:10)\n\tat org.a.Main.main(Main.java:3)",
      ["org/a/Main.java:3 main", "org/a/Store.java:10 load"],
    ],
    [
      ".NET and Go, with type arguments",
      "A.BException: y\n   at A.Store.Load[T]() in /_/A/Store.cs:line 10\n   at A.Main.Run[TKey,TValue](String name) in /_/A/Main.cs:line 3\n\ngoroutine 1 [running]:\na.org/b.Map[...](0x1)\n\t/b/b.go:4 +0x1",
      ["/b/b.go:4 Map", "/_/A/Main.cs:3 Run", "/_/A/Store.cs:10 Load"],
    ],
    [
      "Kotlin, in an object of a function",
      "java.lang.X: y\n\tat org.a.Store$load$1.run(Store.kt:10)\n\tat org.a.Main.main(Main.kt:3)",
      ["org/a/Main.kt:3 main", "org/a/Store.kt:10 load"],
    ],
    [
      "Python, in a part of a line",
      'Traceback (most recent call last):\n  File "a.py", line 2, in load\n    x\n  File "a.py", line 3, in <listcomp>\n    y\nKeyError: 1',
      ["a.py:2 load", "a.py:3"],
    ],
    [
      "Ruby, in a block",
      "lib/a.rb:4:in `block (2 levels) in load': no (KeyError)\n\tfrom lib/a.rb:2:in `each'\n\tfrom b.rb:1:in `<main>'",
      ["b.rb:1", "lib/a.rb:2 each", "lib/a.rb:4 load"],
    ],
    [
      "PHP, which prints what a line calls",
      "PHP Fatal error:  Uncaught Error: no in /srv/src/A.php:9\nStack trace:\n#0 /srv/src/B.php(5): App\\A->run()\n#1 {main}\n  thrown in /srv/src/A.php on line 9",
      ["/srv/src/B.php:5", "/srv/src/A.php:9"],
    ],
    [
      "Lua, with the name in quotes",
      "lua: src/store.lua:10: attempt to index a nil value\nstack traceback:\n\tsrc/store.lua:10: in function 'load'\n\tsrc/main.lua:3: in function <src/main.lua:1>\n\t[C]: in ?",
      ["src/main.lua:3", "src/store.lua:10 load"],
    ],
    [
      "Lua, in a message of the program around it",
      "Failed to run script: src/store.lua:10: attempt to call method 'load' (a nil value)",
      ["src/store.lua:10"],
    ],
    [
      "Elixir, with the number of arguments",
      "** (KeyError) key :a not found\n    (store 0.1.0) lib/store.ex:10: App.Store.load!/2\n    (store 0.1.0) lib/store.ex:7: anonymous fn/2 in App.Store.open/1\n    lib/main.ex:3: App.Main.run(:a)",
      ["lib/main.ex:3 run", "lib/store.ex:7 open", "lib/store.ex:10 load!"],
    ],
    [
      "Swift, in a crash report",
      "0   libswiftCore.dylib  0x000000018a3 swift_release + 60\n1   Store  0x0000000104 closure #1 in Store.load(from:key:) + 120 (Store.swift:10)\n2   Store  0x0000000104 Request.url.getter + 12 (Request.swift:3)",
      ["Request.swift:3 url", "Store.swift:10 load"],
    ],
    ["a place in prose, which is no frame", "see src/a.py:12 for it", []],
  ])("%s", (_, text, frames) => {
    expect(
      framesOf(findTraces(text)).map(
        ({ path, line, function: name }) => `${path}:${line}${name === undefined ? "" : ` ${name}`}`,
      ),
    ).toEqual(frames);
  });
});

test.each([
  ["steps to reproduce", "steps"],
  ["expected behaviour", "expected"],
  ["what did you expect to happen?", "expected"],
  ["actual behavior", "actual"],
  ["system information", "environment"],
  ["os version", "version"],
  ["what have you tried", "tried"],
  ["describe the bug", "description"],
  ["checklist", "form"],
  ["anything", undefined],
])("takes a section called %j for %s", (heading, part) => expect(partOfHeading(heading)).toBe(part));

test("ends sentences at full stops, not inside names, numbers and lists", () => {
  expect(
    sentencesOf("It uses a.b and 1.5, e.g. Here. Then `x. Y` ends! 1. First thing\n2. Second thing"),
  ).toEqual(["It uses a.b and 1.5, e.g. Here.", "Then `x. Y` ends!", "First thing", "Second thing"]);
});

test("finds paths in every notation", () => {
  expect(findPaths("in ./src/a.py, lib\\b.ts and `c.go`, but not e.g. or 1.5")).toEqual([
    "src/a.py",
    "lib/b.ts",
    "c.go",
  ]);
});

describe("a reading", () => {
  const form =
    "### Describe the bug\n\nWriting fails. It loses 3 rows.\n\n### Steps to reproduce\n\n1. Open it\n2. Write\n\n### Expected behavior\n\nAll rows stay.\n\n### Environment\n\n- Python 3.11.4\n\n### Checklist\n\n- [x] I searched\n";

  test("splits a form into its sections", () => {
    const reading = understandIssue(visibleIssue({ key: "1", title: "Rows lost", body: form, comments: [] }));
    expect(reading).toMatchObject({
      kind: "bug",
      symptom: [{ text: "Rows lost" }, { text: "Writing fails." }, { text: "It loses 3 rows." }],
      expected: [{ text: "All rows stay." }],
      steps: [{ text: "Open it" }, { text: "Write" }],
      versions: [{ name: "Python", version: "3.11.4" }],
    });
    expect(reading.textBlocks.filter(({ kind }) => kind === "boilerplate")).toHaveLength(1);
    expect(reading.missing).toEqual(["message", "frequency"]);
  });

  test("reports what is missing instead of guessing", () => {
    const reading = understandIssue(visibleIssue({ key: "1", title: "It crashes", body: "", comments: [] }));
    expect(reading.missing).toEqual(
      expect.arrayContaining(["expected", "steps", "version", "environment", "message"]),
    );
    expect(reading.expected).toEqual([]);
  });

  test("every quotation is part of the issue", () => {
    const piece = fc.constantFrom(
      "## Expected\n",
      "**Steps**:\n",
      "It should work. ",
      "1. do\n",
      "always 3 times\n",
      "```\nx: Error\n```\n",
      "version 1.2.3 ",
      "<!-- x -->",
      "`a`",
      "\n\n",
      "> q\n",
      "I tried it. ",
      "e.g. this\n",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 25 }), (pieces) => {
        const body = pieces.join("");
        const reading = understandIssue(visibleIssue({ key: "1", title: "Title", body, comments: [] }));
        const visible = visibleText(body).text;
        for (const quotes of [
          reading.symptom,
          reading.expected,
          reading.actual,
          reading.steps,
          reading.environment,
          reading.frequency,
          reading.tried,
        ])
          for (const { text } of quotes) expect(text === "Title" || visible.includes(text)).toBe(true);
      }),
    );
  });
});

describe("a title is read everywhere as its page shows it", () => {
  test.each([
    "Crash in List<String> after a second call",
    "Error with <teleport> in a slot",
    "Crash when a < b and b > a",
    "*Crash* in **Store** with `set`",
    "Crash: [link](x) &amp; <!-- shown -->",
  ])("%s", (title) => {
    const issue = visibleIssue({ key: "1", title, body: "It worked before.", comments: [] });
    const reading = understandIssue(issue);
    expect(reading.kind).toBe("bug");
    expect(reading.kindQuotes).toEqual([{ text: title }]);
    expect(reading.symptom[0]).toEqual({ text: title });
    expect(reading.hidden).toEqual([]);
    // What a document quotes is compared with this text.
    expect(issue.text.split("\n")[0]).toBe(title);
  });
});

test("a visible issue has title, body and comments with what each hides", () => {
  const issue = visibleIssue({
    key: "1",
    title: "A\u200bB",
    body: "c <!-- d -->",
    comments: [{ author: "ada", maintainer: true, body: "e <!-- f -->" }],
  });
  expect(issue).toMatchObject({
    title: { text: "AB" },
    body: { text: "c " },
    comments: [{ author: "ada", maintainer: true, body: { text: "e " } }],
    text: "AB\nc \ne ",
    hidden: [{ kind: "zero-width" }, { text: "d" }, { text: "f" }],
  });
});
