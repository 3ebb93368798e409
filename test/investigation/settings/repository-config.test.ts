import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { growthOf } from "../../growth.ts";
import { parse } from "yaml";
import { lowerBudget, mergeConfigs } from "../../../src/investigation/settings/merge-configs.ts";
import { parseRepositoryConfig } from "../../../src/investigation/settings/parse-repository-config.ts";
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

  test("the time for thousands of keys grows with their number", () => {
    const text = (keys: number): string => Array.from({ length: keys }, (_, i) => `k${i}:`).join("\n");
    expect(problemsOf(text(9_000))[0]).toMatch(/^1: .*`k0`/);
    expect(growthOf((keys) => problemsOf(text(keys)), 2_250, 9_000)).toBeLessThan(10);
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

describe("models and money", () => {
  const offered = ["large", "small"];
  const problemsWith = (text: string, models: readonly string[] | undefined): readonly string[] =>
    parseRepositoryConfig(text, phases, models).problems.map(({ line, message }) => `${line}: ${message}`);

  test("only what the operator offers may be named, each mistake with its line", () => {
    const text =
      "models:\n  default: [small]\n  root-cause:\n    - large\n    - huge\n    - larg\n  root-couse: [small]\n";
    expect(problemsWith(text, offered)).toMatchInlineSnapshot(`
     [
       "5: Expected a model that is offered here in \`models.root-cause\`; found \`huge\`. There are \`large\`, \`small\`.",
       "6: Expected a model that is offered here in \`models.root-cause\`; found \`larg\`. Did you mean \`large\`?",
       "7: Expected a phase or \`default\` in \`models\`; found \`root-couse\`. Did you mean \`root-cause\`?",
     ]
    `);
  });

  test("where the operator offers none, every name is a mistake; where that is not known, none is", () => {
    expect(problemsWith("models: { default: [small] }\n", [])).toEqual([
      "1: Expected a model that is offered here in `models.default`; found `small`. None is set up here.",
    ]);
    expect(problemsWith("models: { default: [small] }\n", undefined)).toEqual([]);
  });

  test("a name that looks like an object's own is one name more", () => {
    for (const key of ["__proto__", "constructor", "toString"]) {
      expect(problemsWith(`models: { ${key}: [small] }\n`, offered)[0]).toContain(`found \`${key}\``);
      expect(problemsWith(`models: { default: [${key}] }\n`, offered)[0]).toContain(`found \`${key}\``);
    }
  });

  test("a key is the file's own word, and shown as one", () => {
    const text = 'models: { "`@ada": [x, 3] }\n';
    expect(problemsWith(text, offered)).toEqual([
      "1: Expected the name of a model in ``models.`@ada.1``; found `3`.",
      "1: Expected a phase or `default` in `models`; found `` `@ada ``. There are `default`, `comprehension`, `root-cause`, `impact-map`, `fix`.",
      "1: Expected a model that is offered here in ``models.`@ada``; found `x`. There are `large`, `small`.",
    ]);
  });

  test.each([
    "models: []\n",
    "models: { default: small }\n",
    "models: { default: [] }\n",
    "models: { default: [3] }\n",
    "budget: 3\n",
    "budget: { phase: 0 }\n",
    "budget: { phase: -1 }\n",
    "budget: { phase: .inf }\n",
    "budget: { phase: .nan }\n",
    "budget: { investigation: '2' }\n",
    "budget: { day: 2 }\n",
    "mode: both\n",
    "researcher: person\n",
  ])("%j is wrong, and the defaults hold", (text) => {
    const { config, problems } = parseRepositoryConfig(text, phases, offered);
    expect(problems).not.toEqual([]);
    expect(config).toEqual(parseRepositoryConfig(undefined, phases, offered).config);
  });

  test("without a word the researcher is a model where one is offered, and the rest is the operator's", () => {
    const rest = { mode: "full", models: {}, budget: {} };
    expect(parseRepositoryConfig("", phases, offered).config).toMatchObject({ researcher: "model", ...rest });
    for (const models of [[], undefined])
      expect(parseRepositoryConfig("", phases, models).config).toMatchObject({
        researcher: "builtin",
        ...rest,
      });
    expect(parseRepositoryConfig("researcher: builtin\n", phases, offered).config.researcher).toBe("builtin");
  });

  test("everybody can lower what may be spent, and nobody raises it", () => {
    const operator = { phase: 1, investigation: 3 };
    expect(lowerBudget(operator, {}, undefined)).toEqual(operator);
    expect(lowerBudget(operator, { phase: 5, investigation: 9 }, 100)).toEqual(operator);
    expect(lowerBudget(operator, { phase: 0.5 }, 2)).toEqual({ phase: 0.5, investigation: 2 });
    // A phase never costs more than its investigation.
    expect(lowerBudget(operator, {}, 0.2)).toEqual({ phase: 0.2, investigation: 0.2 });
    expect(lowerBudget({}, {}, undefined)).toEqual({});
    const dollars = fc.option(fc.double({ min: 0.01, max: 1_000, noNaN: true }), { nil: undefined });
    fc.assert(
      fc.property(dollars, dollars, dollars, dollars, dollars, (a, b, c, d, asked) => {
        const lowered = lowerBudget({ phase: a, investigation: b }, { phase: c, investigation: d }, asked);
        const { phase = 0, investigation = 0 } = lowered;
        expect([a, c].filter((limit) => limit !== undefined && phase > limit)).toEqual([]);
        expect([b, d, asked].filter((limit) => limit !== undefined && investigation > limit)).toEqual([]);
        expect(lowered.phase === undefined).toBe([a, b, c, d, asked].every((limit) => limit === undefined));
      }),
    );
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

  test("hold for models and money key by key", () => {
    const { config, problems } = mergeConfigs(
      "models: { default: [small], root-cause: [large] }\nbudget: { phase: 1, investigation: 2 }\nmode: single\n",
      "models: { root-cause: [small] }\nbudget: { phase: 0.5 }\n",
      phases,
      ["large", "small"],
    );
    expect(problems).toEqual([]);
    expect(config).toMatchObject({
      mode: "single",
      researcher: "model",
      models: { default: ["small"], "root-cause": ["small"] },
      budget: { phase: 0.5, investigation: 2 },
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
      "models: { default: [small], own: [large] }\n",
      "models: { default: [] }\n",
      "budget: { phase: 0.5 }\n",
      "budget: { phase: 0 }\n",
      "mode: single\n",
    ])
      expect([text, validate(parse(text))]).toEqual([
        text,
        parseRepositoryConfig(text, [...phases, "own"]).problems.length === 0,
      ]);
  });
});
