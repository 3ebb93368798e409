/** Comments, strings and characters as a whole, white space before a closing brace, words, and every other character. */
const TOKEN = new RegExp(
  [
    String.raw`//.*`,
    String.raw`/\*[^]*?(?:\*/|$)`,
    String.raw`"""[^]*?(?:"""|$)`,
    String.raw`"(?:[^"\n\\]|\\[^])*"?`,
    String.raw`'(?:[^'\n\\]|\\[^])*'?`,
    String.raw`\n\s*`,
    String.raw`[^\S\n]+`,
    String.raw`\w+`,
    String.raw`->`,
    String.raw`[^]`,
  ].join("|"),
  "g",
);
/** The end of an expression, a type, a name or a block. */
const ENDS = /[\w)\]}"'?>]$/;

/**
 * The text of a Kotlin file with a semicolon in place of the space before a brace that closes a body on the line of its last statement:
 * the grammar ends a statement only there or at the end of a line, and loses `interface Runner { fun run() }` with all that follows.
 * Offsets and lines stay. Undefined where there is no such brace. Linear.
 */
export function endStatements(text: string): string | undefined {
  const parts: string[] = [];
  let isChanged = false;
  let [last, before] = ["", ""];
  for (const [token] of text.matchAll(TOKEN)) {
    const isBlank = /^[^\S\n]+$/.test(last);
    if (token === "}" && isBlank && before !== "->" && ENDS.test(before)) {
      parts[parts.length - 1] = `${last.slice(0, -1)};`;
      isChanged = true;
    }
    parts.push(token);
    [before, last] = [last, token];
  }
  return isChanged ? parts.join("") : undefined;
}
