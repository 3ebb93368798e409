import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { takeLock } from "../../src/process/take-lock.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";
import { runCli } from "../../src/cli/run-cli.ts";

/** Runs `casebook rebuild` in a folder whose `.env` names the data. */
async function rebuild(folder: string): Promise<{ readonly exit: number; readonly said: string }> {
  const lines: string[] = [];
  const exit = await runCli(["rebuild"], {
    cwd: folder,
    env: {},
    signal: new AbortController().signal,
    out: (line) => void lines.push(line),
    err: (line) => void lines.push(line),
    isTerminal: false,
    stdin: () => Promise.resolve(""),
  });
  return { exit, said: lines.join("\n") };
}

test("sets the database aside, and an earlier one stays", async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, "data");
  writeFileSync(join(folder.path, ".env"), `CASEBOOK_DATA=${data}\n`);
  expect(await rebuild(folder.path)).toMatchObject({ exit: 2 });
  for (const n of [1, 2]) {
    mkdirSync(join(data, "store"), { recursive: true });
    const { exit, said } = await rebuild(folder.path);
    expect(exit).toBe(0);
    expect(said).toContain(join(data, `store-before-${n}`));
    expect(existsSync(join(data, `store-before-${n}`))).toBe(true);
    expect(existsSync(join(data, "store"))).toBe(false);
  }
});

test("does nothing while a server uses it", async () => {
  using folder = temporaryFolder();
  const data = join(folder.path, "data");
  mkdirSync(join(data, "store"), { recursive: true });
  writeFileSync(join(folder.path, ".env"), `CASEBOOK_DATA=${data}\n`);
  using _lock = takeLock(join(data, "store.lock"), "the store");
  expect(await rebuild(folder.path)).toMatchObject({ exit: 9 });
  expect(existsSync(join(data, "store"))).toBe(true);
});
