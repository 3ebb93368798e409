import { openModel } from "./open-model.ts";
import type { ModelRow } from "../model-settings.ts";
import type { ModelProbe } from "../examine-model.ts";
import type { Model } from "../model.ts";
import { version } from "../../process/version.ts";
import { keyOf } from "./open-models.ts";

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
