import {
  isFunctionLike,
  qualifiedName,
  type FileSyntax,
  type SymbolDefinition,
} from "../languages/syntax.ts";
import type { Hunk } from "../repository/revisions.ts";
import type { Location } from "../text/location.ts";
import type { Workbench } from "./workbench.ts";

/** A fix over more source files is rarely one fix. */
const MAX_FILES = 15;

/** Files and functions (`path::Class.name`) of the source that a fix changes and that were there before it. */
interface FixedPlaces {
  readonly files: readonly string[];
  readonly functions: readonly string[];
  /** Lines of `base` that it changes, or adds lines between. */
  readonly lines: readonly Location[];
}

/** Why a fix is compared with nothing: it changes no source, or too much of it. */
export type LeftOut = "no-source" | "too-large";

/** What a fix changes in the source of `base`, its first parent; or why it is compared with nothing. */
export async function fixedPlaces(
  { commit, base }: { readonly commit: string; readonly base: string },
  workbench: Workbench,
  signal: AbortSignal,
): Promise<FixedPlaces | LeftOut> {
  const changes = await workbench.repository.history.changesOf(commit);
  if (changes === undefined) return "too-large";
  const tree = await workbench.repository.tree(base, signal);
  if (![...changes.keys()].some((path) => tree.find(path) !== undefined)) return "no-source";
  const codebase = await workbench.codebase(base);
  const files = [...changes.keys()].filter(
    (path) => tree.find(path) !== undefined && codebase.roleOf(path) === "source",
  );
  if (files.length === 0) return "no-source";
  if (files.length > MAX_FILES) return "too-large";
  const functions: string[] = [];
  for (const path of files)
    functions.push(...changedFunctions(path, await codebase.syntax(path), changes.get(path)!));
  const lines = files.flatMap((path) =>
    changes.get(path)!.map(({ oldStart, oldLines }) => ({
      path,
      start: oldStart,
      end: oldLines === 0 ? oldStart + 1 : oldStart + oldLines - 1,
    })),
  );
  return { files, functions, lines };
}

/** Functions of a file whose lines a change removes, replaces or adds to; the innermost around each, as `path::Class.name`. */
export function changedFunctions(
  path: string,
  syntax: FileSyntax | undefined,
  hunks: readonly Hunk[],
): readonly string[] {
  const functions = (syntax?.symbols ?? []).filter(isFunctionLike);
  const found = new Set<string>();
  for (const { oldStart, oldLines } of hunks) {
    // Added lines are after `oldStart`: behind the last line of a function they are no part of it.
    const lines =
      oldLines === 0 ? [oldStart + 0.5] : Array.from({ length: oldLines }, (_, i) => oldStart + i);
    for (const line of lines) {
      const around = innermost(functions, line);
      if (around !== undefined) found.add(`${path}::${qualifiedName(around)}`);
    }
  }
  return [...found];
}

function innermost(functions: readonly SymbolDefinition[], line: number): SymbolDefinition | undefined {
  return functions
    .filter(({ start, end }) => start <= line && line <= end)
    .toSorted((a, b) => a.end - a.start - (b.end - b.start))[0];
}
