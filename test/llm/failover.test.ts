import { describe, expect, test } from "@jest/globals";
import { withFailover } from "../../src/llm/failover.ts";
import { type Model, ModelFailure } from "../../src/llm/model.ts";
import { answeringModel } from "../fakes/scripted-model.ts";

const named = (name: string): Model => answeringModel(() => ({}), { name });
const models = [named("large"), named("small"), named("local")];

/** Each model fails as it is told; the others give their names. */
async function ask(failures: Readonly<Record<string, Error>>): Promise<string> {
  return withFailover(models, async ({ name }) => {
    const failure = failures[name];
    if (failure !== undefined) throw failure;
    return name;
  });
}

describe("the first able model", () => {
  test("is the first one when nothing is wrong", async () => {
    expect(await ask({})).toBe("large");
  });

  test.each(["unavailable", "rate-limited", "quota", "refused", "bad-request", "garbage"] as const)(
    "is the next one after %s",
    async (code) => {
      expect(await ask({ large: new ModelFailure(code, "no") })).toBe("small");
    },
  );

  test("is not looked for when the transcript is too long: it must be shortened first", async () => {
    const long = new ModelFailure("context-exceeded", "too long");
    await expect(ask({ large: long })).rejects.toBe(long);
  });

  test("is not looked for after anything that is no failure of a model", async () => {
    const stopped = new Error("stopped");
    await expect(ask({ large: stopped })).rejects.toBe(stopped);
  });

  test("without one, every reason is named, and what may pass by itself decides", async () => {
    await expect(
      ask({
        large: new ModelFailure("rate-limited", "too many requests.", { retryAt: 5_000 }),
        small: new ModelFailure("rate-limited", "too many requests", { retryAt: 2_000, mayCost: true }),
        local: new ModelFailure("refused", "the key is wrong"),
      }),
    ).rejects.toMatchObject({
      code: "rate-limited",
      retryAt: 2_000,
      mayCost: true,
      message:
        "None of 3 models could answer. large: rate-limited (too many requests); small: rate-limited (too many requests); local: refused (the key is wrong)",
    });
  });

  test("a model that may be back at any time sets no time", async () => {
    await expect(
      ask({
        large: new ModelFailure("rate-limited", "a", { retryAt: 5_000 }),
        small: new ModelFailure("unavailable", "b"),
        local: new ModelFailure("quota", "c"),
      }),
    ).rejects.toMatchObject({ code: "unavailable", retryAt: undefined });
  });

  test("the failure of an only model is told as it is, and no model at all is a failure", async () => {
    const failure = new ModelFailure("quota", "no money");
    await expect(withFailover([models[0]!], () => Promise.reject(failure))).rejects.toBe(failure);
    await expect(withFailover([], () => Promise.resolve(1))).rejects.toMatchObject({ code: "bad-request" });
  });
});
