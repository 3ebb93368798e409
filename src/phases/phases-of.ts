import { PHASES } from "./catalogue.ts";
import { parsePhase } from "./parse-phase.ts";
import type { Phase } from "./phase.ts";
import type { SourceTree } from "../repository/source-tree.ts";

/** The built-in phases and the repository's own, from `.chant/phases` of the commit, in the order of their numbers. */
export async function phasesOf(tree: SourceTree, warn: (line: string) => void): Promise<readonly Phase[]> {
  const own: Phase[] = [];
  const files = tree.entries.filter(
    ({ path, size }) => /^\.chant\/phases\/[^/]+\.md$/.test(path) && size < 100_000,
  );
  for await (const { entry, bytes } of tree.read(files)) {
    const { phase, problems } = parsePhase(
      entry.path.slice(".chant/phases/".length, -3),
      new TextDecoder().decode(bytes),
    );
    for (const { line, message } of problems) warn(`${entry.path}, line ${line}: ${message}`);
    if (phase !== undefined) own.push(phase);
  }
  return [...PHASES, ...own].sort((a, b) => a.number - b.number || (a.type < b.type ? -1 : 1));
}
