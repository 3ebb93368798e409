import { chmodSync } from "node:fs";
import { join } from "node:path";
import { researchIn } from "../../agent/research-in.ts";
import { gitFolder } from "../../fakes/git-folder.ts";
import { findSuspects } from "../../../src/phases/builtin/suspects.ts";
import { afterAll, describe, expect, test } from "@jest/globals";
import type { Block } from "../../../src/documents/finding.ts";
import { components, missing, priorWork, report } from "../../../src/phases/builtin/comprehension.ts";
import { docs, risks, similar, usesOf } from "../../../src/phases/builtin/impact-map.ts";
import { whoKnows } from "../../../src/phases/builtin/intent.ts";
import {
  recentChange,
  rootCauseHeadline,
  sequence,
  whyNoCause,
} from "../../../src/phases/builtin/root-cause.ts";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { pointers } from "../../../src/phases/builtin/pointers.ts";
import { writeDocument } from "../../../src/phases/builtin/write-document.ts";
import { checkClaim } from "../../../src/claims/claim-types.ts";
import { parseDocument } from "../../../src/documents/parse-document.ts";
import { reportedWords } from "../../../src/claims/reported-words.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

/** The sentences of some blocks, those of tables with their first cell. */
function sentences(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) =>
    block.kind === "claims" ? block.items.map(({ label, text }) => `${label ?? ""} ${text}`.trim()) : [],
  );
}

const PROGRAM = {
  "src/parse.py": `def parse_amount(text):
    total = 0
    for part in text.split("+"):
        total = total + int(part)
    return total


def parse_all(texts):
    return [parse_amount(text) for text in texts]
`,
  "src/print.py": "def print_amount(amount):\n    return str(amount)\n",
  "CHANGELOG.md": "- `parse_amount` is faster\n",
};

describe("what the reporter is asked for", () => {
  const asked = async (title: string, body: string): Promise<readonly string[]> =>
    sentences(await missing(await on([["Start", PROGRAM]], { title, body })));

  test("no message where nothing speaks of an error", async () => {
    expect(
      await asked("Amounts are rounded", "`parse_amount` gives a wrong sum.\n\n1. add two amounts"),
    ).toEqual(["Casebook found no version of the project in the report"]);
  });

  test.each([
    ["a tag of the repository", "Built from r60, it gives a wrong sum."],
    ["a commit", "On master (2e45bc7) it gives a wrong sum."],
    ["a number with a dot", "With amounts 3.2 it gives a wrong sum."],
  ])("no version where the report names %s", async (_, body) => {
    const context = await on(TAGGED, { title: "Amounts are rounded", body });
    expect(sentences(await missing(context))).toEqual([]);
  });
});

const TAGGED = [["Start", PROGRAM, "r60"]] as const;

test("a file without a function is a row only where it leads or the report points to it", async () => {
  const table = Array.from(
    { length: 12 },
    (_, i) => `# amount ${i}\nAMOUNT_${i} = "parse amount sum ${i}"`,
  ).join("\n");
  const files = { ...PROGRAM, "src/amount_table.py": table, "src/amount_names.py": table };
  const context = await on([["Start", files]], {
    title: "parse_amount gives a wrong sum of the amount table and amount names",
    body: "`parse_amount` gives a wrong sum: amount_table, amount_names.",
  });
  const { files: ranked } = await context.ranking();
  const rows = sentences(await components(context)).filter((row) => / \d+ %/.test(row));
  expect(ranked.length).toBeGreaterThan(1);
  expect(rows.slice(1).filter((row) => !row.includes("most likely in"))).toEqual([]);
});

test("no root cause is written where nothing of the likeliest file is a function", async () => {
  const source = "module Amount where\n\nparse_amount text = text\n";
  const context = await on([["Start", { "lib/amount.hs": source }]], {
    title: "parse_amount gives a wrong sum",
    body: "`parse_amount` of lib/amount.hs gives a wrong sum.",
  });
  expect((await context.ranking()).files[0]?.path).toBe("lib/amount.hs");
  expect(await whyNoCause(context)).toBe(
    "Casebook found no function that answers to the issue in lib/amount.hs, the likeliest file; name the place with `/casebook at PATH:LINE`",
  );
});

test("the impact map says why its function leads where another is likelier", async () => {
  const body = "`parse_amount` and `parse_all` give no sum.\n\nI think it is src/print.py:2.";
  const context = await on([["Start", PROGRAM]], { title: "parse_amount gives no sum", body });
  const [leading, ...others] = await context.suspects();
  const isLikeliest = others.every(({ likelihood = 0 }) => likelihood <= (leading?.likelihood ?? 0));
  expect([leading?.name, isLikeliest]).toEqual(["print_amount", false]);
  expect(sentences(await similar(context))[0]).toBe("`print_amount` `1-2` the report points to it");
});

test("a trace is no row of what happens beside its own message", async () => {
  const body = `The sum is never printed.

\`\`\`
Traceback (most recent call last):
  File "src/parse.py", line 4, in parse_amount
    total = total + int(part)
ValueError: invalid literal for int()
\`\`\``;
  const rows = sentences(await report(await on([["Start", PROGRAM]], { title: "Sum fails", body })));
  expect(rows.filter((row) => row.includes("Traceback"))).toEqual([]);
  expect(rows.join("\n")).toContain("invalid literal for int()");
});

test("a named change is not said again as prior work", async () => {
  const context = await on(
    [
      ["Start", { "src/parse.py": "def parse_amount(text):\n    return 0\n" }],
      ["Add up (#3)", PROGRAM],
    ],
    { title: "Amounts are wrong since #3", body: "`parse_amount` gives a wrong sum since #3." },
  );
  const said = [...sentences(await components(context)), ...sentences(await priorWork(context))];
  expect(said.filter((one) => one.includes("names the change")).length).toBe(1);
  expect(new Set(said).size).toBe(said.length);
});

test("of a guess that does not stand out no change is told", async () => {
  const context = await on([["Start", PROGRAM]], { title: "Something is slow", body: "It takes long." });
  expect((await rootCauseHeadline(context)).text).toMatch(/^No suspect stands out/);
  expect(await recentChange(context)).toEqual([]);
});

test("the newest change of what stands out is told, unless it changed files by the dozen", async () => {
  const many = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`src/part${i}.py`, "x = 1\n"]));
  const issue = { title: "parse_amount crashes", body: "`parse_amount` crashes, see src/parse.py:4." };
  const small = await on([["Start", PROGRAM]], issue);
  expect(sentences(await recentChange(small)).join()).toContain("changed 5 lines of `parse_amount`");
  const large = await on([["Start", { ...many, ...PROGRAM }]], issue);
  expect(await recentChange(large)).toEqual([]);
});

test("a place that the report gives answers where the ranking alone does not", async () => {
  const context = await on([["Start", PROGRAM]], {
    title: "Something is wrong",
    body: "See src/print.py:2 for it.",
  });
  const phase = PHASES.find(({ type }) => type === "comprehension")!;
  const { headline, sections } = await writeDocument(phase, context);
  expect(headline?.text).toMatch(/points to `print_amount`|Likely in/);
  const said = sentences(sections.flatMap(({ blocks }) => blocks));
  expect(said).not.toContain(headline?.text);
});

test("lines that the reporter names stand first, whatever the words of the report are like", async () => {
  const body = "`parse_amount` and `parse_all` give no sum.\n\nI think it is src/print.py:2.";
  const context = await on([["Start", PROGRAM]], { title: "parse_amount gives no sum", body });
  expect((await context.suspects())[0]).toMatchObject({ path: "src/print.py", name: "print_amount" });
  expect((await rootCauseHeadline(context)).text).toMatch(/points to `print_amount`/);
  expect((await context.targets())[0]).toMatchObject({ path: "src/print.py" });
});

test("the last call of a trace is shown where another function leads", async () => {
  const body =
    '`parse_all` fails.\n\n```\nTraceback (most recent call last):\n  File "src/parse.py", line 9, in parse_all\n    return [parse_amount(text) for text in texts]\n  File "src/print.py", line 2, in print_amount\n    return str(amount)\nTypeError: no\n```';
  const context = await on([["Start", PROGRAM]], { title: "parse_all fails with parse_all", body });
  const said = sentences(await sequence(context)).join("\n");
  const answer = (await rootCauseHeadline(context)).text;
  expect(`${answer}\n${said}`).toContain(
    "The last call of the reported trace in this repository is in `print_amount`",
  );
});

test.each([
  ["log_amount", "The last call of the reported trace in this repository is in `log_amount`"],
  ["other", undefined],
])(
  "a trace whose line is a comment here says the function that it prints, %s, and no line",
  async (name, said) => {
    const program = { ...PROGRAM, "src/log.py": "def log_amount(x):\n    # rounds\n    return x\n" };
    const body = `\`\`\`\nTraceback (most recent call last):\n  File "src/log.py", line 2, in ${name}\n    return round(x)\nTypeError: no\n\`\`\``;
    const context = await on([["Start", program]], { title: "It fails", body });
    const found = (await pointers(context)).filter(({ claim }) => claim.type === "frame-in");
    expect(found.map(({ claim }) => claim.text)).toEqual(said === undefined ? [] : [said]);
  },
);

test("words of one answer are shown with a gap between them, steps without", async () => {
  const body = "### Steps\n\n1. Start it\n2. Stop it\n3. Start it again";
  const context = await on([["Start", PROGRAM]], { title: "It hangs", body });
  const verdict = async (words: string[]): Promise<string> =>
    (await checkClaim(reportedWords.of({ part: "steps", words }), context)).verdict;
  expect(await verdict(["Start it", "Stop it"])).toBe("holds");
  expect(await verdict(["Start it", "Start it again"])).toBe("does not hold");
});

test("the tag of a picture is not said to be the reporter's words", () => {
  const { text } = reportedWords.of({
    part: "symptom",
    words: ['It looks bad <img src="https://x.example/a.png">'],
  });
  expect(text).toBe("“It looks bad \\[picture\\]”");
});

test("who may rely on the function is its risk, and a history of changes documents nothing", async () => {
  const context = await on([["Start", PROGRAM]], {
    title: "parse_amount is wrong",
    body: "`parse_amount` gives a wrong sum.",
  });
  expect(sentences(await risks(context))).toEqual(["Compatibility `parse_amount` is public"]);
  expect(await docs(context)).toEqual([]);
});

test.each([
  [
    "a method of what the default export returns",
    "export default function timed(text) {\n  return {\n    render_amount(date) {\n      return date;\n    },\n  };\n}\n",
    "src/index.js",
    [],
  ],
  [
    "a function of a module that it does not export",
    "export function other() {}\n\nfunction render_amount(date) {\n  return date;\n}\n",
    "src/index.js",
    ["Compatibility `render_amount` is not declared public"],
  ],
  ["a function of a script", "function render_amount(date) {\n  return date;\n}\n", "src/index.js", []],
  ["a function with an underscore", "def _render_amount(date):\n    return date\n", "src/a.py", []],
])("nothing is said to be hidden without a declaration: %s", async (_, text, path, said) => {
  const context = await on([["Start", { [path]: text }]], {
    title: "render_amount is wrong",
    body: "`render_amount` and `_render_amount` give a wrong date.",
  });
  expect((await context.targets())[0]?.symbol.name).toMatch(/render_amount$/);
  const blocks = await risks(context);
  expect(sentences(blocks)).toEqual(said);
  // The page has the section in any case.
  expect(blocks).toHaveLength(1);
});

test("a large file that the report names is said to be left out, and --at says why", async () => {
  const large = `class CommandLine { // ${"x".repeat(1_000_000)}\n}\n`;
  const commits = [
    ["Start", { ...PROGRAM, "src/CommandLine.java": large, "src/Other.java": large }],
  ] as const;
  const context = await on(commits, { title: "`CommandLine` fails", body: "It fails." });
  const [claim, ...more] = (await components(context))
    .flatMap((block) => (block.kind === "claims" ? block.items : []))
    .filter(({ type }) => type === "unread-files");
  expect(more).toEqual([]);
  expect(claim?.text).toBe(
    "Casebook reads no file over 1,000,000 bytes, which leaves out 1 source file: `src/CommandLine.java`",
  );
  expect(await checkClaim(claim!, context)).toMatchObject({ verdict: "holds" });
  const { codebase } = context;
  const at = { path: "src/CommandLine.java", start: 1, end: 1 };
  await expect(findSuspects(await context.ranking(), context.query, codebase, at)).rejects.toThrow(
    /^Casebook reads no file over 1,000,000 bytes, and src\/CommandLine\.java has 1,000,\d+ bytes$/,
  );
});

test("a script without an ending is code of the language that its first line names", async () => {
  const script =
    "#!/usr/bin/env ruby\nrequire 'parts'\n\ndef start_all\n  Parts.read_options\nend\nstart_all\n";
  using folder = gitFolder();
  folder.commit({ "lib/parts.rb": "class Parts\n  def self.read_options\n    1\n  end\nend\n" });
  folder.commit({ "bin/parts": script });
  chmodSync(join(folder.path, "bin/parts"), 0o755);
  folder.commit({}, "Let it run");
  await using research = await researchIn(folder.path);
  const { codebase } = research.context;
  expect([codebase.languageOf("bin/parts"), codebase.roleOf("bin/parts")]).toEqual(["ruby", "source"]);
  expect((await codebase.syntax("bin/parts"))?.symbols.map(({ name }) => name)).toContain("start_all");
  const symbol = (await codebase.syntax("lib/parts.rb"))!.symbols.find(
    ({ name }) => name === "read_options",
  )!;
  const said = (await usesOf({ path: "lib/parts.rb", symbol }, research.context)).flatMap(({ citations }) =>
    citations.flatMap((one) => (one.kind === "lines" ? [`${one.path}:${one.start}`] : [])),
  );
  expect(said[0]).toBe("bin/parts:5");
  expect(parseDocument("Called by it (read in the code: `bin/parts:5`), and `and/or:3`").lines).toMatchObject(
    [{ value: { path: "bin/parts", start: 5 } }],
  );
});

test("a namespace is documented by what is in it", async () => {
  const files = {
    "lib.h": "namespace detail {\ninline bool is_path_ok(int a) {\n  return a > 0;\n}\n}\n",
    "README.md": "See `detail` for more.\n",
  };
  const context = await on([["Start", files]], { title: "is_path_ok is wrong", body: "`is_path_ok` lies." });
  expect(await docs(context)).toEqual([]);
});

test("says who wrote the suspect that stands out, and nothing where none does", async () => {
  const issue = { title: "`parse_amount` gives a wrong sum", body: "`parse_amount`" };
  const older = { ...PROGRAM, "src/parse.py": PROGRAM["src/parse.py"].replace("total = 0", "total = None") };
  const known = await on(
    [
      ["Start", older],
      ["Count from zero", PROGRAM],
    ],
    issue,
  );
  expect(sentences(await whoKnows(known)).join()).toMatch(
    /^Written by of 5 lines of `parse_amount`, `Ada` wrote 5, the newest on \d{4}-\d\d-\d\d$/,
  );
  // The last change tells it already.
  expect(sentences(await whoKnows(await on([["Start", PROGRAM]], issue)))).toEqual([]);
  expect(sentences(await whoKnows(await on([["Start", PROGRAM]], { title: "It fails" })))).toEqual([]);
});
