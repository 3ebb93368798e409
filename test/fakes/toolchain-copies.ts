import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "@jest/globals";

const copies: string[] = [];
afterAll(() => {
  for (const copy of copies) rmSync(copy, { recursive: true, force: true });
});

/** As root, code runs as another user, who cannot read root's home; the sandbox has a `/tmp` of its own. */
export function readable(folder: string, names: readonly string[] = [""]): string {
  const copy = mkdtempSync("/var/tmp/casebook-toolchain-");
  copies.push(copy);
  spawnSync("chmod", ["755", copy]);
  for (const name of names) cpSync(join(folder, name), join(copy, name), { recursive: true });
  return copy;
}

/** What a command prints; undefined where it fails or is not there. */
export function answerOf(command: string, ...args: readonly string[]): string | undefined {
  const { status, stdout } = spawnSync(command, args, { encoding: "utf8" });
  return status === 0 ? stdout.trim() : undefined;
}

/** Continuous integration must run every framework; a developer's machine may lack one. */
export function testMissing(name: string): void {
  process.stderr.write(`\n*** ${name} is not run: it is not on this machine ***\n`);
  if (process.env["CI"] === undefined) test.todo(`${name} is run where it is installed`);
  else test(`${name} is installed`, () => expect(name).toBe("installed"));
}
