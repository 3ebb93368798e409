import { memoise } from "../../memoise.ts";
import type { Signal } from "../signal.ts";

/** What a file's name is worth without a folder before it. */
const BARE_NAME = 0.67;

/** The issue writes the file's path, or its name. */
export const mention: Signal = {
  name: "mention",
  scale: "absolute",
  score(query, { candidates }) {
    const scores = new Map<string, number>();
    for (const written of query.paths) {
      const matches = meantBy(written, candidates);
      if (matches.length === 0) continue;
      // A path that fits ten files names none of them.
      const value = (written.includes("/") ? 1 : BARE_NAME) / matches.length;
      for (const path of matches) scores.set(path, Math.max(scores.get(path) ?? 0, value));
    }
    return scores;
  },
  async explain(path, query) {
    const written = query.paths.find((candidate) => isMeant(path, candidate));
    if (written === undefined) return [];
    return [
      {
        signal: "mention",
        text: `the issue names the file`,
        citations: [{ kind: "issue", quote: asWritten(written) }],
      },
    ];
  },
};

const byName = memoise((paths: readonly string[]) => Map.groupBy(paths, nameOf));

/** The paths that `isMeant` holds for; looks only at those of the same file name. */
export function meantBy(written: string, paths: readonly string[]): readonly string[] {
  return (byName(paths).get(nameOf(written)) ?? []).filter((path) => isMeant(path, written));
}

function nameOf(path: string): string {
  return path.slice(Math.max(path.lastIndexOf("/"), path.lastIndexOf("\\")) + 1).toLowerCase();
}

/** The part of a path that the issue holds literally: its folders may be written with `\`, or as a Java package. */
export function asWritten(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/** True when one of the two ends with the whole of the other: a report may hold more of the path (an installed copy) or less. */
export function isMeant(path: string, written: string): boolean {
  const a = path.toLowerCase();
  const b = written.toLowerCase().replaceAll("\\", "/");
  return a === b || a.endsWith(`/${b}`) || (b.includes("/") && b.endsWith(`/${a}`));
}
