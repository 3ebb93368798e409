import { expect, test } from "@jest/globals";
import { dateOf } from "../../../src/agent/tools/history.ts";
import { gitFolder } from "../../fakes/git-folder.ts";
import { researchIn } from "../research-in.ts";

test("commits are found by path, by words, and one by one", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.py": "one\n", "b.py": "x\n" }, "Add a store");
  const second = folder.commit(
    { "src/a.py": "one\ntwo\n" },
    "Hold the LOCK while writing\n\nTwo writers met.\nNow they wait.",
  );
  folder.commit({ "b.py": undefined }, "Remove b");
  await using research = await researchIn(folder.path);
  const subjects = async (args: object): Promise<readonly string[]> =>
    [
      ...(await research.ask("history", args)).matchAll(/^[0-9a-f]{40} {2}\d{4}-\d\d-\d\d {2}Ada: (.*) \(/gm),
    ].map(([, s]) => s!);
  expect(await subjects({})).toEqual(["Remove b", "Hold the LOCK while writing", "Add a store"]);
  expect(await subjects({ path: "src/a.py" })).toEqual(["Hold the LOCK while writing", "Add a store"]);
  expect(await subjects({ path: "./src/" })).toEqual(["Hold the LOCK while writing", "Add a store"]);
  // Also what is gone has a history.
  expect(await subjects({ path: "b.py" })).toEqual(["Remove b", "Add a store"]);
  expect(await subjects({ words: "lock writers" })).toEqual(["Hold the LOCK while writing"]);
  expect(await subjects({ words: "lock", path: "b.py" })).toEqual([]);
  expect(await research.ask("history", { path: "src/b.py" })).toMatch(
    /^No commit fits; 3 commits were looked at\.\nThe commit has no such path\.[^]*\nsrc\/a\.py\n/,
  );
  expect(await research.ask("history", { commit: second.slice(0, 9) })).toMatch(
    /^One commit; 1 file\.\n<<data .*\ncommit [0-9a-f]{40}\n.* {2}Ada\nHold the LOCK while writing\n\nTwo writers met\.\nNow they wait\.\n\nsrc\/a\.py\n/,
  );
  expect(await research.ask("history", { commit: second.slice(0, 9), path: "src/a.py" })).toMatch(
    /^What one commit changed in one file\.\n<<data .*\ndiff --git [^]*\n one\n\+two\n/,
  );
  expect(await research.ask("history", { commit: second, path: "b.py" })).toBe(
    "This commit did not change that file.",
  );
  expect(await research.ask("history", { commit: "0".repeat(40), path: "src/a.py" })).toMatch(
    /^No such commit/,
  );
  expect(await research.ask("history", { commit: "0".repeat(40) })).toMatch(/^No such commit/);
  expect(await research.ask("history", { commit: "--all" })).toMatch(
    /arguments of history are wrong: commit/,
  );
});

test("blame joins neighbouring lines of one commit", async () => {
  using folder = gitFolder();
  const first = folder.commit({ "a.py": "one\ntwo\nthree\n" }, "Add");
  const second = folder.commit({ "a.py": "one\n2\nthree\nfour\n" }, "Count");
  await using research = await researchIn(folder.path);
  const answer = await research.ask("blame", { path: "a.py", from: 1, to: 99 });
  expect(answer).toMatch(/^Lines 1 to 4 of 4: 2 commits\./);
  expect(
    [...answer.matchAll(/^(\d+(?:-\d+)?) {2}([0-9a-f]{40}) /gm)].map(([, range, oid]) => [range, oid]),
  ).toEqual([
    ["1", first],
    ["2", second],
    ["3", first],
    ["4", second],
  ]);
  expect(await research.ask("blame", { path: "a.py", from: 9, to: 10 })).toBe("The file has only 4 lines.");
  expect(await research.ask("blame", { path: "b.py", from: 1, to: 1 })).toMatch(
    /^There is no such file[^]*\na\.py\n/,
  );
});

test("a commit can claim any time", () => {
  expect(dateOf(1_767_225_600)).toBe("2026-01-01");
  expect(dateOf(Number.MAX_SAFE_INTEGER)).toBe("no date");
});
