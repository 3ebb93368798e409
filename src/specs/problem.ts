/** Something wrong with a file a person or a tool wrote. `error`: the file is shown, not run or edited. */
export interface SpecProblem {
  /** Stable name, e.g. `duplicate-key`. */
  readonly code: string;
  /** 1-based line of the file. */
  readonly line: number;
  /** One sentence: what was expected and what was found. */
  readonly message: string;
  readonly severity: "error" | "warning";
}

export function errorAt(line: number, code: string, message: string): SpecProblem {
  return { code, line, message, severity: "error" };
}

export function warningAt(line: number, code: string, message: string): SpecProblem {
  return { code, line, message, severity: "warning" };
}

export function hasErrors(problems: readonly SpecProblem[]): boolean {
  return problems.some((p) => p.severity === "error");
}

/** Foreign text inside a message: one line, at most 60 characters, in quotes. */
export function quoted(text: string): string {
  const line = text.replace(/[\p{Cc}\u2028\u2029]/gu, " ").trim();
  const points = Array.from(line.slice(0, 200));
  return `"${points.length > 60 ? `${points.slice(0, 60).join("")}…` : line}"`;
}
