/** A change of a function that nobody proposed: it shows whether the failure depends on the place. */
export interface GenericChange {
  readonly kind:
    | "condition negated"
    | "part of a condition left out"
    | "limit moved"
    | "statement skipped"
    | "constant returned"
    | "lines as before a commit";
  /** That commit. */
  readonly commit?: string;
  /** The line that changes. */
  readonly line: number;
  /** The whole file with it. */
  readonly text: string;
}

/** Family of a file, by its ending; other languages have no generic changes. */
type Family = "python" | "javascript";

export function familyOf(path: string): Family | undefined {
  if (path.endsWith(".py")) return "python";
  return /\.[cm]?[jt]sx?$/.test(path) ? "javascript" : undefined;
}

/**
 * Changes of single lines of a file, best first by the order of `lines`: a condition negated, one part of it left out, a limit moved by
 * one, a constant returned, a statement skipped. Only statements on one line are changed; a text that does not parse fails its
 * test and shows nothing. (The operators of Offutt's and Le Goues' mutation work, the few that keep a file whole.)
 */
export function* genericChanges(
  text: string,
  lines: readonly number[],
  family: Family,
): Generator<GenericChange> {
  const all = text.split("\n");
  for (const line of lines) {
    const old = all[line - 1];
    if (old === undefined) continue;
    for (const { kind, to } of family === "python" ? pythonLines(old) : javascriptLines(old))
      if (to !== old) yield { kind, line, text: all.toSpliced(line - 1, 1, to).join("\n") };
  }
}

type LineChange = { readonly kind: GenericChange["kind"]; readonly to: string };

function* pythonLines(line: string): Generator<LineChange> {
  const condition = /^(\s*(?:if|elif|while)\s+)(.+)(:\s*(?:#.*)?)$/.exec(line);
  if (condition !== null) {
    const [, head, test, tail] = condition;
    yield { kind: "condition negated", to: `${head}not (${test})${tail}` };
    for (const part of leftOut(test!, / (?:and|or) /))
      yield { kind: "part of a condition left out", to: `${head}${part}${tail}` };
  }
  yield* moved(line);
  const returned = /^(\s*return)\s+(.+)$/.exec(line);
  if (returned !== null)
    for (const value of ["None", "True", "False"])
      if (returned[2] !== value) yield { kind: "constant returned", to: `${returned[1]} ${value}` };
  const statement =
    /^(\s*)(?!(?:if|elif|else|for|while|with|try|except|finally|def|class|async|return|import|from|pass|@|#|"|'|[)\]}]))\S.*[^\\,([{:]\s*$/.exec(
      line,
    );
  if (statement !== null && isClosed(line)) yield { kind: "statement skipped", to: `${statement[1]}pass` };
}

function* javascriptLines(line: string): Generator<LineChange> {
  const condition = /^(.*?\b(?:if|while)\s*\()(.+)(\)\s*(?:\{.*|[^){]+;)?\s*)$/.exec(line);
  if (condition !== null && isClosed(condition[2]!)) {
    const [, head, test, tail] = condition;
    yield { kind: "condition negated", to: `${head}!(${test})${tail}` };
    for (const part of leftOut(test!, / (?:&&|\|\|) /))
      yield { kind: "part of a condition left out", to: `${head}${part}${tail}` };
  }
  yield* moved(line);
  const returned = /^(.*\breturn)\s+([^;{([]+[^;{]*);\s*\}?\s*$/.exec(line);
  if (returned !== null && isClosed(returned[2]!))
    for (const value of ["undefined", "true", "false"])
      if (returned[2] !== value) yield { kind: "constant returned", to: line.replace(returned[2]!, value) };
  const statement =
    /^(\s*)(?!(?:if|else|for|while|do|switch|case|default|try|catch|finally|function|class|const|let|var|return|import|export|async|\/\/|\*|\/\*|[)\]}]))\S.*;\s*$/.exec(
      line,
    );
  if (statement !== null && isClosed(line)) yield { kind: "statement skipped", to: `${statement[1]};` };
}

/** A test with one of its parts left out. */
function leftOut(test: string, joint: RegExp): readonly string[] {
  const parts = test.split(joint);
  if (parts.length < 2 || parts.length > 4 || !parts.every(isClosed)) return [];
  const joints = [...test.matchAll(new RegExp(joint, "g"))].map(([word]) => word);
  return parts.map((_, at) =>
    parts
      .map((part, i) => ({ part, joint: joints[i - 1] ?? "", i }))
      .filter(({ i }) => i !== at)
      .map(({ part, joint: word }, i) => (i === 0 ? part : `${word}${part}`))
      .join(""),
  );
}

function* moved(line: string): Generator<LineChange> {
  for (const [from, to] of [
    [" < ", " <= "],
    [" <= ", " < "],
    [" > ", " >= "],
    [" >= ", " > "],
  ] as const)
    if (line.split(from).length === 2) yield { kind: "limit moved", to: line.replace(from, to) };
}

/** Brackets and quotes are closed as far as the line itself shows. */
function isClosed(text: string): boolean {
  const bare = text.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`/g, "");
  if (/["'`]/.test(bare)) return false;
  let depth = 0;
  for (const character of bare) {
    if ("([{".includes(character)) depth++;
    if (")]}".includes(character) && --depth < 0) return false;
  }
  return depth === 0;
}
