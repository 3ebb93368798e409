import type { Publisher } from "./repository.ts";

/** Keeps the files in memory and writes nowhere: what `--dry-run` shows. `files` is what a run has published so far. */
export function memoryPublisher(
  before: ReadonlyMap<string, string> = new Map(),
): Publisher & { readonly files: ReadonlyMap<string, string> } {
  const files = new Map(before);
  return {
    place: "nowhere (dry run)",
    files,
    current: async () => new Map(files),
    async publish(change) {
      const changed = [...change.files].filter(([path, text]) => files.get(path) !== text);
      for (const [path, text] of changed) files.set(path, text);
      return { changed: changed.length > 0 };
    },
  };
}
