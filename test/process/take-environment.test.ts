import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { takeEnvironment } from "../../src/process/take-environment.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

const root = join(import.meta.dirname, "../..");

test("what holds a secret leaves the environment, what programs need stays", () => {
  const env: Record<string, string | undefined> = {
    PATH: "/usr/bin",
    LC_ALL: "C",
    PRIVATE_KEY: "k",
    WEBHOOK_SECRET: "s",
    DATABASE_URL: "postgres://u:p@h/d",
    CASEBOOK_MODEL_KEY: "m",
    MY_KEY_OF_A_MODEL: "n",
  };
  const before = { ...env };
  expect(takeEnvironment(env)).toEqual(before);
  expect(env).toEqual({ PATH: "/usr/bin", LC_ALL: "C" });
});

test("the command line has no secret in its environment any more when a command runs", () => {
  using folder = temporaryFolder();
  const main = join(folder.path, "main.mjs");
  writeFileSync(
    main,
    `import { start } from ${JSON.stringify(join(root, "src/cli/start.ts"))};
     process.argv = ["", "", "--version"];
     await start();
     console.log(JSON.stringify(Object.keys(process.env)));`,
  );
  const env = { PATH: process.env["PATH"] ?? "", HOME: folder.path, PRIVATE_KEY: "x", SOME_KEY: "y" };
  const { stdout } = spawnSync(process.execPath, [main], { env, encoding: "utf8" });
  expect(JSON.parse(stdout.trim().split("\n").at(-1)!)).toEqual(["PATH", "HOME"]);
});

test("the server runs no compiled code from the data folder", () => {
  using folder = temporaryFolder();
  const data = join(folder.path, "data");
  mkdirSync(data);
  const bin = join(root, "bin/casebook.mjs");
  const loads = (args: readonly string[]): string => {
    const env = { PATH: "", CASEBOOK_DATA: data, NODE_DEBUG_NATIVE: "COMPILE_CACHE", HOME: folder.path };
    return spawnSync(process.execPath, [bin, ...args], { env, encoding: "utf8" }).stderr;
  };
  // The second start of the command line finds what the first one compiled.
  loads(["spec", "--help"]);
  expect(loads(["spec", "--help"])).toMatch(/cache for .*run-cli.* was accepted|accept/i);
  expect(loads(["serve"])).not.toContain(join(data, "compiled"));
  expect(readFileSync(bin, "utf8")).toContain("serve");
});
