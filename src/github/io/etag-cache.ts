/** A response that GitHub can confirm with 304, which costs nothing of the limit. */
interface KnownAnswer {
  readonly etag: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly data: unknown;
}

export interface EtagCache {
  get(key: string): KnownAnswer | undefined;
  set(key: string, answer: KnownAnswer): void;
}

/**
 * Stored as text, so that a reader cannot change it and its size is known. The least recently used is evicted first.
 * A BigInt comes back as the text of its digits.
 */
export function createEtagCache(most: {
  readonly answers: number;
  readonly characters: number;
  /** A larger response is not cached. */
  readonly ofOne: number;
}): EtagCache {
  const kept = new Map<string, string>();
  let characters = 0;
  const drop = (key: string): void => {
    characters -= kept.get(key)?.length ?? 0;
    kept.delete(key);
  };
  return {
    get(key) {
      const text = kept.get(key);
      if (text === undefined) return undefined;
      kept.delete(key);
      kept.set(key, text);
      return JSON.parse(text) as KnownAnswer;
    },
    set(key, answer) {
      drop(key);
      const text = JSON.stringify(answer, digits);
      if (text.length > most.ofOne) return;
      kept.set(key, text);
      characters += text.length;
      for (const oldest of kept.keys()) {
        if (kept.size <= most.answers && characters <= most.characters) break;
        drop(oldest);
      }
    },
  };
}

function digits(_key: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
