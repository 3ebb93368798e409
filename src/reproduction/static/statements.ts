import type { StatementLines } from "../../languages/statement-lines.ts";

/** A statement with the masked text of its lines. */
export interface Statement extends StatementLines {
  /** Up to the first statement inside it that begins on a line of its own. */
  readonly code: string;
  /** The rest; empty for most. */
  readonly block: string;
}

/** The statements of a text with their masked code. In: the lines of each, by the syntax tree. */
export function statementsOf(code: string, found: readonly StatementLines[]): readonly Statement[] {
  const lines = code.split("\n");
  return found.map((statement) => ({
    ...statement,
    code: lines.slice(statement.from - 1, statement.head).join("\n"),
    block: lines.slice(statement.head, statement.to).join("\n"),
  }));
}

/** The statement that a line belongs to: the innermost one. */
export function statementAt(statements: readonly Statement[], line: number): Statement | undefined {
  return statements.findLast(({ from, to }) => from <= line && line <= to);
}

/** Its lines that belong to no statement inside it: `expect(() => {` and `}).toThrow();`. */
export function ownText(statements: readonly Statement[], statement: Statement): string {
  return `${statement.code}\n${statement.block}`
    .split("\n")
    .filter((_, at) => statementAt(statements, statement.from + at) === statement)
    .join("\n");
}

/** The statements around one, innermost first. */
export function around(statements: readonly Statement[], inner: Statement): readonly Statement[] {
  return statements
    .filter((other) => other !== inner && other.from <= inner.from && inner.to <= other.to)
    .reverse();
}
