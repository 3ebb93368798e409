import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { briefOf, MAX_TOKENS } from "../../src/research/brief.ts";
import { chantFiles } from "../../src/cli/chant-files.ts";
import { estimateTokens } from "../../src/llm/estimate-tokens.ts";
import { casebook, exampleRepository } from "../fakes/casebook.ts";
import type { GitFolder } from "../fakes/git-folder.ts";
import { readFileSync } from "node:fs";

let folder: GitFolder;
beforeAll(async () => {
  folder = exampleRepository("issue-42");
  const issue = readFileSync(join(import.meta.dirname, "../../examples/issue-42/issue.md"), "utf8");
  writeFileSync(join(folder.path, ".git", "issue.md"), `---\nnumber: 42\n---\n${issue}`);
  await casebook(folder.path, ["investigate", "--issue", ".git/issue.md", "--quiet"]);
}, 120_000);
afterAll(() => folder[Symbol.dispose]());

test("prints the answer, the places and what must keep working, within its tokens", async () => {
  const { exit, out } = await casebook(folder.path, ["brief", "42"]);
  expect(exit).toBe(0);
  const base = folder.git("rev-parse", "HEAD");
  expect(out).toContain(`# Brief for issue 42 at ${base}`);
  expect(out).toContain("Answer: ");
  expect(out).toContain("src/storage/store.py:3");
  expect(out).toMatch(/^Would change:\n- .*Store\.set/m);
  expect(out).toMatch(/^Keep working:\n- /m);
  expect(estimateTokens(out)).toBeLessThanOrEqual(MAX_TOKENS);
  expect((await casebook(folder.path, ["brief", "42", "--ref", "casebook/issue-42"])).out).toBe(out);
});

test("names the failing test of a reproduction", async () => {
  const files = new Map(
    await chantFiles(
      { repo: ".", ref: "casebook/issue-42" },
      {
        cwd: folder.path,
        signal: new AbortController().signal,
      },
    ),
  );
  const [, spec] = [...files].find(([path]) => path.includes("root-cause") && path.includes("specs"))!;
  expect(briefOf("42", files)).not.toContain("Failing test");
  files.set(
    ".chant/specs/issue-42-002-reproduction.md",
    spec.replace(/^labels:.*(?:\n {2}- .*)*/m, "labels:\n  - test:tests/test_lost.py"),
  );
  expect(briefOf("42", files)).toContain(
    "Failing test: `tests/test_lost.py` on the branch `casebook/issue-42`",
  );
});

test("refuses an issue without documents", async () => {
  const unknown = await casebook(folder.path, ["brief", "43"]);
  expect(unknown.exit).toBe(3);
  const other = await casebook(folder.path, ["brief", "43", "--ref", "casebook/issue-42"]);
  expect([other.exit, other.err]).toEqual([
    2,
    expect.stringContaining(
      "casebook/issue-42 holds no document of issue 43; `casebook investigate` writes them",
    ),
  ]);
});

test("a damaged document never breaks it or its limit", async () => {
  const files = await chantFiles(
    { repo: ".", ref: "casebook/issue-42" },
    {
      cwd: folder.path,
      signal: new AbortController().signal,
    },
  );
  const paths = [...files.keys()];
  fc.assert(
    fc.property(fc.constantFrom(...paths), fc.nat(), fc.nat(400), fc.string(), (path, from, length, put) => {
      const text = files.get(path)!;
      const at = from % text.length;
      const brief = briefOf(
        "42",
        new Map(files).set(path, text.slice(0, at) + put + text.slice(at + length)),
      );
      expect(estimateTokens(brief ?? "")).toBeLessThanOrEqual(MAX_TOKENS);
    }),
    { numRuns: 100, seed: 16 },
  );
});
