import type { SymbolDefinition } from "../languages/syntax.ts";
import { roleOfPath } from "../languages/role-of-path.ts";
import { endingOf } from "../languages/paths.ts";
import { textRulesOf } from "../languages/languages.ts";
import { COMMENT, scanFields } from "../repository/inverted-index/scan-fields.ts";
import { holdsWord } from "../repository/run-search.ts";
import { type ClaimEvidence, codeOf, isTestLine } from "./claim-evidence.ts";

/** Every line of the commit that holds a name, by what it is. Their sum is the whole search. */
export interface NameHits {
  /** Lines of the definition itself. */
  readonly definition: number;
  /** Code that a parser took for a use of the name, outside tests. */
  readonly uses: readonly NameUse[];
  /** Imports in files that do nothing else with the name: they give it on. */
  readonly imports: readonly { readonly path: string; readonly line: number }[];
  readonly tests: readonly { readonly path: string; readonly line: number }[];
  /** Those of them that are code: a word in a test's comment or message uses nothing. */
  readonly testUses: readonly NameUse[];
  readonly docs: readonly { readonly path: string; readonly line: number }[];
  /** Comments and strings of files with a grammar. */
  readonly remarks: number;
  /** In source without a grammar: nobody can say what the name means there. */
  readonly unread: readonly { readonly path: string; readonly line: number }[];
  /** Data, settings and what is generated: it may name code, and calls none. */
  readonly data: readonly { readonly path: string; readonly line: number }[];
}

interface NameUse {
  readonly path: string;
  readonly line: number;
  /** Something of this name is called on the line, as far as a parser sees. A variable of the name is not called. */
  readonly isCall: boolean;
  /** Each reference to the name on the line stands alone, with nothing before a dot. */
  readonly isBare: boolean;
}

/** Searches the whole commit for the name of a definition and accounts for each hit. */
export async function nameHits(
  { path: home, symbol }: { readonly path: string; readonly symbol: SymbolDefinition },
  evidence: ClaimEvidence,
): Promise<NameHits> {
  const { codebase } = evidence;
  const { hits } = await evidence.search({ kind: "word", pattern: symbol.name, include: [], exclude: [] });
  let definition = 0;
  let remarks = 0;
  const uses: NameUse[] = [];
  const testUses: NameUse[] = [];
  const tests: { path: string; line: number }[] = [];
  const docs: typeof tests = [];
  const imports: typeof tests = [];
  const unread: typeof tests = [];
  const data: typeof tests = [];
  const useOn = async (hit: { readonly path: string; readonly line: number }): Promise<NameUse> => {
    const there = ((await codebase.syntax(hit.path))?.references ?? []).filter(
      ({ name, line }) => name === symbol.name && line === hit.line,
    );
    return {
      path: hit.path,
      line: hit.line,
      isCall: there.some(({ kind }) => kind === "call"),
      isBare: there.length > 0 && there.every(({ receiver }) => receiver === undefined),
    };
  };
  const known = new Map<string, ReadonlySet<number>>();
  const commentsIn = (path: string, text: string): ReadonlySet<number> => {
    const found = known.get(path) ?? linesOfComments(text, symbol.name, path);
    known.set(path, found);
    return found;
  };
  const isRemark = async ({
    path,
    line,
  }: {
    readonly path: string;
    readonly line: number;
  }): Promise<boolean> => {
    const source = await codebase.text(path);
    return (
      source !== undefined &&
      (isRemarkAlone(source.lines[line - 1] ?? "", symbol.name, path) ||
        commentsIn(path, source.text).has(line))
    );
  };
  for (const hit of hits) {
    const role = roleOfPath(hit.path);
    if (hit.path === home && symbol.start <= hit.line && hit.line <= symbol.end) definition++;
    else if (role === "test" || (await isTestLine(hit, evidence))) {
      tests.push(hit);
      // A fixture of text or data uses nothing.
      if ((await codebase.syntax(hit.path)) !== undefined && !(await isRemark(hit)))
        testUses.push(await useOn(hit));
    } else if (role === "docs") docs.push(hit);
    else {
      const syntax = await codebase.syntax(hit.path);
      if (syntax === undefined || role === "generated") {
        (codebase.roleOf(hit.path) === "source" ? unread : data).push(hit);
        continue;
      }
      const isImport = (line: number): boolean => syntax.imports.some((one) => one.line === line);
      const references = syntax.references.filter(({ name }) => name === symbol.name);
      if (isImport(hit.line) && references.every(({ line }) => isImport(line)) && !syntax.hasErrors)
        imports.push(hit);
      else if (
        !isImport(hit.line) &&
        !references.some(({ line }) => line === hit.line) &&
        (syntax.symbols.some(
          ({ doc }) => doc !== undefined && doc.start <= hit.line && hit.line <= doc.end,
        ) ||
          (await isRemark(hit)))
      )
        remarks++;
      // What no rule explains may be a use.
      else uses.push(await useOn(hit));
    }
  }
  return { definition, uses, imports, tests, testUses, docs, remarks, unread, data };
}

/** Lines that hold the word in comments alone, by the whole file: a line inside a block comment shows no sign of it. */
function linesOfComments(text: string, word: string, path: string): ReadonlySet<number> {
  const comments = new Set<number>();
  const code = new Set<number>();
  let line = 1;
  let read = 0;
  scanFields(text, endingOf(path), (found, field, at) => {
    if (found !== word) return;
    for (; read < at; read++) if (text.charCodeAt(read) === 10) line++;
    (field === COMMENT ? comments : code).add(line);
  });
  return new Set([...comments].filter((one) => !code.has(one)));
}

/** True where the word is on the line in a comment or in quotation marks alone, as far as the line shows. */
function isRemarkAlone(line: string, word: string, path: string): boolean {
  const rules = textRulesOf(endingOf(path));
  if (rules === undefined) return false;
  if (/^\s*\*/.test(line) && rules.block.length > 0) return true;
  return !holdsWord(codeOf(line, rules), word);
}
