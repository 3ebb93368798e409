import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { z } from "zod";
import { sarifOf } from "../../src/cli/sarif.ts";
import { casebook } from "../fakes/casebook.ts";
import { gitFolder } from "../fakes/git-folder.ts";

/** What GitHub's code scanning takes of SARIF 2.1.0, by its documentation. */
const LOG = z.object({
  $schema: z.url(),
  version: z.literal("2.1.0"),
  runs: z
    .array(
      z.object({
        tool: z.object({
          driver: z.object({
            name: z.string().min(1),
            semanticVersion: z.string().regex(/^\d+\.\d+\.\d+/),
            rules: z.array(
              z.object({ id: z.string().min(1), shortDescription: z.object({ text: z.string().max(1024) }) }),
            ),
          }),
        }),
        results: z.array(
          z.object({
            ruleId: z.string(),
            ruleIndex: z.int().min(0).optional(),
            level: z.enum(["error"]),
            message: z.object({ text: z.string().min(1) }),
            locations: z
              .array(
                z.object({
                  physicalLocation: z.object({
                    artifactLocation: z.object({
                      uri: z.string().regex(/^[\w./%~!*'()-]+$/),
                      uriBaseId: z.string(),
                    }),
                    region: z.object({ startLine: z.int().min(1) }),
                  }),
                }),
              )
              .length(1),
          }),
        ),
      }),
    )
    .length(1),
});

test("writes each problem with its rule, file and line, and keeps the exit code", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.py": "x = 1\n", "docs/my design.md": "See src/a.py:1.\n\nSee src/a.py:9.\n" });
  const { exit, out } = await casebook(folder.path, [
    "check",
    "docs/my design.md",
    "--sarif",
    "result.sarif",
  ]);
  expect([exit, out]).toEqual([1, expect.stringContaining("2 references in 1 file checked, 1 wrong")]);
  const log = LOG.parse(JSON.parse(readFileSync(join(folder.path, "result.sarif"), "utf8")));
  const { results, tool } = log.runs[0]!;
  expect(results).toHaveLength(1);
  const [result] = results;
  expect(result).toMatchObject({
    ruleId: "lines",
    message: { text: expect.stringContaining("src/a.py") },
    locations: [
      { physicalLocation: { artifactLocation: { uri: "docs/my%20design.md" }, region: { startLine: 3 } } },
    ],
  });
  expect(tool.driver.rules[result!.ruleIndex!]!.id).toBe("lines");
});

test("a check without problems writes a log without results", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.py": "x = 1\n", "design.md": "See src/a.py:1.\n" });
  expect((await casebook(folder.path, ["check", "design.md", "--sarif", "a.sarif"])).exit).toBe(0);
  expect(LOG.parse(JSON.parse(readFileSync(join(folder.path, "a.sarif"), "utf8"))).runs[0]!.results).toEqual(
    [],
  );
});

test("a place that cannot be written is told", async () => {
  using folder = gitFolder();
  folder.commit({ "src/a.py": "x = 1\n", "design.md": "See src/a.py:1.\n" });
  const { exit, err } = await casebook(folder.path, ["check", "design.md", "--sarif", "none/a.sarif"]);
  expect(exit).toBe(2);
  expect(err).toContain("to write none/a.sarif to");
});

test("names of files are escaped, and a kind without a rule stays readable", () => {
  const log = LOG.parse(
    JSON.parse(
      sarifOf([{ file: "a b/ü?#.md", problems: [{ line: 0, kind: "other", message: "wrong" }] }], "1.2.3"),
    ),
  );
  const [result] = log.runs[0]!.results;
  expect(result!.ruleIndex).toBeUndefined();
  const { artifactLocation, region } = result!.locations[0]!.physicalLocation;
  expect([decodeURIComponent(artifactLocation.uri), region.startLine]).toEqual(["a b/ü?#.md", 1]);
});
