import { describe, expect, test } from "@jest/globals";
import { compareWithReport, type ReadEnd } from "../../src/claims/report-code-ran.ts";
import { readReport } from "../../src/issue/report/read-report.ts";
import { understandIssue } from "../../src/issue/understand-issue.ts";
import { visibleIssue } from "../../src/issue/visible-issue.ts";
import { END, ERRORS, HANG } from "../../src/reproduction/reported/program.ts";
import { readEnd } from "../../src/reproduction/reported/read-end.ts";
import type { SandboxResult } from "../../src/sandbox/sandbox.ts";

const OWN = new Map([["x.py", "x"]]);
const isRepository = (path: string): boolean => ["a.py", "b.py", "x.py"].includes(path);
const read = (
  record: object | undefined,
  result: Partial<SandboxResult> = {},
  runtime: "python" | "go" = "python",
): ReadEnd =>
  readEnd(
    {
      end: { kind: "exit", code: 1 },
      output: "",
      files: new Map(record === undefined ? [] : [[END, JSON.stringify(record)]]),
      ...result,
    },
    { files: OWN, runtime, kind: "code" },
    isRepository,
  );
const raised = (
  type: string,
  message: string,
  ...frames: readonly (readonly [string | null, number, string])[]
) => read({ type, message, frames });

describe("how a program ended", () => {
  test.each<readonly [string, ReadEnd, Partial<ReadEnd>]>([
    [
      "fails in the repository, below code that is not of it",
      raised("KeyError", "'a'", ["x.py", 1, "<module>"], ["a.py", 5, "take"], [null, 9, "get"]),
      { end: "failure", at: { path: "a.py", line: 5 } },
    ],
    [
      "fails in the report's own code",
      raised("NameError", "name 'y'", ["x.py", 1, "<module>"]),
      { hindrance: "own-code" },
    ],
    [
      "fails while the repository is loaded",
      raised("AttributeError", "no", ["x.py", 1, "<module>"], ["b.py", 2, "<module>"]),
      { hindrance: "import", at: { path: "b.py", line: 2 } },
    ],
    [
      "misses a module in the repository",
      raised("ModuleNotFoundError", "No module named 'n'", ["b.py", 2, "load"]),
      { hindrance: "missing" },
    ],
    [
      "needs the network in the repository",
      raised("URLError", "<urlopen error [Errno -3] Temporary failure in name resolution>", [
        "a.py",
        5,
        "take",
      ]),
      { hindrance: "network" },
    ],
    [
      "fails because of another failure",
      read({
        type: "SetupError",
        message: "it failed",
        frames: [["a.py", 5, "get"]],
        causes: [{ type: "KeyError", message: "'a'", frames: [["b.py", 9, "take"]] }],
      }),
      {
        at: { path: "b.py", line: 9 },
        causes: [{ type: "KeyError", message: "'a'", at: { path: "b.py", line: 9 } }],
        frames: [
          { path: "a.py", line: 5 },
          { path: "b.py", line: 9 },
        ],
      },
    ],
    [
      "needs the network below a failure of its own",
      read({
        type: "FetchError",
        message: "no",
        frames: [["a.py", 5, "get"]],
        causes: [{ type: "gaierror", message: "x", frames: [] }],
      }),
      { hindrance: "network" },
    ],
    [
      "waits for input",
      raised("EOFError", "EOF when reading a line", ["a.py", 5, "ask"]),
      { hindrance: "input" },
    ],
    [
      "reaches a limit",
      raised("OSError", "[Errno 28] No space left on device", ["a.py", 5, "write"]),
      { hindrance: "limits" },
    ],
    ["ends with a status", read({ exit: 3 }, { end: { kind: "exit", code: 3 } }), { end: "exit", exit: 3 }],
    ["is killed", read(undefined, { end: { kind: "signal", signal: "SIGKILL" } }), { end: "killed" }],
    ["prints too much", read(undefined, { end: { kind: "limit", limit: "output" } }), { end: "flood" }],
    [
      "hangs in the repository",
      read(undefined, {
        files: new Map([
          [
            HANG,
            'Timeout (0:00:25)!\nThread 0x1 (most recent call first):\n  File "/repo/a.py", line 7 in wait\n  File "/repo/x.py", line 1 in <module>\n',
          ],
        ]),
      }),
      { end: "hang", at: { path: "a.py", line: 7 } },
    ],
    [
      "is not built",
      read(undefined, { files: new Map([[ERRORS, "# x\n./main.go:3: undefined: y"]]) }, "go"),
      { hindrance: "build" },
    ],
    [
      "is not built, whatever the tool says",
      read(
        undefined,
        { files: new Map([[ERRORS, "go: example.org/a@v1.0.0: module lookup disabled by GOPROXY=off"]]) },
        "go",
      ),
      { hindrance: "build" },
    ],
  ])("%s", (_, ended, part) => {
    expect(ended).toMatchObject(part);
  });

  test("is the program's own where code that was built began, and ended its own process", () => {
    expect(read({ started: true }, { end: { kind: "exit", code: 3 } }, "go")).toEqual({
      end: "exit",
      exit: 3,
      printed: "",
    });
  });

  test("is never read from what it prints", () => {
    const lie = "Traceback (most recent call last):\n  File \"/repo/a.py\", line 5, in take\nKeyError: 'a'\n";
    const ended = read(undefined, { output: lie });
    expect(ended).toEqual({ end: "exit", exit: 1, printed: lie });
  });

  test.each(["", "{", "[]", '{"exit":"x"}', '{"type":1}', "null"])("a record %j is none", (text) => {
    const files = new Map([[END, text]]);
    expect(read(undefined, { files })).toMatchObject({ end: "exit", exit: 1 });
  });
});

const CODE = "import a\na.take()";
function compared(ended: ReadEnd, body: string, code = CODE): string {
  const issue = visibleIssue({
    key: "7",
    title: "It fails",
    body: `\`\`\`python\n${code}\n\`\`\`\n\n${body}`,
    comments: [],
  });
  const reading = understandIssue(issue);
  expect(reading.codeBlocks[0]?.text).toBe(code);
  return compareWithReport(ended, [code], readReport(issue), reading);
}
const AT = { path: "a.py", line: 5 };
const failure = (type: string, message: string): ReadEnd => ({
  end: "failure",
  failure: { type, message },
  at: AT,
});
const printed = (text: string): ReadEnd => ({ end: "exit", exit: 0, printed: text });

describe("an end beside the report", () => {
  test.each<readonly [string, ReadEnd, string, string]>([
    ["the same message", failure("KeyError", "'a'"), "```\nKeyError: 'a'\n```", "fails-as-reported"],
    [
      "a type with its module",
      failure("MergeError", "they conflict here"),
      "```\nstore.core.MergeError: they conflict here\n```",
      "fails-as-reported",
    ],
    [
      "a cause of another failure",
      { ...failure("SetupError", "it failed"), causes: [{ type: "KeyError", message: "'a'", at: AT }] },
      "```\nKeyError: 'a'\n```",
      "fails-as-reported",
    ],
    [
      "a cause outside of the repository",
      { ...failure("SetupError", "it failed"), causes: [{ type: "KeyError", message: "'a'" }] },
      "```\nKeyError: 'a'\n```",
      "otherwise",
    ],
    ["another key", failure("KeyError", "'b'"), "```\nKeyError: 'a'\n```", "otherwise"],
    ["another type", failure("TypeError", "'a'"), "```\nKeyError: 'a'\n```", "otherwise"],
    ["a message that nobody reports", failure("KeyError", "'a'"), "It fails.", "otherwise"],
    [
      "an older wording of V8",
      failure("TypeError", "Cannot read properties of null (reading 'parentNode')"),
      "```\nUncaught (in promise) TypeError: Cannot read property 'parentNode' of null\n```",
      "fails-as-reported",
    ],
    [
      "the network, though the report says so",
      { ...failure("URLError", "connection is refused"), hindrance: "network" },
      "```\nURLError: connection is refused\n```",
      "not-runnable",
    ],
    [
      "a missing module of the report's own code, though the report says so",
      {
        end: "failure",
        failure: { type: "ModuleNotFoundError", message: "No module named 'n'" },
        hindrance: "missing",
      },
      "```\nModuleNotFoundError: No module named 'n'\n```",
      "not-runnable",
    ],
    [
      "a module that the repository misses, as reported",
      { ...failure("ModuleNotFoundError", "No module named 'n'"), hindrance: "missing" },
      "```\nModuleNotFoundError: No module named 'n'\n```",
      "fails-as-reported",
    ],
    [
      "an import that fails otherwise",
      { ...failure("AttributeError", "no such thing here"), hindrance: "import" },
      "It fails.",
      "not-runnable",
    ],
    [
      "what it should print",
      printed("3\n"),
      "### Expected\n\n```\n3\n```\n\n### Actual\n\n```\n4\n```",
      "as-expected",
    ],
    [
      "what it prints",
      printed("4\n"),
      "### Expected\n\n```\n3\n```\n\n### Actual\n\n```\n4\n```",
      "prints-as-reported",
    ],
    ["what a line introduces as output", printed("4\n"), "prints\n\n```\n4\n```", "prints-as-reported"],
    ["what a line introduces as wanted", printed("4\n"), "It should print:\n\n```\n4\n```", "as-expected"],
    ["what it should not print", printed("4\n"), "It should not print:\n\n```\n4\n```", "no-failure"],
    [
      "one of two outputs",
      printed("4\n"),
      "1.0 prints\n\n```\n4\n```\n\n2.0 prints\n\n```\n5\n```",
      "no-failure",
    ],
    ["a block that nothing introduces", printed("4\n"), "See below.\n\n```\n4\n```", "no-failure"],
    ["both", printed("4\n"), "### Expected\n\n```\n4\n```\n\n### Actual\n\n```\n4\n```", "no-failure"],
    ["more than is reported", printed("4\n5\n"), "### Actual\n\n```\n4\n```", "no-failure"],
    ["nothing", printed(""), "### Actual\n\n```\n4\n```", "no-failure"],
    ["a status", { end: "exit", exit: 3 }, "It exits with code 3.", "exits-as-reported"],
    ["another status", { end: "exit", exit: 2 }, "It exits with code 3.", "no-failure"],
    ["no failure and status 0", { end: "exit", exit: 0 }, "It exits with code 0.", "no-failure"],
    ["a hang", { end: "hang", at: AT }, "The call hangs.", "hangs-as-reported"],
    ["a hang that nobody reports", { end: "hang", at: AT }, "It fails.", "hangs"],
    ["a hang outside of the repository", { end: "hang" }, "The call hangs.", "hangs"],
    ["a flood", { end: "flood" }, "It fails.", "floods"],
    ["a kill", { end: "killed", hindrance: "limits" }, "It is killed.", "not-runnable"],
  ])("%s", (_, ended, body, kind) => {
    expect(compared(ended, body)).toBe(kind);
  });

  test("is the session that the report shows, to the last space", () => {
    const session = ">>> import a\n>>> a.show()\nshown, \ntwice";
    expect(compared(printed("shown, \ntwice\n"), "", session)).toBe("prints-as-reported");
    expect(compared(printed("shown,\ntwice\n"), "", session)).toBe("no-failure");
  });

  test("is a message that a comment of the code tells", () => {
    const code = "import a\na.take()\n# KeyError: 'a'";
    expect(compared(failure("KeyError", "'a'"), "", code)).toBe("fails-as-reported");
  });
});
