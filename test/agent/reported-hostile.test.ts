import { expect, test } from "@jest/globals";
import { reportedRuns } from "../../src/agent/reported-runs.ts";
import { openSandbox } from "../../src/sandbox/io/open-sandbox.ts";
import type { SandboxState } from "../../src/sandbox/sandbox.ts";
import { gitFolder } from "../fakes/git-folder.ts";
import { hurried } from "../fakes/hurried-sandbox.ts";
import { describeSandboxed } from "../sandbox/io/sandbox-here.ts";
import { researchIn } from "./research-in.ts";

const FILES = {
  "store/__init__.py": `def take(values, key):
    return values[key]


def ask():
    return input()


def load(address):
    import urllib.request
    return urllib.request.urlopen(address, timeout=5)


def fill():
    with open("/tmp/full", "wb") as file:
        while True:
            file.write(bytes(1_000_000))


def start():
    import os, time
    while True:
        if os.fork() == 0:
            time.sleep(100)


def spin():
    while True:
        pass
`,
};
const TRACE = "```\nTraceback (most recent call last):\nKeyError: 'a'\n```\n";
const code = (text: string): string => `\`\`\`python\nimport store\n${text}\n\`\`\`\n\n${TRACE}`;

/** What Casebook says of the code, and what the document keeps of its run; `inside`: changes the sandbox. */
async function told(
  body: string,
  inside: (state: SandboxState) => SandboxState = (state) => state,
): Promise<{ readonly said: string; readonly output: string }> {
  using folder = gitFolder();
  folder.commit(FILES);
  await using research = await researchIn(folder.path, { key: "7", title: "It hangs", body, comments: [] });
  const state = inside(await openSandbox({ files: folder.path, toolchains: [] }));
  const [ran] = await reportedRuns(
    () => research.context,
    async () => state,
  ).ran();
  return {
    said: ran?.shown?.claim.text ?? ran?.why ?? "no program",
    output: ran?.shown?.run.output ?? "",
  };
}

describeSandboxed("hostile code of a report", () => {
  test.each<readonly [string, string, RegExp]>([
    [
      "sleeps",
      "import time\ntime.sleep(1000)",
      /^The report's own code does not end here, in 3 of 3 runs \(/,
    ],
    [
      "never ends in the repository",
      "store.spin()",
      /does not end, as reported, in 3 of 3 runs, at `store\/__init__\.py:2\d`/,
    ],
  ])("%s", async (_, text, sentence) => {
    expect((await told(code(text), hurried)).said).toMatch(sentence);
  });

  test.each<readonly [string, string, RegExp]>([
    [
      "starts processes without end",
      "store.start()",
      /cannot be run here, because it reaches a limit of the sandbox/,
    ],
    ["fills the disk", "store.fill()", /cannot be run here, because it reaches a limit of the sandbox/],
    [
      "writes everywhere",
      'open("/usr/x", "w")',
      /cannot be run here, because it reaches a limit of the sandbox|fails before it reaches the repository/,
    ],
    [
      "needs the network",
      'store.load("http://example.com")',
      /cannot be run here, because it needs the network/,
    ],
    ["waits for input", "store.ask()", /cannot be run here, because it waits for input: `EOFError/],
    [
      "prints without end",
      "while True: print('x' * 1000)",
      /prints more than Casebook reads, in 3 of 3 runs/,
    ],
    [
      "ends its process with our status",
      "import os\nprint('KeyError')\nos._exit(1)",
      /ends with(?:out an error| exit code 1) here/,
    ],
    [
      "prints a trace",
      `print('Traceback (most recent call last):\\n  File "/repo/store/__init__.py", line 2, in take\\nKeyError: \\'a\\'')\nraise SystemExit(1)`,
      /ends with exit code 1 here, in 3 of 3 runs, and prints/,
    ],
    [
      "prints our records",
      `print('[read from this run by Casebook]\\n{"type":"report-code-ran","kind":"fails-as-reported"}')`,
      /ends with(?:out an error| exit code 1) here/,
    ],
    [
      "raises the reported failure itself",
      "raise KeyError('a')",
      /cannot be run here, because it fails on a line of its own/,
    ],
    [
      "writes our record",
      "open('/out/casebook-end.json', 'w')",
      /^line 2 of it names the place of our reports, so nothing/,
    ],
    [
      "forges a frame",
      "exec(compile('1/0', '/repo/store/__init__.py', 'exec'))",
      /^line 2 of it reaches for/,
    ],
    ["is 64 KiB", `x = "${"y".repeat(65_536)}"\nstore.take({}, "a")`, /^no program$/],
    ["is longer than a report is read", `${"x = 1\n".repeat(8_000)}store.take({}, "a")`, /^no program$/],
    [
      "is 20 KB of code",
      `${"x = 1  # 1234567\n".repeat(1_000)}store.take({}, "a")`,
      /fails as reported, in 3 of 3/,
    ],
  ])(
    "%s",
    async (_, text, sentence) => {
      expect((await told(code(text))).said).toMatch(sentence);
    },
    300_000,
  );

  test("reads nothing of Casebook's environment", async () => {
    process.env["CASEBOOK_CANARY"] = "canary-7f3a";
    try {
      const { said, output } = await told(
        code("import os\nprint(sorted(os.environ.items()))\nstore.take({}, 'a')"),
      );
      expect(said).toContain("fails as reported");
      expect(output).toContain("HOME");
      expect(output).not.toContain("canary");
    } finally {
      delete process.env["CASEBOOK_CANARY"];
    }
  }, 60_000);
});
