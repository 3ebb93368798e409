import { spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { casebook, startCasebook } from "../../fakes/casebook.ts";
import { type GitFolder, gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";

const INDEX = join(import.meta.dirname, "../../fakes/index-process.ts");

/** 2,000 files: the index is written in five steps. */
let folder: GitFolder;
beforeAll(() => {
  folder = gitFolder();
  const body = (i: number): string =>
    Array.from({ length: 40 }, (_, f) => `function load${i}Part${f}(queue) { return queue; }\n`).join("");
  folder.commit(Object.fromEntries(Array.from({ length: 2_000 }, (_, i) => [`src/f${i}.js`, body(i)])));
});
afterAll(() => folder[Symbol.dispose]());

/** Indexes the folder; killed (SIGKILL) as soon as it has told so many steps. Gives what it told. */
function index(data: string, killAfter = Infinity): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [INDEX, folder.path, data], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (told.split("\n").length > killAfter) child.kill("SIGKILL");
    });
    child.on("error", reject);
    child.on("close", () => resolve(told.trim().split("\n")));
  });
}

test("repeated kills during indexing lead to the same index", async () => {
  using calm = temporaryFolder();
  using stormy = temporaryFolder();
  const expected = (await index(calm.path)).at(-1);
  expect(expected).toMatch(/^digest [0-9a-f]{40}$/);

  // While files are looked up, when the first were written, in the midst of it.
  for (const steps of [2, 8, 9]) expect((await index(stormy.path, steps)).at(-1)).not.toBe(expected);
  const last = await index(stormy.path);
  expect(last.at(-1)).toBe(expected);
  // And what the killed ones had written was of use: less was left to read than in the beginning.
  expect(last.filter((step) => step.startsWith("reading files: 0 of"))).toEqual([]);
}, 60_000);

test("Ctrl-C ends `casebook locate` cleanly, and the next run finds the same", async () => {
  using data = temporaryFolder();
  const args = ["locate", "--issue", "-", "--json"];
  const input = "# load77Part7 loses the queue\n\nCalling `load77Part7` twice returns nothing.";
  const stopped = startCasebook(folder.path, ["locate", "--issue", join(folder.path, "src/f7.js")], {
    CASEBOOK_DATA: data.path,
  });
  stopped.child.stderr?.once("data", () => stopped.child.kill("SIGINT"));
  expect(await stopped.ended).toMatchObject({ exit: 130, out: "" });

  using fresh = temporaryFolder();
  const after = await casebook(folder.path, args, { input, env: { CASEBOOK_DATA: data.path } });
  const calm = await casebook(folder.path, args, { input, env: { CASEBOOK_DATA: fresh.path } });
  expect(after).toEqual(calm);
  expect(JSON.parse(calm.out)).toMatchObject({ candidates: 2_000 });
}, 60_000);
