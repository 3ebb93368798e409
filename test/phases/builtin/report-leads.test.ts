import { afterAll, describe, expect, test } from "@jest/globals";
import { checkClaim } from "../../../src/claims/claim-types.ts";
import { namedPlace } from "../../../src/claims/named-place.ts";
import type { Block } from "../../../src/documents/finding.ts";
import { pointingAnswer } from "../../../src/phases/builtin/comprehension.ts";
import { coChange, risks, usesOf } from "../../../src/phases/builtin/impact-map.ts";
import { recentChange, readHeadline } from "../../../src/phases/builtin/root-cause.ts";
import { evidenceOnCommits } from "../../fakes/evidence-on-commits.ts";

const { on, close } = evidenceOnCommits();
afterAll(close);

function sentences(blocks: readonly Block[]): readonly string[] {
  return blocks.flatMap((block) => (block.kind === "claims" ? block.items.map(({ text }) => text) : []));
}

const lines = (count: number, line: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => `${line(n + 1)}\n`).join("");

describe("what the report names leads", () => {
  test("a line of a trace in a language whose functions are not read", async () => {
    const perl = lines(9, (n) => `my $row${n} = shift;`);
    const context = await on([["Start", { "lib/Store/Rows.pm": perl, "lib/Main.pm": perl }]], {
      title: "Rows are wrong",
      body: "`Use of uninitialized value $x in addition at /opt/app/lib/Store/Rows.pm line 7.`",
    });
    expect((await readHeadline(context)).text).toBe("The report points to `lib/Store/Rows.pm:7`");
  });

  test("the last call of a trace, also where another file is likelier", async () => {
    const files = {
      "src/cache.py": "def insert(key):\n    rows[key].free()\n",
      "src/document.py": "def render_document(page):\n    insert(page)\n",
    };
    const context = await on([["Start", files]], {
      title: "render_document of the document crashes",
      body: 'The document crashes.\n\n```\nTraceback (most recent call last):\n  File "/opt/app/src/document.py", line 2, in render_document\n    insert(page)\n  File "/opt/app/src/cache.py", line 2, in insert\n    rows[key].free()\nKeyError: 1\n```',
    });
    expect((await context.ranking()).files[0]?.path).toBe("src/document.py");
    expect((await pointingAnswer(context))?.text).toMatch(
      /^The last call of the reported trace in this repository is in `insert`/,
    );
  });

  test("a place that stands in the title alone, as a sanitizer prints it", async () => {
    const c = `#include "buffer.h"\n\nint buffer_get(buffer *buf)\n{\n  return buf->data[buf->offset];\n}\n`;
    const context = await on([["Start", { "src/buffer.c": c, "src/main.c": "int main() { return 0; }\n" }]], {
      title: "AddressSanitizer: heap-buffer-overflow at buffer.c:5",
      body: "Found with a fuzzer.",
    });
    expect((await readHeadline(context)).text).toMatch(/`buffer_get`/);
  });

  test("a class that the title names, where no function stands out", async () => {
    const ruby = lines(3, (n) => `class Check${n}\n  def on_send(node)\n    node\n  end\nend`);
    const context = await on([["Start", { "lib/check.rb": ruby, "lib/other.rb": "class Other\nend\n" }]], {
      title: "`Check2` breaks the code",
      body: "It does.",
    });
    expect((await readHeadline(context)).text).toMatch(/^The report names `Check2`/);
  });

  test("but no line on which nothing stands: it is counted in another version", async () => {
    const python = "def save():\n    pass\n\n\ndef load():\n    pass\n";
    const issue = { title: "Loading fails", body: "The fault is in src/store.py, line 3." };
    const context = await on([["Start", { "src/store.py": python }]], issue);
    const claim = namedPlace.of({
      written: (await context.reported()).places[0]!.named,
      ref: "",
      lines: { path: "src/store.py", start: 3, end: 3 },
    });
    expect(await checkClaim(claim, context)).toMatchObject({ verdict: "does not hold" });
  });
});

describe("what is said of a use", () => {
  const used = async (files: Readonly<Record<string, string>>, path: string, name: string) => {
    const context = await on([["Start", files]], { title: `${name} is wrong` });
    const symbol = (await context.codebase.syntax(path))!.symbols.find((one) => one.name === name)!;
    const { text } = (await usesOf({ path, symbol }, context))[0]!;
    return text;
  };

  test("a constructor can be called without its name", async () => {
    const files = {
      "Base.cs": "class Base {\n  public Base(string path) { Check(path); }\n}\n",
      "Disk.cs": "class Disk : Base {\n  public Disk(string path) : base(path) { }\n}\n",
    };
    const context = await on([["Start", files]], { title: "Base is wrong" });
    const symbol = (await context.codebase.syntax("Base.cs"))!.symbols.find(
      ({ kind }) => kind === "constructor",
    )!;
    const said = await usesOf({ path: "Base.cs", symbol }, context);
    expect(said.map(({ text }) => text).join()).not.toMatch(/no call/);
  });

  test("two functions of one name in one type are two in Rust", async () => {
    const rust =
      "struct Header;\nimpl From<u8> for Header {\n  fn from(a: u8) -> Header { Header }\n}\nimpl From<&str> for Header {\n  fn from(a: &str) -> Header { Header }\n}\n";
    expect(
      await used(
        { "src/a.rs": rust, "src/b.rs": "fn b() { let x = make().from(1); }\n" },
        "src/a.rs",
        "from",
      ),
    ).toMatch(/1 other definition has it too/);
  });

  test("what nothing names may be used all the same: by a decorator", async () => {
    const python = '@command("add")\ndef add_row(bot):\n    bot.say("added")\n';
    expect(await used({ "src/add.py": python }, "src/add.py", "add_row")).toMatch(
      /^Casebook found no use of `add_row`/,
    );
  });
});

test("a name with a capital in a program of Go is not told as public", async () => {
  const go = "package main\n\nfunc ReadRows(path string) int {\n\treturn len(path)\n}\n";
  const context = await on([["Start", { "rows.go": go }]], {
    title: "ReadRows gives a wrong number",
    body: "`ReadRows` is wrong in rows.go:4",
  });
  expect(sentences(await risks(context))).toEqual([]);
});

test("a commit that only moved a function did not change it last", async () => {
  const body = lines(6, (n) => `    step_${n}(path)`);
  const function_ = `def read_rows(path):\n${body}`;
  const rest = lines(4, (n) => `OPTION_${n} = ${n}`);
  const context = await on(
    [
      ["Start", { "src/main.py": `${rest}\n\n${function_}`, "src/other.py": "A = 1\n" }],
      ["Condense", { "src/main.py": rest, "src/rows.py": function_ }],
    ],
    { title: "read_rows is wrong", body: "See src/rows.py:3 of `read_rows`" },
  );
  expect(sentences(await recentChange(context)).join()).toMatch(/commit|changed/);
  const blamed = await context.history.blame(context.baseCommit, "src/rows.py", 1, 7);
  expect(new Set(blamed!.map(({ subject }) => subject))).toEqual(new Set(["Start"]));
});

test("settings of an editor change with nothing", async () => {
  const commits = [1, 2, 3, 4].map((n): [string, Record<string, string>] => [
    `Change ${n}`,
    { "src/store.py": `def load():\n    return ${n}\n`, ".idea/misc.xml": `<a n="${n}"/>\n` },
  ]);
  const context = await on(commits, { title: "load is wrong", body: "See src/store.py:2" });
  expect(sentences(await coChange(context)).join()).not.toMatch(/idea/);
});
