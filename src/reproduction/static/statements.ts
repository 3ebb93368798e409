import type { Family } from "./mask-text.ts";

/** A statement with what belongs to it: lines that go on in brackets, and the block that it heads. */
export interface Statement {
  /** Lines of the statement itself, from 1. */
  readonly from: number;
  readonly to: number;
  /** Masked text of those lines. */
  readonly code: string;
  /** Masked text of the block below it; empty for most. */
  readonly block: string;
  /** Spaces before it. */
  readonly indent: number;
}

/** Splits masked text into statements, those within blocks too, ordered by their first line. */
export function statementsOf(code: string, family: Family): readonly Statement[] {
  return family === "python" ? pythonStatements(code.split("\n")) : bracedStatements(code.split("\n"));
}

/** The statement that a line belongs to: the innermost one. */
export function statementAt(statements: readonly Statement[], line: number): Statement | undefined {
  return statements.filter(({ from, to }) => from <= line && line <= to).at(-1);
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function pythonStatements(lines: readonly string[]): readonly Statement[] {
  const heads: { from: number; to: number }[] = [];
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]!.trim() === "") continue;
    const from = at;
    let depth = balance(lines[at]!, "([{", ")]}");
    while ((depth > 0 || lines[at]!.trimEnd().endsWith("\\")) && at + 1 < lines.length)
      depth += balance(lines[++at]!, "([{", ")]}");
    heads.push({ from, to: at });
  }
  return heads.map(({ from, to }, index) => {
    const indent = indentOf(lines[from]!);
    let end = index + 1;
    while (end < heads.length && indentOf(lines[heads[end]!.from]!) > indent) end++;
    const last = heads[end - 1]!.to;
    return {
      from: from + 1,
      to: to + 1,
      code: lines.slice(from, to + 1).join("\n"),
      block: lines.slice(to + 1, last + 1).join("\n"),
      indent,
    };
  });
}

/** Languages with braces: a statement begins on a line that is in no bracket but braces, and goes on while one is open. */
function bracedStatements(lines: readonly string[]): readonly Statement[] {
  const statements: Statement[] = [];
  const open: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const inside = open.at(-1);
    const begins =
      (inside === undefined || inside === "{") &&
      !GOES_ON.test(lines[at]!) &&
      !GOING_ON.test(lines[at - 1] ?? "");
    if (begins && lines[at]!.trim() !== "") {
      const { head, last } = extent(lines, at);
      statements.push({
        from: at + 1,
        to: head + 1,
        code: lines.slice(at, head + 1).join("\n"),
        block: lines.slice(head + 1, last + 1).join("\n"),
        indent: indentOf(lines[at]!),
      });
    }
    for (const c of lines[at]!) {
      if ("([{".includes(c)) open.push(c);
      else if (")]}".includes(c)) open.pop();
    }
  }
  return statements;
}

const GOES_ON = /^\s*(\?\.|\.(?!\.)|&&|\|\||\?\?|[?:](?=\s)|[+*/%]\s)/;
const GOING_ON = /(=>|[=(,[+\-*/%&|?:]|\b(return|await|throw))\s*$/;

/** The last line of a statement: of its head, before the block it opens, and of the block. */
function extent(lines: readonly string[], from: number): { readonly head: number; readonly last: number } {
  let depth = 0;
  let head: number | undefined;
  for (let at = from; at < lines.length; at++) {
    const braces = balance(lines[at]!, "{", "}");
    depth += balance(lines[at]!, "([{", ")]}");
    // A line that ends with an open brace heads a block: a body, but an object among arguments too.
    if (head === undefined && braces > 0 && lines[at]!.trimEnd().endsWith("{")) head = at;
    if (depth > 0 || GOING_ON.test(lines[at]!) || GOES_ON.test(lines[at + 1] ?? "")) continue;
    return { head: head ?? at, last: at };
  }
  return { head: head ?? from, last: lines.length - 1 };
}

function balance(line: string, open: string, close: string): number {
  let depth = 0;
  for (const c of line) {
    if (open.includes(c)) depth++;
    else if (close.includes(c)) depth--;
  }
  return depth;
}
