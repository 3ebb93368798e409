import type { SymbolDefinition } from "../../syntax/syntax.ts";
import type { Codebase } from "../codebase.ts";
import type { Query } from "../locate/query.ts";
import type { Probe, Step } from "./probe.ts";
import { readChangeWrite } from "./read-change-write.ts";
import { swallowedError } from "./swallowed-error.ts";
import { unclosedResource } from "./unclosed-resource.ts";

export const PROBES: readonly Probe[] = [readChangeWrite, unclosedResource, swallowedError];

export interface ProbeHit {
  readonly probe: Probe;
  readonly path: string;
  readonly symbol: SymbolDefinition;
  readonly steps: readonly Step[];
}

/** The probes that the words call for, with the words that do. */
export function probesFor(
  query: Query,
): readonly { readonly probe: Probe; readonly cues: readonly string[] }[] {
  const found: { probe: Probe; cues: readonly string[] }[] = [];
  for (const probe of PROBES) {
    const cues = [...query.terms].filter(([term]) => probe.cues.has(term)).map(([, { word }]) => word);
    if (cues.length >= probe.minCues) found.push({ probe, cues });
  }
  return found;
}

/** Every function of these files in which a probe that the issue calls for finds its sequence, in path and line order. */
export async function runProbes(
  query: Query,
  paths: readonly string[],
  codebase: Codebase,
  signal?: AbortSignal,
): Promise<readonly ProbeHit[]> {
  const probes = probesFor(query);
  if (probes.length === 0) return [];
  const hits: ProbeHit[] = [];
  for await (const { path, syntax } of codebase.syntaxes(paths, signal)) {
    const source = await codebase.text(path);
    if (source === undefined) continue;
    for (const symbol of syntax.symbols) {
      if (symbol.shape === undefined) continue;
      for (const { probe } of probes) {
        const steps = probe.find(symbol, { syntax, source });
        if (steps !== undefined) hits.push({ probe, path, symbol, steps });
      }
    }
  }
  return hits.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.symbol.start - b.symbol.start));
}
