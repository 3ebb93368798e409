import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { startScriptedServer } from "../../../src/simulator/model/start-scripted-server.ts";
import { openModels } from "../../../src/llm/io/open-models.ts";
import { readModelSettings } from "../../../src/llm/io/read-model-settings.ts";
import { temporaryFolder } from "../../fakes/git-folder.ts";

const { signal } = new AbortController();
const request = {
  transcript: [{ kind: "request", text: "Go." }],
  tools: [],
  maxOutputTokens: 100,
} as const;

/** A file of models in a folder that is removed. */
function modelsFile(text: string): Disposable & { readonly env: Readonly<Record<string, string>> } {
  const folder = temporaryFolder();
  const file = join(folder.path, "models.yml");
  writeFileSync(file, text);
  return {
    env: { CASEBOOK_MODELS: file },
    [Symbol.dispose]: () => folder[Symbol.dispose](),
  };
}

describe("the settings of models", () => {
  test("are none when nothing is set", () => {
    expect(readModelSettings({})).toBeUndefined();
    expect(readModelSettings({ CASEBOOK_MODELS: "" })).toBeUndefined();
  });

  test("name their mistakes by variable and line, all together", () => {
    using file = modelsFile("models:\n  - name: a\n    url: hunter2\n");
    const env = { ...file.env, CASEBOOK_BUDGET: "hunter2" };
    const message = (() => {
      try {
        readModelSettings(env);
      } catch (error) {
        return (error as Error).message;
      }
      return "it was accepted";
    })();
    expect(message).toMatch(
      /^The settings of models are wrong: CASEBOOK_MODELS, line 3: url: .*; CASEBOOK_MODELS, line 2: price: .*; CASEBOOK_BUDGET: /,
    );
    expect(message).not.toContain("hunter2");
    expect(() => readModelSettings(env)).toThrow(expect.objectContaining({ code: "usage" }));
  });
});

describe("the models that are opened", () => {
  test("each has its own key, and those at one endpoint share its turns", async () => {
    let most = 0;
    let now = 0;
    await using server = await startScriptedServer({
      reply: async () => {
        most = Math.max(most, ++now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now--;
        return { text: "Yes." };
      },
    });
    using file = modelsFile(`models:
  - { name: a, url: ${server.url}, keyVariable: KEY_A, price: { input: 1, output: 1 }, concurrency: 2 }
  - { name: b, url: ${server.url}/, keyVariable: KEY_B, price: { input: 1, output: 1 } }
`);
    const env = { ...file.env, KEY_A: "key-of-a\n", KEY_B: "key-of-b" };
    const models = openModels(readModelSettings(env)!, env);
    expect([...models.keys()]).toEqual(["a", "b"]);
    await Promise.all(["a", "b", "a", "b", "a", "b"].map((name) => models.get(name)!.reply(request, signal)));
    expect(most).toBe(2);
    const keys = server.requests.map(({ model, headers }) => `${model}: ${headers["authorization"]}`);
    expect(new Set(keys)).toEqual(new Set(["a: Bearer key-of-a", "b: Bearer key-of-b"]));
    expect(server.requests[0]!.headers["user-agent"]).toMatch(/^casebook\/\d/);
  });

  test.each(["two words", "line\nend", "ключ"])(
    "a key such as %j is refused without being repeated",
    (key) => {
      using file = modelsFile(
        "models:\n  - { name: a, url: https://a.example, keyVariable: KEY_A, price: { input: 1, output: 1 } }\n",
      );
      const env = { ...file.env, KEY_A: key };
      expect(() => openModels(readModelSettings(env)!, env)).toThrow(
        "KEY_A: the key of the model a is missing or holds spaces",
      );
    },
  );
});
