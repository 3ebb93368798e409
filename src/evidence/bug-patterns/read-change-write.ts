import type { FileSyntax, Reference, SymbolDefinition } from "../../languages/syntax.ts";
import { partsOf } from "../../repository/inverted-index/words.ts";
import { cues, functionCalls, type BugPattern, type SequenceLine } from "./bug-pattern.ts";
import { inlineCode } from "../../text/inline-code.ts";

const READS = new Set(
  "read load get fetch find select query parse deserialize snapshot recv peek slurp".split(" "),
);
const WRITES = new Set(
  "write save store dump put persist flush commit replace update insert set serialize send rename upsert".split(
    " ",
  ),
);
const LOCKS =
  /lock|mutex|synchroni|semaphore|acquire|atomic|transaction|flock|compareand|\bcas\b|serializable/i;

/** The lost update: a value is read, changed, and written back whole, and nothing keeps a second writer out in between. */
export const readChangeWrite: BugPattern = {
  name: "read-change-write",
  claim: "reads, changes and writes back without holding a lock",
  consequence: "A write that falls in between is lost.",
  cues: cues(
    "concurrent concurrently concurrency race lock parallel simultaneous simultaneously thread worker process lost lose overwrite vanish disappear atomic conflict",
  ),
  minCues: 2,
  find(symbol, { syntax, source }) {
    const text = source.lines.slice(symbol.start - 1, symbol.end).join("\n");
    if (LOCKS.test(text) || isLocked(symbol, syntax, source.lines)) return undefined;
    const calls = functionCalls(symbol, syntax);
    for (const read of calls) {
      if (!isOneOf(read, READS)) continue;
      const variable = assignedOn(source.lines[read.line - 1] ?? "", read.name);
      if (variable === undefined) continue;
      const write = calls.find(
        (call) =>
          call.line > read.line &&
          isOneOf(call, WRITES) &&
          call.name !== read.name &&
          // `data.put(…)` changes the value; it does not write it back.
          call.receiver !== variable &&
          mentions(source.lines[call.line - 1] ?? "", variable),
      );
      if (write === undefined) continue;
      const change = changedBetween(source.lines, variable, read.line, write.line);
      if (change === undefined) continue;
      const steps: SequenceLine[] = [
        { line: read.line, what: `reads through ${inlineCode(read.name)} into ${inlineCode(variable)}` },
        { line: change, what: `changes ${inlineCode(variable)}` },
        { line: write.line, what: `writes ${inlineCode(variable)} back through ${inlineCode(write.name)}` },
      ];
      return steps;
    }
    return undefined;
  },
};

function isOneOf(call: Reference, words: ReadonlySet<string>): boolean {
  return partsOf(call.name).some((part) => words.has(part));
}

/** A decorator or annotation above the head, or the class's own lock taken by a wrapper, keeps others out. */
function isLocked(symbol: SymbolDefinition, syntax: FileSyntax, lines: readonly string[]): boolean {
  return (
    LOCKS.test(symbol.signature) ||
    syntax.symbols.some(
      (outer) =>
        outer !== symbol &&
        outer.start < symbol.start &&
        outer.end >= symbol.end &&
        LOCKS.test(lines[outer.nameLine - 1] ?? ""),
    )
  );
}

/** The name that a line assigns the call's value to: `data = self._read()`, `let data = …`, `data, err := …`. */
function assignedOn(line: string, callee: string): string | undefined {
  const call = line.indexOf(`${callee}(`);
  const equals = line.indexOf("=");
  if (equals <= 0 || call < equals || line[equals + 1] === "=" || "<>!".includes(line[equals - 1]!))
    return undefined;
  // The commas of type arguments separate no variables.
  const left = line.slice(0, equals).replace(/<[^<>]{0,200}>/g, "");
  const names = left.match(/[\p{L}_$][\p{L}\p{N}_$]*/gu) ?? [];
  const declared = names.filter((name) => !DECLARES.has(name));
  // `Value data =` declares the last name, `data, err :=` and `data: dict =` the first.
  return left.includes(",") || left.includes(":") ? declared[0] : declared.at(-1);
}

const DECLARES = new Set("let const var val mut final auto my our local".split(" "));

function mentions(line: string, name: string): boolean {
  for (const match of line.matchAll(/[\p{L}_$][\p{L}\p{N}_$]*/gu)) if (match[0] === name) return true;
  return false;
}

/** The first line between the two at which the variable, or a part of it, is set, removed or given to something that changes it. */
function changedBetween(
  lines: readonly string[],
  variable: string,
  from: number,
  to: number,
): number | undefined {
  for (let line = from + 1; line < to; line++) {
    const text = (lines[line - 1] ?? "").trim();
    if (text.startsWith("#") || text.startsWith("//") || !mentions(text, variable)) continue;
    const at = text.search(/[^=!<>]=(?!=)/);
    if (at >= 0 && mentions(text.slice(0, at + 1), variable)) return line;
    if (/^(del|delete|unset)\b/.test(text)) return line;
    if (
      /\.(pop|push|append|add|put|set|remove|delete|insert|extend|update|clear|setdefault|discard|merge|concat|splice|unshift|shift)\w*!?\(/.test(
        text,
      )
    )
      return line;
  }
  return undefined;
}
