import { Parser } from "web-tree-sitter";
import { TreeFlattener } from "../flat-tree.ts";
import { languageOf } from "../languages.ts";
import { type StatementLines, statementLines } from "../statement-lines.ts";
import { loadGrammar } from "./grammars.ts";

/** CPU time for one test file, which is short. */
const LIMIT_MS = 2_000;

/**
 * The statements of one file by its syntax tree. In: its path, for the language, and its text. Undefined for a language without a
 * grammar, and for a text that takes too long or nests too deep; never throws for a text.
 */
export async function readStatements(
  path: string,
  text: string,
): Promise<readonly StatementLines[] | undefined> {
  const language = languageOf(path);
  if (language === undefined) return undefined;
  const { grammar, compiled, calls } = await loadGrammar(language);
  const parser = new Parser().setLanguage(grammar);
  try {
    const start = process.threadCpuUsage().user;
    const tree = parser.parse(text, null, {
      progressCallback: () => process.threadCpuUsage().user - start > 1_000 * LIMIT_MS,
    });
    if (tree === null) return undefined;
    const flat = new TreeFlattener().flatten(tree, text, calls, compiled.named, compiled.leaf);
    const found = statementLines(flat);
    tree.delete();
    parser.delete();
    return found;
  } catch {
    // Not deleted: a call that was cut off may have left the parser half changed.
    calls.recover();
    return undefined;
  }
}
