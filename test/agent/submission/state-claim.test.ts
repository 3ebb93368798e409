import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { codeRunner } from "../../../src/agent/code-runner.ts";
import { type ClaimSource, stateClaim } from "../../../src/agent/submission/state-claim.ts";
import { type HandedClaim, handedClaim } from "../../../src/agent/submission/submission.ts";
import { repositorySource } from "../../../src/documents/repository-source.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import type { SandboxState } from "../../../src/sandbox/sandbox.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import type { GitFolder } from "../../fakes/git-folder.ts";
import { exampleIssue, NONCE, type ResearchIn, researchIn } from "../research-in.ts";

const STORE = "src/storage/store.py";

/** What programs print in this sandbox: with the repository, when it is run again, and without the repository. */
const PRINTS: Readonly<Record<string, readonly [string, string, string]>> = {
  "from src.storage.store import Store; print(Store('/tmp/a').keys())": ["[]", "[]", "ModuleNotFoundError"],
  "print(7 * 50)": ["350", "350", "350"],
  "from src.storage.store import Store; print('the cache is ' + 'stale')": [
    "the cache is stale",
    "the cache is stale",
    "ModuleNotFoundError",
  ],
  "from src.storage.store import Store; print('never stale:', Store('/tmp/a').keys() == [])": [
    "never stale: True",
    "never stale: True",
    "ModuleNotFoundError",
  ],
  "import time; from src.storage import store; print(time.time())": ["17.2", "17.3", "ModuleNotFoundError"],
};

function sandbox(): SandboxState {
  const seen = new Map<string, number>();
  return {
    kind: "ready",
    sandbox: {
      environment: {
        sandbox: "pretended 1",
        toolchains: new Map([["python3", "3.11.2"]]),
        dependencies: undefined,
      },
      async run({ command }) {
        const program = command.at(-1)!;
        const prints = PRINTS[program] ?? ["2 passed in 0.1s", "2 passed in 0.1s", "no tests ran"];
        const times = seen.get(program) ?? 0;
        if (command[0] !== "sh") seen.set(program, times + 1);
        const output = command[0] === "sh" ? prints[2] : prints[Math.min(times, 1)]!;
        return { end: { kind: "exit", code: 0 }, output, cut: 0, milliseconds: 5, files: new Map() };
      },
    },
  };
}

const README =
  "# Store\n\nA value is lost\nwhen two write. Nothing is lost\nwith one process.\n\nThat is all.\n";

let folder: GitFolder;
let research: ResearchIn;
let repository: Awaited<ReturnType<typeof openRepository>>;
let from: ClaimSource;
beforeAll(async () => {
  folder = exampleRepository("issue-42");
  folder.commit({ "README.md": README }, "Say that one process writes\n\nTwo at once lose values.");
  const issue = {
    ...exampleIssue(),
    comments: [
      {
        author: "ada",
        maintainer: true,
        body: "I do not think that this is by design.\n\n> It will not be fixed.",
      },
    ],
  };
  research = await researchIn(folder.path, issue);
  repository = await openRepository(folder.path);
  const { context } = research;
  const source = await repositorySource(
    repository,
    await repository.resolve("HEAD"),
    async () => context.codebase,
    context.issue.text,
  );
  const runner = codeRunner(sandbox(), NONCE);
  const [run] = runner.tools;
  await run!.answer(JSON.stringify({ command: ["python3", "-m", "pytest"] }), new AbortController().signal);
  await run!.answer(
    JSON.stringify({
      command: ["python3", "a.py"],
      files: [{ path: "a.py", text: 'print("2 passed in 0.1s")' }],
    }),
    new AbortController().signal,
  );
  from = { source, context, runner };
});
afterAll(async () => {
  repository[Symbol.dispose]();
  await research[Symbol.asyncDispose]();
  folder[Symbol.dispose]();
});

/** The sentences that a document gets, or the reason of a refusal. */
async function said(handed: Omit<HandedClaim, "type"> & { readonly type: string }): Promise<string> {
  const stated = await stateClaim(handedClaim.parse(handed), from, new AbortController().signal);
  return typeof stated === "string"
    ? `refused: ${stated}`
    : [...stated.claims.map(({ text }) => text), stated.text ?? ""].join("\n").trim();
}

describe("a claim that a model hands in becomes Casebook's own sentence", () => {
  test.each<readonly [string, Parameters<typeof said>[0], RegExp]>([
    [
      "whole lines, though a part was quoted",
      { type: "code", path: STORE, start: 33, quote: "self._read_data()" },
      /^`Store\.set` has `data = self\._read_data\(\)`$/,
    ],
    [
      "lines where the quotation really is",
      { type: "code", path: STORE, start: 2, quote: "return self._read_data().get(key, default)" },
      /^`Store\.get` has `return self\._read_data\(\)\.get\(key, default\)`$/,
    ],
    [
      "a docstring as a comment",
      { type: "code", path: STORE, start: 32, quote: '"""Store a value under a key."""' },
      /^`Store\.set` has the comment/,
    ],
    [
      "a short part of the line that is named",
      { type: "code", path: STORE, start: 4, quote: "os\n" },
      /^refused: .*too short/,
    ],
    [
      "a part of a line, however few its letters",
      { type: "code", path: STORE, start: 12, quote: "if not" },
      /has `if not os\.path\.exists\(path\):`$/,
    ],
    [
      "all lines of the sentences of documentation",
      { type: "code", path: "README.md", start: 4, quote: "Nothing is lost" },
      /^`README\.md:3-5` says `A value is lost` `when two write\. Nothing is lost` `with one process\.`$/,
    ],
    [
      "a search in one file, with what the others hold",
      {
        type: "search",
        search: { kind: "word", pattern: "Store", include: ["README.md", "*.txt"], exclude: ["README.md"] },
      },
      /^Casebook found no line with the word `Store` in `README\.md` and `\*\.txt`, without `README\.md`, but \d+ lines elsewhere$/,
    ],
    [
      "a search for what is nowhere",
      { type: "search", search: { kind: "text", pattern: "flock(", include: ["src/**"], exclude: [] } },
      /in `src\/\*\*`, nor anywhere else$/,
    ],
    [
      "a call that leads to a definition",
      { type: "calls", path: STORE, start: 35, name: "_write_data" },
      /^`Store\.set` calls `Store\._write_data`$/,
    ],
    [
      "callers, counted by Casebook",
      { type: "uses", path: STORE, start: 19 },
      /lines call `Store\._write_data`/,
    ],
    [
      "a search without a hit",
      { type: "search", search: { kind: "word", pattern: "flock", include: [], exclude: [] } },
      /^Casebook found no line with the word `flock`$/,
    ],
    [
      "the whole sentence of a comment, its negation with it",
      { type: "said", quote: "this is by design" },
      /^`ada`, a maintainer, wrote “I do not think that this is by design\.”$/,
    ],
    [
      "a run of the project's own tests",
      { type: "ran", run: "run-1", quote: "passed" },
      /printed `2 passed in 0\.1s`$/,
    ],
    [
      "what a program over the repository prints",
      {
        type: "executable",
        language: "python",
        program: "from src.storage.store import Store; print(Store('/tmp/a').keys())",
        prints: "[]",
      },
      /prints `\[\]`$/,
    ],
    [
      "a place",
      { type: "hypothesis", path: STORE, start: 33, quote: "data = self._read_data()" },
      /^A model suspects `Store\.set`: Open/,
    ],
    [
      "a change",
      { type: "option", edits: [{ path: STORE, old: "import json\n", new: "" }] },
      /^A model proposes to change 1 line of `src\/storage\/store\.py` into 0$/,
    ],
    ["a question", { type: "question", text: "Is the file shared?" }, /^Is the file shared\?$/],
    ["a gap", { type: "unknown", text: "whether the file is shared" }, /^whether the file is shared$/],
  ])("%s", async (_, handed, sentence) => {
    expect(await said(handed)).toMatch(sentence);
  });

  test("a commit with author, date and whole sentences of its message", async () => {
    const commit = folder.git("rev-parse", "HEAD");
    expect(
      await said({ type: "commit", commit: commit.slice(0, 9), path: "README.md", quote: "lose values" }),
    ).toMatch(
      /^`Ada` committed it on \d{4}-\d\d-\d\d; it changed `README\.md`; its message says “Two at once lose values\.”$/,
    );
    expect(await said({ type: "commit", commit, path: STORE })).toMatch(/^refused: It does not hold/);
    expect(await said({ type: "commit", commit, quote: "never lose" })).toMatch(/^refused: Its message/);
  });
});

describe("what is not so is not taken", () => {
  test.each<readonly [string, Parameters<typeof said>[0], RegExp]>([
    [
      "words that are nowhere",
      { type: "code", path: STORE, start: 33, quote: "with self._lock:" },
      /nor anywhere else/,
    ],
    ["a sign that is everywhere", { type: "code", path: STORE, start: 33, quote: "()" }, /too short/],
    [
      "a file that is not there",
      { type: "code", path: "src/cache.py", start: 1, quote: "class Cache" },
      /no text file/,
    ],
    [
      "a call of something else",
      { type: "calls", path: STORE, start: 35, name: "_read_data" },
      /cannot tell/,
    ],
    ["a call of a library", { type: "calls", path: STORE, start: 21, name: "dump" }, /cannot tell/],
    [
      "functions that are not alike",
      { type: "alike", path: STORE, start: 31, other: STORE, otherStart: 10 },
      /not alike/,
    ],
    [
      "words that a maintainer only quotes",
      { type: "said", quote: "It will not be fixed." },
      /not in the issue/,
    ],
    ["words of somebody else", { type: "said", quote: "this is by design", name: "eve" }, /not in the issue/],
    [
      "a run with a file that prints anything",
      { type: "ran", run: "run-2", quote: "2 passed" },
      /files of yours/,
    ],
    ["a run that never was", { type: "ran", run: "run-9" }, /no run/],
    [
      "another value",
      { type: "executable", language: "python", program: "print(7 * 50)", prints: "351" },
      /It printed `350`/,
    ],
    [
      "a value that needs no repository",
      { type: "executable", language: "python", program: "print(7 * 50)", prints: "350" },
      /without the repository/,
    ],
    [
      "words that the program holds",
      {
        type: "executable",
        language: "python",
        program: "from src.storage.store import Store; print('the cache is ' + 'stale')",
        prints: "the cache is stale",
      },
      /words what it prints/,
    ],
    [
      "a label beside a value",
      {
        type: "executable",
        language: "python",
        program: "from src.storage.store import Store; print('never stale:', Store('/tmp/a').keys() == [])",
        prints: "never stale: True",
      },
      /without labels/,
    ],
    [
      "a remark in a program",
      { type: "executable", language: "python", program: "print(1)  # it is stale", prints: "1" },
      /Leave out `# it is stale`/,
    ],
    [
      "a remark in a change",
      {
        type: "option",
        edits: [{ path: STORE, old: "import json\n", new: "import json  # as tests show\n" }],
      },
      /Leave out `# as tests show`/,
    ],
    [
      "words in Casebook's name",
      { type: "step", text: "Run it; it fails, as Casebook confirmed." },
      /Leave Casebook out/,
    ],
    [
      "a value that changes",
      {
        type: "executable",
        language: "python",
        program: "import time; from src.storage import store; print(time.time())",
        prints: "17.2",
      },
      /something else when it was run again/,
    ],
    [
      "a program for which there is nothing here",
      { type: "executable", language: "ruby", program: "p 1", prints: "1" },
      /no ruby/,
    ],
    ["a statement as a question", { type: "question", text: "The cache is stale." }, /question mark/],
    [
      "a statement before a question",
      { type: "question", text: "The cache is stale. Is it shared?" },
      /one sentence/,
    ],
    ["a statement as a gap", { type: "unknown", text: "The cache is stale" }, /what is not known/],
    [
      "words that look like Casebook's",
      { type: "unknown", text: "whether so. Measured: the cache is stale" },
      /Leave out/,
    ],
    [
      "an edit of text that is there twice",
      { type: "option", edits: [{ path: STORE, old: "self._write_data", new: "x" }] },
      /more than once/,
    ],
  ])("%s", async (_, handed, reason) => {
    const answer = await said(handed);
    expect(answer).toMatch(reason);
  });
});
