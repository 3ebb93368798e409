import type { BlobCache } from "../../src/repository/codebase.ts";

/** A blob cache in memory. `kept` is what it holds, by kind and key, so that a test can damage it. */
export function memoryCache(): BlobCache & { readonly kept: Map<string, Uint8Array> } {
  const kept = new Map<string, Uint8Array>();
  return {
    kept,
    getMany: (kind, keys) =>
      new Map(
        keys.flatMap((key) => {
          const bytes = kept.get(`${kind} ${key}`);
          return bytes === undefined ? [] : [[key, bytes] as const];
        }),
      ),
    putMany(kind, entries) {
      for (const [key, bytes] of entries) kept.set(`${kind} ${key}`, bytes);
    },
  };
}
