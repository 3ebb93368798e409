import { isFunctionLike } from "../../languages/syntax.ts";
import type { Use, UseFinder } from "./find-uses.ts";
import type { Definition } from "./build-symbol-index.ts";

/** A function from which control can come to the target, and the line on which it calls the next one. */
export interface Caller {
  readonly definition: Definition;
  /** 1: calls the target itself. */
  readonly distance: number;
  readonly call: Use;
  /** What it calls there. */
  readonly calls: Definition;
}

const MAX_DISTANCE = 4;
const MAX_CALLERS = 200;

/** Callers of a definition, direct ones first, through uses that are resolved or the only ones of their name. */
export function callersOf(target: Definition, finder: UseFinder): readonly Caller[] {
  const seen = new Set([keyOf(target)]);
  const found: Caller[] = [];
  let edge: readonly Definition[] = [target];
  for (let distance = 1; distance <= MAX_DISTANCE && edge.length > 0; distance++) {
    const next: Definition[] = [];
    for (const callee of edge) {
      for (const call of finder.usesOf(callee)) {
        if (call.certainty === "by-name" || call.inside === undefined || !isFunctionLike(call.inside))
          continue;
        if (call.kind !== "call" && call.kind !== "new") continue;
        const definition = { path: call.path, symbol: call.inside };
        if (seen.has(keyOf(definition))) continue;
        seen.add(keyOf(definition));
        found.push({ definition, distance, call, calls: callee });
        if (found.length >= MAX_CALLERS) return found;
        next.push(definition);
      }
    }
    edge = next;
  }
  return found;
}

function keyOf({ path, symbol }: Definition): string {
  return `${path}\0${symbol.start}\0${symbol.name}`;
}
