import { existsSync, lstatSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openCheckout } from "../../../src/repository/io/checkout.ts";
import { openRepository } from "../../../src/repository/io/open-repository.ts";
import { gitFolder, temporaryFolder } from "../../fakes/git-folder.ts";

test("a checkout has the commit's files and disappears on disposal", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.py": "x = 1\n" });
  using data = temporaryFolder();
  using repository = await openRepository(folder.path);
  let path: string;
  {
    using checkout = await openCheckout(await repository.tree(await repository.resolve("HEAD")), data.path);
    path = checkout.path;
    expect(readFileSync(join(path, "src/a.py"), "utf8")).toBe("x = 1\n");
    expect(checkout.leftOut).toEqual([]);
  }
  expect(existsSync(path)).toBe(false);
});

test("leaves out links that lead outside and makes the others", async () => {
  using folder = gitFolder();
  for (const [name, target] of [
    ["absolute", "/etc/passwd"],
    ["above", "../outside"],
    ["through", "dir/back/../.."],
    ["git", ".git/config"],
    ["loop", "loop"],
    ["fine", "dir/file"],
  ] as const)
    symlinkSync(target, join(folder.path, name));
  folder.commit({ "dir/file": "inside" });
  using data = temporaryFolder();
  using repository = await openRepository(folder.path);
  using checkout = await openCheckout(await repository.tree(await repository.resolve("HEAD")), data.path);
  expect(checkout.leftOut.map(({ path }) => path).sort()).toEqual(["above", "absolute", "git", "through"]);
  expect(readlinkSync(join(checkout.path, "fine"))).toBe("dir/file");
  expect(lstatSync(join(checkout.path, "loop")).isSymbolicLink()).toBe(true);
});

test("runs no filter that the repository configures", async () => {
  using folder = gitFolder();
  folder.commit({ "a.txt": "plain\n", ".gitattributes": "*.txt filter=evil\n" });
  folder.git("config", "filter.evil.smudge", "sed s/plain/evil/");
  using data = temporaryFolder();
  using repository = await openRepository(folder.path);
  using checkout = await openCheckout(await repository.tree(await repository.resolve("HEAD")), data.path);
  expect(readFileSync(join(checkout.path, "a.txt"), "utf8")).toBe("plain\n");
});
