import { z } from "zod";
import type { Codebase } from "../../repository/codebase.ts";
import type { SymbolIndex } from "../../evidence/references/build-symbol-index.ts";
import type { SymbolDefinition } from "../../languages/syntax.ts";
import { defineTool, type Tool } from "../tool.ts";
import { counted, nearQuoted, onOneLine, quotedAnswer } from "./answer.ts";
import { definitionsOf, placeOf, unclear, nearNames } from "./find-definition.ts";
import type { PathFinder } from "./path-finder.ts";

export interface Symbols {
  readonly codebase: Pick<Codebase, "syntax">;
  readonly symbolIndex: () => Promise<SymbolIndex>;
  readonly paths: PathFinder;
  readonly nonce: string;
}

/** What a file defines, or where a name is defined. */
export function symbolsTool({ codebase, symbolIndex, paths, nonce }: Symbols): Tool {
  return defineTool({
    name: "symbols",
    description:
      'Lists what a file defines (functions, methods, classes, types, constants) with lines and heads, or every definition of a name. Give "path", or "name" (`set`, or `Store.set`). Long lists are cut; ask for the rest with "from".',
    args: z.strictObject({
      path: z.string().min(1).max(4_096).optional(),
      name: z.string().min(1).max(300).optional(),
      from: z.int().min(1).max(10_000_000).default(1).describe("The first entry to show."),
    }),
    async run({ path, name, from }) {
      if (name !== undefined) return byName(name, path, from);
      if (path !== undefined) return ofFile(path, from);
      return 'Give "path" for what a file defines, or "name" for where a name is defined.';
    },
  });

  async function ofFile(path: string, from: number): Promise<string> {
    const found = paths.find(path);
    if (found.kind === "folder") return "This is a folder; list_files shows what is in it.";
    if (found.kind === "none")
      return `There is no such file at this commit.\n${nearQuoted(found.near, nonce)}`;
    const syntax = await codebase.syntax(found.entry.path);
    if (syntax === undefined)
      return "No grammar reads this file, or it could not be parsed; read_file and search show it as text.";
    const all = [...syntax.symbols].sort((a, b) => a.start - b.start || b.end - a.end);
    const broken = syntax.hasErrors ? " The parser did not understand all of it." : "";
    if (all.length === 0) return `The file defines nothing.${broken}`;
    return list(
      all.map(headOf),
      from,
      `The file has ${counted(all.length, "definition")}.${broken}`,
      found.entry.path,
    );
  }

  async function byName(name: string, path: string | undefined, from: number): Promise<string> {
    const all = await symbolIndex();
    const found = path === undefined ? undefined : paths.find(path);
    const named = definitionsOf(name, all).filter(
      (definition) => found === undefined || (found.kind === "entry" && definition.path === found.entry.path),
    );
    if (named.length === 0)
      return path !== undefined && definitionsOf(name, all).length > 0
        ? unclear({ kind: "several", definitions: definitionsOf(name, all) }, nonce)!
        : unclear({ kind: "none", near: nearNames(name, all) }, nonce)!;
    return list(
      named.map((item) => `${placeOf(item)}  ${onOneLine(item.symbol.signature, 200)}`),
      from,
      `The name has ${counted(named.length, "definition")}${all.unparsed.length > 0 ? `; the structure of ${counted(all.unparsed.length, "file")} was not read` : ""}.`,
    );
  }

  function list(entries: readonly string[], from: number, head: string, path?: string): string {
    if (from > entries.length) return `${head} "from" is beyond them.`;
    const above = path === undefined ? 0 : 1;
    return quotedAnswer({
      nonce,
      head,
      source: "definitions in the repository",
      lines: [...(path === undefined ? [] : [onOneLine(path)]), ...entries.slice(from - 1)],
      rest: (shown) =>
        from - 1 + shown - above >= entries.length
          ? ""
          : `Shown: ${from} to ${from - 1 + shown - above} of ${entries.length}. Ask for the rest with "from": ${from + shown - above}.`,
    });
  }
}

/** `12-30  method set  def set(self, key, value)`, moved in by what it stands in. */
function headOf({ start, end, kind, name, container, signature }: SymbolDefinition): string {
  const lines = start === end ? `${start}` : `${start}-${end}`;
  return `${"  ".repeat(Math.min(8, container.length))}${lines}  ${kind} ${onOneLine(name, 120)}  ${onOneLine(signature, 200)}`;
}
