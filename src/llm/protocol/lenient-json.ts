/** A value that was read although it is not quite JSON. */
export interface LenientValue {
  readonly value: unknown;
  /** Index behind it. */
  readonly end: number;
  /** What had to be mended, in words. */
  readonly repairs: ReadonlySet<string>;
}

/** Nothing that people write nests deeper, and the stack is not the text's to use up. */
const MAX_DEPTH = 64;
/** White space looked at behind a quote to tell whether it ends the string. */
const LOOK_AHEAD = 32;

class Unreadable extends Error {}

/**
 * Reads one value as models write JSON: trailing and missing commas, single and curly quotes, bare keys and words, comments,
 * Python's constants, line breaks in strings, brackets left open at the end. Undefined when nobody can tell what is meant:
 * a string without an end was cut, and is never closed by guess. One pass, each character looked at a bounded number of
 * times.
 */
export function readLenient(text: string, from = 0, to = text.length): LenientValue | undefined {
  try {
    const reader = lenientReader(text, from, to);
    const value = reader.value(0, VALUE_ENDS);
    return { value, end: reader.at(), repairs: reader.repairs };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

/** Arguments as Python writes them: `(path="a", 3)`, read from the opening bracket on. */
export function readPythonArguments(
  text: string,
  from: number,
  to = text.length,
):
  | (Pick<LenientValue, "end" | "repairs"> & {
      readonly positional: readonly unknown[];
      readonly named: ReadonlyMap<string, unknown>;
    })
  | undefined {
  try {
    const reader = lenientReader(text, from, to);
    return { ...reader.python(), end: reader.at(), repairs: reader.repairs };
  } catch (error) {
    if (error instanceof Unreadable) return undefined;
    throw error;
  }
}

const VALUE_ENDS = ",}]\n";
const ARGUMENT_ENDS = ",)]}\n";
/** What opens a string, and what may close it. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  "'": "'",
  "`": "`",
  "“": '”"',
  "”": '”"',
  "„": '“”"',
  "«": '»"',
  "‘": "’'",
  "’": "’'",
};
const CONSTANTS: Readonly<Record<string, unknown>> = {
  true: true,
  false: false,
  null: null,
  True: true,
  False: false,
  None: null,
  undefined: null,
  NaN: null,
};
const ESCAPES: Readonly<Record<string, string>> = {
  n: "\n",
  t: "\t",
  r: "\r",
  b: "\b",
  f: "\f",
  "/": "/",
  "\\": "\\",
  '"': '"',
  "'": "'",
  "`": "`",
  "\n": "",
};

interface Reader {
  at(): number;
  readonly repairs: ReadonlySet<string>;
  value(depth: number, ends: string): unknown;
  python(): { readonly positional: readonly unknown[]; readonly named: ReadonlyMap<string, unknown> };
}

function lenientReader(text: string, from: number, to: number): Reader {
  let at = from;
  const repairs = new Set<string>();

  const peek = (): string => (at < to ? text[at]! : "");

  function space(): void {
    for (;;) {
      while (at < to && /\s/.test(text[at]!)) at++;
      const isLine = text.startsWith("//", at);
      if (at >= to || !(isLine || text.startsWith("/*", at))) return;
      const end = text.indexOf(isLine ? "\n" : "*/", at + 2);
      at = end < 0 || end >= to ? to : end + (isLine ? 1 : 2);
      repairs.add("a comment");
    }
  }

  function value(depth: number, ends: string): unknown {
    space();
    const first = peek();
    if (first === "" || depth > MAX_DEPTH) throw new Unreadable();
    if (first === "{") return object(depth);
    if (first === "[") return array(depth);
    if (first in QUOTES) return string();
    return word(ends);
  }

  function object(depth: number): unknown {
    const entries: [string, unknown][] = [];
    members("}", "])", () => {
      const key = peek() in QUOTES ? string() : bareKey();
      space();
      const sign = peek();
      if (sign !== ":" && sign !== "=") throw new Unreadable();
      if (sign === "=") repairs.add("= for :");
      at += text.startsWith("=>", at) ? 2 : 1;
      entries.push([key, value(depth + 1, VALUE_ENDS)]);
    });
    return Object.fromEntries(entries);
  }

  function array(depth: number): unknown {
    const items: unknown[] = [];
    members("]", "})", () => void items.push(value(depth + 1, VALUE_ENDS)));
    return items;
  }

  /** What stands between a bracket and `close`, one `read` each; a bracket of `others` ends it too, and commas are mended. */
  function members(close: string, others: string, read: () => void): void {
    at++;
    let isEmpty = true;
    for (let wasComma = true; ;) {
      space();
      const next = peek();
      if (next === "" || others.includes(next)) {
        repairs.add(`a missing ${close}`);
        return;
      }
      if (next === close) {
        if (wasComma && !isEmpty) repairs.add("a comma too many");
        at++;
        return;
      }
      if (next === ",") {
        if (wasComma) repairs.add("a comma too many");
        wasComma = true;
        at++;
        continue;
      }
      if (!wasComma) repairs.add("a missing comma");
      read();
      [isEmpty, wasComma] = [false, false];
    }
  }

  function bareKey(): string {
    const start = at;
    while (at < to && /[\w$.-]/.test(text[at]!)) at++;
    if (at === start || at - start > 200) throw new Unreadable();
    repairs.add("a key without quotes");
    return text.slice(start, at);
  }

  function string(): string {
    const open = peek();
    if (open !== '"') repairs.add('other quotes than "');
    const triple = open.repeat(3);
    if ((open === '"' || open === "'") && text.startsWith(triple, at)) return tripleQuoted(triple);
    const closers = QUOTES[open]!;
    let content = "";
    let start = ++at;
    for (; at < to; at++) {
      const character = text[at]!;
      if (character === "\\") {
        content += text.slice(start, at) + escape();
        start = at + 1;
      } else if (closers.includes(character)) {
        if (!endsHere(character)) {
          repairs.add("a quote inside a string");
          continue;
        }
        content += text.slice(start, at);
        at++;
        return content;
      } else if (character === "\n") repairs.add("a line break inside a string");
    }
    throw new Unreadable();
  }

  /** Ends on the last character of the escape. */
  function escape(): string {
    const letter = text[at + 1] ?? "";
    if (letter === "u") {
      const digits = text.slice(at + 2, at + 6);
      if (!/^[0-9a-f]{4}$/i.test(digits)) throw new Unreadable();
      at += 5;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (at + 1 >= to) throw new Unreadable();
    at++;
    const known = ESCAPES[letter];
    // `\d` of a pattern, `\s` of a Windows path: the backslash is meant.
    if (known === undefined) repairs.add("a lone backslash");
    return known ?? `\\${letter}`;
  }

  /** A quote that nothing of the structure follows is part of the text. */
  function endsHere(quote: string): boolean {
    for (let i = at + 1; i < at + 1 + LOOK_AHEAD; i++) {
      if (i >= to) return true;
      const next = text[i]!;
      if (next === "\n") return true;
      if (/\s/.test(next)) continue;
      if (",:}])=".includes(next)) return true;
      // Two strings without a comma between them; a doubled quote is none.
      return i > at + 1 && next === quote;
    }
    return false;
  }

  function tripleQuoted(quotes: string): string {
    const end = text.indexOf(quotes, at + 3);
    if (end < 0 || end + 3 > to) throw new Unreadable();
    const content = text.slice(at + 3, end);
    at = end + 3;
    repairs.add('other quotes than "');
    return content;
  }

  function word(ends: string): unknown {
    const start = at;
    while (at < to && !ends.includes(text[at]!)) {
      // `r"…"`: Python's mark of a raw string.
      if (at - start <= 2 && at > start && (text[at] === '"' || text[at] === "'")) {
        if (!/^[rbfu]{1,2}$/i.test(text.slice(start, at))) throw new Unreadable();
        return string();
      }
      at++;
    }
    const token = text.slice(start, at).trim();
    if (/^-?(?:0|[1-9]\d{0,21})(?:\.\d{1,40})?(?:[eE][+-]?\d{1,3})?$/.test(token)) return Number(token);
    if (Object.hasOwn(CONSTANTS, token)) {
      if (!/^(?:true|false|null)$/.test(token)) repairs.add("a constant of another language");
      return CONSTANTS[token];
    }
    if (token === "" || /^[:=({[<]/.test(token)) throw new Unreadable();
    repairs.add("a word without quotes");
    return token;
  }

  function python(): { positional: unknown[]; named: Map<string, unknown> } {
    const positional: unknown[] = [];
    const named = new Map<string, unknown>();
    if (peek() !== "(") throw new Unreadable();
    at++;
    for (;;) {
      space();
      const next = peek();
      if (next === "" || next === ")") {
        if (next === "") repairs.add("a missing )");
        else at++;
        return { positional, named };
      }
      if (next === ",") {
        at++;
        continue;
      }
      const name = /^([A-Za-z_]\w{0,99})\s{0,8}[=:](?!=)/.exec(text.slice(at, Math.min(to, at + 120)));
      if (name !== null) at += name[0].length;
      const before = at;
      const argument = value(1, ARGUMENT_ENDS);
      if (at === before) throw new Unreadable();
      if (name === null) positional.push(argument);
      else named.set(name[1]!, argument);
    }
  }

  return { at: () => at, repairs, value, python };
}
