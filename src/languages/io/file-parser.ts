import { Parser, type Tree } from "web-tree-sitter";
import type { LanguageName } from "../languages.ts";
import type { FileSyntax } from "../syntax.ts";
import { chooseBranches } from "../choose-branches.ts";
import { extractSyntax } from "../extract-syntax.ts";
import { TreeFlattener } from "../flat-tree.ts";
import { loadGrammar } from "./grammars.ts";

/**
 * Parses one file after the other in the thread that it is made in. A C file that the parser does not understand is read with one
 * branch of each conditional that cuts through its syntax.
 */
export interface FileParser {
  /**
   * Undefined when parsing took longer than the limit. Throws RangeError for nesting so deep that the thread's stack ends
   * (Java: some 8,900 times `{(` in the main thread); the next file is read as if nothing had happened.
   */
  parse(language: LanguageName, text: string): Promise<FileSyntax | undefined>;
  close(): void;
}

/**
 * `limitMs`: CPU time of the thread for the parser alone; what follows is linear in the size of the tree. By the clock, a
 * busy machine lost the largest files of a repository: 2 of 69 benchmark cases ranked differently at a load of 20.
 */
export function fileParser(limitMs: number): FileParser {
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
        const start = process.threadCpuUsage().user;
        const read = (source: string): Tree | null =>
          // The type says the callback returns nothing; the parser stops when it returns true.
          parser.parse(source, null, {
            progressCallback: () => process.threadCpuUsage().user - start > 1_000 * limitMs,
          });
        let source = text;
        let tree = read(text);
        if (tree?.rootNode.hasError === true && compiled.rules.hasDirectives === true) {
          const chosen = chooseBranches(text);
          if (chosen !== undefined) {
            tree.delete();
            source = chosen;
            tree = read(chosen);
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
