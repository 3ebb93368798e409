import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { parse } from "yaml";
import { mergeConfigs } from "../../../src/domain/repository-config/merge-configs.ts";
import { parseRepositoryConfig } from "../../../src/domain/repository-config/parse-repository-config.ts";
import { schemaText } from "../../../scripts/write-schema.ts";

const phases = ["comprehension", "root-cause", "impact-map", "fix"];
const problemsOf = (text: string): readonly string[] =>
  parseRepositoryConfig(text, phases).problems.map(({ line, message }) => `${line}: ${message}`);

describe(".github/casebook.yml", () => {
  test.each([undefined, "", "\n", "# nothing\n", "---\n"])("%j is valid and means the defaults", (text) => {
    const { config, problems } = parseRepositoryConfig(text, phases);
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      enabled: true,
      gates: ["fix"],
      destination: "pull-request",
      who: { start: "write" },
    });
  });

  test("says everything at once, each with its line", () => {
    expect(
      problemsOf(
        "enabled: yes please\ngate: [fix]\nlimits:\n  runs: 99\n  minuts: 3\nphases: [root-couse]\n",
      ),
    ).toMatchInlineSnapshot(`
     [
       "1: Expected \`true\` or \`false\` in \`enabled\`; found \`"yes please"\`.",
       "2: Expected a key that Casebook knows; found \`gate\`. Did you mean \`gates\`?",
       "4: Expected a whole number from 1 to 10 in \`limits.runs\`; found \`99\`.",
       "5: Expected a key that Casebook knows in \`limits\`; found \`minuts\`. Did you mean \`minutes\`?",
       "6: Expected a phase in \`phases\`; found \`root-couse\`. Did you mean \`root-cause\`?",
     ]
    `);
  });

  test.each([
    [
      "an unknown phase gets the nearest",
      "gates: [root-caus]\n",
      /^1: .*`root-caus`.*Did you mean `root-cause`\?$/,
    ],
    ["YAML that is none", "a: [\n", /^\d: Expected YAML; /],
    ["a list where keys are expected", "- a\n", /^1: Expected keys and values/],
    [
      "a key twice",
      "enabled: true\nenabled: false\n",
      /^2: Expected each key once; found `enabled` again\.$/,
    ],
    ["an alias", "gates: &x [fix]\nphases: *x\n", /^2: Expected values written out.*`\*x`\.$/],
    ["a key that is no word", "? [a]\n: b\n", /^1: Expected keys that are words/],
  ])("%s", (_, text, pattern) => {
    expect(problemsOf(text).join("\n")).toMatch(pattern);
  });

  test("front matter in a language that runs, and aliases that multiply, do nothing but be wrong", () => {
    const bomb = `a: &a [1,1]\n${Array.from({ length: 30 }, (_, i) => `b${i}: &b${i} [*a,*a]`).join("\n")}`;
    for (const text of ["---js\nprocess.exit(1)\n---\n", bomb, "!!js/function 'x'"])
      expect(problemsOf(text).length).toBeGreaterThan(0);
  });

  test.each([
    ["a: ", "[", ""],
    ["phases: ", "[", "]"],
    ["", "- ", ""],
    ["a: ", "{a: ", ""],
  ])(
    "nesting without end (%j, %j, %j) is one mistake, said in the same words every time",
    (start, open, close) => {
      for (const depth of [100, 1_000, 5_000, 60_000 / (open.length + close.length)]) {
        const text = start + open.repeat(depth) + close.repeat(depth);
        expect(problemsOf(text).length).toBeGreaterThan(0);
        expect(problemsOf(text).join()).not.toMatch(/stack/i);
      }
    },
  );

  test("thousands of keys take no time", () => {
    const text = Array.from({ length: 9_000 }, (_, i) => `k${i}:`).join("\n");
    const from = performance.now();
    expect(problemsOf(text)[0]).toMatch(/^1: .*`k0`/);
    expect(performance.now() - from).toBeLessThan(1_000);
  });

  test("no text makes it fail, and with a problem the defaults hold", () => {
    const defaults = JSON.stringify(parseRepositoryConfig(undefined, phases).config);
    const holds = fc.property(fc.string({ unit: "binary", maxLength: 200 }), (text) => {
      const { config, problems } = parseRepositoryConfig(text, phases);
      return problems.length === 0 || JSON.stringify(config) === defaults;
    });
    expect(fc.check(holds, { numRuns: 300 }).failed).toBe(false);
  });
});

describe("defaults of the owner", () => {
  test("hold where the repository says nothing; a list replaces a list", () => {
    const { config } = mergeConfigs(
      "gates: [root-cause]\nlimits: { runs: 5, minutes: 9 }\n",
      "limits: { runs: 1 }\n",
      phases,
    );
    expect(config).toMatchObject({
      gates: ["root-cause"],
      limits: { runs: 1, minutes: 9, startsPerHour: 5 },
    });
  });

  test("with a mistake stop the repository too, and say whose file it is", () => {
    const { problems } = mergeConfigs("gate: x\n", undefined, phases);
    expect(problems[0]?.message).toMatch(/^In the owner's defaults/);
  });
});

describe("the published JSON Schema", () => {
  const file = readFileSync(join(import.meta.dirname, "../../../schemas/casebook.schema.json"), "utf8");

  test("is what the bot reads the file by", async () => {
    expect(file).toBe(await schemaText());
  });

  test("accepts and refuses as the bot does", () => {
    const validate = new Ajv().compile(JSON.parse(file) as object);
    for (const text of [
      "enabled: false\n",
      "limits: { runs: 99 }\n",
      "gate: x\n",
      "who: { start: read }\n",
      "paths: { include: ['src/**'] }\n",
    ])
      expect([text, validate(parse(text))]).toEqual([text, problemsOf(text).length === 0]);
  });
});
