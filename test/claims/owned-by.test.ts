import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { matcherOfPattern, ownedBy, ownersOf } from "../../src/claims/owned-by.ts";
import type { Codebase } from "../../src/repository/codebase.ts";
import { sourceText } from "../../src/repository/source-text.ts";
import { gitFolder } from "../fakes/git-folder.ts";

const git = gitFolder();
afterAll(() => git[Symbol.dispose]());

function codebase(files: Readonly<Record<string, string>>): Codebase {
  const paths = new Set([...Object.keys(files), "src/a.ts", "docs/b/c.md", "README.md"]);
  return {
    tree: { find: (path: string) => (paths.has(path) ? { path } : undefined) },
    text: async (path: string) =>
      files[path] === undefined ? undefined : sourceText(new TextEncoder().encode(files[path])),
  } as unknown as Codebase;
}

const owners = async (text: string, path = "src/a.ts"): Promise<unknown> => {
  const found = await ownersOf(path, codebase({ CODEOWNERS: text }));
  return typeof found === "object" ? found.owners : found;
};

describe("the owners of a file", () => {
  test("are those of the last line that matches", async () => {
    expect(await owners("* @all\n/src/ @ada\n*.md @docs\n")).toEqual(["@ada"]);
    expect(await owners("/src/ @ada\n* @all")).toEqual(["@all"]);
  });

  test("are none where that line names nobody", async () => {
    expect(await owners("* @all\n/src/a.ts\n")).toBeUndefined();
    expect(await owners("/docs/ @docs")).toBeUndefined();
  });

  test("are read around remarks and lines that GitHub skips", async () => {
    expect(await owners("# @no\n/src/ @ada # @eve\n* not-an-owner\n")).toEqual(["@ada"]);
  });

  test("are not told where a pattern could mean anything", async () => {
    expect(await owners("/src/ @ada\n[Section]\n")).toBe("unreadable");
    expect(await owners("/src/ @ada\n!/src/a.ts @eve\n")).toBe("unreadable");
    expect(await owners("/src/ @ada\nsr{c,d} @eve\n")).toBe("unreadable");
  });

  test("are read from the first place that GitHub looks at", async () => {
    const both = codebase({ "docs/CODEOWNERS": "* @docs", ".github/CODEOWNERS": "* @github" });
    expect(await ownersOf("src/a.ts", both)).toMatchObject({
      owners: ["@github"],
      by: { path: ".github/CODEOWNERS" },
    });
  });

  test("are two at most, as code that notifies nobody", async () => {
    const found = await ownersOf(
      "src/a.ts",
      codebase({ CODEOWNERS: "* @ada @acme/store eve@example.org\n" }),
    );
    if (typeof found !== "object") throw new Error("no owners");
    expect(ownedBy.of(found).text).toBe(
      "`CODEOWNERS` names `@ada` and `@acme/store` and 1 more for `src/a.ts`",
    );
  });
});

describe("a pattern", () => {
  test("with a star at its end is the files of that folder alone, unlike in .gitignore", () => {
    const matches = matcherOfPattern("docs/*")!;
    expect([matches("docs/a.md"), matches("docs/b/c.md")]).toEqual([true, false]);
    expect(matcherOfPattern("*")!("docs/b/c.md")).toBe(true);
  });

  test("matches what git's own reader of such patterns matches", () => {
    const names = fc.constantFrom("a", "b", "src", "a.ts", "b.ts", "*", "*.ts", "a*", "?", "**");
    const pattern = fc
      .record({
        root: fc.boolean(),
        parts: fc.array(names, { minLength: 1, maxLength: 4 }),
        folder: fc.boolean(),
      })
      .map(({ root, parts, folder }) => `${root ? "/" : ""}${parts.join("/")}${folder ? "/" : ""}`)
      // Where GitHub differs.
      .filter((one) => !one.endsWith("/*"));
    const path = fc
      .array(fc.constantFrom("a", "b", "src", "a.ts", "b.ts", "ab"), { minLength: 1, maxLength: 4 })
      .map((parts) => parts.join("/"));
    let compared = 0;
    fc.assert(
      fc.property(pattern, fc.uniqueArray(path, { minLength: 1, maxLength: 30 }), (one, paths) => {
        const matches = matcherOfPattern(one);
        if (matches === undefined) return;
        writeFileSync(join(git.path, ".gitignore"), `${one}\n`);
        compared += paths.length;
        expect([one, paths.filter(matches)]).toEqual([one, ignored(paths)]);
      }),
      { numRuns: 250, seed: 16 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });
});

/** The paths that git ignores, whether they are there or not. */
function ignored(paths: readonly string[]): readonly string[] {
  try {
    const out = execFileSync("git", ["-C", git.path, "check-ignore", "--no-index", "--stdin"], {
      input: paths.join("\n"),
      encoding: "utf8",
    });
    return paths.filter((path) => out.split("\n").includes(path));
  } catch (error) {
    // It ends with 1 where it ignores none.
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}
