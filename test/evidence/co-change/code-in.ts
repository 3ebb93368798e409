import { languageOf } from "../../../src/languages/languages.ts";
import { treeSitterSyntax } from "../../../src/languages/io/tree-sitter-syntax.ts";
import { roleOfPath } from "../../../src/languages/role-of-path.ts";
import { useFinder } from "../../../src/evidence/references/find-uses.ts";
import { buildSymbolIndex } from "../../../src/evidence/references/build-symbol-index.ts";
import type { Candidate } from "../../../src/evidence/co-change/function-index.ts";
import { coChangeContext } from "../../../src/evidence/co-change/rank-co-changes.ts";
import type {
  FileContext,
  FileSignal,
  FunctionContext,
  FunctionSignal,
} from "../../../src/evidence/co-change/signal.ts";
import { indexMaker } from "../../../src/repository/inverted-index/inverted-index.ts";
import { buildQuery } from "../../../src/evidence/ranking/query.ts";
import type { IndexedCodebase } from "../../../src/repository/open-codebase.ts";
import type { CommitRecord } from "../../../src/repository/history.ts";
import type { FileSyntax } from "../../../src/languages/syntax.ts";

export interface Code {
  readonly files: Readonly<Record<string, string>>;
  /** The files of each commit, newest first, a day apart. */
  readonly commits?: readonly (readonly string[])[];
  /** What the title of an issue says. */
  readonly issue?: string;
}

/** A small codebase in memory, parsed for real. */
export async function codeIn({ files, commits = [], issue }: Code): Promise<FunctionContext> {
  await using reader = treeSitterSyntax({ workers: 0 });
  const syntaxes = new Map<string, FileSyntax>();
  const wanted = Object.entries(files).flatMap(([path, text]) => {
    const language = reader.languageOf(path);
    return language === undefined ? [] : [{ oid: path, language, text }];
  });
  for await (const { oid, syntax } of reader.parse(wanted))
    if (syntax !== undefined) syntaxes.set(oid, syntax);
  const codebase = codebaseOf(files, syntaxes);
  const symbolIndex = await buildSymbolIndex(codebase);
  return coChangeContext({
    codebase,
    symbolIndex,
    uses: useFinder(symbolIndex),
    commits: commits.map(commitOf),
    query:
      issue === undefined
        ? undefined
        : buildQuery([{ kind: "title", text: issue }], {
            paths: [],
            frames: [],
            messages: [],
            identifiers: [],
          }),
  });
}

function codebaseOf(
  files: Readonly<Record<string, string>>,
  syntaxes: ReadonlyMap<string, FileSyntax>,
): IndexedCodebase {
  const entries = Object.entries(files)
    .map(([path, text]) => ({
      path,
      nameIsText: true,
      oid: path,
      size: text.length,
      kind: "file" as const,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
  const make = indexMaker();
  const invertedIndexes = new Map(
    Object.entries(files).map(([path, text]) => [path, make(text, path.split(".").at(-1)!)]),
  );
  return {
    tree: {
      commit: "0".repeat(40),
      entries,
      find: (path) => entries.find((entry) => entry.path === path),
      async *read() {},
      linkTarget: async () => undefined,
    },
    unreadable: [],
    languageOf,
    roleOf: roleOfPath,
    invertedIndex: (path) => invertedIndexes.get(path),
    async text(path) {
      const text = files[path];
      return text === undefined ? undefined : { text, lines: text.split("\n") };
    },
    parse: async () => undefined,
    syntax: async (path) => syntaxes.get(path),
    async *syntaxes(paths) {
      for (const path of paths) {
        const syntax = syntaxes.get(path);
        if (syntax !== undefined) yield { path, syntax };
      }
    },
    pathsWithWord: (word) =>
      entries
        .map(({ path }) => path)
        .filter((path) => files[path]!.toLowerCase().includes(word.toLowerCase())),
  };
}

const DAY = 86_400;

function commitOf(files: readonly string[], at: number): CommitRecord {
  return {
    oid: String(at).padStart(40, "c"),
    time: 1_000 * DAY - at * DAY,
    author: "a",
    subject: `change ${at}`,
    body: "",
    files,
  };
}

/** A function of the codebase by its file and name. */
export function functionIn({ index }: FunctionContext, path: string, name: string): Candidate {
  const found = index.inFile(path).find(({ symbol }) => symbol.name === name);
  if (found === undefined) throw new Error(`${path} has no function ${name}`);
  return found;
}

/** What a signal says of the functions, the most first: `a.py save: calls load`. */
export function toldOf(signal: FunctionSignal, seed: Candidate, context: FunctionContext): readonly string[] {
  return [...signal.score(seed, context)]
    .sort((a, b) => b[1] - a[1])
    .map(([candidate]) => {
      const [reason] = signal.explain(candidate, seed, context);
      return `${candidate.path} ${candidate.symbol.name}: ${reason?.text ?? ""}`;
    });
}

/** What a signal says of the files, the most first: `b.py 0.5`. */
export async function filesBy(
  signal: FileSignal,
  seed: string,
  context: FileContext,
): Promise<readonly string[]> {
  return [...(await signal.score(seed, context))]
    .sort((a, b) => b[1] - a[1])
    .map(([path, score]) => `${path} ${score.toFixed(2)}`);
}
