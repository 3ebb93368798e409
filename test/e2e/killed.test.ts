import { spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { casebook, exampleRepository } from "../fakes/casebook.ts";

const root = join(import.meta.dirname, "../..");
const args = ["investigate", "--issue", join(root, "examples/issue-42/issue.md"), "--number", "42"];

/** Starts an investigation and sends the signal as soon as the given line of progress is printed; gives the exit code. */
function stopAt(cwd: string, line: string, signal: NodeJS.Signals): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(root, "bin/casebook.mjs"), ...args], {
      cwd,
      env: { ...process.env, CASEBOOK_DATA: join(cwd, ".git/casebook-data"), CASEBOOK_WORKERS: "1" },
    });
    let told = "";
    child.stderr.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (told.includes(line)) child.kill(signal);
    });
    child.on("close", resolve);
  });
}

test.each([
  ["SIGKILL", "comprehension: completed"],
  ["SIGKILL", "root-cause: reading the structure"],
  ["SIGTERM", "comprehension: ranking"],
  ["SIGINT", "impact-map: comparing"],
] as const)(
  "%s at “%s”: nothing is half-written, and the same command goes on to the same end",
  async (signal, line) => {
    using repository = exampleRepository("issue-42");
    const exit = await stopAt(repository.path, line, signal);
    expect([null, 130, 0]).toContain(exit);
    expect(repository.git("status", "--porcelain")).toBe("");
    expect(repository.git("fsck", "--no-dangling")).toBe("");
    expect((await casebook(repository.path, [...args, "--quiet"])).exit).toBe(0);
    const works = repository
      .git("log", "--format=%s", "main..casebook/issue-42")
      .split("\n")
      .filter((subject) => subject.startsWith("chant("));
    expect(new Set(works).size).toBe(3);
    expect(
      repository.git("ls-tree", "-r", "--name-only", "casebook/issue-42", ".chant/").split("\n"),
    ).toHaveLength(6);
    expect(await casebook(repository.path, ["check", "--ref", "casebook/issue-42"])).toMatchObject({
      exit: 0,
    });
    const scratch = join(repository.path, ".git/casebook-data/scratch");
    expect(existsSync(scratch) ? readdirSync(scratch) : []).toEqual([]);
  },
);
