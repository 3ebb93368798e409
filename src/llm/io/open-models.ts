import { modelQueue, type ModelQueue, openModel } from "./open-model.ts";
import { RunFailure } from "../../failure.ts";
import type { ModelRow, ModelSettings } from "../model-settings.ts";
import type { ModelProbe } from "../examine-model.ts";
import type { Model } from "../model.ts";
import { version } from "../../process/version.ts";

export interface OpenModelsOptions {
  /** What endpoints turned out not to take, tries that are made again; for logs. */
  readonly onNote?: (note: string) => void;
}

/** Opens every model by its name, with its key. Models at one endpoint share its queue. */
export function openModels(
  { models }: Pick<ModelSettings, "models">,
  env: Readonly<Record<string, string | undefined>>,
  { onNote }: OpenModelsOptions = {},
): ReadonlyMap<string, Model> {
  const queues = new Map<string, ModelQueue>();
  return new Map(
    models.map((row) => {
      let queue = queues.get(row.url);
      if (queue === undefined) queues.set(row.url, (queue = modelQueue(leastOf(row.url, models))));
      const options = {
        key: keyOf(row, env),
        queue,
        userAgent: `casebook/${version()}`,
        ...(onNote === undefined ? {} : { onNote }),
      };
      return [row.name, openModel(row, options)];
    }),
  );
}

/** The key of a model, from the variable that its row names; undefined for a server without one. */
export function keyOf(
  { name, keyVariable }: Pick<ModelRow, "name" | "keyVariable">,
  env: Readonly<Record<string, string | undefined>>,
): string | undefined {
  if (keyVariable === undefined) return undefined;
  // A line end at its end comes from a file.
  const key = env[keyVariable]?.trim() ?? "";
  // Anything else is refused by HTTP, with the key in the words of the refusal.
  if (!/^[!-~]{1,8192}$/.test(key))
    throw new RunFailure("usage", `${keyVariable}: the key of the model ${name} is missing or holds spaces`);
  return key;
}

/** Of the models at an endpoint, the smallest number of calls at once. */
function leastOf(url: string, models: readonly ModelRow[]): number {
  return Math.min(...models.filter((row) => row.url === url).map(({ concurrency }) => concurrency));
}

/** A model for its examination: once with calls of its own, once with calls in the text, as far as its row allows. */
export function openProbe(row: ModelRow, env: Readonly<Record<string, string | undefined>>): ModelProbe {
  const notes: string[] = [];
  const key = keyOf(row, env);
  const open = (tools: ModelRow["tools"]): Model =>
    openModel(
      { ...row, tools },
      { key, userAgent: `casebook/${version()}`, onNote: (note) => void notes.push(note) },
    );
  return {
    native: row.tools === "text" ? undefined : open("native"),
    text: row.tools === "native" ? undefined : open("text"),
    notes: () => notes,
    now: () => performance.now(),
  };
}
