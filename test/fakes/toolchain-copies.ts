import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";

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

/** The packages of pytest, without those that are installed beside it; undefined where it is not here. */
export function pytestPackages():
  | {
      readonly toolchains: readonly string[];
      readonly dependencies: { readonly from: string; readonly at: string };
    }
  | undefined {
  const file = answerOf("python3", "-c", "import pytest; print(pytest.__file__)");
  if (file === undefined) return undefined;
  const packages = dirname(dirname(file));
  const names = ["pytest", "_pytest", "py.py", "pluggy", "iniconfig", "packaging", "pygments"].filter(
    (name) => existsSync(join(packages, name)),
  );
  return { toolchains: [], dependencies: { from: readable(packages, names), at: ".deps/site-packages" } };
}

/** Continuous integration must run every framework; a developer's machine may lack one. */
export function testMissing(name: string): void {
  process.stderr.write(`\n*** ${name} is not run: it is not on this machine ***\n`);
  if (process.env["CI"] === undefined) test.todo(`${name} is run where it is installed`);
  else test(`${name} is installed`, () => expect(name).toBe("installed"));
}

/** `describe`, or where `why` says what is missing its `skip`: continuous integration must not skip, a developer may. */
export function describeWhere(
  why: string | undefined,
  name: string,
): (name: string, tests: () => void) => void {
  if (why === undefined) return describe;
  process.stderr.write(`\n*** Tests of ${name} are skipped: ${why} ***\n`);
  if (process.env["CI"] !== undefined) test(`${name} is here`, () => expect(why).toBeUndefined());
  return describe.skip;
}
