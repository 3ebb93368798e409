import { readFileSync } from "node:fs";
import { RunFailure } from "../../failure.ts";
import type { ModelSettings } from "../model-settings.ts";
import { parseModelSettings } from "../parse-model-settings.ts";

/**
 * What the environment and the file that it names say about models; undefined when nothing is set. Throws RunFailure `usage`
 * that names every mistake by its variable or line, never a value.
 */
export function readModelSettings(
  env: Readonly<Record<string, string | undefined>>,
): ModelSettings | undefined {
  const path = env["CASEBOOK_MODELS"];
  let file: string | undefined;
  if (path !== undefined && path !== "")
    try {
      file = readFileSync(path, "utf8");
    } catch (error) {
      const { code = "no reason given" } = error as NodeJS.ErrnoException;
      throw new RunFailure(
        "usage",
        `The settings of models are wrong: CASEBOOK_MODELS: the file cannot be read (${code})`,
      );
    }
  const { settings, problems } = parseModelSettings({ env, file });
  if (problems.length === 0) return settings;
  const wrong = problems.map(({ where, message }) =>
    where.startsWith("line ") ? `CASEBOOK_MODELS, ${where}: ${message}` : `${where}: ${message}`,
  );
  throw new RunFailure("usage", `The settings of models are wrong: ${wrong.join("; ")}`);
}
