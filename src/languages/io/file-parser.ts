import { Parser, type Tree } from "web-tree-sitter";
import { languageNamed, type LanguageName } from "../languages.ts";
import type { FileSyntax } from "../syntax.ts";
import { extractSyntax } from "../extract-syntax.ts";
import { TreeFlattener } from "../flat-tree.ts";
import { loadGrammar } from "./grammars.ts";

/**
 * Parses one file after the other in the thread that it is made in. A file that the parser does not understand is read as the `repair`
 * of its language has it, where there is one.
 */
export interface FileParser {
  /**
   * Undefined when parsing took more steps than the limit. Throws RangeError for nesting so deep that the thread's stack ends
   * (Java: some 8,900 times `{(` in the main thread); the next file is read as if nothing had happened.
   */
  parse(language: LanguageName, text: string): Promise<FileSyntax | undefined>;
  close(): void;
}

/** What the parser may do for one text; the same on every machine and under every load. */
export interface ParseLimit {
  /** Hundreds of the parser's own steps. */
  readonly steps: number;
  /** Times that it may read the whole text again, as scanners for quotation marks that never end do. */
  readonly readings: number;
}

/** Units of text that the parser takes at once: its buffer has 10,240 bytes. */
const CHUNK = 5_120;
/** Reads beyond the limit that a small text may take. */
const SPARE_READS = 200;

/**
 * Counted, not timed: by the clock a busy machine lost the largest files of a repository, 2 of 69 benchmark cases ranked
 * differently at a load of 20, and a replay on another machine could differ. What follows the parser is linear in its tree.
 */
export function fileParser({ steps, readings }: ParseLimit): FileParser {
  const parsers = new Map<LanguageName, Parser>();
  const flattener = new TreeFlattener();
  return {
    async parse(language, text) {
      const { grammar, compiled, calls } = await loadGrammar(language);
      let parser = parsers.get(language);
      if (parser === undefined) {
        parser = new Parser().setLanguage(grammar);
        parsers.set(language, parser);
      }
      try {
        const read = (source: string): Tree | null => {
          const most = Math.max(readings, languageNamed(language)?.readings ?? 0);
          const mostReads = most * Math.ceil(source.length / CHUNK) + SPARE_READS;
          let [reads, hundreds] = [0, 0];
          const tree = parser.parse(
            // A text that ends early ends the reading; the tree of it is not used.
            (at) => (reads++ > mostReads ? "" : source.slice(at, at + CHUNK)),
            null,
            // The type says the callback returns nothing; the parser stops when it returns true.
            { progressCallback: () => ++hundreds > steps || reads > mostReads },
          );
          if (reads <= mostReads) return tree;
          tree?.delete();
          return null;
        };
        let source = text;
        let tree = read(text);
        if (tree?.rootNode.hasError === true && compiled.rules.repair !== undefined) {
          const repaired = compiled.rules.repair(text);
          if (repaired !== undefined) {
            tree.delete();
            source = repaired;
            tree = read(repaired);
          }
        }
        if (tree === null) {
          parser.reset();
          return undefined;
        }
        const flat = flattener.flatten(tree, source, calls, compiled.named, compiled.leaf);
        const syntax = extractSyntax(language, flat, compiled, tree.rootNode.hasError);
        tree.delete();
        return syntax;
      } catch (error) {
        // Neither deleted nor used again: a call that was cut off may have left the parser and its tree half changed.
        parsers.delete(language);
        calls.recover();
        throw error;
      }
    },
    close() {
      for (const parser of parsers.values()) parser.delete();
      parsers.clear();
    },
  };
}
