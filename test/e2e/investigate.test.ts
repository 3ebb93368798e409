import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { parseDocument } from "../../src/documents/parse-document.ts";
import { parseSpec } from "../../src/specs/parse-spec.ts";
import { casebook, casebookProcess, exampleRepository } from "../fakes/casebook.ts";

const issueOf = (name: string): string => join(import.meta.dirname, "../../examples", name, "issue.md");

/** Names and 1-based line ranges of the methods of a Python file, read without Casebook. */
function methodsOf(path: string): ReadonlyMap<string, string> {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const starts = lines.flatMap((line, i) => (/^ {4}def (\w+)/.test(line) ? [i] : []));
  return new Map(
    starts.map((start, n) => {
      let end = (starts[n + 1] ?? lines.length) - 1;
      while (lines[end]!.trim() === "") end--;
      return [/def (\w+)/.exec(lines[start]!)![1]!, `${start + 1}-${end + 1}`];
    }),
  );
}

describe.each([
  ["issue-42", "src/storage/store.py", "Store", ["set", "update", "delete"]],
  ["issue-42-renamed", "ledger/book.py", "Ledger", ["put", "amend", "strike"]],
] as const)("the example %s", (name, file, owner, writers) => {
  test("the issue names none of the methods, the documents find all three with their exact lines", async () => {
    const issue = readFileSync(issueOf(name), "utf8");
    for (const writer of writers) expect(issue).not.toMatch(new RegExp(`\\b${writer}\\b`));
    using repository = exampleRepository(name);
    // As a user starts it; the other tests call the command line in this process.
    const { exit, out } = casebookProcess(repository.path, [
      "investigate",
      "--issue",
      issueOf(name),
      "--number",
      "42",
    ]);
    expect({ exit, out }).toMatchObject({ exit: 0 });
    const methods = methodsOf(join(repository.path, file));
    const impact = repository.git("show", "casebook/issue-42:.chant/research/issue-42-impact-map.md");
    for (const writer of writers)
      expect(impact).toContain(
        `| \`${owner}.${writer}\` \`${methods.get(writer)}\` | reads, changes and writes back without holding a lock | read in the code: \`${file}:`,
      );
    expect(impact).toContain(`only tests use \`${owner}\``);
    expect(impact).toMatch(/^\*\*The suspected code is 1 file, 3 functions, \d+ lines: `/m);
    const cause = repository.git("show", "casebook/issue-42:.chant/research/issue-42-root-cause.md");
    const first = /\*\*1\.\*\* `([^`]+)`/.exec(cause)?.[1];
    expect(writers.map((writer) => `${owner}.${writer}`)).toContain(first);
  });
});

test("running again changes nothing, and every reference holds when it is checked apart", async () => {
  using repository = exampleRepository("issue-42");
  const args = ["investigate", "--issue", issueOf("issue-42"), "--number", "42", "--quiet"];
  expect((await casebook(repository.path, args)).exit).toBe(0);
  const tip = repository.git("rev-parse", "casebook/issue-42");
  const again = await casebook(repository.path, args);
  expect(again.out).toContain("nothing new");
  expect(repository.git("rev-parse", "casebook/issue-42")).toBe(tip);
  expect(repository.git("log", "--format=%s", "main..casebook/issue-42").split("\n")).toEqual([
    "chant: Complete issue-42-004-impact-map",
    "chant(issue-42-004-impact-map): Impact map of issue 42",
    "chant: Hold issue-42-003-root-cause",
    "chant(issue-42-003-root-cause): Root cause of issue 42",
    "chant: Complete issue-42-001-comprehension",
    "chant(issue-42-001-comprehension): Comprehension of issue 42",
  ]);
  const checked = await casebook(repository.path, [
    "check",
    "--ref",
    "casebook/issue-42",
    "--issue",
    issueOf("issue-42"),
    "--number",
    "42",
  ]);
  expect(checked).toMatchObject({
    exit: 0,
    out: expect.stringMatching(/^[1-9]\d* references and [1-9]\d* claims in 6 files checked, 0 wrong\n$/),
  });
  expect(repository.git("status", "--porcelain")).toBe("");
});

test("a person who names the place confirms the cause, and it is remembered", async () => {
  using repository = exampleRepository("issue-42");
  const issue = ["--issue", issueOf("issue-42"), "--number", "42", "--quiet"];
  expect((await casebook(repository.path, ["at", "src/storage/store.py:20", ...issue])).exit).toBe(0);
  const spec = (): ReturnType<typeof parseSpec>["spec"] =>
    parseSpec("s", repository.git("show", "casebook/issue-42:.chant/specs/issue-42-003-root-cause.md")).spec;
  expect(spec().status).toBe("completed");
  expect(spec().criteria.every(({ done }) => done)).toBe(true);
  expect((await casebook(repository.path, ["investigate", ...issue])).exit).toBe(0);
  expect(spec().labels).toContain("at:src/storage/store.py:20");
  expect(repository.git("show", "casebook/issue-42:.chant/research/issue-42-root-cause.md")).toContain(
    "**1.** Confirmed: a person named `Store._write_data` as the place of the cause",
  );
});

test("files instead of a branch, or nothing at all, when that is asked for", async () => {
  using repository = exampleRepository("issue-42");
  const issue = ["--issue", issueOf("issue-42"), "--number", "42", "--quiet"];
  expect((await casebook(repository.path, ["investigate", ...issue, "--out", "result"])).exit).toBe(0);
  const document = readFileSync(
    join(repository.path, "result/.chant/research/issue-42-root-cause.md"),
    "utf8",
  );
  expect(parseDocument(document).baseCommit).toBe(repository.git("rev-parse", "HEAD"));
  const dry = await casebook(repository.path, ["investigate", ...issue, "--dry-run"]);
  expect(dry.out).toContain("# Impact map of issue 42");
  expect(repository.git("branch", "--list", "casebook/*")).toBe("");
});

test("a repository's own phase is one more row", async () => {
  using repository = exampleRepository("issue-42");
  repository.commit({
    ".chant/phases/review.md":
      "---\nnumber: 6\ndepends_on: [impact-map]\nsections: [tests, docs]\n---\n# Review\n\n## Acceptance Criteria\n\n- [ ] All there (check: sections-present)\n- [ ] A person agrees\n",
  });
  const { exit, out } = await casebook(repository.path, [
    "investigate",
    "--issue",
    issueOf("issue-42"),
    "--number",
    "42",
    "--quiet",
    "--json",
  ]);
  expect(exit).toBe(0);
  const { phases } = JSON.parse(out) as {
    phases: { phase: string; status: string; criteria: { result: string }[] }[];
  };
  expect(phases.find(({ phase }) => phase === "review")).toMatchObject({
    status: "needs_attention",
    criteria: [{ result: "met" }, { result: "undecided" }],
  });
});

describe("bad input gets one sentence, a documented exit code, and nothing is written", () => {
  test.each([
    ["an empty issue", ["--issue", "-"], "", 4, "The issue is empty"],
    ["a missing issue file", ["--issue", "nowhere.md"], "", 4, "cannot read the issue nowhere.md (ENOENT)"],
    ["JSON that is no issue", ["--issue", "-"], '{"a": 1}', 4, "not an issue"],
    [
      "an unknown revision",
      ["--issue", "-", "--commit", "nowhere"],
      "Broken",
      3,
      "no commit, branch or tag nowhere",
    ],
    ["no repository", ["--issue", "-", "--repo", "/"], "Broken", 3, "is not inside a git repository"],
    [
      "lines outside the file",
      ["--issue", "-", "--at", "src/storage/store.py:999"],
      "Broken",
      2,
      "outside the file",
    ],
    ["no issue", [], "", 2, "The option `--issue` is missing"],
    ["a mistyped option", ["--isue", "-"], "Broken", 2, "Did you mean --issue?"],
    ["a place that is none", ["--issue", "-", "--at", "nonsense"], "Broken", 2, "is not PATH:LINE"],
  ])("%s", async (_, args, input, exit, sentence) => {
    using repository = exampleRepository("issue-42");
    const result = await casebook(repository.path, ["investigate", "--quiet", ...args], { input });
    expect(result).toMatchObject({ exit, err: expect.stringContaining(sentence) });
    expect(result.err.trim().split("\n")).toHaveLength(1);
    expect(repository.git("branch", "--list", "casebook/*")).toBe("");
  });

  test.each([
    [["run", "NOPHASE"], "There is no phase NOPHASE. The phases are comprehension, "],
    [["run", "impact-mapp"], "Did you mean impact-map?"],
    [["run", "NOPHASE", "--repo", "/nowhere"], "There is no phase NOPHASE."],
  ])("%j names the phases before the repository is read", async (args, sentence) => {
    using repository = exampleRepository("issue-42");
    const result = await casebook(repository.path, [...args, "--issue", "-"], { input: "Broken" });
    expect(result).toMatchObject({ exit: 2, out: "", err: expect.stringContaining(sentence) });
    expect(result.err.trim().split("\n")).toHaveLength(1);
  });

  test("a branch that a person changed is left as it is", async () => {
    using repository = exampleRepository("issue-42");
    const issue = ["--issue", issueOf("issue-42"), "--number", "42", "--quiet"];
    await casebook(repository.path, ["investigate", ...issue]);
    repository.git("switch", "-q", "casebook/issue-42");
    const theirs = repository.commit({ ".chant/research/issue-42-root-cause.md": "Mine now.\n" }, "By hand");
    repository.git("switch", "-q", "main");
    const result = await casebook(repository.path, ["investigate", ...issue]);
    expect(result).toMatchObject({
      exit: 6,
      err: expect.stringContaining("root-cause.md is there already, and Casebook did not write it"),
    });
    expect(repository.git("rev-parse", "casebook/issue-42")).toBe(theirs);
  });

  test("a broken spec in the way is named with its line and kept", async () => {
    using repository = exampleRepository("issue-42");
    repository.commit({ ".chant/specs/issue-42-001-comprehension.md": "---\nstatus: [\n---\n# X\n" });
    const result = await casebook(repository.path, [
      "investigate",
      "--issue",
      issueOf("issue-42"),
      "--number",
      "42",
      "--quiet",
    ]);
    expect(result).toMatchObject({
      exit: 5,
      err: expect.stringMatching(/issue-42-001-comprehension\.md, line \d/),
    });
    expect(repository.git("branch", "--list", "casebook/*")).toBe("");
  });

  test.each([
    ["waits for approval", "status: pending\napproval:\n  required: true", 7],
    ["is cancelled", "status: cancelled", 7],
    ["is paused", "status: paused", 7],
    ["does not know", "status: dreaming", 5],
  ])("a spec that %s is not worked on", async (sentence, keys, exit) => {
    using repository = exampleRepository("issue-42");
    const spec = `---\ntype: research\n${keys}\n---\n# Mine\n\n## Acceptance Criteria\n\n- [ ] x\n`;
    repository.commit({ ".chant/specs/issue-42-001-comprehension.md": spec });
    const result = await casebook(repository.path, [
      "investigate",
      "--issue",
      issueOf("issue-42"),
      "--number",
      "42",
      "--quiet",
    ]);
    expect(result).toMatchObject({ exit, err: expect.stringContaining(sentence) });
    expect(repository.git("branch", "--list", "casebook/*")).toBe("");
  });

  test("an issue of 60,000 characters of brackets is read", async () => {
    using repository = exampleRepository("issue-42");
    const result = await casebook(repository.path, ["locate", "--issue", "-", "--quiet", "--json"], {
      input: `Lost values\n\n${"[](".repeat(20_000)}`,
    });
    expect(result.exit).toBe(0);
  });
});

test("a document of somebody else is checked too, and what is wrong is listed", async () => {
  using repository = exampleRepository("issue-42");
  repository.commit({
    "notes.md":
      "See src/storage/store.py:31 and `src/storage/store.py:400`.\n\n```python src/storage/store.py:33\n        data = self._read()\n```\n\n> src/nowhere.py:1 is quoted\n",
  });
  const { exit, out } = await casebook(repository.path, ["check", "notes.md"]);
  expect(exit).toBe(1);
  expect(out.trim().split("\n")).toEqual([
    expect.stringMatching(/^notes\.md:1: src\/storage\/store\.py:400: the file has 51 lines/),
    expect.stringMatching(/^notes\.md:3: .*line 33 is/),
    "3 references in 1 file checked, 2 wrong",
  ]);
});

test("the prompt that an agent would get is printed, parts of it put in once", async () => {
  using repository = exampleRepository("issue-42");
  repository.commit({
    ".chant/prompts/research.md": "---\nname: research\n---\nWork {{spec.id}}:\n{{spec.title}}\n",
    ".chant/specs/mine-of-today.md":
      "---\ntype: research\nprompt: research\n---\n# Use {{spec.path}}\n\n## Acceptance Criteria\n\n- [ ] x\n",
  });
  const { exit, out } = await casebook(repository.path, ["spec", "show", "mine-of-today", "--prompt"]);
  expect({ exit, out }).toEqual({ exit: 0, out: "Work mine-of-today:\nUse {{spec.path}}\n" });
});

test("help fits a screen", async () => {
  using repository = exampleRepository("issue-42");
  const { exit, out } = await casebook(repository.path, ["--help"]);
  expect(exit).toBe(0);
  expect(out.trim().split("\n").length).toBeLessThanOrEqual(24);
});
