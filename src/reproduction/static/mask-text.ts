/** How the text of a language is taken apart. */
export type Family = "python" | "javascript" | "go" | "rust" | "c-like";

const FAMILIES: Readonly<Record<string, Family>> = {
  python: "python",
  javascript: "javascript",
  typescript: "javascript",
  go: "go",
  rust: "rust",
};

export function familyOf(language: string): Family {
  return FAMILIES[language.toLowerCase()] ?? "c-like";
}

export interface MaskedText {
  /** As long as the text, line ends where they were: comments and contents of strings are spaces, quotes are `"`. */
  readonly code: string;
  readonly strings: readonly { readonly line: number; readonly value: string }[];
}

/** After these a `/` begins a pattern, not a division. */
const BEFORE_PATTERN =
  /(^|[=(,:;!&|?{}[+\-*%<>~^]|\b(return|typeof|case|in|of|do|else|void|delete|await|yield|throw))\s*$/;

/**
 * Text in which only code is left to look at. Code within strings (`f"{x}"`, template literals) stays code.
 * Rough where a full parser would not be, and linear.
 */
export function maskText(text: string, family: Family): MaskedText {
  const out: string[] = [];
  const strings: { line: number; value: string }[] = [];
  /** Code inside of strings that are open, innermost last: how many braces are open in it, and what ends the string. */
  const holes: { braces: number; end: string; start: number }[] = [];
  let line = 1;
  let at = 0;
  const blank = (to: number): void => {
    for (; at < to && at < text.length; at++) {
      if (text[at] === "\n") line++;
      out.push(text[at] === "\n" ? "\n" : " ");
    }
  };
  const string = (end: string, holed: boolean, raw: boolean, start = line): void => {
    let value = "";
    while (at < text.length && !text.startsWith(end, at)) {
      if (!raw && text[at] === "\\") {
        value += text.slice(at, at + 2);
        blank(at + 2);
        continue;
      }
      if (end.length === 1 && end !== "`" && text[at] === "\n") break;
      const hole = holed ? holeAt(text, at, family) : 0;
      if (hole > 0) {
        strings.push({ line: start, value });
        out.push(" ".repeat(hole));
        at += hole;
        holes.push({ braces: 0, end, start });
        return;
      }
      value += text[at];
      blank(at + 1);
    }
    strings.push({ line: start, value });
    if (text.startsWith(end, at)) {
      out.push('"'.padEnd(end.length));
      at += end.length;
    }
  };
  while (at < text.length) {
    const c = text[at]!;
    const hole = holes.at(-1);
    if (hole !== undefined && c === "}" && hole.braces === 0) {
      holes.pop();
      out.push(" ");
      at++;
      string(hole.end, true, false, hole.start);
      continue;
    }
    if (hole !== undefined && (c === "{" || c === "}")) hole.braces += c === "{" ? 1 : -1;
    const comment = commentAt(text, at, family);
    if (comment !== undefined) {
      blank(comment);
      continue;
    }
    const quote = quoteAt(text, at, family);
    if (quote !== undefined) {
      out.push('"'.padEnd(quote.length));
      at += quote.length;
      string(quote.end, quote.holed, quote.raw);
      continue;
    }
    if (c === "/" && family === "javascript") {
      const end = BEFORE_PATTERN.test(out.slice(-40).join("")) ? endOfPattern(text, at) : undefined;
      if (end !== undefined) {
        out.push('"');
        at++;
        blank(end);
        continue;
      }
    }
    if (c === "\n") line++;
    out.push(c);
    at++;
  }
  return { code: out.join(""), strings };
}

function commentAt(text: string, at: number, family: Family): number | undefined {
  const until = (mark: string): number => {
    const end = text.indexOf(mark, at + 2);
    return end < 0 ? text.length : end;
  };
  if (family === "python") return text[at] === "#" ? until("\n") : undefined;
  if (text.startsWith("//", at)) return until("\n");
  if (text.startsWith("/*", at)) return Math.min(until("*/") + 2, text.length);
  return undefined;
}

interface Quote {
  readonly length: number;
  readonly end: string;
  readonly holed: boolean;
  readonly raw: boolean;
}

function quoteAt(text: string, at: number, family: Family): Quote | undefined {
  const c = text[at]!;
  if (family === "python") {
    if (c !== '"' && c !== "'") return undefined;
    const prefix =
      /(?<![\w])[A-Za-z]{1,2}$/.exec(text.slice(Math.max(0, at - 3), at))?.[0].toLowerCase() ?? "";
    const end = text.startsWith(c.repeat(3), at) ? c.repeat(3) : c;
    return { length: end.length, end, holed: prefix.includes("f"), raw: prefix.includes("r") };
  }
  if (c === "`" && (family === "javascript" || family === "go"))
    return { length: 1, end: "`", holed: family === "javascript", raw: family === "go" };
  if (c === '"') {
    const end = family === "c-like" && text.startsWith('"""', at) ? '"""' : '"';
    return { length: end.length, end, holed: false, raw: false };
  }
  if (c !== "'") return undefined;
  // A lifetime of Rust (`'a`) is no string, and a character of the others is a short one.
  if (family === "rust" && !/^'(\\.[^']*|[^\\'])'/.test(text.slice(at, at + 12))) return undefined;
  return { length: 1, end: "'", holed: false, raw: false };
}

/** Length of what opens code within a string. */
function holeAt(text: string, at: number, family: Family): number {
  if (family === "python") return text[at] === "{" && text[at + 1] !== "{" && text[at - 1] !== "{" ? 1 : 0;
  return text.startsWith("${", at) ? 2 : 0;
}

function endOfPattern(text: string, at: number): number | undefined {
  let group = false;
  // No pattern is longer; text that is no pattern would be looked at again and again.
  const most = Math.min(text.length, at + 1_000);
  for (let end = at + 1; end < most && text[end] !== "\n"; end++) {
    if (text[end] === "\\") end++;
    else if (text[end] === "[") group = true;
    else if (text[end] === "]") group = false;
    else if (text[end] === "/" && !group) return end + 1;
  }
  return undefined;
}
