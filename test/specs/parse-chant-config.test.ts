import { expect, test } from "@jest/globals";
import { parseChantConfig } from "../../src/specs/parse-chant-config.ts";

test("the keys that count are read as text, the others are named", () => {
  const { config, ignored, problems } = parseChantConfig(
    "---\nproject:\n  name: 007\ndefaults:\n  prompt: research\n  model: m\nparallel: 3\n---\nNotes.\n",
  );
  expect(config).toEqual({ projectName: "007", defaultPrompt: "research" });
  expect(ignored).toEqual(["defaults.model", "parallel"]);
  expect(problems).toEqual([]);
});

test("a broken file gives its problems and no settings", () => {
  const { config, problems } = parseChantConfig("---\nproject: [\n---\n");
  expect(config).toEqual({ projectName: undefined, defaultPrompt: undefined });
  expect(problems.length).toBeGreaterThan(0);
});
