import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { budgetFor, modelsFor, type ModelSettings } from "../../src/llm/model-settings.ts";
import { MODEL_VARIABLES, parseModelSettings } from "../../src/llm/parse-model-settings.ts";

const FILE = `# Ours.
models:
  - name: large
    url: https://api.example.com/v1/
    keyVariable: EXAMPLE_KEY
    model: vendor/large-1
    contextTokens: 200000
    outputTokens: 8192
    price: { input: 3, output: 15, cached: 0.3 }
    timeoutSeconds: 300
  - name: small
    url: http://127.0.0.1:8080/v1
    price: { input: 0, output: 0 }
    tools: text
    concurrency: 1
phases:
  default: [large, small]
  judge: [small]
  our-own-phase: [small]
budget:
  investigation: 2.5
limits:
  steps: 20
installations:
  Acme: { models: [small], budget: { installationPerMonth: 10 } }
  "4711": { models: [large] }
`;
const env = { EXAMPLE_KEY: "a key" };
const single = {
  CASEBOOK_MODEL_URL: "https://api.example.com/v1",
  CASEBOOK_MODEL: "vendor/large-1",
  CASEBOOK_MODEL_PRICE: "3/15",
};

function settingsOf(input: Parameters<typeof parseModelSettings>[0]): ModelSettings {
  const { settings, problems } = parseModelSettings(input);
  expect(problems).toEqual([]);
  return settings!;
}

function problemsOf(file: string, given: Readonly<Record<string, string>> = env): readonly string[] {
  const { settings, problems } = parseModelSettings({ env: given, file });
  expect(settings).toBeUndefined();
  return problems.map(({ where, message }) => `${where}: ${message}`);
}

const model = (more: string): string => `models:\n  - name: a\n    url: https://a.example\n${more}`;
const priced = (more: string): string => `${model("    price: { input: 1, output: 1 }\n")}${more}`;

describe("the models file", () => {
  test("is read, with a default for everything but the price", () => {
    expect(settingsOf({ env, file: FILE })).toEqual({
      models: [
        {
          name: "large",
          url: "https://api.example.com/v1",
          keyVariable: "EXAMPLE_KEY",
          model: "vendor/large-1",
          contextTokens: 200_000,
          outputTokens: 8_192,
          price: { input: 3, output: 15, cached: 0.3 },
          tools: "auto",
          maxTokensField: "auto",
          concurrency: 4,
          timeoutSeconds: 300,
          idleSeconds: 120,
        },
        {
          name: "small",
          url: "http://127.0.0.1:8080/v1",
          keyVariable: undefined,
          model: "small",
          contextTokens: 32_768,
          outputTokens: 4_096,
          price: { input: 0, output: 0 },
          tools: "text",
          maxTokensField: "auto",
          concurrency: 1,
          timeoutSeconds: 600,
          idleSeconds: 120,
        },
      ],
      phases: { default: ["large", "small"], judge: ["small"], "our-own-phase": ["small"] },
      budget: { phase: 1, investigation: 2.5, repositoryPerDay: 20, installationPerMonth: 200 },
      limits: { steps: 20, tokens: 400_000, minutes: 20, rounds: 3 },
      installations: {
        acme: { models: ["small"], budget: { installationPerMonth: 10 } },
        "4711": { models: ["large"] },
      },
    });
  });

  test("names everything at once, each with its line, and no value", () => {
    const text = `models:
  - name: large
    url: ftp://api.example.com
    price: free
    contextTokens: 5
    tols: text
  - name: small
    url: https://user:hunter2@api.example.com
    keyVariable: hunter2
  - url: https://b.example
    price: { input: -1, output: 1, cache: 2 }
    concurrency: 0
budgets: 3
limits: { steps: 0, minuts: 3 }
`;
    const problems = problemsOf(text);
    expect(problems).toMatchInlineSnapshot(`
     [
       "line 3: url: an http(s) address is expected",
       "line 5: contextTokens: a whole number from 2048 to 20000000 is expected",
       "line 4: price: input and output are expected",
       "line 6: there is no key tols; did you mean tools?",
       "line 8: url: an address without a name and password is expected",
       "line 9: keyVariable: the name of a variable is expected, such as EXAMPLE_KEY",
       "line 7: price: a price is expected in US dollars per million tokens: without it money cannot be capped. A server of your own costs 0 and 0",
       "line 10: name: a name is expected: letters, digits and . _ : / -, at most 100",
       "line 11: input: US dollars per million tokens are expected, at least 0",
       "line 11: there is no key cache; did you mean cached?",
       "line 12: concurrency: a whole number from 1 to 256 is expected",
       "line 14: steps: a whole number from 1 to 1000 is expected",
       "line 14: there is no key minuts; did you mean minutes?",
       "line 13: there is no key budgets; did you mean budget?",
     ]
    `);
    expect(problems.join()).not.toMatch(/hunter2|ftp:|free/);
  });

  test("names what only shows in the whole, too", () => {
    expect(
      problemsOf(`models:
  - { name: a, url: https://a.example, price: { input: 1, output: 1 }, keyVariable: MISSING_KEY }
  - { name: a, url: https://a.example, price: { input: 1, output: 1 }, contextTokens: 4096, outputTokens: 4096 }
phases:
  root-casue: [a]
  judge: [aa, nothing-like-it]
  default: []
installations:
  acme: { models: [b] }
`),
    ).toMatchInlineSnapshot(`
     [
       "line 2: keyVariable: the environment has no MISSING_KEY",
       "line 3: outputTokens: fewer than contextTokens are expected",
       "line 3: name: each name is expected once",
       "line 5: phases: there is no such phase; did you mean root-cause?",
       "line 6: phases: there is no such model; did you mean a?",
       "line 6: phases: there is no such model; there are a, a",
       "line 7: phases: at least one name is expected",
       "line 9: installations: there is no such model; did you mean a?",
     ]
    `);
  });

  test.each([
    ["a missing price", model(""), /^line 2: price: a price is expected.*without it money cannot be capped/],
    [
      "a key in the file",
      priced("    key: sk-hunter2\n"),
      /^line 5: a key never stands in this file.*keyVariable/,
    ],
    [
      "a secret of something else",
      priced("    keyVariable: WEBHOOK_SECRET\n"),
      /^line 5: .*a secret of something else/,
    ],
    ["YAML that is none", "models: [\n", /^line \d: YAML is expected/],
    ["a list", "- a\n", /^line 1: keys and values are expected/],
    ["no models", "budget: { phase: 1 }\n", /^CASEBOOK_MODELS: at least one model is expected/],
    ["a key twice", "models: []\nmodels: []\n", /^line 2: each key is expected once/],
    ["an alias", "models: &x []\nphases: *x\n", /^line 2: an alias is not expected/],
  ])("%s is a problem", (_, text, pattern) => {
    expect(problemsOf(text).join("\n")).toMatch(pattern);
  });

  test("no text makes it throw", () => {
    const piece = fc.oneof(
      fc.string(),
      fc.constantFrom(
        "models:",
        "\n",
        "  - ",
        "name: a",
        "price:",
        "{",
        "}",
        "&a",
        "*a",
        "phases: ",
        "__proto__: ",
      ),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), (parts) => {
        const { settings, problems } = parseModelSettings({ env: {}, file: parts.join("") });
        expect(settings === undefined).toBe(problems.length > 0);
      }),
    );
  });
});

describe("the environment", () => {
  test("without anything means that there is no model", () => {
    expect(parseModelSettings({ env: { CASEBOOK_MODEL: "" } })).toEqual({
      settings: undefined,
      problems: [],
    });
    expect(
      parseModelSettings({ env: { OPENAI_API_KEY: "sk-x", OPENAI_BASE_URL: "http://x" } }).settings,
    ).toBe(undefined);
  });

  test("describes one model with three variables", () => {
    expect(settingsOf({ env: single })).toMatchObject({
      models: [
        {
          name: "vendor/large-1",
          model: "vendor/large-1",
          keyVariable: undefined,
          contextTokens: 32_768,
          outputTokens: 4_096,
          price: { input: 3, output: 15 },
          tools: "auto",
        },
      ],
      phases: { default: ["vendor/large-1"] },
      budget: { investigation: 3 },
    });
  });

  test("says the rest with five more", () => {
    const { models, budget } = settingsOf({
      env: {
        ...single,
        CASEBOOK_MODEL_KEY: "sk-hunter2",
        CASEBOOK_MODEL_PRICE: "3/15/0.3",
        CASEBOOK_MODEL_CONTEXT: "8192",
        CASEBOOK_MODEL_TOOLS: "native",
        CASEBOOK_BUDGET: "0.50",
      },
    });
    expect(models[0]).toMatchObject({
      keyVariable: "CASEBOOK_MODEL_KEY",
      price: { input: 3, output: 15, cached: 0.3 },
      contextTokens: 8_192,
      outputTokens: 2_048,
      tools: "native",
    });
    expect(budget.investigation).toBe(0.5);
  });

  test("adds its model before those of the file, which can name it", () => {
    const file = FILE.replace("default: [large, small]", "default: [small, vendor/large-1]");
    const { models, phases } = settingsOf({ env: { ...env, ...single }, file });
    expect(models.map(({ name }) => name)).toEqual(["vendor/large-1", "large", "small"]);
    expect(phases["default"]).toEqual(["small", "vendor/large-1"]);
    expect(problemsOf(FILE, { ...env, ...single, CASEBOOK_MODEL: "large" })).toEqual([
      "CASEBOOK_MODEL: a model of the file has the same name",
    ]);
  });

  test("names every mistake at once, and no value", () => {
    const wrong = {
      CASEBOOK_MODEL_URL: "hunter2",
      CASEBOOK_MODEL: "hunter2 hunter2",
      CASEBOOK_MODEL_KEY: "hunter2\nhunter2",
      CASEBOOK_MODEL_PRICE: "hunter2",
      CASEBOOK_MODEL_CONTEXT: "hunter2",
      CASEBOOK_MODEL_TOOLS: "hunter2",
      CASEBOOK_BUDGET: "hunter2",
    };
    const { settings, problems } = parseModelSettings({ env: wrong });
    expect(settings).toBeUndefined();
    expect(new Set(problems.map(({ where }) => where))).toEqual(new Set(Object.keys(wrong)));
    expect(JSON.stringify(problems)).not.toContain("hunter2");
    expect([...Object.keys(wrong), "CASEBOOK_MODELS"].sort()).toEqual([...MODEL_VARIABLES].sort());
  });

  test.each([
    [{ CASEBOOK_MODEL: "a" }, ["CASEBOOK_MODEL_PRICE", "CASEBOOK_MODEL_URL"]],
    [{ CASEBOOK_MODEL_URL: "https://a.example" }, ["CASEBOOK_MODEL", "CASEBOOK_MODEL_PRICE"]],
    [{ CASEBOOK_MODEL_KEY: "k" }, ["CASEBOOK_MODEL", "CASEBOOK_MODEL_PRICE", "CASEBOOK_MODEL_URL"]],
    [{ CASEBOOK_BUDGET: "3" }, ["CASEBOOK_BUDGET"]],
    [{ ...single, CASEBOOK_MODEL_PRICE: "3" }, ["CASEBOOK_MODEL_PRICE"]],
    [{ ...single, CASEBOOK_MODEL_PRICE: "3/-1" }, ["CASEBOOK_MODEL_PRICE"]],
    [{ ...single, CASEBOOK_MODEL_PRICE: "1/2/3/4" }, ["CASEBOOK_MODEL_PRICE"]],
    [{ ...single, CASEBOOK_MODEL_PRICE: "" }, ["CASEBOOK_MODEL_PRICE"]],
  ])("%j: what is missing or wrong is %j", (given, where) => {
    const { problems } = parseModelSettings({ env: given });
    expect(problems.map((problem) => problem.where).sort()).toEqual(where);
  });

  test("a missing price says why it cannot be left out", () => {
    const { problems } = parseModelSettings({ env: { ...single, CASEBOOK_MODEL_PRICE: undefined } });
    expect(problems[0]!.message).toContain("without it money cannot be capped");
  });
});

describe("the models for a phase", () => {
  const settings = settingsOf({ env, file: FILE });
  const names = (...asked: Parameters<typeof modelsFor> extends [unknown, ...infer R] ? R : never) =>
    modelsFor(settings, ...asked).map(({ name }) => name);

  test.each<[string, Parameters<typeof modelsFor>[2], readonly string[]]>([
    ["root-cause", undefined, ["large", "small"]],
    ["judge", undefined, ["small"]],
    ["our-own-phase", {}, ["small"]],
    ["constructor", {}, ["large", "small"]],
    ["root-cause", { account: "ACME" }, ["small"]],
    ["root-cause", { account: "other", installation: 1 }, ["large", "small"]],
    ["root-cause", { installation: 4711 }, ["large"]],
    ["root-cause", { installation: 4711, account: "acme" }, ["large"]],
    // None of those of the phase may be used: the installation's own stand in.
    ["judge", { installation: 4711 }, ["large"]],
    ["root-cause", { wanted: "small" }, ["small"]],
    ["judge", { wanted: "large" }, ["large"]],
    ["root-cause", { wanted: "large", account: "acme" }, []],
    ["root-cause", { wanted: "unknown" }, []],
  ])("%s for %j: %j", (phase, who, expected) => {
    expect(names(phase, who)).toEqual(expected);
  });

  test("the budget of an installation is its own where it has one", () => {
    expect(budgetFor(settings, { account: "acme" })).toEqual({
      ...settings.budget,
      installationPerMonth: 10,
    });
    expect(budgetFor(settings, { account: "__proto__" })).toEqual(settings.budget);
  });
});
