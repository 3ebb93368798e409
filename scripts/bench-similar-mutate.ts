/**
 * Makes copies of a function as people make them. Type 1: other layout and comments. Type 2: in addition every name is
 * another one, consistently, and literals differ. Type 3: in addition statements are added, removed and reordered: one
 * edit for every five statements of the function, at least one and at most eight; each adds a statement of another
 * function of the file, removes one, or swaps two neighbours that share no variable; none touches more than a quarter
 * of the function. Works on the syntax tree of the whole file, so one set of rules does for all languages.
 */
import { type Node, Parser } from "web-tree-sitter";
import { loadGrammar } from "../src/languages/io/grammars.ts";
import type { GrammarRules } from "../src/languages/grammar-rules.ts";
import type { LanguageName } from "../src/languages/languages.ts";
import { pick } from "./bench-similar-random.ts";

export type CloneType = 1 | 2 | 3;

/** A part of a text, by offsets. */
interface Span {
  readonly from: number;
  readonly to: number;
}

interface Edit extends Span {
  readonly text: string;
}

interface Step {
  readonly source: string;
  readonly root: Node;
  readonly span: Span;
  readonly rules: GrammarRules;
  readonly language: LanguageName;
  readonly random: () => number;
}

/**
 * The changed text of the function on the 1-based lines `start` to `end` of a file. Undefined when it cannot be changed
 * in that way (no statement that has its lines for itself) or the changed file has more syntax errors than the file.
 */
export async function mutate(
  source: string,
  language: LanguageName,
  lines: { readonly start: number; readonly end: number },
  type: CloneType,
  random: () => number,
): Promise<string | undefined> {
  const { grammar, compiled } = await loadGrammar(language);
  const parser = new Parser().setLanguage(grammar);
  try {
    let text = source;
    let span: Span = { from: lineStart(source, lines.start), to: lineStart(source, lines.end + 1) };
    let errors = 0;
    const apply = (change: (step: Step) => readonly Edit[]): boolean => {
      const tree = parser.parse(text);
      if (tree === null) return false;
      const rules = compiled.rules;
      errors = countErrors(tree.rootNode);
      const edits = change({ source: text, root: tree.rootNode, span, rules, language, random });
      tree.delete();
      const changed = splice(text, edits);
      span = { from: span.from, to: span.to + changed.length - text.length };
      text = changed;
      return edits.length > 0;
    };
    const before = parser.parse(source);
    const allowed = before === null ? 0 : countErrors(before.rootNode);
    before?.delete();
    if (type === 3) {
      let wanted = 1;
      apply((step) => {
        wanted = Math.min(8, Math.max(1, Math.round(statementsOf(step).length / 5)));
        return [];
      });
      for (let n = 0; n < wanted; n++) if (!apply(editStatement)) return undefined;
    }
    if (type >= 2) apply(rename);
    apply(layOut);
    apply(() => []);
    return errors > allowed ? undefined : text.slice(span.from, span.to);
  } finally {
    parser.delete();
  }
}

const WORDS =
  "harbor lantern meadow quarry ribbon saddle timber velvet walnut zephyr anchor barrel candle dagger ember falcon garnet hazel".split(
    " ",
  );
const OWN_OBJECT = new Set(["self", "this", "cls", "super", "it", "_"]);

function rename({ root, span, rules, random, source }: Step): Edit[] {
  const names = new Map<string, string>();
  const edits: Edit[] = [];
  walk(root, span, (node) => {
    const literal = rules.literals[node.type];
    if (literal !== undefined) {
      edits.push(...literalEdits(node, literal, rules, random));
      // Code within a string keeps its names: changing both would need the inner edits too.
      return false;
    }
    if (rules.identifiers[node.type] === undefined) return true;
    const { from, to } = spanOf(node);
    const text = source.slice(from, to);
    if (OWN_OBJECT.has(text) || rules.ignored?.includes(text) === true) return false;
    const [, sign = "", core = "", mark = ""] = /^([@$#:]*)(.*?)([?!=]?)$/s.exec(text) ?? [];
    if (!/^[\p{L}_][\p{L}\p{N}_]*$/u.test(core)) return false;
    let fresh = names.get(core);
    if (fresh === undefined) {
      const word = pick(WORDS, random)!;
      const number = names.size.toString();
      if (core === core.toUpperCase() && core.length > 1) fresh = `${word.toUpperCase()}_${number}`;
      else if (/^\p{Lu}/u.test(core)) fresh = word[0]!.toUpperCase() + word.slice(1) + number;
      else fresh = word + number;
      names.set(core, fresh);
    }
    edits.push({ from, to, text: sign + fresh + mark });
    return false;
  });
  return edits;
}

function literalEdits(node: Node, kind: string, rules: GrammarRules, random: () => number): Edit[] {
  const { from, to } = spanOf(node);
  const text = node.text;
  if (kind === "number") {
    if (!/^[1-9][0-9]*$/.test(text)) return [];
    return [{ from, to, text: String(Math.floor(random() * 900) + 1) }];
  }
  if (kind !== "string") return [];
  const parts: Edit[] = [];
  // Where the grammar has a node for plain text, only that is changed; a quote stays a quote.
  const holders = node.namedChildren.filter((child) => child !== null && /content|fragment/.test(child.type));
  const places =
    holders.length > 0
      ? holders.map((child) => ({ at: child.startIndex, text: child.text }))
      : node.namedChildCount === 0
        ? [{ at: from + 1, text: text.slice(1, -1) }]
        : [];
  if (rules.interpolations.some((type) => node.descendantsOfType(type).length > 0)) return [];
  for (const { at, text: inner } of places) {
    // Escapes, formats and raw strings' marks mean something to the parser.
    if (/[\\%{}$#"'`]/.test(inner)) continue;
    for (const word of inner.matchAll(/[A-Za-z]{3,}/g))
      if (random() < 0.7)
        parts.push({
          from: at + word.index,
          to: at + word.index + word[0].length,
          text: pick(WORDS, random)!,
        });
  }
  return parts;
}

function layOut({ root, span, rules, source, language, random }: Step): Edit[] {
  const edits: Edit[] = [];
  const closed: Span[] = [];
  walk(root, span, (node) => {
    if (
      rules.literals[node.type] !== undefined ||
      rules.comments.includes(node.type) ||
      /^(jsx_|preproc|heredoc)/.test(node.type)
    ) {
      closed.push(spanOf(node));
      return false;
    }
    if (node.type === "," && /^[([{]/.test(node.parent?.text ?? "")) {
      const at = node.endIndex;
      const chance = random();
      if (chance < 0.15 && source[at] !== "\n") edits.push({ from: at, to: at, text: "\n      " });
      else if (chance < 0.4) edits.push({ from: at, to: at, text: "  " });
    }
    return true;
  });
  const mark = language === "python" || language === "ruby" ? "#" : "//";
  let at = source.indexOf("\n", span.from) + 1;
  while (at > 0 && at < span.to) {
    const here = at;
    const isOpen = closed.every(({ from, to }) => here <= from || here >= to);
    if (isOpen && source[here - 2] !== "\\") {
      const chance = random();
      const indent = /^[ \t]*/.exec(source.slice(here, here + 200))![0];
      if (chance < 0.2)
        edits.push({ from: here, to: here, text: `${indent}${mark} ${pick(WORDS, random)!} first\n` });
      else if (chance < 0.35) edits.push({ from: here, to: here, text: "\n" });
      else if (chance < 0.55 && language !== "python") edits.push({ from: here, to: here, text: "   " });
    }
    at = source.indexOf("\n", here) + 1;
  }
  return edits;
}

/** A statement with lines of its own, from the start of its first line to the end of its last. */
interface Statement extends Span {
  readonly node: Node;
  readonly indent: string;
}

const LEAVES = /\b(return|break|continue|throw|raise|yield|goto|fallthrough|next|redo|retry|await)\b/;

function editStatement(step: Step): Edit[] {
  const { random, source, span } = step;
  const quarter = (span.to - span.from) / 4;
  const all = statementsOf(step);
  const small = all.filter(({ from, to }) => to - from <= quarter);
  const chance = random();
  if (chance < 1 / 3) {
    const one = pick(
      small.filter(({ node }) => (node.parent?.namedChildCount ?? 0) > 1),
      random,
    );
    if (one !== undefined) return [{ from: one.from, to: one.to, text: "" }];
  } else if (chance < 2 / 3) {
    const pairs = small.flatMap((first) => {
      const next = small.find(({ node }) => node.id === first.node.nextNamedSibling?.id);
      return next !== undefined && next.from >= first.to && areIndependent(first, next, step)
        ? [[first, next] as const]
        : [];
    });
    const pair = pick(pairs, random);
    if (pair !== undefined) {
      const [a, b] = pair;
      return [
        { from: a.from, to: a.to, text: source.slice(b.from, b.to) },
        { from: b.from, to: b.to, text: source.slice(a.from, a.to) },
      ];
    }
  }
  const place = pick(all, random);
  if (place === undefined) return [];
  const whole = { ...step, span: { from: 0, to: source.length } };
  const donors = statementsOf(whole)
    .filter(({ from, to }) => to <= span.from || from >= span.to)
    .map(({ from, to }) => source.slice(from, to).trim())
    .filter((text) => !text.includes("\n") && text.length <= Math.max(60, quarter) && !LEAVES.test(text));
  const added = pick(donors, random) ?? source.slice(place.from, place.to).trim();
  return added.includes("\n")
    ? []
    : [{ from: place.from, to: place.from, text: `${place.indent}${added}\n` }];
}

function areIndependent(a: Statement, b: Statement, { rules }: Step): boolean {
  if (LEAVES.test(a.node.text) || LEAVES.test(b.node.text)) return false;
  const namesOf = ({ node }: Statement): Set<string> => {
    const names = new Set<string>();
    walk(node, spanOf(node), (inner) => {
      if (rules.identifiers[inner.type] !== undefined && !OWN_OBJECT.has(inner.text)) names.add(inner.text);
      return true;
    });
    return names;
  };
  const others = namesOf(b);
  return ![...namesOf(a)].some((name) => others.has(name));
}

function statementsOf({ root, span, rules, source }: Step): Statement[] {
  const found: Statement[] = [];
  walk(root, span, (node) => {
    if (!rules.blocks.includes(node.type)) return true;
    for (const child of node.namedChildren) {
      if (child === null || rules.comments.includes(child.type) || rules.blocks.includes(child.type))
        continue;
      const from = source.lastIndexOf("\n", child.startIndex - 1) + 1;
      const end = source.indexOf("\n", child.endIndex);
      const to = end < 0 ? source.length : end + 1;
      const indent = source.slice(from, child.startIndex);
      if (from <= span.from || to >= span.to) continue;
      if (indent.trim() === "" && /^[ \t]*;?\s*$/.test(source.slice(child.endIndex, to)))
        found.push({ from, to, node: child, indent });
    }
    return true;
  });
  return found;
}

/** Visits the nodes that lie in the span, outer ones first; `visit` says whether to look into a node. */
function walk(root: Node, span: Span, visit: (node: Node) => boolean): void {
  const pending: Node[] = [root];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (node.endIndex <= span.from || node.startIndex >= span.to) continue;
    const isInside = node.startIndex >= span.from && node.endIndex <= span.to;
    if (isInside && !visit(node)) continue;
    for (const child of node.children.toReversed()) if (child !== null) pending.push(child);
  }
}

function countErrors(root: Node): number {
  return root.hasError ? root.descendantsOfType("ERROR").length + 1 : 0;
}

function spanOf(node: Node): Span {
  return { from: node.startIndex, to: node.endIndex };
}

function splice(text: string, edits: readonly Edit[]): string {
  const ordered = edits.toSorted((a, b) => a.from - b.from || a.to - b.to);
  let result = "";
  let at = 0;
  for (const { from, to, text: put } of ordered) {
    if (from < at) continue;
    result += text.slice(at, from) + put;
    at = to;
  }
  return result + text.slice(at);
}

/** The offset of a 1-based line's start; the text's length when it has fewer lines. */
export function lineStart(text: string, line: number): number {
  let at = 0;
  for (let n = 1; n < line; n++) {
    const end = text.indexOf("\n", at);
    if (end < 0) return text.length;
    at = end + 1;
  }
  return at;
}
