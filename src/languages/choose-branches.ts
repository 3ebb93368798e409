/** Comments, strings and characters as a whole, lines with `#`, words, and every other character. */
const TOKEN = new RegExp(
  [
    String.raw`\n[ \t]*#(?:[^\n\\/]|\\[^]|/(?![/*])|/\*[^]*?(?:\*/|$)|//.*)*`,
    String.raw`\n|[^\S\n]+`,
    String.raw`//(?:[^\n\\]|\\[^])*`,
    String.raw`/\*[^]*?(?:\*/|$)`,
    String.raw`(?:u8|[uUL])?R"([^()\\\s]{0,16})\([^]*?(?:\)\1"|$)`,
    String.raw`"(?:[^"\n\\]|\\[^])*"?`,
    String.raw`'(?:[^'\n\\]|\\[^])*'?`,
    String.raw`\d[\w.]*(?:'[\w.]+)*`,
    String.raw`\w+`,
    String.raw`[^]`,
  ].join("|"),
  "g",
);
const DIRECTIVE = /^\s*#[ \t]*(if|ifdef|ifndef|elif|elifdef|elifndef|else|endif)\b([^]*)/;

interface Range {
  readonly from: number;
  readonly to: number;
}

/** The text between two directives. */
interface Branch {
  readonly from: number;
  to: number;
  /** Undefined for `#else` and for the file itself. */
  readonly condition: Condition | undefined;
  /** Brackets that are open at its end, less those at its start, and the lowest that this became. */
  net: number;
  low: number;
  first: string;
}

interface Condition {
  readonly key: string;
  readonly isNegated: boolean;
}

interface Conditional {
  readonly lines: Range[];
  readonly branches: Branch[];
}

/**
 * The text of a C file in which one branch is chosen of each conditional that cuts through the syntax: where a branch of an `#if` opens
 * a bracket that it does not close, or the reverse, as in `#ifdef A`, `if (a) {`, `#endif`. The other branches and the directives become spaces, so offsets
 * and lines stay. The same condition is chosen alike in the whole file. Undefined where no conditional is like that. Linear.
 */
export function chooseBranches(text: string): string | undefined {
  const source = `\n${text}`;
  const known = new Map<string, boolean>([
    ["0", false],
    ["1", true],
  ]);
  const open: { readonly conditional: Conditional; readonly around: Branch }[] = [];
  const blanks: Range[] = [];
  let branch = newBranch(0, undefined);
  for (const { 0: token, index: start } of source.matchAll(TOKEN)) {
    const [, word, rest = ""] = token.startsWith("\n") ? (DIRECTIVE.exec(token) ?? []) : [];
    if (word === undefined) {
      if (/^(?:\s|\/[/*])/.test(token)) continue;
      if (branch.first === "") branch.first = token;
      if ("{([".includes(token)) branch.net++;
      else if ("})]".includes(token)) branch.low = Math.min(branch.low, --branch.net);
      continue;
    }
    const line = { from: start + 1, to: start + token.length };
    if (word.startsWith("if")) {
      open.push({ conditional: { lines: [line], branches: [] }, around: branch });
      branch = newBranch(line.to, conditionOf(word, rest));
      continue;
    }
    const inner = open.at(-1);
    if (inner === undefined) continue;
    const { lines, branches } = inner.conditional;
    branch.to = start;
    branches.push(branch);
    lines.push(line);
    if (word !== "endif") {
      branch = newBranch(line.to, word === "else" ? undefined : conditionOf(word.slice(2), rest));
      continue;
    }
    open.pop();
    branch = inner.around;
    if (branches.every(isWhole)) continue;
    const chosen = choose(branches, known);
    blanks.push(...lines, ...branches.filter((one) => one !== chosen));
    if (chosen === undefined) continue;
    if (branch.first === "") branch.first = chosen.first;
    branch.low = Math.min(branch.low, branch.net + chosen.low);
    branch.net += chosen.net;
  }
  return blanks.length === 0 ? undefined : blanked(source, blanks).slice(1);
}

function newBranch(from: number, condition: Condition | undefined): Branch {
  return { from, to: from, condition, net: 0, low: 0, first: "" };
}

/** It closes what it opens, and nothing else; an `else` alone belongs to what is before it. */
function isWhole({ net, low, first }: Branch): boolean {
  return net === 0 && low === 0 && first !== "else";
}

/** By what is known of the conditions; else `#else`, the usual case, but what is there when something is not defined, or alone. */
function choose(branches: readonly Branch[], known: Map<string, boolean>): Branch | undefined {
  const [first] = branches;
  const hasElse = branches.at(-1)?.condition === undefined;
  const usual = hasElse && first?.condition?.isNegated !== true ? branches.at(-1) : first;
  const isPast = (at: number): boolean => at >= branches.indexOf(usual!);
  for (const [at, one] of branches.entries()) {
    if (one.condition === undefined) return one;
    const { key, isNegated } = one.condition;
    if (!known.has(key)) known.set(key, isPast(at) !== isNegated);
    if (known.get(key) !== isNegated) return one;
  }
  return undefined;
}

function conditionOf(word: string, rest: string): Condition {
  const text = rest
    .replace(/\/\/.*|\/\*[^]*?(?:\*\/|$)/g, "")
    .replace(/\bdefined[ \t]*\(?[ \t]*(\w+)[ \t]*\)?/g, "?$1")
    .replace(/[\s\\]+/g, "");
  const whole = word.endsWith("def") ? `?${text}` : text;
  const [, not = "", name] = /^(!?)(\??\w+)$/.exec(whole) ?? [];
  return { key: name ?? whole, isNegated: word.endsWith("ndef") || not !== "" };
}

/** The text with spaces in these ranges; line ends stay. */
function blanked(text: string, ranges: readonly Range[]): string {
  let result = "";
  let at = 0;
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from || b.to - a.to)) {
    if (to <= at) continue;
    const start = Math.max(at, from);
    result += text.slice(at, start) + text.slice(start, to).replace(/[^\r\n]/g, " ");
    at = to;
  }
  return result + text.slice(at);
}
