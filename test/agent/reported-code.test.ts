import { describe, expect, test } from "@jest/globals";
import { runningResearcher } from "../../src/agent/reported-code.ts";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { renderDocument } from "../../src/documents/render-document.ts";
import type { StatedClaim } from "../../src/documents/finding.ts";
import type { Issue } from "../../src/issue/issue.ts";
import { PHASES } from "../../src/phases/catalogue.ts";
import { reportedPrograms } from "../../src/reproduction/reported-program.ts";
import { openSandbox } from "../../src/sandbox/io/open-sandbox.ts";
import { gitFolder } from "../fakes/git-folder.ts";
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

const issueWith = (body: string): Issue => ({ key: "7", title: "It fails", body, comments: [] });
const fenced = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;

describe("code blocks of a report that are run", () => {
  const paths = Object.keys(FILES);
  const programs = (language: string | undefined, text: string) =>
    reportedPrograms([{ text, ...(language === undefined ? {} : { language }) }], paths, "@acme/store");

  test.each<readonly [string, string | undefined, string, string]>([
    ["Python", "python", "from store.keep import take\ntake({}, 1)", "casebook_reported.py"],
    ["Python without a word after the fence", undefined, "import store\nstore.x", "casebook_reported.py"],
    ["a session", "pycon", ">>> from store.keep import take\n>>> take({}, 1)\n3", "casebook_reported.py"],
    ["a module", "js", 'import { take } from "@acme/store";\ntake();', "casebook_reported.mjs"],
    ["a script", "javascript", "const { take } = require('@acme/store');", "casebook_reported.cjs"],
  ])("%s", (_, language, text, path) => {
    expect(programs(language, text)).toMatchObject([{ text, path }]);
  });

  test("leave out what a session printed", () => {
    expect(programs("pycon", ">>> import store\n>>> for x in y:\n...     x\n3\n")[0]!.source).toBe(
      "import store\nfor x in y:\n    x",
    );
  });

  test.each<readonly [string, string | undefined, string]>([
    ["code that uses nothing of the repository", "python", "import json\njson.loads('x')"],
    ["another language", "yaml", "from store import x"],
    ["a trace", undefined, 'File "store/keep.py", line 5, in take'],
    ["prose", undefined, "We import values from store, now and then."],
  ])("are not %s", (_, language, text) => {
    expect(programs(language, text)).toEqual([]);
  });
});

describeSandboxed("the report's own code", () => {
  /** The answer of the reproduction, and what is said of it. */
  async function ran(
    body: string,
  ): Promise<{ readonly headline: StatedClaim | undefined; readonly why: string }> {
    using folder = gitFolder();
    folder.commit(FILES);
    await using research = await researchIn(folder.path, issueWith(body));
    const state = await openSandbox({ files: folder.path, toolchains: [] });
    const researcher = runningResearcher(async () => state);
    const why = await researcher.withholds!(REPRODUCTION, research.context);
    if (why !== undefined) return { headline: undefined, why };
    const { document } = await researcher.write(REPRODUCTION, research.context, { files: new Map() });
    // What the answer cites is in the document.
    const { runs, runQuotes } = parseDocument(renderDocument(document));
    const names = runs.map(({ value }) => (typeof value === "string" ? value : value.name));
    expect(runQuotes.filter(({ value }) => !names.includes(value.run))).toEqual([]);
    expect(names).toEqual(document.headline === undefined ? [] : ["run-1"]);
    return { headline: document.headline, why: "" };
  }
  const TAKE = fenced("python", 'from store.keep import take\ntake({}, "a")');

  test("fails as reported where the report quotes the message", async () => {
    const { headline } = await ran(
      `${TAKE}\n\n${fenced("", "Traceback (most recent call last):\n  File \"a.py\", line 2, in <module>\nKeyError: 'a'")}`,
    );
    expect(headline?.text).toBe(
      "The report's own code fails as reported, in 3 of 3 runs: `KeyError: 'a'`, at `src/store/keep.py:5`",
    );
    expect(headline?.mark).toBe("run");
  }, 60_000);

  test.each<readonly [string, string, RegExp]>([
    ["another message", `${TAKE}\n\nIt says \`KeyError: 'b'\``, /not as reported: `KeyError: 'a'`, at/],
    [
      "no failure",
      fenced("python", 'from store.keep import take\ntake({"a": 1}, "a")'),
      /does not fail here, in 3 of 3 runs$/,
    ],
    [
      "a module that is not here, though the report says so, too",
      `${fenced("python", "from store.keep import take\nimport not_there")}\n\n${fenced("", "ModuleNotFoundError: No module named 'not_there'")}`,
      /cannot be run here: `ModuleNotFoundError/,
    ],
    [
      "a package that finds itself by its name",
      `${fenced("js", 'import store from "@acme/store";\nstore.take({}, 1);')}\n\n${fenced("", "RangeError: no such key\n    at take (store.js:1:1)")}`,
      /fails as reported, in 3 of 3 runs: `RangeError: no such key`, at `lib\/store\.js:2`$/,
    ],
  ])(
    "ends with %s",
    async (_, body, sentence) => {
      expect((await ran(body)).headline?.text).toMatch(sentence);
    },
    60_000,
  );

  test("that ends another way each time is not told as one end", async () => {
    const { headline, why } = await ran(fenced("python", "from store.keep import guess\nguess({})"));
    expect([headline, why]).toEqual([undefined, ""]);
  }, 60_000);

  test("is not there in most reports, and then nothing is run", async () => {
    expect((await ran("It fails.")).why).toContain("or code in the report");
  });
});
