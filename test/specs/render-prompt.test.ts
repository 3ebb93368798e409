import { expect, test } from "@jest/globals";
import { renderPrompt } from "../../src/specs/render-prompt.ts";

const render = (
  prompts: Readonly<Record<string, string>>,
  variables: Readonly<Record<string, string>> = {},
): ReturnType<typeof renderPrompt> => renderPrompt("a", new Map(Object.entries(prompts)), variables);

test("variables are put in once: what they hold is not looked at again", () => {
  expect(
    render({ a: "---\nname: a\n---\nDo {{ spec.title }}." }, { "spec.title": "{{spec.id}}", "spec.id": "x" }),
  ).toEqual({ ok: true, text: "Do {{spec.id}}." });
});

test("a prompt can hold its parent's text", () => {
  expect(
    render({ a: "---\nextends: b\n---\nFirst. {{> parent}}", b: "Second {{spec.id}}." }, { "spec.id": "x" }),
  ).toEqual({ ok: true, text: "First. Second x." });
});

test.each([
  [{ a: "{{nobody}} {{constructor}}" }, ["there is no variable nobody", "there is no variable constructor"]],
  [{ a: "---\nextends: b\n---\n", b: "---\nextends: a\n---\n" }, ["the prompt a extends itself"]],
  [{ a: "---\nextends: gone\n---\n" }, ["there is no prompt gone"]],
  [{ a: "{{> parent}}" }, ["`{{> parent}}` stands in a prompt that extends nothing"]],
  [{}, ["there is no prompt a"]],
])("%j: all problems are told", (prompts, problems) =>
  expect(render(prompts)).toEqual({ ok: false, problems }),
);
