import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { isOursAlone, keepReaderCode } from "../../src/research/reader-code.ts";
import { READER_UID, startBeside } from "../../src/sandbox/io/reader-jail.ts";
import { temporaryFolder } from "../fakes/git-folder.ts";

/** Sources of two folders, a cache, and a process that leaves what Node would leave there. */
function place(root: string) {
  const [code, cache] = [join(root, "src"), join(root, "compiled")];
  mkdirSync(join(code, "room"), { recursive: true });
  const own = `v24-x64-abc-${process.getuid?.() ?? 0}`;
  const made = join(cache, own);
  const load = () =>
    startBeside({
      command: [process.execPath, "-e", "require('node:fs').mkdirSync(process.argv[1])", made],
      env: {},
      readable: [],
      writable: [],
    });
  return { code, cache, load, own };
}

test("what readers load is compiled with the third start, and the jail finds it by its own number", async () => {
  using folder = temporaryFolder();
  const { code, cache, load, own } = place(folder.path);
  for (let start = 1; start <= 2; start++) {
    await keepReaderCode(cache, { code, load });
    expect(readdirSync(cache)).toEqual(["readers.txt"]);
  }
  await keepReaderCode(cache, { code, load });
  const jailed = own.replace(/\d+$/, `${READER_UID}`);
  expect(readdirSync(cache).sort()).toEqual([...new Set(["readers.txt", own, jailed])].sort());
  expect(lstatSync(cache).mode & 0o077).toBe(0);
});

test("it is done once for each state of the sources", async () => {
  using folder = temporaryFolder();
  const { code, cache, load } = place(folder.path);
  let loads = 0;
  const counted = () => {
    loads++;
    return load();
  };
  for (let start = 1; start <= 5; start++) await keepReaderCode(cache, { code, load: counted });
  expect(loads).toBe(1);
  utimesSync(join(code, "room"), 1, 1);
  for (let start = 1; start <= 5; start++) await keepReaderCode(cache, { code, load: counted });
  expect(loads).toBe(2);
});

test("leaves a folder alone in which somebody else may write", async () => {
  using folder = temporaryFolder();
  const { code, cache, load } = place(folder.path);
  mkdirSync(cache);
  chmodSync(cache, 0o777);
  expect(isOursAlone(cache)).toBe(false);
  for (let start = 1; start <= 3; start++) await keepReaderCode(cache, { code, load });
  expect(readdirSync(cache)).toEqual([]);
});

test("a folder that cannot be made costs nothing but time", async () => {
  using folder = temporaryFolder();
  const { code, load } = place(folder.path);
  const file = join(folder.path, "file");
  writeFileSync(file, "");
  await keepReaderCode(join(file, "compiled"), { code, load });
  expect(existsSync(join(file, "compiled"))).toBe(false);
});
