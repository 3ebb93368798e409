import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { PHASES } from "../../../src/phases/catalogue.ts";
import { configSchema } from "../../../src/investigation/settings/config-schema.ts";
import {
  fillDefaults,
  parseRepositoryConfig,
} from "../../../src/investigation/settings/parse-repository-config.ts";
import { z } from "zod";

const page = readFileSync(join(import.meta.dirname, "../../../docs/configuration.md"), "utf8");
const types = PHASES.map(({ type }) => type);
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);

/** A schema with keys below it, or with choices and bounds. */
interface Shape {
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly enum?: readonly string[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** Every key with its shape, those inside others with a dot. */
function keysOf({ properties = {} }: Shape, prefix = ""): readonly (readonly [string, Shape])[] {
  return Object.entries(properties).flatMap(([key, shape]) =>
    shape.properties === undefined
      ? [[`${prefix}${key}`, shape] as const]
      : keysOf(shape, `${prefix}${key}.`),
  );
}

/** The rows of the table: key, default, meaning. */
const rows = new Map(
  page
    .split("\n")
    .filter((line) => line.startsWith("| `"))
    .map((line) => {
      const [key = "", value = "", meaning = ""] = line
        .split("|")
        .slice(1)
        .map((cell) => cell.trim());
      return [key.replaceAll("`", ""), { value, meaning }] as const;
    }),
);

/** The value at `limits.runs`. */
function valueAt(config: unknown, key: string): unknown {
  return key.split(".").reduce((at, name) => (at as Record<string, unknown>)[name], config);
}

/** What the page may say in words: an empty list means everything or nothing, and some defaults are the operator's. */
const WORDS: Readonly<Record<string, readonly string[]>> = {
  "[]": ["`[]`", "none", "every source file", "every phase that can run"],
  undefined: ["the operator's limit"],
  "suite.framework": ["found by the files"],
  "suite.command": ["the runner's program"],
  "suite.selection": ["the project's own"],
  "suite.environment": ["none"],
  "suite.seconds": ["`600`"],
  models: ["the operator's choice"],
  researcher: ["`model` or `builtin`"],
};

describe("docs/configuration.md", () => {
  const keys = keysOf(z.toJSONSchema(configSchema) as Shape);

  test("has a row for every key, and for no other", () => {
    expect([...rows.keys()].sort()).toEqual(keys.map(([key]) => key).sort());
  });

  test.each(keys)("says the default of %s", (key) => {
    const standard = valueAt(fillDefaults({}), key);
    const written = Array.isArray(standard) ? `[${standard.join(", ")}]` : String(standard);
    expect([`\`${written}\``, ...(WORDS[written] ?? []), ...(WORDS[key] ?? [])]).toContain(
      rows.get(key)!.value,
    );
  });

  test.each(keys.filter(([, shape]) => shape.enum !== undefined))("names what %s may be", (key, shape) => {
    const { value, meaning } = rows.get(key)!;
    for (const choice of shape.enum!) expect(`${value} ${meaning}`).toContain(`\`${choice}\``);
  });

  test.each(keys.filter(([key]) => key.startsWith("limits.")))("names the bounds of %s", (key, shape) =>
    expect(rows.get(key)!.meaning).toContain(`${shape.minimum} to ${shape.maximum}`),
  );

  test("has examples that the bot takes without a word", () => {
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) expect(parseRepositoryConfig(example, types).problems).toEqual([]);
  });

  test("has one example with every key", () => {
    const { config } = parseRepositoryConfig(examples[0], types);
    for (const [key] of keys)
      expect([key, examples[0]!.includes(`${key.split(".").at(-1)!}:`)]).toEqual([key, true]);
    expect(config.gates).toEqual(["impact-map"]);
  });

  test("names the bounds of a budget", () => {
    for (const [key, { minimum, maximum }] of keys.filter(([name]) => name.startsWith("budget.")))
      expect(rows.get(key)!.meaning).toContain(`${minimum} to ${maximum}`);
  });

  test("shows editors the way to the schema", () => {
    expect(examples[0]).toMatch(/^# yaml-language-server: \$schema=\S+casebook\.schema\.json\n/);
  });
});
