import { describe, expect, test } from "@jest/globals";
import { MAX_ANSWER } from "../../../src/agent/tool.ts";
import { exampleRepository } from "../../fakes/casebook.ts";
import { gitFolder } from "../../fakes/git-folder.ts";
import { searchTool } from "../../../src/agent/tools/search.ts";
import { withDeadline } from "../../../src/agent/tools/with-deadline.ts";
import { NONCE, researchIn } from "../research-in.ts";

test("hits come with their lines, and the query in the form that can be cited and run again", async () => {
  using folder = exampleRepository("issue-42");
  await using research = await researchIn(folder.path);
  const answer = await research.ask("search", { kind: "word", pattern: "_write_data", include: ["src/**"] });
  expect(answer).toMatch(
    /^5 lines in 1 file\.\n<<data .*\nquery: \{.*\}\nsrc\/storage\/store\.py\n13\t {12}self\._write_data\(\{\}\)\n19\t/,
  );
  const query = JSON.parse(/^query: (.*)$/m.exec(answer)![1]!) as Parameters<
    typeof research.context.search
  >[0];
  const again = await research.context.search(query);
  expect(again.hits.map(({ line }) => line)).toEqual(
    [...answer.matchAll(/^(\d+)\t/gm)].map(([, line]) => Number(line)),
  );
});

test("each kind finds what it says", async () => {
  using folder = gitFolder();
  folder.commit({ "a.txt": "set\nreset\nset.x\nSET\n" });
  await using research = await researchIn(folder.path);
  const found = async (kind: string, pattern: string): Promise<readonly string[]> =>
    [...(await research.ask("search", { kind, pattern })).matchAll(/^\d+\t(.*)$/gm)].map(([, text]) => text!);
  expect(await found("word", "set")).toEqual(["set", "set.x"]);
  expect(await found("text", "set")).toEqual(["set", "reset", "set.x"]);
  expect(await found("regex", "(?i)^set$")).toEqual(["set", "SET"]);
  expect(await found("text", "nowhere")).toEqual([]);
});

test("many hits are cut with their number, and the rest follows without a gap", async () => {
  using folder = gitFolder();
  folder.commit(
    Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [
        `f${String(i).padStart(2, "0")}.txt`,
        `hit ${"z".repeat(180)}\n`.repeat(50),
      ]),
    ),
  );
  await using research = await researchIn(folder.path);
  const seen: string[] = [];
  for (let from: number | undefined = 1; from !== undefined;) {
    const answer = await research.ask("search", { kind: "word", pattern: "hit", from });
    expect(answer).toMatch(/^1,000 lines in 20 files\./);
    expect(answer.length).toBeLessThanOrEqual(MAX_ANSWER);
    let path = "";
    for (const line of answer.split("\n")) {
      if (/^f\d\d\.txt$/.test(line)) path = line;
      const n = /^(\d+)\t/.exec(line)?.[1];
      if (n !== undefined) seen.push(`${path}:${n}`);
    }
    const next = /Ask for the rest with "from": (\d+)/.exec(answer)?.[1];
    from = next === undefined ? undefined : Number(next);
  }
  expect(seen.length).toBe(1_000);
  expect(new Set(seen).size).toBe(1_000);
});

test("of a long line the match is shown, not the beginning", async () => {
  using folder = gitFolder();
  folder.commit({ "a.js": `${"x".repeat(900)} needle42 ${"y".repeat(900)}\n` });
  await using research = await researchIn(folder.path);
  for (const args of [
    { kind: "word", pattern: "needle42" },
    { kind: "regex", pattern: "needle[0-9]+" },
  ])
    expect(await research.ask("search", args)).toMatch(/\n1\t…x+ needle42 y+…\n/);
});

describe("a pattern that cannot be searched is an answer that says why", () => {
  test.each([
    [{ kind: "regex", pattern: "(a" }, /not in RE2's syntax.*missing closing/],
    [{ kind: "regex", pattern: "(?=a)b" }, /not in RE2's syntax/],
    [{ kind: "regex", pattern: "(a)\\1" }, /not in RE2's syntax/],
    [{ kind: "regex", pattern: "(a{30}){30}" }, /too large when its repetitions/],
    [{ kind: "regex", pattern: "((a{100}){100}){100}" }, /not in RE2's syntax/],
    [{ kind: "text", pattern: "a\nb" }, /one by one/],
    [{ kind: "text", pattern: "a", include: ["/src/**"] }, /no leading "\/"/],
    [{ kind: "text", pattern: "" }, /arguments of search are wrong: pattern/],
    [{ kind: "glob", pattern: "a" }, /arguments of search are wrong: kind/],
  ])("%j", async (args, why) => {
    using folder = gitFolder();
    folder.commit({ "a.txt": "a\n" });
    await using research = await researchIn(folder.path);
    expect(await research.ask("search", args)).toMatch(why);
  });
});

test("patterns that make other engines run for hours end, on the text that is worst for them", async () => {
  using folder = gitFolder();
  folder.commit({ "a.txt": `${"a".repeat(20_000)}\n`.repeat(10) });
  await using research = await researchIn(folder.path);
  for (const pattern of ["(a+)+$b", "(a|a)*b", "(a|aa)+$c", "(?:a?){40}a{40}b", "(.*)*x", "(x+x+)+y"]) {
    expect(await research.ask("search", { kind: "regex", pattern })).toMatch(/\S/);
  }
});

test("a million paths and patterns made for them leave the process free to do other things", async () => {
  using folder = gitFolder();
  folder.commit({ "a.txt": "a\n" });
  await using research = await researchIn(folder.path);
  const { codebase } = research.context;
  const entry = codebase.tree.find("a.txt")!;
  const entries = Array.from({ length: 200_000 }, (_, i) => ({
    ...entry,
    path: `${"deep/".repeat(12)}${i}.txt`,
  }));
  const many = { ...codebase, tree: { ...codebase.tree, entries } };
  const tool = withDeadline(searchTool({ codebase: many, nonce: NONCE }), 1);
  const include = Array.from({ length: 20 }, () => `${"**/".repeat(100)}z`);
  const answer = await tool.answer(
    JSON.stringify({ kind: "text", pattern: "a", include }),
    new AbortController().signal,
  );
  // The deadline is a timer: it has its turn only when the search gives way.
  expect(answer).toMatch(/^search took longer than 1 s/);
});
