import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { casebook } from "../fakes/casebook.ts";
import { gitFolder, temporaryFolder } from "../fakes/git-folder.ts";

const bin = join(import.meta.dirname, "../../bin/casebook.mjs");
/** Makes the parser of Markdown, by which all foreign text is read, fail in this process; the reader is started without it. */
const PARSES_NOTHING = `
import { registerHooks } from "node:module";
const source = "export function fromMarkdown() { throw new Error('parsed in the process with the rights of the user'); }";
registerHooks({
  load: (url, context, next) =>
    url.endsWith("/mdast-util-from-markdown/index.js") || url.includes("web-tree-sitter")
      ? { format: "module", source, shortCircuit: true }
      : next(url, context),
});
`;

const ISSUE = "# Lost \u001b[31mwrites\n\n`save` in `store.py` loses a value.\n";
const SPEC =
  "---\ntype: research\nstatus: pending\n---\n\n# Phase 1: Comprehension\n\n## Acceptance Criteria\n\n- [ ] It is \u001b]0;x\u0007there\n";
const DOCUMENT = "# Root cause of issue 7\n\n`save` is at `store.py:1`.\n";

function place() {
  const repository = gitFolder();
  const { path } = repository;
  repository.commit({ "store.py": "def save(value):\n    pass\n" }, "Start");
  repository.commit({ "store.py": "def save(value):\n    return value\n" }, "Keep values\n\nFixes #7");
  mkdirSync(join(path, ".chant/specs"), { recursive: true });
  writeFileSync(join(path, ".chant/specs/issue-7-comprehension.md"), SPEC);
  writeFileSync(join(path, "issue.md"), ISSUE);
  writeFileSync(join(path, "doc.md"), DOCUMENT);
  writeFileSync(
    join(path, "tracker.json"),
    JSON.stringify([{ number: 7, title: "Lost writes", body: ISSUE }]),
  );
  repository.git("checkout", "-q", "-b", "casebook/issue-7");
  repository.commit(
    {
      ".chant/specs/issue-7-comprehension.md": SPEC,
      ".chant/research/issue-7-comprehension.md": DOCUMENT,
    },
    "Research",
  );
  repository.git("checkout", "-q", "main");
  return repository;
}

describe("on the command line foreign text is read by a process of its own", () => {
  test.each([
    ["locate", ["locate", "--issue", "issue.md", "--quiet"]],
    ["check", ["check", "doc.md"]],
    ["check of a branch", ["check", "--ref", "casebook/issue-7"]],
    ["read", ["read", "--issue", "issue.md"]],
    ["spec list", ["spec", "list", "--ref", "casebook/issue-7"]],
    ["spec lint", ["spec", "lint", "--ref", "casebook/issue-7"]],
    ["spec show", ["spec", "show", "issue-7-comprehension", "--ref", "casebook/issue-7"]],
    ["status", ["status"]],
    ["backtest", ["backtest", "--tracker", "tracker.json", "--quiet"]],
  ] as const)(
    "%s: the same answer, and the process with the rights of the user parses nothing",
    async (_, args) => {
      using repository = place();
      using folder = temporaryFolder();
      const hook = join(folder.path, "hook.mjs");
      writeFileSync(hook, PARSES_NOTHING);
      const here = await casebook(repository.path, args);
      const ran = spawnSync(process.execPath, [bin, ...args], {
        cwd: repository.path,
        encoding: "utf8",
        env: {
          PATH: process.env["PATH"],
          HOME: folder.path,
          NODE_COMPILE_CACHE: process.env["NODE_COMPILE_CACHE"],
          CASEBOOK_DATA: join(folder.path, "data"),
          NODE_OPTIONS: `--import ${hook}`,
        },
      });
      const timeless = (text: string): string => text.replace(/(seconds an issue, median +)[\d.]+/, "$1");
      expect([ran.stderr, ran.status]).toEqual([here.err, here.exit]);
      expect(timeless(ran.stdout).replaceAll("\ufffd", "")).toBe(
        timeless(here.out).replace(/[^\P{Cc}\n]|\ufffd/gu, ""),
      );
      expect(ran.stdout).not.toMatch(/[^\P{Cc}\n]/u);
    },
  );

  test("a failure keeps its sentence and its exit code", () => {
    using folder = temporaryFolder();
    using repository = place();
    const ran = spawnSync(process.execPath, [bin, "spec", "show", "nothing"], {
      cwd: repository.path,
      encoding: "utf8",
      env: { PATH: process.env["PATH"], HOME: folder.path },
    });
    expect([ran.status, ran.stderr]).toEqual([
      2,
      "casebook: There is no spec nothing; `casebook spec list` lists the specs. See `casebook --help`.\n",
    ]);
  });
});
