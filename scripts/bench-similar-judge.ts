import { diffArrays } from "diff";

/**
 * How alike two functions are by a measure that has nothing in common with `findSimilar`: no syntax tree, and lines
 * instead of tokens. In the manner of NiCad (Roy and Cordy, 2008): comments go; every name, number and text becomes a
 * sign; statements, blocks, arguments and parameters get lines of their own. `diff` finds the lines that both have in
 * order; the measure is their tokens as a share of the longer function's. One changed token costs its whole line, so half
 * (BigCloneBench's "moderately type 3" and better) asks for more than half of the tokens. Heads count as well.
 */
export function sharedLines(a: string, b: string): number {
  const [left, right] = [normalLines(a), normalLines(b)];
  if (left.length === 0 || right.length === 0) return 0;
  let shared = 0;
  for (const part of diffArrays(left, right)) if (!part.added && !part.removed) shared += sizeOf(part.value);
  return shared / Math.max(sizeOf(left), sizeOf(right));
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.split(" ").length, 0);
}

const KEYWORDS = new Set(
  `abstract and as assert async await begin break case catch class const continue def default defer do elif else elsif
   end ensure enum except final finally fn for foreach func function go goto if impl import in instanceof interface is
   lambda let loop match mod module mut namespace new next none not null or package pass private protected public
   raise range rescue return select self static struct super switch template then this throw throws trait try type
   typeof unless until use val var void when where while with yield fun override`.split(/\s+/),
);

const LEXER =
  /(?<comment>\/\*[\s\S]*?\*\/|\/\/[^\n]*|#[^\n{[]*(?=\n|$))|(?<text>"""[\s\S]*?"""|'''[\s\S]*?'''|`(?:[^`\\]|\\.)*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|(?<number>\b\d[\w.]*)|(?<word>[@$]*[\p{L}_][\p{L}\p{N}_]*[?!]?)|(?<line>\n)|(?<sign>[^\s])/gu;

function normalLines(source: string): string[] {
  const lines: string[] = [];
  let line: string[] = [];
  let depth = 0;
  const close = (): void => {
    if (line.some((token) => /\w/.test(token))) lines.push(line.join(" "));
    line = [];
  };
  for (const { groups = {} } of source.matchAll(LEXER)) {
    const { text, number, word, sign } = groups;
    if (groups["comment"] !== undefined) continue;
    if (text !== undefined || number !== undefined) line.push("id");
    else if (word !== undefined) line.push(KEYWORDS.has(word) ? word : "id");
    else if (sign !== undefined) {
      if ("([".includes(sign)) depth++;
      if (")]".includes(sign)) depth = Math.max(0, depth - 1);
      if ("{};,".includes(sign)) close();
      else line.push(sign);
    } else if (depth === 0) close();
  }
  close();
  return lines;
}
