import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { temporaryFolder } from "../fakes/git-folder.ts";

const root = join(import.meta.dirname, "../..");
/** Makes this Node look like an older one to the wrapper; the Node that the wrapper starts is itself again. */
const OLD = [
  "--import",
  "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.11.0'}})",
];

/** The wrapper in a folder of its own, with a command line that prints its arguments. */
function installation(folder: string): {
  readonly main: string;
  readonly run: (args: readonly string[], flags?: readonly string[]) => object;
} {
  cpSync(join(root, "bin"), join(folder, "bin"), { recursive: true });
  writeFileSync(join(folder, "package.json"), '{ "version": "7.8.9", "type": "module" }');
  const main = join(folder, "src/cli/main.ts");
  mkdirSync(join(folder, "src/cli"), { recursive: true });
  writeFileSync(main, "const args: string[] = process.argv.slice(2);\nconsole.log(args.join());\n");
  return {
    main,
    run(args, flags = []) {
      const env = { CASEBOOK_DATA: join(folder, "data"), PATH: "" };
      const bin = join(folder, "bin/casebook.mjs");
      const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, bin, ...args], {
        encoding: "utf8",
        env,
      });
      return { exit: status, out: stdout, err: stderr };
    },
  };
}

function bringNode(folder: string): void {
  const bin = join(folder, `node_modules/node-${process.platform}-${process.arch}/bin`);
  mkdirSync(bin, { recursive: true });
  symlinkSync(process.execPath, join(bin, "node"));
}

test("prints the version of its package", () => {
  using folder = temporaryFolder();
  const { run } = installation(folder.path);
  expect(run(["--version"])).toEqual({ exit: 0, out: "7.8.9\n", err: "" });
});

test("hands all other arguments to the command line", () => {
  using folder = temporaryFolder();
  const { run } = installation(folder.path);
  expect(run(["locate", "--version"])).toEqual({ exit: 0, out: "locate,--version\n", err: "" });
});

test("an older Node starts the Node of the clone", () => {
  using folder = temporaryFolder();
  const { run } = installation(folder.path);
  bringNode(folder.path);
  expect(run(["locate", "-"], OLD)).toEqual({ exit: 0, out: "locate,-\n", err: "" });
  expect(run(["--version"], OLD)).toEqual({ exit: 0, out: "7.8.9\n", err: "" });
});

test.each([["locate"], ["--version"]])("an older Node alone refuses %s in one sentence", (argument) => {
  using folder = temporaryFolder();
  const { run } = installation(folder.path);
  expect(run([argument], OLD)).toEqual({
    exit: 70,
    out: "",
    err: "casebook: Casebook needs Node 24 or newer, and this is Node 20.11.0.\n",
  });
});

test("runs the source as it is now, not as it was compiled before", () => {
  using folder = temporaryFolder();
  const { main, run } = installation(folder.path);
  run([]);
  const { atime, mtime, size } = statSync(main);
  writeFileSync(main, 'const text: string = "changed";\nconsole.log(text);'.padEnd(size));
  utimesSync(main, atime, mtime);
  expect(statSync(main)).toMatchObject({ size, mtime });
  expect(run([])).toEqual({ exit: 0, out: "changed\n", err: "" });
});
