import type { FileSyntax, Reference, SymbolDefinition } from "../../languages/syntax.ts";
import type { SourceText } from "../../repository/source-text.ts";
import { termOf } from "../../repository/inverted-index/words.ts";
import type { Query } from "../ranking/query.ts";

/**
 * A shape of code that is known to cause a kind of symptom. A bug pattern speaks only when the words name that kind,
 * and it finds a sequence of lines in the code. That the sequence causes the symptom remains a hypothesis.
 */
export interface BugPattern {
  readonly name: string;
  /** "reads, changes and writes back without a lock": completes "`f` …". */
  readonly claim: string;
  /** What follows from it, as a sentence. */
  readonly consequence: string;
  /** Words of an issue that name this kind of symptom: terms, see `cues`. */
  readonly cues: ReadonlySet<string>;
  /** How many different cues an issue must hold. */
  readonly minCues: number;
  /** Words of which the issue must hold one besides: what the cues are said of. Absent: nothing more is asked. */
  readonly about?: ReadonlySet<string>;
  /** The sequence in this function, in line order; undefined when it is not there. */
  find(
    symbol: SymbolDefinition,
    place: { readonly syntax: FileSyntax; readonly source: SourceText },
  ): readonly SequenceLine[] | undefined;
}

/** Cue words as they are written, turned into terms. */
export function cues(words: string): ReadonlySet<string> {
  return new Set(words.split(/\s+/).map(termOf));
}

/** Whether the issue's own words name this kind of symptom. A part of a name is no word: `ignore_class` ignores nothing. */
export function callsFor({ words }: Pick<Query, "words">, { cues, minCues, about }: BugPattern): boolean {
  const named = new Set([...words.keys()].map(termOf));
  return (
    [...cues].filter((cue) => named.has(cue)).length >= minCues &&
    (about === undefined || [...about].some((word) => named.has(word)))
  );
}

/** One line of a sequence and what happens there. */
export interface SequenceLine {
  readonly line: number;
  /** "reads through `_load`": only names that are on the line. */
  readonly what: string;
}

/** What a function calls, in line order; calls of functions inside it are theirs, not its own. */
export function functionCalls(symbol: SymbolDefinition, syntax: FileSyntax): readonly Reference[] {
  const index = syntax.symbols.indexOf(symbol);
  return syntax.references
    .filter(({ kind, inside }) => inside === index && (kind === "call" || kind === "new"))
    .sort((a, b) => a.line - b.line);
}
