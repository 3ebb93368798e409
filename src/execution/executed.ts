import { isFunctionLike, qualifiedName, type SymbolDefinition } from "../languages/syntax.ts";
import type { Codebase } from "../repository/codebase.ts";
import type { Covered } from "./trace.ts";

/** A function of the repository and the lines of it that ran; no lines where only its name is known to have run. */
export interface RanFunction {
  readonly path: string;
  readonly name: string;
  readonly start: number;
  readonly end: number;
  readonly lines: readonly number[];
}

/** What a test ran: functions of source files, by path and place. Code at the top of modules is not part of it. */
export type Executed = readonly RanFunction[];

type Code = Pick<Codebase, "syntax" | "roleOf">;

/**
 * The functions that ran: each line belongs to the innermost function around it. Test files and files that Casebook cannot
 * parse are left out. `within`: only these files.
 */
export async function executedFunctions(covered: Covered, code: Code): Promise<Executed> {
  const found: RanFunction[] = [];
  for (const path of [...new Set([...covered.lines.keys(), ...covered.named.keys()])].sort()) {
    if (code.roleOf(path) === "test") continue;
    const functions = (await code.syntax(path))?.symbols.filter(isFunctionLike) ?? [];
    const lines = linesByFunction(covered.lines.get(path) ?? new Set(), functions);
    const names = covered.named.get(path) ?? new Set();
    for (const symbol of functions) {
      const ran = lines.get(symbol);
      const isNamed =
        names.has(symbol.name) && functions.filter(({ name }) => name === symbol.name).length === 1;
      if (ran !== undefined || isNamed)
        found.push({
          path,
          name: qualifiedName(symbol),
          start: symbol.start,
          end: symbol.end,
          lines: (ran ?? []).toSorted((a, b) => a - b),
        });
    }
  }
  return found;
}

/** Each line by the innermost function around it; lines outside of all functions are dropped. */
function linesByFunction(
  lines: ReadonlySet<number>,
  functions: readonly SymbolDefinition[],
): ReadonlyMap<SymbolDefinition, number[]> {
  const found = new Map<SymbolDefinition, number[]>();
  for (const line of lines) {
    let inner: SymbolDefinition | undefined;
    for (const one of functions)
      if (
        one.start <= line &&
        line <= one.end &&
        (inner === undefined || one.end - one.start <= inner.end - inner.start)
      )
        inner = one;
    if (inner === undefined) continue;
    const known = found.get(inner);
    if (known === undefined) found.set(inner, [line]);
    else known.push(line);
  }
  return found;
}

/** `path:start-end`: one function of a commit. */
export function placeKey({ path, start, end }: Pick<RanFunction, "path" | "start" | "end">): string {
  return `${path}:${start}-${end}`;
}
