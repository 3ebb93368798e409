import { readFrontMatter, type YamlValue } from "./front-matter.ts";
import type { SpecProblem } from "./problem.ts";

/** What Casebook takes from `.chant/config.md`; what is not there has chant's default. */
export interface ChantConfig {
  readonly projectName: string | undefined;
  /** Name of the prompt for specs that name none. */
  readonly defaultPrompt: string | undefined;
}

const HONOURED = new Set(["project.name", "defaults.prompt"]);

/**
 * Reads the front matter of chant's configuration; the body is notes. `ignored` names the keys that are kept and not used,
 * so that nobody wonders. Never throws; with problems nothing is taken.
 */
export function parseChantConfig(text: string): {
  readonly config: ChantConfig;
  readonly ignored: readonly string[];
  readonly problems: readonly SpecProblem[];
} {
  const { fields, problems } = readFrontMatter(text);
  const flat = problems.length > 0 ? new Map<string, YamlValue>() : flatten(fields, "");
  const textOf = (key: string): string | undefined => {
    const value = flat.get(key);
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  return {
    config: { projectName: textOf("project.name"), defaultPrompt: textOf("defaults.prompt") },
    ignored: [...flat.keys()].filter((key) => !HONOURED.has(key)),
    problems,
  };
}

function flatten(fields: ReadonlyMap<string, YamlValue>, prefix: string): ReadonlyMap<string, YamlValue> {
  const flat = new Map<string, YamlValue>();
  for (const [key, value] of fields) {
    if (value instanceof Map)
      for (const [inner, own] of flatten(value as ReadonlyMap<string, YamlValue>, `${prefix}${key}.`))
        flat.set(inner, own);
    else flat.set(prefix + key, value);
  }
  return flat;
}
